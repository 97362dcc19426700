"""One sound at several paces, against none: for what is hard to understand.

A model follows the pace and the pitch that it is used to. Who speaks faster or higher is often understood
when the sound is drawn out. Which pace is best is not known beforehand, so the probability of words is their
mean over the paces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from assistant.hearing.beam import Decoder, Scores

PACES = (1.2, 0.9)
"""Times as long as it was, and as much lower; tried besides the sound as it is."""

STEPS = 100
"""To which a pace is rounded, as a part of one."""


def at_pace(sound: NDArray[np.float32], pace: float) -> NDArray[np.float32]:
    """Return a sound drawn out to so many times its length, and lowered with it."""
    return np.asarray(soxr.resample(sound, STEPS, round(STEPS * pace)), dtype=np.float32)


class Paces:
    """A decoder of one sound at several paces, less what a decoder that hears nothing would write anyway.

    How much each pace counts for the next token is how well it has fitted so far, so that the total of a
    sentence is the logarithm of its mean probability, less a share of that without sound.
    """

    def __init__(self, heard: Sequence[Decoder], unheard: Decoder, weight: float, workers: Executor) -> None:
        """Take ``weight`` of the log probability without sound off; let ``workers`` decode side by side."""
        self._decoders = (*heard, unheard)
        self._weight = np.float32(weight)
        self._workers = workers
        self._scores: NDArray[np.float32]
        """Log probabilities of the last token by pace, shape ``(paces, rows, vocabulary)``."""
        self._shares: NDArray[np.float32]
        """Natural log of how much each pace counts, shape ``(paces, rows)``."""

    def first(self) -> Scores:
        *scores, habit = self._workers.map(lambda one: one.first(), self._decoders)
        self._scores = np.stack(scores)
        self._shares = np.full(self._scores.shape[:2], -np.log(len(scores)), dtype=np.float32)
        return self._less(habit)

    def next(self, parents: Sequence[int], tokens: Sequence[int]) -> Scores:
        fitted = self._shares[:, parents] + self._scores[:, parents, tokens]
        self._shares = fitted - np.logaddexp.reduce(fitted, axis=0)
        *scores, habit = self._workers.map(lambda one: one.next(parents, tokens), self._decoders)
        self._scores = np.stack(scores)
        return self._less(habit)

    def _less(self, habit: Scores) -> Scores:
        mean = np.exp(self._scores + self._shares[..., None]).sum(axis=0)
        return np.asarray(np.log(mean + np.finfo(np.float32).tiny) - self._weight * habit, dtype=np.float32)
