"""From what may have been said to what was meant: strict first, then looser, then an honest None.

1. Words of danger, in every scope, also inside a longer sentence (`emergency`) unless that is one of ours.
2. What a recognizer decoded under the grammar and would act on itself.
3. The words as a whole sentence of the scope.
4. The words in spite of their spelling (`fuzzy`, with the thresholds).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from assistant.understanding.emergency import EmergencyWatch
from assistant.understanding.fuzzy import FuzzyMatcher
from assistant.understanding.text import Speller, clauses
from assistant.values import Intent
from assistant.wordgraph import parse, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from assistant.understanding.grammar import Grammar
    from assistant.values import Hypothesis, Scope, WordGraph
    from assistant.wordgraph import Reading

EMERGENCY = "emergency"
OTHER = "other"
"""What sounds like one of ours and is not: it competes, and nobody means it."""


class Interpreter:
    """Understands hypotheses with one grammar. What a scope needs is built when it is first listened in."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._scopes: dict[str, _Understanding] = {}

    def interpret(self, hypotheses: Sequence[Hypothesis], scope: Scope) -> Intent | None:
        """Return what was meant, from hypotheses ranked best first; None if nothing that can be said now.

        A hypothesis that its recognizer would not act on counts for nothing.
        """
        accepted = [hypothesis for hypothesis in hypotheses if hypothesis.accepted]
        understanding = self._understanding(scope)
        for stage in (understanding.danger, _decoded, understanding.exact, understanding.fuzzy):
            for hypothesis in accepted:
                if intent := stage(hypothesis):
                    return None if intent.name == OTHER else intent
        return None

    def either(self, hypotheses: Sequence[Hypothesis]) -> tuple[Intent, Intent] | None:
        """Return the two things of which one was said, if a recognizer could tell no more than that."""
        found = [intent for one in hypotheses if one.either and (intent := _decoded(one))]
        return (found[0], found[1]) if len(found) > 1 else None

    def _understanding(self, scope: Scope) -> _Understanding:
        if scope.name not in self._scopes:
            self._scopes[scope.name] = _Understanding.of(self._grammar, scope)
        return self._scopes[scope.name]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Understanding:
    """The stages for one scope."""

    graph: WordGraph
    speller: Speller
    watch: EmergencyWatch
    matcher: Callable[[], FuzzyMatcher]
    """Made when it is first needed: it takes 0.2 s, which in the middle of a sentence would be heard."""
    skip_words: frozenset[str]

    @classmethod
    def of(cls, grammar: Grammar, scope: Scope) -> _Understanding:
        graph = grammar.graph(scope)
        known = vocabulary(graph) | grammar.words.negations
        return cls(
            graph=graph,
            speller=Speller(known, grammar.intents.language),
            watch=EmergencyWatch(grammar.graph(scope, "emergency"), grammar.words),
            matcher=cache(partial(FuzzyMatcher, graph, grammar.words)),
            skip_words=grammar.skip_words,
        )

    def danger(self, hypothesis: Hypothesis) -> Intent | None:
        """Find words of danger; a clause that is a whole sentence of ours means what that says."""
        for clause in clauses(hypothesis.words):
            words = self.speller.spell(clause)
            reading = self._whole(words) or self.watch.find(words)
            if reading and reading[0] == EMERGENCY:
                return _intent(hypothesis, reading)
        return None

    def exact(self, hypothesis: Hypothesis) -> Intent | None:
        reading = self._whole(self.speller.spell(hypothesis.words)) if hypothesis.intent is None else None
        return _intent(hypothesis, reading) if reading else None

    def fuzzy(self, hypothesis: Hypothesis) -> Intent | None:
        if hypothesis.intent is None:
            for words in self._with_and_without(self.speller.spell(hypothesis.words)):
                if match := self.matcher().match(words):
                    reading, likeness = match
                    return _intent(hypothesis, reading, likeness / 100)
        return None

    def _whole(self, words: str) -> Reading | None:
        """Return what the words mean as one sentence of ours."""
        return next(
            (found for said in self._with_and_without(words) for found in parse(self.graph, said)), None
        )

    def _with_and_without(self, words: str) -> Iterable[str]:
        """Return them as they are and, if that differs, without those to be skipped."""
        without = " ".join(word for word in words.split() if word not in self.skip_words)
        return dict.fromkeys((words, without))


def _decoded(hypothesis: Hypothesis) -> Intent | None:
    if hypothesis.intent is None:
        return None
    return _intent(hypothesis, (hypothesis.intent, hypothesis.slots))


def _intent(hypothesis: Hypothesis, reading: Reading, certainty: float = 1.0) -> Intent:
    name, slots = reading
    return Intent(
        name=name,
        slots=dict(slots),
        words=hypothesis.words,
        confidence=hypothesis.confidence * certainty,
    )
