"""Claps, and what else bangs in a house, made here: noise and damped tones, heard across a bedroom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from assistant.sound.room import Bedroom, impulse_response, somewhere, to_samples
from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    Sound = NDArray[np.float64]
    Dice = np.random.Generator
    Series: TypeAlias = "list[tuple[float, Sound]]"
    """When each bang begins, in seconds, and its sound, full scale 1."""

LENGTH = RATE * 4 // 10
"""Samples of a bang."""
SIZE = np.array(Bedroom().size)
"""Of the bedroom, in meters."""
FLOOR = 10 ** (Bedroom().floor / 20)
"""The microphone's own noise, RMS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """What is hit, and what with."""

    tones: tuple[float, float] = (600.0, 2500.0)
    """Lowest and highest frequency at which it may ring, Hz."""
    ring: tuple[float, float] = (0.006, 0.02)
    """Seconds in which a tone falls by 8.7 dB."""
    count: tuple[int, int] = (3, 7)
    """Tones, from and below."""
    click: tuple[float, float] = (0.2, 0.8)
    """Of noise that lasts 2 ms, peak over that of a tone."""
    attack: float = 0.0005
    """Seconds."""


KNUCKLES = Thing(tones=(120, 900))
CUP = Thing(tones=(150, 1500), ring=(0.005, 0.025))
DISH = Thing(tones=(800, 6500), ring=(0.006, 0.08))
DOOR = Thing(tones=(50, 300), ring=(0.02, 0.08), attack=0.003)
LATCH = Thing(tones=(800, 4000), ring=(0.002, 0.01), click=(0.8, 1.2))
KEY = Thing(tones=(1000, 5000), ring=(0.001, 0.008), click=(0.8, 1.2))
SOLE = Thing(tones=(50, 400), ring=(0.008, 0.03), attack=0.004)
HEEL = Thing(tones=(80, 2500), ring=(0.008, 0.03), attack=0.001)


def hits(thing: Thing, dice: Dice) -> Callable[[], Sound]:
    """Return what makes the bangs of one such thing, each a little different."""
    number = dice.integers(*thing.count)
    low, high = np.log(thing.tones)
    tones = np.exp(dice.uniform(low, high, (number, 1)))
    ring, strength = dice.uniform(*thing.ring, (number, 1)), dice.uniform(0.2, 1, (number, 1))
    click = dice.uniform(*thing.click)
    time = np.arange(LENGTH) / RATE

    def hit() -> Sound:
        waves = np.sin(2 * np.pi * tones * time + dice.uniform(0, 6, (number, 1))) * np.exp(-time / ring)
        sound = (strength * dice.uniform(0.5, 1, (number, 1)) * waves).sum(axis=0)
        sound += click * dice.standard_normal(LENGTH) * np.exp(-time / 0.002)
        return _unit(sound * (1 - np.exp(-time / thing.attack)))

    return hit


def claps(dice: Dice) -> Callable[[], Sound]:
    """Return what makes the claps of one person: noise of 2 to 8 ms around 600 to 2,500 Hz (Repp 1987)."""
    middle, sharp, decay = dice.uniform(600, 2500), dice.uniform(0.8, 2.5), dice.uniform(0.002, 0.008)
    return lambda: _puff(dice, middle, sharp, np.exp(-np.arange(LENGTH) / RATE / decay))


def taped(sounds: list[Sound], dice: Dice) -> Callable[[], Sound]:
    """Return what repeats one of these sounds, from its begin."""
    chosen = sounds[dice.integers(len(sounds))][:LENGTH]
    return lambda: _unit(np.pad(chosen, (0, LENGTH - len(chosen))))


def coughs(dice: Dice) -> Callable[[], Sound]:
    """Return what makes the coughs of one person: a burst of noise, then voice or breath for 0.2 to 0.4 s."""
    middle = dice.uniform(400, 1500)
    time = np.arange(LENGTH) / RATE

    def cough() -> Sound:
        loudness = np.exp(-time / 0.03) + dice.uniform(0.1, 0.5) * np.exp(-time / 0.1)
        again = dice.uniform(0, 0.5) * np.exp(-(((time - dice.uniform(0.15, 0.3)) / 0.03) ** 2))
        return _puff(dice, middle, 1.0, (loudness + again) * (1 - np.exp(-time / dice.uniform(0.004, 0.012))))

    return cough


def _puff(dice: Dice, middle: float, sharp: float, loudness: Sound) -> Sound:
    """Return noise of that loudness around a frequency."""
    noise = np.fft.rfft(dice.standard_normal(LENGTH) * loudness, 2 * LENGTH)
    tones = np.fft.rfftfreq(2 * LENGTH, 1 / RATE) + 1
    around = 0.15 + 1 / (1 + 1j * sharp * (tones / middle - middle / tones))
    return _unit(np.fft.irfft(noise * around)[:LENGTH])


def _unit(sound: Sound) -> Sound:
    return np.asarray(sound / np.abs(sound).max())


# --- what is heard in a house -------------------------------------------------------------------------------


def series(hit: Callable[[], Sound], gaps: Iterable[float], spread: float, dice: Dice) -> Series:
    """Return hits after each of the gaps, in seconds, unlike in loudness by up to ``spread`` dB."""
    times = np.maximum(np.cumsum(list(gaps)), 0)
    return [(float(time), hit() * 10 ** (-dice.uniform(0, spread) / 20)) for time in times]


def pair(hit: Callable[[], Sound], dice: Dice) -> Series:
    """Return two claps, or knocks, as somebody gives them who wants to be heard."""
    return series(hit, (0, dice.uniform(0.22, 0.55)), 4, dice)


def many(dice: Dice) -> Series:
    """Return three to six claps of one person."""
    step = dice.uniform(0.2, 0.7)
    return series(claps(dice), dice.normal(step, 0.02, dice.integers(3, 7)), 5, dice)


def applause(dice: Dice) -> Series:
    """Return five people who clap for some seconds, each four times a second."""
    count = dice.integers(8, 40)
    return [
        one
        for _ in range(5)
        for one in series(claps(dice), dice.normal(dice.uniform(0.2, 0.3), 0.03, count), 15, dice)
    ]


def typing(dice: Dice) -> Series:
    """Return two to sixty strokes, each with the key's release."""
    strokes = series(hits(KEY, dice), dice.gamma(3, 0.06, dice.integers(2, 60)) + 0.05, 14, dice)
    return [one for time, hit in strokes for one in ((time, hit), (time + dice.uniform(0.06, 0.12), hit / 2))]


def dishes(dice: Dice) -> Series:
    """Return one to 24 clinks of two to five things, at random times."""
    things = [hits(DISH, dice) for _ in range(dice.integers(2, 6))]
    times = np.cumsum(dice.exponential(0.35, dice.integers(1, 25)) + 0.03)
    return [one for time in times for one in series(things[dice.integers(len(things))], (time,), 24, dice)]


def laid_down(dice: Dice) -> Series:
    """Return one to three things put on a table; each may bounce."""
    thuds: Series = []
    start = 0.0
    for _ in range(dice.integers(1, 4)):
        bounces = 0.25 * 0.6 ** np.arange(dice.integers(1, 5)) * dice.uniform(0.3, 1)
        bounces[0] = 0
        falling = series(hits(CUP, dice), bounces, 6, dice)
        thuds += [(start + time, hit * 10 ** (-n * 4 / 20)) for n, (time, hit) in enumerate(falling)]
        start += dice.uniform(0.3, 3)
    return thuds


def door(dice: Dice) -> Series:
    """Return the latch, the slam, and sometimes the latch again."""
    latch, slam = hits(LATCH, dice), dice.uniform(0.1, 0.6)
    again = [(slam + dice.uniform(0.02, 0.15), latch() / 4)] if dice.integers(2) else []
    return [(0.0, latch() / dice.uniform(3, 15)), (slam, hits(DOOR, dice)()), *again]


def steps(dice: Dice) -> Series:
    """Return two to fifteen steps, in soles or on heels."""
    shoe = HEEL if dice.integers(2) else SOLE
    return series(
        hits(shoe, dice), dice.normal(dice.uniform(0.42, 0.75), 0.02, dice.integers(2, 16)), 6, dice
    )


def switch(dice: Dice) -> Series:
    """Return a lamp or a mouse: one to three clicks with their release."""
    clicks = series(hits(KEY, dice), dice.uniform(0.3, 2.5, dice.integers(1, 4)), 10, dice)
    return [one for time, hit in clicks for one in ((time, hit), (time + dice.uniform(0.05, 0.14), hit / 2))]


def cough(dice: Dice) -> Series:
    """Return one to four coughs."""
    return series(coughs(dice), dice.uniform(0.3, 0.7, dice.integers(1, 5)), 4, dice)


def drops(dice: Dice) -> Series:
    """Return a tap that drips."""
    thing = Thing(tones=(600, 4000), ring=(0.003, 0.015), count=(2, 3))
    return series(hits(thing, dice), dice.normal(dice.uniform(0.3, 3), 0.05, dice.integers(3, 30)), 3, dice)


HOUSE: Mapping[str, Callable[[Dice], Series]] = {
    "one clap": lambda dice: series(claps(dice), (0,), 4, dice),
    "three to six claps": many,
    "applause": applause,
    "typing": typing,
    "switches": switch,
    "doors": door,
    "coughs": cough,
    "dripping tap": drops,
    "dishes": dishes,
    "steps": steps,
    "things laid down": laid_down,
}
"""What must not count."""


# --- and how it is heard ------------------------------------------------------------------------------------


def heard(sounds: Series, distance: float, reverberation: float, dice: Dice, level: float = 0.5) -> Sound:
    """Return the bangs as a bedside microphone hears them, full scale 1, with 1 s before and behind.

    ``distance`` in meters; ``reverberation`` in seconds; ``level`` is a bang's peak 1 m away in the open.
    """
    last = max(time for time, _ in sounds)
    sound = np.zeros(int((last + 2) * RATE) + LENGTH)
    for time, hit in sounds:
        start = int((time + 1) * RATE)
        sound[start : start + LENGTH] += level * hit
    return _through(sound, _response(distance, reverberation, dice))


def _response(distance: float, reverberation: float, dice: Dice) -> Sound:
    """Return a way through the bedroom."""
    microphone = SIZE * (0.3, 0.4, 0.24) + dice.uniform(-0.2, 0.2, 3)
    source = somewhere(SIZE, microphone, distance, dice)
    return impulse_response(SIZE, microphone, source, reverberation)


def _through(sound: Sound, response: Sound) -> Sound:
    size = 1 << (len(sound) + len(response)).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size))[: len(sound)]


def recorded(sound: Sound, dice: Dice) -> NDArray[np.int16]:
    """Return what a microphone makes of a sound: its own noise, int16, whole frames, shape ``(n, 512)``."""
    padded = np.pad(sound, (0, -len(sound) % FRAME))
    return to_samples(padded + FLOOR * dice.standard_normal(len(padded))).reshape(-1, FRAME)
