"""Manners of the night: answers as softly as it was spoken to."""

from __future__ import annotations

import numpy as np

from assistant.sound.vad import level
from assistant.values import FRAME, Samples

LOUD = 90
"""Percentile of an utterance's frames that counts as its loudness: the vowels, not the pauses."""
FORGETS = 1.0
"""Decibels by which the loudest that was heard counts for less with each utterance: people move."""
FOLLOWS = 0.5
"""Of the decibels by which somebody speaks more softly: whispering need not be answered by whispering."""


def loudness(samples: Samples) -> float:
    """Return how loud an utterance is, in decibels of full scale; -90 for silence."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    loud = np.percentile([level(frame) for frame in frames], LOUD) if len(frames) else 0.0
    return float(20 * np.log10(max(loud, 1.0) / 32_768))


class Softness:
    """How softly to answer, from how softly somebody speaks against the loudest they spoke before."""

    def __init__(self, softest: float) -> None:
        """Take the least factor on the volume, in (0, 1]; 1 never answers more softly."""
        self._softest = softest
        self._loudest = -90.0

    def after(self, loudness: float) -> float:
        """Return the factor on the volume, after something was understood that was so loud (decibels)."""
        self._loudest = max(loudness, self._loudest - FORGETS)
        return float(max(self._softest, 10 ** (FOLLOWS * (loudness - self._loudest) / 20)))
