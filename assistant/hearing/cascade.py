"""Two recognizers that confirm each other about what may never be missed, nor done by mistake.

The first decides about everything else alone. Of the urgent intents, one that the first accepts counts if the
second finds it too; one that both find, but the first would not act on, counts if the second accepts it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.hearing import Recognizer
    from assistant.values import Hypothesis, Utterance, WordGraph

URGENT = frozenset({"cramp", "help", "emergency", "stop", "pause"})
"""Intents about which both are asked: what is listened for in every state."""


class Cascade:
    """A recognizer made of two, both loaded."""

    def __init__(self, first: Recognizer, second: Recognizer, urgent: frozenset[str] = URGENT) -> None:
        self._first = first
        self._second = second
        self._urgent = urgent

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:
        """Return what the first found, and what is urgent as both agree on it. See `Recognizer`.

        Unfinished utterances are left to the first; the second is only run on what may be urgent.
        """
        found = self._first.recognize(utterance, graph)
        if not utterance.complete or not found or found[0].intent not in self._urgent:
            return found
        return agreed(found, self._second.recognize(utterance, graph))

    def close(self) -> None:
        """Free both; harmless when called twice."""
        self._first.close()
        self._second.close()


def agreed(first: list[Hypothesis], second: list[Hypothesis]) -> list[Hypothesis]:
    """Return the hypotheses of the first, the best accepted if the second confirms it.

    Its confidence becomes that of either being right: both are sure of it for reasons of their own.
    """
    best, *rest = (replace(one, either=False) for one in first)
    other = _same(best, second)
    if other is None:
        return [replace(best, accepted=False), *rest]
    confidence = 1 - (1 - best.confidence) * (1 - other.confidence)
    return [replace(best, confidence=confidence, accepted=best.accepted or other.accepted), *rest]


def _same(best: Hypothesis, others: Iterable[Hypothesis]) -> Hypothesis | None:
    """Return what another recognizer found with the same intent, whatever the slots."""
    return next((one for one in others if one.intent == best.intent), None)
