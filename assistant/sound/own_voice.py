"""Whether what was heard sounds like what was being played: the echo that a canceller left over.

Its phase tells nothing then, or it would have been taken out; but which bands are loud when is the same.
What was heard counts only where it is loud: elsewhere it was taken out well, or is somebody's room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.values import FRAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.values import Samples

    Bands = NDArray[np.float64]

HOP = FRAME // 2
"""Samples from one look at the bands to the next, and the step in which delays are tried."""
EDGES = (6, 7, 9, 11, 13, 15, 18, 22, 26, 31, 37, 44, 53, 63, 75, 89, 106, 126, 150, 180, 201)
"""Of the bands, in bins of 31.25 Hz: 0.2 to 6.3 kHz, each about a fifth wider than the one below."""
FAINT = 1e3
"""Power in a band, of int16, below which loudness hardly counts."""
LOUD = 10**-1.5
"""Part of the greatest power from which on a moment is loud: 15 dB."""


def likeness(heard: Samples, played: Samples) -> float:
    """Return how alike the two sound, at the delay at which they are most: 1 the same, 0 unrelated.

    ``heard``: at least 512 samples; ``played``: meanwhile and before, so much longer as an echo may be late.
    """
    if not played.any():
        return 0.0
    one, other = _bands(heard), _bands(played)
    power = one.sum(axis=1)
    loud = power > LOUD * power.max()
    one, other = _loudness(one)[loud], _loudness(other)
    starts = range(len(other) - len(loud) + 1)
    return max(_correlation(one, other[start : start + len(loud)][loud]) for start in starts)


def _bands(sound: Samples) -> Bands:
    """Return mean powers by moment and band, shape ``(moments, 20)``."""
    blocks = np.lib.stride_tricks.sliding_window_view(sound.astype(float), FRAME)[::HOP]
    powers = np.abs(np.fft.rfft(blocks * np.hanning(FRAME))) ** 2
    return np.add.reduceat(powers[:, : EDGES[-1]], EDGES[:-1], axis=1) / np.diff(EDGES)


def _loudness(powers: Bands) -> Bands:
    """Return by how much, natural log, a band is louder than the others at that moment."""
    loudness = np.log(powers + FAINT)
    return np.asarray(loudness - loudness.mean(axis=1, keepdims=True))


def _correlation(one: Bands, other: Bands) -> float:
    """Return it, each band's mean over time apart: what a room does to a voice is none of its words."""
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / size if size else 0.0
