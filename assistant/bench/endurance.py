"""Many utterances in one process, no two alike, and what memory they take."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.bench.speech import SCOPES, heard, kitchen
from assistant.bench.trials import commands
from assistant.values import RATE, Scope, Utterance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.hearing import Recognizer
    from assistant.understanding.grammar import Grammar
    from assistant.values import Samples

WARM = 200
"""Utterances in which caches fill and the C library takes what it keeps."""

SENTENCES = 20
"""Spoken once, then heard in ever other noise and length."""


def endure(recognizer: Recognizer, grammar: Grammar, number: int, warm: int = WARM) -> tuple[float, float]:
    """Recognize so many utterances; return the most memory, and what it grew after the warm ones, in MiB."""
    graphs = [grammar.graph(Scope(name=name)) for name in SCOPES]
    most = before = 0.0
    for count, (samples, graph) in enumerate(zip(_sounds(grammar, number), cycle(graphs), strict=False)):
        recognizer.recognize(Utterance(samples=samples, started=0.0), graph)
        if count < warm:
            before = max(before, resident())
        most = max(most, resident())
    return most, most - before


def _sounds(grammar: Grammar, number: int) -> Iterator[Samples]:
    dice = np.random.default_rng(11)
    said = [trial.samples for trial in commands(grammar, SENTENCES)]
    for speech in islice(cycle(said), number):
        if dice.random() < 0.1:  # noqa: PLR2004 - one in ten is noise alone
            noise = kitchen(int(dice.integers(RATE // 4, 4 * RATE)), dice)
            yield (noise * dice.uniform(0, 8000)).clip(-32768, 32767).astype(np.int16)
        else:
            longer = np.pad(speech, (0, int(dice.integers(0, RATE))))
            yield heard(longer, float(dice.uniform(5, 40)), dice)


def resident() -> float:
    """Return the memory of this process in mebibytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20
