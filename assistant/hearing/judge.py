"""Ranks what a search found, and decides whether to believe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.values import Hypothesis

if TYPE_CHECKING:
    from assistant.hearing.beam import Found, Path
    from assistant.hearing.tokengraph import Reading, TokenGraph


class Candidate(NamedTuple):
    """One intent with its slots, and all that was written for it."""

    reading: Reading
    """Its likeliest words."""
    path: Path
    score: float
    """Natural log of the probability of all that was written for it."""


def candidates(found: Found, graph: TokenGraph) -> list[Candidate]:
    """Return one candidate per intent and slots, likeliest first."""
    groups: dict[tuple[object, ...], list[tuple[Reading, Path]]] = {}
    for path in found.paths:
        for reading in graph.read(path.tokens[:-1]):
            groups.setdefault(reading[:2], []).append((reading, path))
    together = [
        Candidate(*group[0], float(np.logaddexp.reduce([path.total for _, path in group])))
        for group in groups.values()
    ]
    return sorted(together, key=lambda one: -one.score)


def judge(found: Found, graph: TokenGraph, seconds: float) -> list[Hypothesis]:
    """Return the candidates as hypotheses; only the best can be accepted."""
    ranked = candidates(found, graph)
    return [_hypothesis(number, ranked) for number in range(len(ranked))]


def _hypothesis(number: int, ranked: list[Candidate]) -> Hypothesis:
    this = ranked[number]
    confidence = float(np.exp(this.score / len(this.path.tokens)))
    return Hypothesis(
        words=this.reading.words,
        intent=this.reading.intent,
        slots=this.reading.slots,
        confidence=confidence,
        accepted=number == 0 and confidence >= ACCEPTED,
    )


ACCEPTED = 0.4
