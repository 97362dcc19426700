"""Takes the assistant's own voice out of the microphone and leaves the user's as it is.

A linear filter that adapts while both speak: the partitioned-block frequency-domain Kalman filter of
Kuech, Mabande and Enzner (2014, doi 10.1109/ICASSP.2014.6853806), after Enzner and Vary (2006,
doi 10.1016/j.sigpro.2005.09.013). It needs no double-talk detector, because each step is weighed by how
uncertain the filter still is against how loud the room is. A second path with the cube of the reference
follows the loudspeaker's distortion (Stenger and Kellermann 2000), the delay is followed to a part of a
sample, and what is left is turned down a little. `docs/sound.md` says what each of these is worth.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from assistant.sound.delay import LONGEST, TAPS, CoarseDelay, FineDelay, delayed
from assistant.sound.suppress import Suppressor
from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from assistant.sound.delay import Sound, Spectrum
    from assistant.values import Samples

FULL_SCALE = 32_768

LEAD = 48
"""Samples by which the filter starts before the strongest echo, for what comes earlier and for errors."""

LINEAR = 12
"""Partitions of 32 ms of the linear path: the reverberation that can be cancelled."""

SLIGHT = 16
"""Samples by which the filter may have learned that the echo is earlier or later than the delay says. To move
the delay then undoes what was learned; what follows the clocks took that for drift, up to 1,400 ppm."""

CUBIC = 3
"""Partitions of the path of the cube: distortion is far below the direct sound and so soon inaudible."""


class EchoCanceller:
    """Works on frames of 512 samples; while nothing plays, they come out bit by bit as they went in."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget room and delay, as after a change of devices."""
        self._played = np.zeros(LONGEST + RATE)
        self._silent = RATE
        self._delay: float | None = None
        self._coarse = CoarseDelay()
        self._fine = FineDelay()
        self._filter = KalmanFilter()
        self._suppressor = Suppressor()

    @property
    def delay(self) -> float | None:
        """Samples from the loudspeaker frame to its echo; None until that is known."""
        return self._delay

    def process(self, microphone: Samples, loudspeaker: Samples) -> Samples:
        """Return the microphone frame without echo, shape ``(512,)``.

        ``loudspeaker``: the frame that was given to the driver while this one was recorded, ``(512,)``.
        """
        self._play(loudspeaker / FULL_SCALE)
        if self._silent > self._echo_length():
            return microphone
        recorded = microphone / FULL_SCALE
        self._find(recorded)
        if self._delay is None:
            return microphone
        return _to_samples(self._cancel(recorded))

    def _play(self, frame: Sound) -> None:
        self._played = np.concatenate((self._played[FRAME:], frame))
        self._silent = 0 if frame.any() else self._silent + FRAME
        if self._delay is not None:
            self._delay += self._fine.wait()

    def _echo_length(self) -> float:
        """Return the samples for which a sound goes on being heard."""
        return (LONGEST if self._delay is None else self._delay) + TAPS + (LINEAR + 1) * FRAME

    def _find(self, recorded: Sound) -> None:
        """Measure the delay; a block that was lost moves it at once, and the filter fits again."""
        found = self._coarse.look(recorded, self._played, self._delay)
        if found is None or (self._filter.works and abs(found - (self._delay or 0.0)) <= SLIGHT):
            self._filter.remember()
            return
        self._delay = found
        self._fine.jump()
        self._filter.recall()
        self._filter.refill(self._reference((LINEAR + 1) * FRAME))

    def _reference(self, length: int) -> Sound:
        assert self._delay is not None
        return delayed(self._played, max(self._delay - LEAD, TAPS // 2), length)

    def _cancel(self, recorded: Sound) -> Sound:
        error, estimate = self._filter.step(recorded, self._reference(FRAME))
        assert self._delay is not None
        self._delay += self._fine.correct(self._filter.error, estimate, self._filter.expected)
        cleaned = self._suppressor.frame(error, self._filter.error, estimate)
        return cleaned if self._filter.helps else recorded


class KalmanFilter:
    """Adaptive filter of 15 partitions of 512 taps: 12 of the reference, then 3 of its cube.

    Spectra have 513 bins of blocks of 1,024 samples; powers are of such spectra.
    """

    STEADY = 0.9999
    """Part of a response that is still the same one frame later."""
    MEMORY = 0.5
    """Of the estimate of the power of everything that is no echo, per frame."""
    UNKNOWN = 0.3
    """Variance of a response before anything was heard, in the first partition."""
    DECAY = 0.4
    """By which a response is weaker from partition to partition: reverberation of half a second."""
    SLOW = 32
    """Frames after which a lost block is noticed for certain."""
    USE = -0.45
    """Mean natural log of the power of the error over that of the microphone below which it works well."""
    HELP = -0.05
    """The same, below which it takes out anything: a headset, or a device that cancels, leaves no echo, and a
    delay found there is chance; what a filter makes of it would only be added to what people say."""
    LEARNING = 96
    """Frames at first for which it is enough that it adds nothing."""
    HARM = 0.4
    """The same, above which it is of no use."""
    QUIET = 1e-8
    """Power of the quietest room, of full scale."""

    def __init__(self) -> None:
        powers = self.UNKNOWN * self.DECAY ** np.arange(LINEAR)
        self._unknown = np.concatenate((powers, powers[:CUBIC]))[:, None]
        self._spectra: Spectrum = np.zeros((LINEAR + CUBIC, FRAME + 1), complex)
        self._before = np.zeros((2, FRAME))
        self._steps = 0
        self.error: Spectrum = np.zeros(FRAME + 1, complex)
        """Spectrum of the last error, 512 zeros in front."""
        self.expected: Sound = np.zeros(FRAME + 1)
        """Its expected power."""
        self._forget()

    def _forget(self) -> None:
        self._past: deque[tuple[Spectrum, Sound]] = deque(maxlen=self.SLOW)
        self._response: Spectrum = np.zeros_like(self._spectra)
        self._variance = np.repeat(self._unknown, FRAME + 1, axis=1)
        self._noise = np.full(FRAME + 1, self.QUIET * FRAME)
        self._harm = 0.0

    @property
    def works(self) -> bool:
        """Whether it takes echo out well."""
        return self._harm < self.USE

    @property
    def helps(self) -> bool:
        """Whether there is an echo that it takes out, or that may yet be."""
        return self._harm <= 0.0 if self._steps < self.LEARNING else self._harm < self.HELP

    def remember(self) -> None:
        """Keep what is known now for `recall`."""
        self._past.append((self._response, self._variance))

    def recall(self) -> None:
        """Go back to what was known 1 s ago: what was learned after a block was lost is wrong."""
        if self._past:
            self._response, self._variance = self._past[0]
            self._past.clear()

    def refill(self, reference: Sound) -> None:
        """Take another past, shape ``(13 * 512,)``, oldest first."""
        for frame in reference.reshape(-1, FRAME):
            self._push(frame)

    def step(self, recorded: Sound, reference: Sound) -> tuple[Sound, Sound]:
        """Return what the filter cannot explain and the echo as it estimates it; learn from the former."""
        self._steps += 1
        self._push(reference)
        estimate = np.fft.irfft((self._response * self._spectra).sum(axis=0))[FRAME:]
        error = recorded - estimate
        self.error = np.fft.rfft(np.concatenate((np.zeros(FRAME), error)))
        self._learn()
        self._check(recorded, error)
        return error, estimate

    def _push(self, reference: Sound) -> None:
        frame = np.stack((reference, reference**3))
        first, cube = np.fft.rfft(np.concatenate((self._before, frame), axis=1))
        self._before = frame
        self._spectra[1:] = self._spectra[:-1].copy()
        self._spectra[0], self._spectra[LINEAR] = first, cube

    def _learn(self) -> None:
        """One step of the Kalman filter, each bin and partition for itself."""
        uncertain = (np.abs(self._spectra) ** 2 * self._variance).sum(axis=0)
        self._hear(uncertain / 2)
        gain = self._variance * np.conj(self._spectra) / (uncertain + 2 * self._noise)
        self._response = self._response + _constrained(gain * self.error)  # the old one may be remembered
        kept = self._variance * (1 - (gain * self._spectra).real / 2)
        steady = self.STEADY**2
        self._variance = steady * kept + (1 - steady) * np.abs(self._response) ** 2

    def _hear(self, uncertain: Sound) -> None:
        """Estimate the power of everything that is no echo, given that of the echo not yet explained."""
        share = self._noise / (self._noise + uncertain)
        power = share**2 * np.abs(self.error) ** 2 + share * uncertain
        self._noise = self.MEMORY * self._noise + (1 - self.MEMORY) * power + self.QUIET * FRAME
        self.expected = self._noise + uncertain

    def _check(self, recorded: Sound, error: Sound) -> None:
        """Begin anew when the filter made things worse for a second."""
        change = np.log((error @ error + 1e-9) / (recorded @ recorded + 1e-9))
        self._harm += (float(np.clip(change, -1, 1)) - self._harm) / self.SLOW
        if self._harm > self.HARM:
            self._forget()


def _constrained(change: Spectrum) -> Spectrum:
    """Keep the first 512 taps of each partition, as a linear convolution needs."""
    taps = np.fft.irfft(change)
    taps[:, FRAME:] = 0
    return np.fft.rfft(taps)


def _to_samples(sound: Sound) -> Samples:
    return np.clip(np.rint(sound * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
