"""Two claps, or knocks: a way to call for relief without words.

A clap comes out of the quiet, is gone at once, and has all tones in it. Two of them are alike, 0.18 to 0.6 s
apart, with nothing else around them. Only quiet behind something loud makes it worth a closer look.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from assistant.sound.delay import ECHO_FRAMES
from assistant.values import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from assistant.values import Samples

    Sound = NDArray[np.float64]

FLOOR = 1_000
"""From lowest to highest sample, of 65,536: nothing softer is a clap. Talk nearby has 4,000 or more."""
QUIET = 0.768
"""Seconds without another bang before and after: longer than between, or two of three would count."""
NEAREST, FARTHEST = 0.18, 0.6
"""Seconds from one to the other."""

BLOCK = RATE // 500
"""Samples over which loudness is measured: 2 ms."""
PER_FRAME = FRAME // BLOCK
AFTER = round(QUIET / FRAME_SECONDS)
"""Frames behind the second clap, and so the time in which it is answered."""
FRAMES = AFTER + 2 + round((FARTHEST + QUIET) / FRAME_SECONDS)
"""That are looked at."""


class Pair(NamedTuple):
    """Two bangs, measured; in decibels, of the one that is less like a clap."""

    uneven: float
    """How much louder one is than the other."""
    rise: float
    """Over what was in the 26 to 2 ms before."""
    fall: float
    """From 80 ms after it."""
    rest: float
    """Below it, what is heard between the two and behind them, from 120 ms after each."""
    before: float
    """Below it, what is heard in `QUIET` before the first, but for the last 30 ms."""
    unlike: float
    """By which the two spectra differ, mean over six bands."""
    noise: float
    """Geometric over arithmetic mean of the spectrum from 125 Hz to 2 kHz: -2.5 for noise, down to -40 for a
    tone. What is hit rings in a few tones, air between two hands does not."""
    late: float
    """By which it grows after its first 6 ms: a cough takes its time."""
    again: float
    """By which it grows once more, 10 to 160 ms after it began: a switch clicks back."""


Limits: TypeAlias = "Mapping[str, tuple[float, float]]"
"""Lowest and highest of what is measured."""
KNOCKS: Limits = {
    "uneven": (0, 7),
    "rise": (13, 99),
    "fall": (8, 99),
    "rest": (10, 99),
    "before": (24, 99),
    "unlike": (0, 5),
}
"""Two bangs that are alike. So are two steps, or two things laid down."""
CLAPS: Limits = {**KNOCKS, "noise": (-12, 0), "late": (0, 4.5), "again": (0, 7)}
LIMITS: Mapping[str, Limits] = {"claps": CLAPS, "knocks": KNOCKS}
"""By what counts: claps alone, or knocks too."""


class Claps:
    """Listens for two claps. For one stream."""

    def __init__(self, limits: Limits = CLAPS) -> None:
        self._limits = limits
        self._deaf = 0
        """Frames for which our own sound may still be in the microphone."""
        self._forget()

    def push(self, microphone: Samples, loudspeaker: Samples) -> bool:
        """Take the next frame, and the one that was played before it; tell whether there were two claps.

        While anything is played nothing is heard: its own words have bangs, too.
        """
        if loudspeaker.any():
            self._deaf = ECHO_FRAMES
        if self._deaf:
            self._deaf -= 1
            self._forget()
            return False
        self._frames.append(microphone)
        self._peaks.append(int(microphone.max()) - int(microphone.min()))
        return self._may_be() and self.fits(measured(np.concatenate(self._frames)))

    def fits(self, pair: Pair) -> bool:
        """Tell whether two bangs are within the limits."""
        return all(low <= getattr(pair, name) <= high for name, (low, high) in self._limits.items())

    def _forget(self) -> None:
        self._frames = deque([np.zeros(FRAME, np.int16)] * FRAMES, FRAMES)
        self._peaks = deque([0] * FRAMES, FRAMES)

    def _may_be(self) -> bool:
        """Tell whether the frame that is `AFTER` frames old was loud and nothing since."""
        here = self._peaks[-1 - AFTER]
        if here < FLOOR:
            return False
        around = list(self._peaks)[-4 - AFTER :]
        return max(around[:3]) < here >= max(around[4:]) and here > 4 * max(around[7:])


def measured(samples: Samples) -> Pair:
    """Measure the bang in the frame that is `AFTER` frames old and the loudest one before it.

    ``samples`` has shape ``(FRAMES * 512,)``.
    """
    loudness = 10 * np.log10(np.var(samples.reshape(-1, BLOCK), axis=1) + 1)
    frame = len(loudness) - (AFTER + 1) * PER_FRAME
    second = _loudest(loudness, frame - 2, frame + PER_FRAME + 2)
    first = _loudest(loudness, second - _blocks(FARTHEST), second - _blocks(NEAREST))
    other = _Bang(loudness, second, len(loudness))
    one = _Bang(loudness, first, other.begin - 1)
    bangs, softer = (one, other), min(one.peak, other.peak)
    spectra = [_spectrum(samples[bang.begin * BLOCK :]) for bang in bangs]
    return Pair(
        uneven=abs(one.peak - other.peak),
        rise=min(bang.peak - bang.loudest(-0.026, -0.002) for bang in bangs),
        fall=min(bang.peak - bang.loudest(0.08) for bang in bangs),
        rest=softer - max(bang.loudest(0.12) for bang in bangs),
        before=softer - one.loudest(-QUIET, -0.03),
        unlike=_unlike(*spectra),
        noise=min(map(_noise, spectra)),
        late=max(bang.peak - bang.loudest(0, 0.006) for bang in bangs),
        again=max(bang.again() for bang in bangs),
    )


class _Bang:
    """One of the two, in the loudness of all blocks, dB."""

    def __init__(self, loudness: Sound, place: int, end: int) -> None:
        """Take the loudest block of it and the first that may belong to another."""
        self._loudness, self._end = loudness, end
        self.peak = float(loudness[place])
        near = loudness[place - 15 : place + 1] >= self.peak - 10
        self.begin = place - 15 + int(np.argmax(near))
        """The first block that is nearly as loud: a room may add to a bang for 30 ms."""

    def loudest(self, start: float, stop: float | None = None) -> float:
        """Return the loudest between two moments, in seconds from its begin; without a second, to its end."""
        end = self._end if stop is None else self.begin + _blocks(stop)
        return float(self._loudness[max(self.begin + _blocks(start), 0) : end].max())

    def again(self) -> float:
        """Return by how much it becomes louder after a moment when it was softer, means of 8 ms."""
        powers = 10 ** (self._loudness[self.begin + _blocks(0.01) : self.begin + _blocks(0.16)] / 10)
        means = 10 * np.log10(np.convolve(powers, np.full(4, 0.25), "valid"))
        return float((means - np.minimum.accumulate(means)).max())


def _blocks(seconds: float) -> int:
    return round(seconds * RATE / BLOCK)


def _loudest(loudness: Sound, start: int, stop: int) -> int:
    return start + int(np.argmax(loudness[start:stop]))


def _spectrum(samples: Samples) -> Sound:
    """Return the power in steps of 31 Hz of 32 ms, mostly of what rings 5 to 27 ms after the bang."""
    return np.asarray(np.abs(np.fft.rfft(samples[:FRAME] * np.hanning(FRAME))) ** 2)


def _unlike(one: Sound, other: Sound) -> float:
    edges = np.round(np.geomspace(4, 256, 7)).astype(int)
    bands = [10 * np.log10(np.add.reduceat(s[:256], edges[:-1]) + 1) for s in (one, other)]
    difference = bands[0] - bands[1]
    return float(np.mean(np.abs(difference - difference.mean())))


def _noise(spectrum: Sound) -> float:
    powers = spectrum[4:64] + 1
    return float(10 * (np.mean(np.log10(powers)) - np.log10(np.mean(powers))))
