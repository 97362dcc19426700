"""Two claps: how often they are heard across a bedroom, and how often something else is taken for them.

``python -m assistant.bench.claps`` prints the table in a few minutes, ``--audio FOLDER`` with recordings too.
"""

from __future__ import annotations

import argparse
import sys
from itertools import chain, product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.bench import bangs, pages
from assistant.bench.bedside import ROOMS
from assistant.bench.pages import Row, Table
from assistant.bench.recordings import manifest
from assistant.sound import files
from assistant.sound.claps import LIMITS, Claps
from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from assistant.values import Samples

    Dice = np.random.Generator
    Bangs = Callable[[Dice], bangs.Series]

TABLE = Table(page="sound.md", name="claps", command="python -m assistant.bench.claps")
ABOUT = (
    "pairs made from noise and damped tones, heard in bedrooms with the reverberation of each of the "
    f"{len(ROOMS)} rooms in turn, and noises of a house from 0.5 to 3 m"
)
DISTANCES = (0.5, 1.0, 2.0)
"""Meters."""
LEVELS = (-26.0, -6.0)
"""Decibels of full scale: the peak of a bang 1 m away in the open, from soft to hard."""
GIVEN: dict[str, Bangs] = {
    "two claps": lambda dice: bangs.pair(bangs.claps(dice), dice),
    "two knocks": lambda dice: bangs.pair(bangs.hits(bangs.KNUCKLES, dice), dice),
}
PAIRS, HOURS = 450, 1.0
"""Of either, and of every noise: what the tables in docs/sound.md are made of."""
DRAW = 1
"""Of the noises; not one on which the limits were set."""
PAUSES = (0.8, 1.6)
"""Seconds between recordings: every word stands in the quiet, as a clap does."""
LOUD = 25_000
"""Peak to which recordings are raised."""
ONCE_IN = 10.0
"""Hours in which one false start is allowed."""
SETTINGS = ", ".join(LIMITS)
SILENCE = np.zeros(FRAME, np.int16)


class Ears:
    """All settings at once, on the same sound."""

    def __init__(self) -> None:
        self._claps = {name: Claps(limits) for name, limits in LIMITS.items()}
        self.found = dict.fromkeys(LIMITS, 0)
        self.frames = self.sounds = 0

    @property
    def hours(self) -> float:
        return self.frames * FRAME / RATE / 3600

    def hear(self, frames: Samples) -> None:
        """Take frames of shape ``(n, 512)``."""
        self.frames += len(frames)
        self.sounds += 1
        for (name, claps), frame in product(self._claps.items(), frames):
            self.found[name] += claps.push(frame, SILENCE)

    def add(self, what: str, other: Ears) -> Row:
        """Count what others heard, and return it as a row."""
        self.frames += other.frames
        self.sounds += other.sounds
        self.found = {name: found + other.found[name] for name, found in self.found.items()}
        return other.row(what)

    def row(self, what: str, *, bar: bool = False) -> Row:
        """Return what was taken for claps by each setting; the bar is for the first of them."""
        found = list(self.found.values())
        return Row(
            what=f"{what} ({SETTINGS})",
            figure=f"{', '.join(map(str, found))} of {self.sounds} in {self.hours:.2f} h",
            bar=f"< 1 in {ONCE_IN:g} h" if bar else "",
            held=not bar or found[0] * ONCE_IN < self.hours,
        )


def recall(what: str, make: Bangs, pairs: int) -> Iterator[Row]:
    """Yield how many pairs are heard at each distance, a third of them in each room."""
    for distance in DISTANCES:
        right = dict.fromkeys(LIMITS, 0)
        each = pairs // len(DISTANCES)
        for index in range(each):
            dice = np.random.default_rng([index, int(10 * distance), len(what)])
            ears = Ears()
            ears.hear(_across(make(dice), distance, ROOMS[index % len(ROOMS)].reverberation, dice))
            right = {name: right[name] + (found == 1) for name, found in ears.found.items()}
        figures = ", ".join(f"{number / each:.1%}" for number in right.values())
        yield Row(what=f"{what}, {distance:g} m ({SETTINGS})", figure=f"{figures} of {each}")


def _taped(paths: list[Path]) -> dict[str, Bangs]:
    """Return pairs of one of these claps, if there are any."""
    sounds = [files.read(path).astype(np.float64) for path in paths]
    return {"a clap twice": lambda dice: bangs.pair(bangs.taped(sounds, dice), dice)} if sounds else {}


def _across(sounds: bangs.Series, distance: float, reverberation: float, dice: Dice) -> Samples:
    level = 10 ** (dice.uniform(*LEVELS) / 20)
    return bangs.recorded(bangs.heard(sounds, distance, reverberation, dice, level), dice)


def household(hours: float) -> Iterator[Row]:
    """Yield how often each noise of a house is taken for claps, one series of bangs every few seconds."""
    total = Ears()
    for seed, (what, make) in enumerate(bangs.HOUSE.items()):
        dice, ears = np.random.default_rng([seed, DRAW]), Ears()
        while ears.hours < hours:
            ears.hear(_across(make(dice), dice.uniform(0.5, 3), dice.uniform(0.2, 0.4), dice))
        yield total.add(what, ears)
    yield total.row("all of these", bar=True)


def recordings(folder: Path) -> Iterator[Row]:
    """Yield how often recordings are taken for claps: as they are, loud, and loud in another order."""
    sounds = [files.read(folder / row["path"]) for rows in manifest(folder).values() for row in rows]
    total = Ears()
    for what, peak, pauses, seed in (
        ("as they are", None, (0.0, 0.0), 0),
        ("as they are, apart", None, PAUSES, 1),
        ("loud, apart", LOUD, PAUSES, 2),
        ("loud, close together", LOUD, (0.0, 0.3), 3),
    ):
        dice, ears = np.random.default_rng(seed), Ears()
        for index in dice.permutation(len(sounds)):
            ears.hear(_played(sounds[index], peak, dice.uniform(*pauses), dice))
        yield total.add(f"recorded, {what}", ears)
    yield total.row("all recordings", bar=True)


def _played(sound: Samples, peak: int | None, pause: float, dice: Dice) -> Samples:
    gain = 1 if peak is None else peak / max(int(np.abs(sound.astype(int)).max()), 1)
    return bangs.recorded(np.pad(sound * (gain / 32_768), (0, int(pause * RATE))), dice)


def main() -> int:
    """Print the table; return 1 if a bar was missed."""
    flags = argparse.ArgumentParser(prog="python -m assistant.bench.claps", description="Measure two claps.")
    flags.add_argument("--pairs", type=int, default=PAIRS, help="of claps and of knocks")
    flags.add_argument("--hours", type=float, default=HOURS, help="of each noise")
    flags.add_argument("--clap", type=Path, nargs="+", default=[], metavar="FILE", help="one clap in each")
    flags.add_argument("--audio", type=Path, metavar="FOLDER", help="recordings with a manifest.tsv")
    pages.add_docs(flags)
    chosen = flags.parse_args()
    given = GIVEN | _taped(chosen.clap)
    heard: Iterable[Row] = chain.from_iterable(recall(*one, chosen.pairs) for one in given.items())
    recorded = recordings(chosen.audio) if chosen.audio else ()
    rows = chain(heard, recorded, household(chosen.hours))
    return 0 if pages.report(TABLE, rows, ABOUT, chosen.docs) else 1


if __name__ == "__main__":
    sys.exit(pages.run(main))
