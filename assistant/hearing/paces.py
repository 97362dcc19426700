"""One sound at several paces, against none: for what is hard to understand.

A model follows the pace and the pitch that it is used to. Who speaks faster or higher is often understood
when the sound is drawn out. Which pace is best is not known beforehand, so the probability of words is their
mean over the paces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from assistant.hearing.beam import Decoder, Index, Scores

PACES = (1.2, 0.9)
"""Times as long as it was, and as much lower; tried besides the sound as it is."""

STEPS = 100
"""To which a pace is rounded, as a part of one."""


def at_pace(sound: NDArray[np.float32], pace: float) -> NDArray[np.float32]:
    """Return a sound drawn out to so many times its length, and lowered with it."""
    return np.asarray(soxr.resample(sound, STEPS, round(STEPS * pace)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Mean:
    """The scores of one step, worked out for the few tokens that are asked for."""

    heard: list[Scores]
    """By pace."""
    habit: Scores
    """Without sound."""
    weight: float
    shares: NDArray[np.float64]
    """Natural log of how much each pace counts, shape ``(paces, rows)``."""

    def fits(self, rows: Index, tokens: Index) -> NDArray[np.float64]:
        """Return how well each pace fits, times how much it counts; first axis the paces."""
        each = zip(self.heard, self.shares[:, rows], strict=True)
        return np.stack([scores[rows, tokens] + share for scores, share in each])

    def __getitem__(self, at: tuple[Index, Index]) -> NDArray[np.float64]:
        return np.asarray(np.logaddexp.reduce(self.fits(*at)) - self.weight * self.habit[at])


class Paces:
    """A decoder of one sound at several paces, less what a decoder that hears nothing would write anyway.

    How much each pace counts for the next token is how well it has fitted so far, so that the total of a
    sentence is the logarithm of its mean probability, less a share of that without sound.
    """

    def __init__(self, heard: Sequence[Decoder], unheard: Decoder, weight: float, workers: Executor) -> None:
        """Take ``weight`` of the log probability without sound off; let ``workers`` decode side by side."""
        self._decoders = (*heard, unheard)
        self._weight = weight
        self._workers = workers
        self._last: _Mean

    def first(self) -> Scores:
        paces = len(self._decoders) - 1
        return self._mean(lambda one: one.first(), np.full((paces, 1), -np.log(paces)))

    def next(self, parents: Sequence[int], tokens: Sequence[int]) -> Scores:
        fitted = self._last.fits(parents, tokens)
        shares = fitted - np.logaddexp.reduce(fitted)
        return self._mean(lambda one: one.next(parents, tokens), shares)

    def _mean(self, step: Callable[[Decoder], Scores], shares: NDArray[np.float64]) -> _Mean:
        *heard, habit = self._workers.map(step, self._decoders)
        self._last = _Mean(heard, habit, self._weight, shares)
        return self._last
