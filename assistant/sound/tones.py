"""Generated tones, and finding one again in a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.values import RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.values import Samples

FULL_SCALE = 32_767
EDGE_SECONDS = 0.012
"""Of the raised-cosine fades: shorter ones click."""

PROBE_BAND = 700.0, 3_400.0
"""Hz: small loudspeakers play it, and it lies above the rumble of a fan."""


class Match(NamedTuple):
    """How much of the probe is in a recording."""

    likeness: float
    """In [0, 1]: 1 for the probe itself, however loud."""
    seconds: float
    """Into the recording, where it begins."""


def ready() -> Samples:
    """Return the short soft double note that says: I am listening. 0.24 s."""
    return np.concatenate([_note(587.3, 0.10, 0.2), _note(880.0, 0.14, 0.2)])


def alarm() -> Samples:
    """Return three rising bell-like notes, twice: insistent, not frightening. 2.0 s."""
    phrase = [_note(pitch, 0.22, 0.5) for pitch in (523.3, 659.3, 784.0)]
    return np.concatenate([*phrase, _silence(0.34), *phrase, _silence(0.34)])


def probe() -> Samples:
    """Return a rising sweep of 0.5 s that `find_probe` recognizes through speaker, room and microphone."""
    seconds = 0.5
    low, high = PROBE_BAND
    time = _time(seconds)
    return _faded(0.5 * np.sin(2 * np.pi * (low * time + (high - low) / (2 * seconds) * time**2)))


TONES = {"ready": ready, "alarm": alarm, "probe": probe}


def find_probe(recording: Samples) -> Match:
    """Return where a recording sounds most like the probe; a likeness of 0 for one shorter than it.

    The likeness is the correlation within the probe's band, independent of phase and loudness.
    """
    tone = probe()
    if len(recording) < len(tone):
        return Match(0.0, 0.0)
    sought, heard = _analytic(tone), _analytic(recording)
    length = len(tone) + len(recording)
    spectrum = np.fft.fft(heard, length) * np.conj(np.fft.fft(sought, length))
    likeness = np.abs(np.fft.ifft(spectrum))[: len(recording) - len(tone) + 1]
    energy = _moving_sum(np.abs(heard) ** 2, len(tone)) * np.sum(np.abs(sought) ** 2)
    likeness /= np.sqrt(np.maximum(energy, 1.0))
    best = int(np.argmax(likeness))
    return Match(min(float(likeness[best]), 1.0), best / RATE)


def _moving_sum(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[length:] - total[:-length])


def _analytic(samples: Samples) -> NDArray[np.complex128]:
    """Return the complex signal of the probe's band, so that phase does not matter."""
    spectrum = np.fft.fft(samples.astype(np.float64))
    frequency = np.fft.fftfreq(len(samples), 1 / RATE)
    spectrum[(frequency < PROBE_BAND[0]) | (frequency > PROBE_BAND[1])] = 0
    return np.asarray(np.fft.ifft(2 * spectrum))


def _note(pitch: float, seconds: float, level: float) -> Samples:
    """Return a decaying note with two soft overtones, like a small bell."""
    time = _time(seconds)
    overtones = np.array([[1.0], [2.0], [3.0]])
    partials = np.sin(2 * np.pi * pitch * overtones * time) / 3 ** (overtones - 1)
    wave: NDArray[np.float64] = partials.sum(axis=0)
    return _faded(level / 1.45 * wave * np.exp(-2.5 * time / seconds))


def _faded(wave: NDArray[np.float64]) -> Samples:
    edge = int(EDGE_SECONDS * RATE)
    rise = np.sin(np.linspace(0, np.pi / 2, edge)) ** 2
    wave[:edge] *= rise
    wave[-edge:] *= rise[::-1]
    return (wave * FULL_SCALE).astype(np.int16)


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(int(seconds * RATE)) / RATE


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.int16)
