"""Between the clock of a sound card and the frames of the assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr

from assistant.values import FRAME

if TYPE_CHECKING:
    from assistant.values import Samples


class Resampler:
    """Turns a stream of samples at one rate into another, a chunk at a time."""

    def __init__(self, source: int, target: int) -> None:
        """Take both rates in Hertz."""
        # The variable-rate engine gives every chunk back at once with a steady delay (12.5 to 15 ms); the
        # fixed-rate one works in blocks and holds back up to 59 ms. Images and aliases: below -87 dB in both.
        self._stream = (
            None
            if source == target
            else soxr.ResampleStream(source, target, 1, dtype="int16", quality="HQ", vr=True)
        )

    def __call__(self, samples: Samples) -> Samples:
        """Return what is ready; a copy is made only where the rates differ."""
        return samples if self._stream is None else np.asarray(self._stream.resample_chunk(samples))


class Framer:
    """Cuts a stream of chunks of any length into frames."""

    def __init__(self) -> None:
        self._held: Samples = np.empty(0, np.int16)

    def push(self, samples: Samples) -> None:
        self._held = np.concatenate([self._held, samples])

    def pop(self) -> Samples | None:
        """Return the next ``(512,)`` frame, or None if it is not complete yet."""
        if len(self._held) < FRAME:
            return None
        frame, self._held = self._held[:FRAME], self._held[FRAME:]
        return frame
