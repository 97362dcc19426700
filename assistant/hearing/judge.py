"""Ranks what a search found, and decides whether to believe it.

A model that has read a lot writes "I do not know" on any murmur. So each sentence is also scored without
sound: what counts is how much likelier the sound made it. What each piece of evidence weighs, and how much
confidence is enough, is data (`calibration`); how it was fitted is in docs/recognition.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.values import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.hearing.beam import Path
    from assistant.hearing.calibration import Calibration
    from assistant.hearing.tokengraph import Reading, TokenGraph

    Unheard = Callable[[list[tuple[int, ...]]], list[float]]

FEATURES = frozenset({"one", "mean", "margin", "gain", "gain per token"})
"""What the confidence depends on."""

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


def judge(
    found: list[Path], graph: TokenGraph, unheard: Unheard, calibration: Calibration
) -> list[Hypothesis]:
    """Return what was found in an utterance as hypotheses, best first; only the first can be accepted."""
    return conclude(rank(candidates(found, graph)[:MOST_CANDIDATES], unheard), calibration)


def conclude(ranked: list[Candidate], calibration: Calibration) -> list[Hypothesis]:
    """Return ranked candidates as hypotheses: believed, half believed (`Hypothesis.either`) or not."""
    confidences = [calibration.confidence(features(one, ranked)) for one in ranked]
    accepted = (
        bool(ranked)
        and calibration.accepts(ranked[0].reading.intent, confidences[0])
        and margin(ranked[0], ranked) >= calibration.least_margin
    )
    either = not accepted and _is_either(ranked, calibration)
    return [
        Hypothesis(
            words=one.reading.words,
            intent=one.reading.intent,
            slots=one.reading.slots,
            confidence=min(confidences[: place + 1]),
            score=one.score,
            accepted=accepted and place == 0,
            either=either and place < 2,  # noqa: PLR2004 (the first and the second)
        )
        for place, one in enumerate(ranked)
    ]


def _is_either(ranked: list[Candidate], calibration: Calibration) -> bool:
    """Tell whether each of the first two would be accepted were it not for the other."""
    best, rest = ranked[:2], ranked[2:]
    return len(best) == 2 and all(  # noqa: PLR2004
        calibration.accepts(one.reading.intent, calibration.confidence(features(one, [one, *rest])))
        for one in best
    )


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


def features(candidate: Candidate, ranked: list[Candidate]) -> dict[str, float]:
    """Return what the confidence depends on, by the names of `FEATURES`."""
    length = len(candidate.path.tokens)
    gain = candidate.score - candidate.unheard
    return {
        "one": 1.0,
        "mean": candidate.score / length,
        "margin": margin(candidate, ranked),
        "gain": min(MOST_GAIN, gain),
        "gain per token": gain / length,
    }


def margin(candidate: Candidate, ranked: list[Candidate]) -> float:
    """Return by how much the sound speaks more for a candidate than for the best other, natural log."""
    others = [one.rank for one in ranked if one is not candidate]
    return float(np.clip(candidate.rank - max(others, default=-np.inf), -WIDEST, WIDEST))
