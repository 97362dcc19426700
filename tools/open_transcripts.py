# ruff: noqa: INP001 - a program, not a module
"""Compares ways to understand open transcripts: what is made of what a recognizer writes freely.

    nice python tools/open_transcripts.py FOLDER [--every N]

FOLDER is as for ``tools/fit_judge.py``. Each sound of its judging half is written down by the embedded model
without a grammar, the likeliest token after the other, and then understood.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from fit_judge import Half
from rapidfuzz import fuzz, process

from assistant.data import load_grammar
from assistant.hearing.beam import MAX_TOKENS
from assistant.hearing.model import Model
from assistant.hearing.moonshine import VOCABULARY, embedded_model
from assistant.hearing.prepare import prepare
from assistant.hearing.tokens import END, Tokens
from assistant.understanding.interpret import Interpreter
from assistant.values import Hypothesis, Scope
from assistant.wordgraph import parse, sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.bench.speech import Readings
    from assistant.understanding.grammar import Grammar
    from assistant.values import Samples

    Meaning = tuple[str, frozenset[tuple[str, str]]]
    Way = Callable[[str, str], Meaning | None]
    """From a text and a scope to what was meant."""

CUTOFF = 80
"""Of 100: the least likeness for rapidfuzz alone."""


class Writer:
    """Writes down what it hears, without a grammar."""

    def __init__(self) -> None:
        folder = embedded_model()
        self._tokens = Tokens.read(folder / VOCABULARY)
        self._model = Model(folder)

    def write(self, samples: Samples) -> str:
        """Return the likeliest text, empty if nothing can be heard."""
        sound = prepare(samples)
        if not len(sound):
            return ""
        decoding = self._model.listen(sound)
        written: list[int] = []
        scores = decoding.first()
        while len(written) < MAX_TOKENS and (best := int(scores[0].argmax())) != END:
            written.append(best)
            scores = decoding.next([0], [best])
        return self._tokens.text(written)


def ways(grammar: Grammar) -> dict[str, Way]:
    """Return the ways that are compared, by name."""
    interpreter = Interpreter(grammar)

    @cache
    def said_in(scope: str) -> list[str]:
        return list(sentences(grammar.graph(Scope(name=scope)), 100_000))

    def reading(text: str, scope: str) -> Meaning | None:
        found = parse(grammar.graph(Scope(name=scope)), text)
        return (found[0][0], frozenset(found[0][1])) if found else None

    def exact(text: str, scope: str) -> Meaning | None:
        return reading(plain(text), scope)

    def ours(text: str, scope: str) -> Meaning | None:
        typed = Hypothesis(words=text, confidence=1.0, accepted=True)
        intent = interpreter.interpret([typed], Scope(name=scope))
        return (intent.name, frozenset(intent.slots.items())) if intent else None

    def alike(scorer: Callable[..., float]) -> Way:
        def way(text: str, scope: str) -> Meaning | None:
            best = process.extractOne(plain(text), said_in(scope), scorer=scorer, score_cutoff=CUTOFF)
            return reading(best[0], scope) if best else None

        return way

    return {
        "exact words": exact,
        "the cascade of `interpret`": ours,
        "rapidfuzz `ratio`": alike(fuzz.ratio),
        "rapidfuzz `WRatio`": alike(fuzz.WRatio),
    }


def plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


class Tally:
    """Counts what each way makes of commands and of everything else."""

    def __init__(self, grammar: Grammar) -> None:
        self._ways = ways(grammar)
        self._counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(self, kind: str, text: str, scope: str, readings: Readings) -> None:
        for name, way in self._ways.items():
            meant = way(text, scope) if text else None
            if meant is not None and meant[0] == "other":
                meant = None
            outcome = "nothing" if meant is None else "right" if meant in readings else "wrong"
            self._counts[kind, name][outcome] += 1

    def show(self) -> None:
        """Print a table in Markdown."""
        print("| sounds | understood by | right | nothing | wrong |\n| --- | --- | --- | --- | --- |")
        for (kind, name), count in self._counts.items():
            print(f"| {kind} | {name} | {count['right']} | {count['nothing']} | {count['wrong']} |")


def main() -> None:
    flags = argparse.ArgumentParser(description="Compare ways to understand open transcripts.")
    flags.add_argument("folder", type=Path, help="recordings with a manifest.tsv")
    flags.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth sound")
    chosen = flags.parse_args()
    grammar, writer = load_grammar("en"), Writer()
    tally = Tally(grammar)
    for sound in islice(Half("judging", grammar, chosen.folder).sounds(), 0, None, chosen.every):
        tally.add(sound.kind, writer.write(sound.samples), sound.scope, sound.readings)
    tally.show()


if __name__ == "__main__":
    main()
