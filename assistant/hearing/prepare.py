"""Brings an utterance into the shape that a recognition model knows: short margins, steady level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.values import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.values import Samples

LONGEST = 10 * RATE
"""Samples. No sentence of ours lasts longer; of a longer sound the end is kept, since who talks, or has a fan
running, and then asks for something, asks last."""

MARGIN = RATE * 2 // 5
"""Samples kept around the speech. More makes the model invent words; less, and it loses short ones."""

PEAK = 0.7
"""Of full scale."""

QUIETEST = 1e-3
"""Peak of full scale below which there is nothing to hear (a muted microphone, the noise of a converter)."""

SHORTEST = RATE // 5
"""Samples below which there can be no word; the encoder needs a good 1,000."""

BLOCK = RATE // 50
"""Samples over which loudness is measured."""

DEPTH = 30.0
"""Decibels below its loudest block at which speech is thought to begin, if the background is quieter."""


def prepare(samples: Samples) -> NDArray[np.float32]:
    """Return sound in [-1, 1] around the speech in an utterance; empty if nothing can be heard."""
    sound = samples[-LONGEST:].astype(np.float32) / np.float32(32768)
    if len(sound) < SHORTEST:
        return sound[:0]
    sound -= sound.mean()
    sound = trim(sound)
    peak = np.abs(sound).max(initial=0)
    return sound * np.float32(PEAK / peak) if peak >= QUIETEST else sound[:0]


def trim(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the part from a margin before the first loud block to a margin behind the last."""
    loud = np.flatnonzero(loudness(sound) >= threshold(loudness(sound)))
    return sound[max(0, loud[0] * BLOCK - MARGIN) : (loud[-1] + 1) * BLOCK + MARGIN]


def loudness(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return decibels by block."""
    blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)
    return np.asarray(10 * np.log10(np.square(blocks).mean(axis=1) + 1e-10), dtype=np.float32)


def threshold(levels: NDArray[np.float32]) -> float:
    """Return the level, in decibels, that tells speech from its background."""
    loudest, background = float(levels.max()), float(np.percentile(levels, 10))
    return max(loudest - DEPTH, background + (loudest - background) / 3)
