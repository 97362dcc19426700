"""How late the loudspeaker's sound reaches the microphone: found once, then followed to a part of a sample.

Sound is in units of full scale, [-1, 1]; delays are in samples at 16 kHz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

Sound: TypeAlias = "NDArray[np.float64]"
"""Shape ``(n,)``, full scale 1."""

Spectrum: TypeAlias = "NDArray[np.complex128]"
"""Of real sound, by the real FFT."""

TAPS = 32
"""Of the filter between samples."""

LONGEST = RATE * 3 // 4
"""Samples: no device is later. On a busy machine PulseAudio was 0.4 to 0.5 s late."""
ECHO_FRAMES = LONGEST // FRAME
"""For which a sound may be under way from the loudspeaker to the microphone."""


def low_pass(fraction: float, divisor: int = 1) -> Sound:
    """Return a windowed sinc that is that part of a sample late and passes 1 / divisor of the band."""
    offsets = np.arange(TAPS) - TAPS // 2 + 1 - fraction
    kernel: Sound = np.sinc(offsets / divisor) * np.cos(np.pi * offsets / (TAPS + 2)) ** 2
    return kernel / float(kernel.sum())


def delayed(history: Sound, delay: float, length: int) -> Sound:
    """Return the last ``length`` samples of what a line of that delay lets out; at least 16 samples late."""
    whole = int(np.ceil(delay))
    first = len(history) - length - whole - TAPS // 2 + 1
    return np.convolve(history[first : first + length + TAPS - 1], low_pass(whole - delay)[::-1], "valid")


class CoarseDelay:
    """The place of the first peak of the generalized cross-correlation (Knapp and Carter 1976).

    With phase transform, so that the periods of voiced speech make no peaks of their own. Looks at half a
    second at a time, and believes a place that it saw twice running.
    """

    WINDOW = 16 * FRAME
    """Samples of the microphone that are looked at together."""
    SIZE = 40 * FRAME
    """Of the Fourier transforms: `LONGEST` and `WINDOW` have to fit in."""
    EVERY = 4
    """Frames from look to look."""
    CLEAR = 8.0
    """Peak over the RMS of the correlation; chance reaches 5 among 12,000 places."""
    SAME = 2
    """Samples within which two delays are the same."""
    STILL = 0.5
    """Part of the highest peak that is enough for a delay to be taken as unchanged."""

    def __init__(self) -> None:
        self._microphone = np.zeros(self.WINDOW)
        self._frames = 0
        self._seen: float | None = None

    def look(self, microphone: Sound, played: Sound, known: float | None) -> float | None:
        """Return the delay when it is certain and another than the one that is known.

        ``microphone``: the frame just recorded; ``played``: everything played up to now, at least 1.3 s.
        """
        self._microphone = np.concatenate((self._microphone[FRAME:], microphone))
        self._frames += 1
        if self._frames % self.EVERY:
            return None
        before, self._seen = self._seen, self._seen_now(played, known)
        agreed = before is not None and self._seen is not None and abs(before - self._seen) <= self.SAME
        return self._seen if agreed else None

    def _seen_now(self, played: Sound, known: float | None) -> float | None:
        muted = not self._microphone.any()
        return None if muted else self._peak(self._correlation(played), known)

    def _correlation(self, played: Sound) -> Sound:
        """Return it for each delay, shape ``(SIZE,)``; the last ones stand for negative delays."""
        recorded = np.concatenate((np.zeros(LONGEST), self._microphone))
        reference = np.fft.rfft(played[-len(recorded) :], self.SIZE)
        cross = np.fft.rfft(recorded, self.SIZE) * np.conj(reference)
        strength = np.abs(cross)
        return np.fft.irfft(cross / (strength + 1e-3 * strength.max() + 1e-12))

    def _peak(self, correlation: Sound, known: float | None) -> float | None:
        place = int(np.argmax(correlation[:LONGEST]))
        top = float(correlation[place])
        if top < self.CLEAR * np.sqrt(np.mean(correlation**2)) or top == 0:
            return None
        if known is not None and self._near(correlation, known) > self.STILL * top:
            return None
        return place + _vertex(correlation[place - 1], top, correlation[place + 1])

    def _near(self, correlation: Sound, place: float) -> float:
        first = max(round(place) - self.SAME, 0)
        return float(correlation[first : first + 2 * self.SAME + 1].max())


def _vertex(before: float, peak: float, after: float) -> float:
    """Return how far the top of a parabola through three points lies from the middle one."""
    bend = before - 2 * peak + after
    return float((before - after) / bend / 2) if bend else 0.0


class FineDelay:
    """Follows the delay by what the echo canceller could not explain: a Kalman filter over offset and rate.

    An echo that comes ``offset`` samples later than estimated leaves an error of minus offset times the
    slope of the estimate. Two clocks that differ by 20 parts per million let the delay grow by 0.01 samples
    a frame, and without this the echo canceller spends itself on running after them.
    """

    FASTEST = 60e-6 * FRAME
    """Samples a frame by which clocks may differ: one standard deviation."""
    LIMIT = 300e-6 * FRAME
    """Samples a frame by which no two clocks differ. After a disturbance it ran on with 1,700 ppm."""
    SURE = 0.3
    """Samples: one standard deviation of a delay that was just found."""
    WANDER = 1e-3
    """Samples a frame by which the delay moves without reason: one standard deviation."""
    UNSTEADY = 1e-5
    """Samples a frame by which the rate changes from frame to frame: one standard deviation."""

    def __init__(self) -> None:
        self.rate = 0.0
        """Samples a frame by which the delay grows."""
        self._variance = np.diag((0.0, self.FASTEST**2))

    def jump(self) -> None:
        """Be told that the delay is another, known to `SURE` only, and that the rate may be."""
        self._variance = np.diag((self.SURE**2, self.FASTEST**2))

    def wait(self) -> float:
        """Return how much later the echo is one frame on."""
        step = np.array(((1.0, 1.0), (0.0, 1.0)))
        self._variance = step @ self._variance @ step.T + np.diag((self.WANDER**2, self.UNSTEADY**2))
        return self.rate

    def correct(self, error: Spectrum, estimate: Sound, noise: Sound) -> float:
        """Return by how much later the echo is than was thought.

        ``error``: the unexplained rest, shape ``(513,)``; ``estimate``: the echo as estimated, ``(512,)``;
        ``noise``: expected power of the error, ``(513,)``.
        """
        slope = np.fft.rfft(np.concatenate((np.zeros(FRAME), np.gradient(estimate))))
        weight = float((np.abs(slope) ** 2 / noise).sum())
        if weight == 0:
            return 0.0
        offset = -float((np.conj(slope) * error).real @ (1 / noise)) / weight
        gain = self._variance[:, 0] / (self._variance[0, 0] + 1 / weight)
        self._variance = self._variance - np.outer(gain, self._variance[0])
        self.rate = float(np.clip(self.rate + gain[1] * offset, -self.LIMIT, self.LIMIT))
        return float(gain[0]) * offset
