"""Looks for words of danger, also inside a longer sentence. Heard once too often is better than missed.

A phrase of the grammar counts wherever it stands, unless its clause denies it: "no chest pain", "i don't have
any chest pain or trouble breathing", "i don't think i have chest pain". What is not clearly a denial is none:
"no i have chest pain", "i'm not sure but my chest hurts".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.wordgraph import beginning

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.understanding.grammar import Words
    from assistant.values import WordGraph
    from assistant.wordgraph import Reading


class EmergencyWatch:
    """Knows the phrases and how they are denied."""

    def __init__(self, graph: WordGraph, words: Words) -> None:
        """Take the graph of the emergency sentences alone."""
        self._graph = graph
        self._words = words

    def find(self, clause: str) -> Reading | None:
        """Return the first phrase of a clause that it does not deny."""
        words = clause.split()
        denied_to = start = 0
        while start < len(words):
            end, reading = self._longest(words, start)
            if reading and not self._denied(words[:start], words[start:end], denied_to):
                return reading
            if reading:
                denied_to = end
            start = max(end, start + 1)
        return None

    def _longest(self, words: Sequence[str], start: int) -> tuple[int, Reading | None]:
        """Return the longest phrase that begins here, and where it ends."""
        count, readings = beginning(self._graph, words[start:])
        return start + count, readings[0] if readings else None

    def _denied(self, before: Sequence[str], phrase: Sequence[str], denied_to: int) -> bool:
        """Tell whether the words before a phrase deny it; those up to ``denied_to`` end in a denied one."""
        words = self._words
        bare = _without_last(before, words.carriers)
        if not bare or words.negations.intersection(phrase):
            return False  # "no can't breathe"
        if self._doubted(bare):
            return True
        if phrase[0] in words.openers:
            return before[-1] in words.negations - words.answers  # not in "no i have chest pain"
        joined = bare[-1] in words.joins and 0 < denied_to == len(bare) - 1
        return joined or bare[-1] in words.negations

    def _doubted(self, before: Sequence[str]) -> bool:
        """Tell whether they end like "i don't think i"."""
        before = _without_last(before, self._words.openers)
        return len(before) > 1 and before[-1] in self._words.doubts and before[-2] in self._words.negations


def _without_last(words: Sequence[str], those: Collection[str]) -> Sequence[str]:
    while words and words[-1] in those:
        words = words[:-1]
    return words
