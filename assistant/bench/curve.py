"""Recall against false accepts, for one bar of confidence after another: near, in noise, from far away."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from assistant.bench import pictures
from assistant.bench.speech import FAR, heard, in_room
from assistant.bench.trials import commands, recorded, talked
from assistant.values import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from assistant.bench.trials import Trial, Tried
    from assistant.understanding.grammar import Grammar
    from assistant.values import Samples

ALWAYS_ON = frozenset({"cramp", "help", "emergency", "stop", "pause"})
"""Intents that count in every state."""

TALKED_AT = ("idle", "guiding")
"""Scopes in which talk is tried: the longest, and the one with the most sentences."""

PER_LABEL = 6
"""Recordings of each word."""

COMMANDS = 84
"""Synthesized commands."""

ALLOWED = (0.5, 2.0)
"""False accepts an hour of talk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """How sure the recognizer was of what was right, and of what was not."""

    name: str
    right: tuple[float, ...]
    """Confidences, of commands whose best hypothesis is right."""
    of: int
    """Commands."""
    wrong: tuple[float, ...]
    """Confidences, of talk that is no command."""
    hours: float
    """Of that talk."""

    def recall(self, bar: float) -> float:
        return sum(one >= bar for one in self.right) / max(1, self.of)

    def alarms(self, bar: float) -> float:
        """Return false accepts an hour."""
        return sum(one >= bar for one in self.wrong) / self.hours if self.hours else 0.0

    def at(self, allowed: float) -> float:
        """Return the recall with the lowest bar that lets so many false accepts an hour pass."""
        over = sorted(self.wrong, reverse=True)[int(allowed * self.hours + 1e-9) :]
        return self.recall(np.nextafter(over[0], 2.0) if over else 0.0)


def curve(name: str, said: Sequence[Tried], talk: Sequence[Tried]) -> Curve:
    """Return the curve of commands and talk tried; talk that holds a sentence of ours counts as neither."""
    return Curve(
        name=name,
        right=tuple(one.best.confidence for one in said if one.best and one.first),
        of=len(said),
        wrong=tuple(one.best.confidence for one in talk if one.best and not one.first),
        hours=sum(len(one.trial.samples) for one in talk) / RATE / 3600,
    )


def _near(speech: Samples, dice: np.random.Generator) -> Samples:
    return heard(speech, None, dice)


def _noisy(speech: Samples, dice: np.random.Generator) -> Samples:
    return heard(speech, 10.0, dice)


def _far(speech: Samples, dice: np.random.Generator) -> Samples:
    return in_room(speech, FAR, dice)


PLACES: dict[str, Callable[[Samples, np.random.Generator], Samples]] = {
    "near": _near,
    "noise, 10 dB": _noisy,
    "1 m away": _far,
}


def said(grammar: Grammar, folder: Path, place: str) -> Iterable[Trial]:
    """Return commands, synthesized and recorded, as they are heard in a place."""
    noise = np.random.default_rng(len(place))
    clean = chain(commands(grammar, COMMANDS), recorded(grammar, folder, PER_LABEL))
    return (trial._replace(samples=PLACES[place](trial.samples, noise)) for trial in clean)


def talk(grammar: Grammar, folder: Path) -> Iterable[Trial]:
    return talked(grammar, folder, TALKED_AT)


def draw(curves: Sequence[Curve], path: Path) -> None:
    """Draw a line for each place. Raises what `pictures` does."""
    figure = pictures.figure()
    axes = figure.subplots()
    for one in curves:
        bars = sorted({*one.right, *one.wrong})
        axes.step([one.alarms(bar) for bar in bars], [100 * one.recall(bar) for bar in bars], label=one.name)
    axes.set(xlabel="false accepts in an hour of talk", ylabel="commands right and accepted, %")
    axes.set(xlim=(0, 20), ylim=(50, 100))
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    pictures.save(figure, path)
