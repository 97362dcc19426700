"""Turns down what the echo canceller left over, gently: by at most 9 dB, and only where it is likely echo.

A rest of echo in the pauses of the user's speech costs a recognizer more than a user who is a little duller.
The gains make a minimum-phase filter (Oppenheim and Schafer 1975, by the cepstrum), so no sample comes out
later than it went in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.values import FRAME

if TYPE_CHECKING:
    from assistant.sound.delay import Sound, Spectrum


class Suppressor:
    """Works on frames of 512 samples; spectra have 513 bins."""

    REST = 0.03
    """Power of the rest, of the echo that was estimated. It is 20 to 30 dB below; this hears half as well."""
    LEAST = 0.35
    """Gain that no bin falls below. `docs/sound.md` has what a deeper one did."""
    FADES = 0.4
    """By which the power of the rest falls, at most, from frame to frame: reverberation of half a second."""
    MEMORY = 0.3
    """Of the power of what is heard, per frame."""
    WIDTH = 7
    """Bins of 15.6 Hz over which powers are averaged: about the distance of a voice's harmonics."""

    def __init__(self) -> None:
        self._rest = np.zeros(FRAME + 1)
        self._heard = np.zeros(FRAME + 1)
        self._before = np.zeros(FRAME)

    def frame(self, error: Sound, spectrum: Spectrum, estimate: Sound) -> Sound:
        """Return the error with less echo, shape ``(512,)``.

        ``spectrum``: of the error, 512 zeros in front; ``estimate``: the echo that was taken out, ``(512,)``.
        """
        echo = np.fft.rfft(np.concatenate((np.zeros(FRAME), estimate)))
        self._rest = np.maximum(self.FADES * self._rest, self.REST * self._smooth(echo))
        self._heard = self.MEMORY * self._heard + (1 - self.MEMORY) * self._smooth(spectrum)
        gain = np.maximum(1 - self._rest / (self._heard + 1e-12), self.LEAST)
        both = np.fft.rfft(np.concatenate((self._before, error)))
        self._before = error
        return np.fft.irfft(_minimum_phase(gain) * both)[FRAME:]

    def _smooth(self, spectrum: Spectrum) -> Sound:
        return np.convolve(np.abs(spectrum) ** 2, np.full(self.WIDTH, 1 / self.WIDTH), "same")


def _minimum_phase(gain: Sound) -> Spectrum:
    """Return the response of the soonest filter with these gains, ``(513,)``: fold the cepstrum forward."""
    cepstrum = np.fft.irfft(np.log(gain))
    cepstrum[1:FRAME] *= 2
    cepstrum[FRAME + 1 :] = 0
    return np.exp(np.fft.rfft(cepstrum))
