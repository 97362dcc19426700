"""Ranks what a search found, and decides whether to believe it.

A model that has read a lot writes "I do not know" on any murmur. So each sentence is also scored without
sound: what counts is how much likelier the sound made it. All thresholds of the recognizer are in this file;
how they were fitted is in docs/recognition.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.values import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.hearing.beam import Path
    from assistant.hearing.tokengraph import Reading, TokenGraph

    Unheard = Callable[[list[tuple[int, ...]]], list[float]]

WEIGHTS = {"one": -3.89, "mean": 2.15, "margin": 0.289, "gain": 0.284, "gain per token": 0.941}
"""Of the features in the logistic function that is the confidence. Fitted anew with speech in rooms among the
rest, they ranked right above wrong no better (docs)."""

ACCEPTED = 0.7
"""Confidence from which on we act. Short words, which noise turns into, gain less and must fit better."""

BARS = {"cramp": 0.3, "pain": 0.6, "no": 0.8, "weak_no": 0.8}
"""By intent, where it is not `ACCEPTED`. Between 0.3 and 0.7, 10 cramps were right, most of them from far
away, one was wrong ("cramp's gone"), and none was made of talk. Of the answers to "how strong is the pain"
between 0.6 and 0.7, 13 were right and 2 wrong. A wrong *no* hides a red flag: of 624 other words spoken at
such a question 3 were taken for one at 0.7, 2 at 0.8, which costs 6 of 192 right ones; 0.9 would cost
114."""

PRIOR = 0.3
"""How much of the score without sound is taken off when candidates are ranked."""

MOST_CANDIDATES = 6
"""That are scored without sound."""

WIDEST = 6.0
"""Margins beyond this count alike."""

MOST_GAIN = 40.0
"""Gains beyond this count alike."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One intent with its slots, and all that was written for it."""

    reading: Reading
    """Its likeliest words."""
    path: Path
    score: float
    """Natural log of the probability of all that was written for it."""
    unheard: float = 0.0
    """Natural log of the probability of the path without sound."""

    @property
    def rank(self) -> float:
        return self.score - PRIOR * self.unheard


def judge(found: list[Path], graph: TokenGraph, unheard: Unheard) -> list[Hypothesis]:
    """Return what was found in an utterance as hypotheses, best first; only the first can be accepted."""
    ranked = rank(candidates(found, graph)[:MOST_CANDIDATES], unheard)
    confidences = [confidence(one, ranked) for one in ranked]
    return [
        Hypothesis(
            words=one.reading.words,
            intent=one.reading.intent,
            slots=one.reading.slots,
            confidence=min(confidences[: place + 1]),
            score=one.score,
            accepted=place == 0 and confidences[0] >= BARS.get(one.reading.intent, ACCEPTED),
        )
        for place, one in enumerate(ranked)
    ]


def candidates(found: list[Path], graph: TokenGraph) -> list[Candidate]:
    """Return one candidate per intent and slots, likeliest first."""
    groups: dict[tuple[object, ...], list[tuple[Reading, Path]]] = {}
    for path in found:
        for reading in graph.read(path.tokens[:-1]):
            groups.setdefault(reading[:2], []).append((reading, path))
    together = [
        Candidate(*group[0], float(np.logaddexp.reduce([path.total for _, path in group])))
        for group in groups.values()
    ]
    return sorted(together, key=lambda one: -one.score)


def rank(found: list[Candidate], unheard: Unheard) -> list[Candidate]:
    """Return candidates with their score without sound, ordered by what the sound speaks for."""
    if not found:
        return []
    priors = unheard([one.path.tokens for one in found])
    scored = [replace(one, unheard=prior) for one, prior in zip(found, priors, strict=True)]
    return sorted(scored, key=lambda one: -one.rank)


def confidence(candidate: Candidate, ranked: list[Candidate]) -> float:
    """Return how likely it is, in [0, 1], that a candidate was said."""
    evidence = sum(WEIGHTS[name] * value for name, value in features(candidate, ranked).items())
    return float(1 / (1 + np.exp(-evidence)))


def features(candidate: Candidate, ranked: list[Candidate]) -> dict[str, float]:
    """Return what the confidence depends on, by the names of `WEIGHTS`."""
    others = [one.rank for one in ranked if one is not candidate]
    length = len(candidate.path.tokens)
    gain = candidate.score - candidate.unheard
    return {
        "one": 1.0,
        "mean": candidate.score / length,
        "margin": float(np.clip(candidate.rank - max(others, default=-np.inf), -WIDEST, WIDEST)),
        "gain": min(MOST_GAIN, gain),
        "gain per token": gain / length,
    }
