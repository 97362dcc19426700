"""Graphs of text pieces, as templates are compiled to, and how they become word graphs.

A piece is a word, a part of one, a space, or nothing. Closing the words joins the parts (``cramp[s]``);
folding then keeps one of all states from which the same can be said.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import ContentError
from assistant.values import Arc, WordGraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assistant.wordgraph import Slots

    Slot = tuple[str, str]

SPACE = " "


class Piece(NamedTuple):
    to: int
    text: str = ""
    """A word or a part of one, `SPACE`, or nothing."""
    slot: Slot | None = None


@dataclass(slots=True)
class Pieces:
    """The graph of text pieces. State 0 is the start."""

    arcs: list[list[Piece]] = field(default_factory=lambda: [[]])
    shared: set[int] = field(default_factory=set)
    """States with so many ways out, as where a list begins, that they stay states of their own."""

    def state(self) -> int:
        self.arcs.append([])
        return len(self.arcs) - 1

    def link(self, start: int, end: int, text: str = "", slot: Slot | None = None) -> None:
        self.arcs[start].append(Piece(end, text, slot))

    def follow(self, start: int, text: str = "", slot: Slot | None = None) -> int:
        end = self.state()
        self.link(start, end, text, slot)
        return end


# --- words --------------------------------------------------------------------------------------------------


class _Word(NamedTuple):
    """A word that may come next; none, at a state that is shared."""

    to: int
    """Piece state behind it."""
    word: str
    slots: Slots


def close_words(pieces: Pieces, ends: Mapping[int, str], name: str) -> WordGraph:
    """Join pieces into words, and fold the graph.

    ``ends`` gives the piece states in which a sentence of an intent may end. Raises `ContentError` if
    that may be before its first word.
    """
    numbers = {0: 0}
    arcs: list[list[Arc]] = [[]]
    finals: dict[int, str] = {}
    todo = [0]
    for state in todo:  # grows while it is walked
        words, intent = _words_from(pieces, state, ends)
        if intent is not None:
            finals[numbers[state]] = intent
        for word in words:
            if word.to not in numbers:
                numbers[word.to] = len(arcs)
                arcs.append([])
                todo.append(word.to)
            _link(arcs, numbers[state], numbers[word.to], word)
    if 0 in finals:
        raise ContentError(f"intent {finals[0]!r}: a template matches silence: make one word obligatory")
    return fold(WordGraph(name, tuple(map(tuple, arcs)), finals))


def _words_from(pieces: Pieces, state: int, ends: Mapping[int, str]) -> tuple[list[_Word], str | None]:
    """Return the words that may begin in a state, and the intent if a sentence may end in it."""
    words: dict[_Word, None] = {}
    intent = None
    todo: dict[_Word, None] = {_Word(state, "", ()): None}
    while todo:
        place = next(iter(todo))
        del todo[place]
        if place.to in ends and not place.word:
            intent = ends[place.to]
        for piece in pieces.arcs[place.to]:
            step, closed = _extend(pieces, place, piece)
            (words if closed else todo)[step] = None
    return list(words), intent


def _extend(pieces: Pieces, place: _Word, piece: Piece) -> tuple[_Word, bool]:
    """Return the place behind a piece, and whether the word is complete there."""
    slots = (*place.slots, piece.slot) if piece.slot else place.slots
    step = _Word(piece.to, place.word + piece.text.strip(), slots)
    if step.word:
        return step, bool(piece.text == SPACE and place.word)
    return step, bool(slots) or piece.to in pieces.shared


def _link(arcs: list[list[Arc]], start: int, end: int, word: _Word) -> None:
    """Add a word; where it completes several slots, silent steps carry those beyond the first."""
    slots = word.slots or (None,)
    for number, slot in enumerate(slots):
        last = number == len(slots) - 1
        to = end if last else len(arcs)
        arcs[start].append(Arc(to, word.word if number == 0 else "", slot))
        if not last:
            arcs.append([])
            start = to


# --- fewer states -------------------------------------------------------------------------------------------


def fold(graph: WordGraph) -> WordGraph:
    """Return a graph that says the same with one state for all that have the same ahead, and no dead ends.

    It must have no loops.
    """
    kept: dict[object, int] = {}
    arcs: list[tuple[Arc, ...]] = []
    finals: dict[int, str] = {}
    where: dict[int, int | None] = {}
    for state in _last_first(graph):
        ahead = [(where[arc.to], arc) for arc in graph.arcs[state]]
        ways = tuple(dict.fromkeys(Arc(to, arc.word, arc.slot) for to, arc in ahead if to is not None))
        intent = graph.finals.get(state)
        key = intent, ways
        if key not in kept and (ways or intent is not None or state == 0):
            kept[key] = len(arcs)
            arcs.append(ways)
            if intent is not None:
                finals[kept[key]] = intent
        where[state] = kept.get(key)
    return _start_first(replace(graph, arcs=tuple(arcs), finals=finals))


def _last_first(graph: WordGraph) -> Iterator[int]:
    """Yield the states that can be reached, each after all that it leads to."""
    seen: set[int] = {0}
    stack = [(0, iter(graph.arcs[0]))]
    while stack:
        state, ways = stack[-1]
        arc = next((arc for arc in ways if arc.to not in seen), None)
        if arc is None:
            stack.pop()
            yield state
        else:
            seen.add(arc.to)
            stack.append((arc.to, iter(graph.arcs[arc.to])))


def _start_first(graph: WordGraph) -> WordGraph:
    """Number the states backwards, which makes the last one, the start, state 0."""
    last = len(graph.arcs) - 1
    arcs = tuple(
        tuple(Arc(last - arc.to, arc.word, arc.slot) for arc in ways) for ways in reversed(graph.arcs)
    )
    return replace(graph, arcs=arcs, finals={last - state: intent for state, intent in graph.finals.items()})


# --- words that do not count --------------------------------------------------------------------------------


def with_skips(graph: WordGraph, skips: Sequence[tuple[str, ...]]) -> WordGraph:
    """Return the graph with up to two of some phrases before, behind and between its words.

    They mean nothing. Of each state there are three: the second is behind one phrase, the third the old one.
    """
    arcs: list[list[Arc]] = []
    for ways in graph.arcs:
        here = len(arcs)
        arcs += [[Arc(here + 2)], [Arc(here + 2)], [replace(arc, to=3 * arc.to) for arc in ways]]
    for state in range(0, 3 * len(graph.arcs), 3):
        for start in (state, state + 1):
            for words in skips:
                _add_words(arcs, start, start + 1, words)
    finals = {3 * state + 2: intent for state, intent in graph.finals.items()}
    return fold(replace(graph, arcs=tuple(map(tuple, arcs)), finals=finals))


def _add_words(arcs: list[list[Arc]], start: int, end: int, words: tuple[str, ...]) -> None:
    for word in words[:-1]:
        arcs.append([])
        arcs[start].append(Arc(len(arcs) - 1, word))
        start = len(arcs) - 1
    arcs[start].append(Arc(end, words[-1]))
