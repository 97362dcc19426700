"""Walks word graphs: what a sequence of words means, and which sentences there are. Standard library only.

Both sides of the fence need it: the understanding compiles grammars to graphs and parses typed lines with
them, the recognizers decode under them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from assistant.values import Arc, WordGraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Slots: TypeAlias = "tuple[tuple[str, str], ...]"
"""Names and values in the order in which they were said."""

Reading: TypeAlias = "tuple[str, Slots]"
"""An intent and its slots."""

Place: TypeAlias = "tuple[int, Slots]"
"""A state and the slots known there."""

Steps: TypeAlias = "dict[int, list[tuple[int, str]]]"
"""From a state: where to, and the word on the way."""


def parse(graph: WordGraph, words: str) -> list[Reading]:
    """Return every reading of the whole of ``words``, in the grammar's order; empty if it is no sentence."""
    return _readings(graph, _reached(graph, words))


def beginning(graph: WordGraph, words: Iterable[str]) -> tuple[int, list[Reading]]:
    """Return how many of the first words are a sentence, as many as possible, and all its readings."""
    found: tuple[int, list[Reading]] = 0, []
    places = _silently(graph, [(0, ())])
    for count, word in enumerate(words, 1):
        places = _behind(graph, places, word)
        if not places:
            break
        if readings := _readings(graph, places):
            found = count, readings
    return found


def continues(graph: WordGraph, words: str) -> bool:
    """Return whether a sentence begins with these words and has more."""
    return any(arc.word for state, _ in _reached(graph, words) for arc in graph.arcs[state])


def settled(graph: WordGraph, words: str) -> bool:
    """Return whether a sentence begins with these words, and every one that does means the same."""
    places, meanings = _reached(graph, words), set[Reading]()
    seen = set(places)
    while places and len(meanings) < 2:  # noqa: PLR2004 (two are not the same)
        state, slots = places.pop()
        if state in graph.finals:
            meanings.add((graph.finals[state], slots))
        onward = {_after(slots, arc) for arc in graph.arcs[state]} - seen
        seen |= onward
        places.extend(onward)
    return len(meanings) == 1


def sentences(graph: WordGraph, limit: int) -> Iterator[str]:
    """Yield distinct sentences, at most ``limit``, depth first in the grammar's order.

    The graph must have no loops; one state may be reached in many ways.
    """
    seen: set[str] = set()
    for sentence, _ in _ways(graph):
        if len(seen) >= limit:
            return
        if sentence not in seen:
            seen.add(sentence)
            yield sentence


def meanings(graph: WordGraph) -> dict[str, set[Reading]]:
    """Return every sentence and all its readings: what `parse` finds, in a fraction of the time."""
    found: dict[str, set[Reading]] = {}
    for sentence, reading in _ways(graph):
        found.setdefault(sentence, set()).add(reading)
    return found


def _ways(graph: WordGraph) -> Iterator[tuple[str, Reading]]:
    """Yield a sentence and its reading for every way through the graph."""
    stack: list[tuple[tuple[str, ...], Place]] = [((), (0, ()))]
    while stack:
        said, (state, slots) = stack.pop()
        if state in graph.finals:
            yield " ".join(said), (graph.finals[state], slots)
        stack.extend(
            ((*said, arc.word) if arc.word else said, _after(slots, arc))
            for arc in reversed(graph.arcs[state])
        )


def vocabulary(graph: WordGraph) -> frozenset[str]:
    """Return every word that an arc carries."""
    return frozenset(arc.word for arcs in graph.arcs for arc in arcs if arc.word)


def respelled(graph: WordGraph, spelling: Callable[[str], tuple[str, ...]]) -> WordGraph:
    """Return the graph with every word replaced by one or more, and without those replaced by none."""
    arcs: list[tuple[Arc, ...]] = list(graph.arcs)

    def spelled(arc: Arc) -> Iterator[Arc]:
        words = spelling(arc.word) if arc.word else ("",)
        if not words:
            return
        to = arc.to
        for word in reversed(words[1:]):
            arcs.append((Arc(to, word),))
            to = len(arcs) - 1
        yield replace(arc, to=to, word=words[0])

    for state, outgoing in enumerate(graph.arcs):
        arcs[state] = tuple(new for arc in outgoing for new in spelled(arc))
    return replace(graph, arcs=tuple(arcs))


def cover(graph: WordGraph) -> list[str]:
    """Return sentences in which every arc of the graph occurs, far fewer than all: at most one for each."""
    before = _shortest({0}, _forward(graph))
    behind = _shortest(graph.finals, _backward(graph))
    through = (before[state] + ((arc.word,) if arc.word else ()) + behind[arc.to][::-1]
               for state, outgoing in enumerate(graph.arcs) if state in before
               for arc in outgoing if arc.to in behind)  # fmt: skip
    return list(dict.fromkeys(" ".join(words) for words in through))


def _forward(graph: WordGraph) -> Steps:
    return {state: [(arc.to, arc.word) for arc in outgoing] for state, outgoing in enumerate(graph.arcs)}


def _backward(graph: WordGraph) -> Steps:
    steps: Steps = {}
    for state, outgoing in enumerate(graph.arcs):
        for arc in outgoing:
            steps.setdefault(arc.to, []).append((state, arc.word))
    return steps


def _shortest(starts: Iterable[int], steps: Steps) -> dict[int, tuple[str, ...]]:
    """Return, for each state that can be reached, the words of a way with the fewest steps."""
    ways: dict[int, tuple[str, ...]] = dict.fromkeys(starts, ())
    queue = deque(ways)
    while queue:
        state = queue.popleft()
        for to, word in steps.get(state, ()):
            if to not in ways:
                ways[to] = (*ways[state], word) if word else ways[state]
                queue.append(to)
    return ways


def _reached(graph: WordGraph, words: str) -> list[Place]:
    """Return the places where one can be after these words."""
    places = _silently(graph, [(0, ())])
    for word in words.split():
        places = _behind(graph, places, word)
    return places


def _behind(graph: WordGraph, places: Iterable[Place], word: str) -> list[Place]:
    """Return the places where one can be after one more word."""
    ways = graph.by_word
    return _silently(
        graph, [_after(slots, arc) for state, slots in places for arc in ways[state].get(word, ())]
    )


def _readings(graph: WordGraph, places: Iterable[Place]) -> list[Reading]:
    finals = graph.finals
    return list(dict.fromkeys((finals[state], slots) for state, slots in places if state in finals))


def _after(slots: Slots, arc: Arc) -> Place:
    return arc.to, (*slots, arc.slot) if arc.slot else slots


def _silently(graph: WordGraph, places: Sequence[Place]) -> list[Place]:
    """Return the places and those reached from them by steps without sound, each once."""
    ways = graph.by_word
    if not any("" in ways[state] for state, _ in places):
        return list(dict.fromkeys(places))
    found: dict[Place, None] = {}
    stack = list(reversed(places))
    while stack:
        place = stack.pop()
        if place not in found:
            found[place] = None
            state, slots = place
            stack.extend(_after(slots, arc) for arc in reversed(ways[state].get("", ())))
    return list(found)
