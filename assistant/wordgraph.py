"""Walks word graphs: what a sequence of words means, and which sentences there are. Standard library only.

Both sides of the fence need it: the understanding compiles grammars to graphs and parses typed lines with
them, the recognizers decode under them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assistant.values import Arc, WordGraph

Slots: TypeAlias = "tuple[tuple[str, str], ...]"
"""Names and values in the order in which they were said."""

Reading: TypeAlias = "tuple[str, Slots]"
"""An intent and its slots."""

Place: TypeAlias = "tuple[int, Slots]"
"""A state and the slots known there."""


def parse(graph: WordGraph, words: str) -> list[Reading]:
    """Return every reading of the whole of ``words``, in the grammar's order; empty if it is no sentence."""
    places = _silently(graph, [(0, ())])
    for word in words.split():
        places = _silently(graph, [_after(slots, arc) for state, slots in places
                                   for arc in graph.arcs[state] if arc.word == word])
    found = dict.fromkeys((graph.finals[state], slots) for state, slots in places if state in graph.finals)
    return list(found)


def sentences(graph: WordGraph, limit: int) -> Iterator[str]:
    """Yield distinct sentences, at most ``limit``, depth first in the grammar's order.

    The graph must have no loops; one state may be reached in many ways.
    """
    seen: set[str] = set()
    stack: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while stack and len(seen) < limit:
        state, said = stack.pop()
        sentence = " ".join(said)
        if state in graph.finals and sentence not in seen:
            seen.add(sentence)
            yield sentence
        stack.extend((arc.to, (*said, arc.word) if arc.word else said) for arc in reversed(graph.arcs[state]))


def vocabulary(graph: WordGraph) -> frozenset[str]:
    """Return every word that an arc carries."""
    return frozenset(arc.word for arcs in graph.arcs for arc in arcs if arc.word)


def _after(slots: Slots, arc: Arc) -> Place:
    return arc.to, (*slots, arc.slot) if arc.slot else slots


def _silently(graph: WordGraph, places: Iterable[Place]) -> list[Place]:
    """Return the places and those reached from them by steps without sound, each once."""
    found: dict[Place, None] = {}
    stack = list(reversed(list(places)))
    while stack:
        place = stack.pop()
        if place not in found:
            found[place] = None
            state, slots = place
            stack.extend(_after(slots, arc) for arc in reversed(graph.arcs[state]) if not arc.word)
    return list(found)
