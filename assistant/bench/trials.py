"""What is put to a recognizer, and what it made of it."""

from __future__ import annotations

import random
import re
from itertools import chain, cycle, islice
from typing import TYPE_CHECKING, NamedTuple

from assistant.bench.recordings import manifest, segments
from assistant.bench.speech import SCOPES, VOICES, readings_of, shuffled_sentences, speak
from assistant.sound import files
from assistant.values import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assistant.bench.speech import Readings
    from assistant.understanding.grammar import Grammar
    from assistant.values import Hypothesis, Samples


class Trial(NamedTuple):
    """One utterance and what it means."""

    scope: str
    samples: Samples
    readings: Readings = frozenset()
    """Each intent with slots that is right; empty: none is, it must be rejected."""


class Tried(NamedTuple):
    """What a recognizer made of a trial."""

    trial: Trial
    best: Hypothesis | None
    seconds: float
    """That it took."""

    @property
    def accepted(self) -> Hypothesis | None:
        return self.best if self.best and self.best.accepted else None

    @property
    def first(self) -> bool:
        """Whether the best is right, believed or not."""
        return self.best is not None and _reading(self.best) in self.trial.readings

    @property
    def right(self) -> bool:
        return self.accepted is not None and self.first

    @property
    def wrong(self) -> bool:
        return self.accepted is not None and not self.right


def _reading(hypothesis: Hypothesis) -> tuple[str, frozenset[tuple[str, str]]]:
    return hypothesis.intent or "", frozenset(hypothesis.slots)


def commands(grammar: Grammar, number: int) -> Iterator[Trial]:
    """Yield clean commands: every intent with slots of every scope in turn, in random words and voices."""
    dice = random.Random(7)  # noqa: S311 - a sample, not a secret
    by_scope = [shuffled_sentences(grammar, scope, dice) for scope in SCOPES]
    voices = cycle(VOICES)
    for scope, text, readings in islice(chain.from_iterable(zip(*by_scope, strict=False)), number):
        yield Trial(scope, speak(text, next(voices)), readings)


def recorded(grammar: Grammar, folder: Path, each: int) -> Iterator[Trial]:
    """Yield recorded commands in the first scope in which they mean something, so many of each label."""
    left: dict[str, int] = {}
    for row in manifest(folder)["command"]:
        label = row["label"].lower()
        meanings = ((scope, readings_of(grammar.graph(Scope(name=scope)), label)) for scope in SCOPES)
        found = next((meaning for meaning in meanings if meaning[1]), None)
        if found and left.setdefault(label, each):
            left[label] -= 1
            yield Trial(found[0], files.read(folder / row["path"]), found[1])


def talked(grammar: Grammar, folder: Path, scopes: Sequence[str]) -> Iterator[Trial]:
    """Yield recorded talk in each scope, cut as the microphone's sound is; it may hold a sentence of ours."""
    for row in manifest(folder)["speech_negative"]:
        text = " ".join(re.findall(r"[\w']+", row["label"].lower()))
        for piece in segments(files.read(folder / row["path"])):
            for scope in scopes:
                yield Trial(scope, piece, readings_of(grammar.graph(Scope(name=scope)), text))
