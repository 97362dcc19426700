"""A simulated bedroom: loudspeaker frame and the user's voice in, microphone frame out.

Sound in floating point is in units of full scale, [-1, 1]. Responses are computed with the image source
method (Allen and Berkley 1979, doi 10.1121/1.382599) for a shoebox whose walls all absorb alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from assistant.sound.delay import TAPS, delayed, low_pass
from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.sound.delay import Sound
    from assistant.values import Samples

Noise = Literal["none", "fan", "talk", "rain"]

SPEED_OF_SOUND = 343.0
"""Meters per second at 20 degrees."""

FULL_SCALE = 32_768
LOOP = 8 * RATE
"""Samples after which the noise repeats."""

ECHO_GAIN = 0.3
"""Echo at the microphone over the loudspeaker's digital level: a device that does not clip at full volume."""

WALL = 0.1
"""Meters between anything and a wall, at least."""

BLOCK = 160
"""Samples of a driver's block: what is lost or doubled at once, 10 ms."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bedroom:
    """What the room is like."""

    size: tuple[float, float, float] = (3.9, 3.1, 2.5)
    """Meters: length, width, height."""
    reverberation: float = 0.3
    """Seconds until the sound has fallen by 60 dB, 0.1 to 0.7."""
    loudspeaker_distance: float = 0.15
    """Meters from the microphone."""
    user_distance: float = 1.0
    """Meters from the microphone."""
    echo_over_user: float = 6.0
    """Decibels by which the echo is louder when loudspeaker and user play samples of equal level."""
    saturation: float = 1.0
    """Of the loudspeaker: 0 is linear; 1 gives 2 % third harmonic to a tone at 0.6 of full scale."""
    delay: float = 0.06
    """Seconds between the frame given to the driver and its sound, beyond the way through the air."""
    drift: float = 10.0
    """Parts per million by which the loudspeaker's clock is slow; the driver makes it up by the block."""
    drops: float = 0.0
    """Blocks lost a minute, in turn by the loudspeaker (delay grows) and by the microphone (it shrinks)."""
    noise: Noise = "none"
    noise_level: float = -55.0
    """Decibels of full scale, RMS."""
    floor: float = -72.0
    """The microphone's own noise, decibels of full scale, RMS."""


class Room:
    """A bedside table with the assistant on it and a person in the bed, one frame at a time.

    The same seed gives the same room: places of things, noise and times of lost blocks.
    """

    def __init__(self, bedroom: Bedroom | None = None, *, seed: int = 0) -> None:
        self.bedroom = b = bedroom or Bedroom()
        self._random = np.random.default_rng(seed)
        microphone = np.array([b.size[0] * 0.3, b.size[1] * 0.4, 0.6]) + self._random.uniform(-0.2, 0.2, 3)
        user_gain = ECHO_GAIN * 10 ** (-b.echo_over_user / 20)
        self._echo_path = Convolver(ECHO_GAIN * self._path(microphone, b.loudspeaker_distance))
        self._user_path = Convolver(user_gain * self._path(microphone, b.user_distance))
        self._noise = 10 ** (b.noise_level / 20) * _noise(b.noise, self._random)
        self._playback = Playback(b, self._random)
        self._frames = 0

    def frame(self, loudspeaker: Samples, user: Samples | None = None) -> Samples:
        """Return what the microphone records, shape ``(512,)``, while these two sound, each ``(512,)``."""
        echo, voice = self.parts(loudspeaker, user)
        return to_samples(echo + voice)

    def parts(self, loudspeaker: Samples, user: Samples | None = None) -> tuple[Sound, Sound]:
        """Return the same frame as echo alone and everything else, for those who measure."""
        echo = self._echo_path.frame(self._playback.frame(loudspeaker / FULL_SCALE))
        voice = self._user_path.frame(np.zeros(FRAME) if user is None else user / FULL_SCALE)
        place = self._frames * FRAME % LOOP
        self._frames += 1
        floor = 10 ** (self.bedroom.floor / 20) * self._random.standard_normal(FRAME)
        return echo, voice + self._noise[place : place + FRAME] + floor

    def _path(self, microphone: Sound, distance: float) -> Sound:
        """Return the response to a source that far away, in a random direction that is inside the room."""
        size = np.array(self.bedroom.size)
        source = somewhere(size, microphone, distance, self._random)
        return _speech_normalized(impulse_response(size, microphone, source, self.bedroom.reverberation))


class Playback:
    """The way from the driver to the air: unknown and wandering delay, lost blocks, a small loudspeaker."""

    def __init__(self, bedroom: Bedroom, random: np.random.Generator) -> None:
        self._bedroom = bedroom
        self._random = random
        self._played = np.zeros(RATE)
        self._frames = 0
        self._late = 0

    @property
    def delay(self) -> float:
        """Samples, at present."""
        drifted = self._frames * FRAME * self._bedroom.drift * 1e-6
        return self._bedroom.delay * RATE + (drifted + BLOCK / 2) % BLOCK - BLOCK / 2 + self._late

    def frame(self, played: Sound) -> Sound:
        """Return what leaves the loudspeaker, shape ``(512,)``, while the driver is given this frame."""
        self._lose_blocks()
        self._played = np.concatenate((self._played[FRAME:], played))
        self._frames += 1
        return self._saturated(self._twice_the_rate()) if self._played.any() else np.zeros(FRAME)

    def _lose_blocks(self) -> None:
        if self._random.random() < self._bedroom.drops / 60 * FRAME / RATE:
            self._late = 0 if self._late else BLOCK

    def _twice_the_rate(self) -> Sound:
        """Return the delayed frame at 32 kHz, with half a low-pass more on either side."""
        whole = self.delay - TAPS / 4
        fine = [delayed(self._played, whole - half / 2, FRAME + TAPS // 2) for half in (0, 1)]
        return np.stack(fine, axis=1).reshape(-1)

    def _saturated(self, fine: Sound) -> Sound:
        """Compress the peaks; at twice the rate, so that harmonics do not fold back as they do not in air."""
        if self._bedroom.saturation:
            fine = np.tanh(self._bedroom.saturation * fine) / self._bedroom.saturation
        return np.convolve(fine, low_pass(0, divisor=2), "valid")[::2][:FRAME]


class Convolver:
    """Filters frame by frame with a long response: uniformly partitioned overlap-save (Gardner 1995)."""

    def __init__(self, response: Sound) -> None:
        parts = -(-len(response) // FRAME)
        padded = np.zeros(parts * FRAME)
        padded[: len(response)] = response
        self._response = np.fft.rfft(padded.reshape(parts, FRAME), 2 * FRAME)
        self._spectra = np.zeros_like(self._response)
        self._before = np.zeros(FRAME)
        self._silent = 0
        """Frames of silence in a row."""

    def frame(self, samples: Sound) -> Sound:
        """Return the next 512 filtered samples, without any delay."""
        self._silent = 0 if samples.any() else self._silent + 1
        if self._silent > len(self._spectra) + 1:  # nothing is under way any more
            return np.zeros(FRAME)
        self._spectra = np.roll(self._spectra, 1, axis=0)
        self._spectra[0] = np.fft.rfft(np.concatenate((self._before, samples)))
        self._before = samples
        return np.fft.irfft((self._response * self._spectra).sum(axis=0))[FRAME:]


def somewhere(size: Sound, microphone: Sound, distance: float, random: np.random.Generator) -> Sound:
    """Return a place that far from the microphone, in a random direction that is inside the room; meters."""
    while True:
        direction = random.standard_normal(3) * (1, 1, 0.3)
        place: Sound = microphone + distance * direction / np.linalg.norm(direction)
        if (place > WALL).all() and (place < size - WALL).all():
            return place


def impulse_response(size: Sound, microphone: Sound, source: Sound, reverberation: float) -> Sound:
    """Return the response of a shoebox of that size (meters) between two places, ``reverberation`` s long."""
    length = int(reverberation * RATE)
    reflection = _reflection(size, reverberation)
    axes = zip(size, microphone, source, strict=True)
    (x, nx), (y, ny), (z, nz) = [_images(*axis, length / RATE * SPEED_OF_SOUND) for axis in axes]
    distance = np.sqrt((x**2)[:, None, None] + (y**2)[:, None] + z**2)
    bounces = nx[:, None, None] + ny[:, None] + nz
    arrival = np.rint(distance / SPEED_OF_SOUND * RATE).astype(int)
    heard = arrival < length
    strength = reflection ** bounces[heard] / distance[heard]
    response: Sound = np.bincount(arrival[heard], strength, length).astype(float)
    # All images have the same sign; no microphone hears the slow pressure that they add up to.
    return _band_passed(response, 80, 7000)


def _images(size: float, microphone: float, source: float, reach: float) -> tuple[Sound, NDArray[np.int_]]:
    """Return for one axis the distances of all images of the source and how often each was reflected."""
    n = np.arange(-int(reach / size / 2) - 1, int(reach / size / 2) + 2)
    distances = np.concatenate((2 * n * size + source, 2 * n * size - source)) - microphone
    return distances, np.concatenate((np.abs(2 * n), np.abs(2 * n - 1)))


def _reflection(size: Sound, reverberation: float) -> float:
    """Return the part of the pressure that a wall sends back, after Eyring (1930)."""
    volume = float(np.prod(size))
    surface = 2 * volume * float((1 / size).sum())
    return float(np.exp(-0.161 * volume / surface / reverberation / 2))


def _band_passed(response: Sound, low: float, high: float) -> Sound:
    """Filter causally between two corner frequencies, Hz, 6 dB per octave."""
    padded = 2 * len(response)
    z = np.exp(-2j * np.pi * np.arange(len(response) + 1) / padded)
    slow, fast = np.exp(-2 * np.pi * np.array((low, high)) / RATE)
    gain = (1 - z) / (1 - slow * z) * (1 - fast) / (1 - fast * z)
    return np.fft.irfft(np.fft.rfft(response, padded) * gain)[: len(response)]


def _speech_normalized(response: Sound) -> Sound:
    """Scale a response so that it leaves the level of average speech as it is."""
    frequency = np.fft.rfftfreq(len(response), 1 / RATE)
    speech = 1 / (1 + (frequency / 500) ** 2)
    power = np.abs(np.fft.rfft(response)) ** 2
    return response * float(np.sqrt(speech.sum() / (speech * power).sum()))


def to_samples(sound: Sound) -> Samples:
    """Return the sound as int16, clipped at full scale."""
    return np.clip(np.rint(sound * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def _noise(kind: Noise, random: np.random.Generator) -> Sound:
    """Return 8 s of noise that repeats without a seam, RMS 1 (``none``: zeros)."""
    if kind == "none":
        return np.zeros(LOOP)
    return _unit({"fan": _fan, "talk": _talk, "rain": _rain}[kind](random))


def _unit(sound: Sound) -> Sound:
    """Scale to RMS 1."""
    return sound / float(np.sqrt(np.mean(sound**2)))


def _colored(random: np.random.Generator, low: float, high: float) -> Sound:
    """Return noise that falls off by 12 dB per octave below and above these corners, Hz; periodic."""
    frequency = np.fft.rfftfreq(LOOP, 1 / RATE) + 1
    gain = 1 / (1 + (frequency / high) ** 2) / (1 + (low / frequency) ** 2)
    return np.fft.irfft(np.fft.rfft(random.standard_normal(LOOP)) * gain)


def _fan(random: np.random.Generator) -> Sound:
    """Return air, and the hum of the blades with its harmonics."""
    time = np.arange(LOOP) / RATE
    air = _colored(random, 60, 400)
    hum: Sound = np.zeros(LOOP)
    for n in range(1, 6):
        hum += np.sin(2 * np.pi * 48 * n * time + random.uniform(0, 6)) / n
    return _unit(air) + 0.5 * hum


def _talk(random: np.random.Generator) -> Sound:
    """Return several far voices at once: formant bands, each rising and falling with its own syllables."""
    voices = [(500, 300), (1500, 500), (2500, 700), (700, 400), (1200, 500), (400, 200)]
    sound: Sound = np.zeros(LOOP)
    for middle, half in voices:
        sound += _colored(random, middle - half, middle + half) * _syllables(random)
    return sound


def _syllables(random: np.random.Generator) -> Sound:
    """Return a loudness that comes and goes two to eight times a second."""
    return np.exp(0.7 * _unit(_colored(random, 2, 8)))


def _rain(random: np.random.Generator) -> Sound:
    """Return a hiss and drops on the sill."""
    hiss = _colored(random, 1500, 6000)
    drops = np.zeros(LOOP)
    drops[random.integers(0, LOOP, 240)] = random.exponential(1, 240)
    ring = np.exp(-np.arange(160) / 25) * np.sin(2 * np.pi * 2800 / RATE * np.arange(160))
    spectrum = np.fft.rfft(drops) * np.fft.rfft(ring, LOOP)
    return _unit(hiss) + 4 * np.fft.irfft(spectrum)
