"""A word graph spelled in tokens. Made as far as searches go, and kept for the next one.

Each graph state has a tree of the tokens that spell its outgoing words in every way they may be written. A
place is a node of such a tree; a `Step` is the set of places that a token sequence leads to, so that
sentences that begin alike share their beginning, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.hearing.tokens import WORD
from assistant.hearing.written import PUNCTUATION, opens, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from assistant.hearing.tokens import Tokens
    from assistant.values import WordGraph
    from assistant.wordgraph import Slots


class Reading(NamedTuple):
    """What a complete token sequence means."""

    intent: str
    slots: Slots
    words: str


class _Arrival(NamedTuple):
    """What the end of a word, or of a run that is written as one, leads to."""

    state: int
    slots: Slots
    words: str


class _Way(NamedTuple):
    """To write a word, and what its end leads to."""

    tokens: tuple[int, ...]
    arrival: _Arrival


class _Node:
    """A place within a word. What follows is worked out when it is asked for: few places are ever visited."""

    __slots__ = ("_arrivals", "_children", "_depth", "_ways", "marked")

    def __init__(
        self, depth: int = 0, ways: Iterable[_Way] = (), arrivals: tuple[_Arrival, ...] = ()
    ) -> None:
        self._depth = depth
        """Tokens from the beginning of the word."""
        self._ways: Iterable[_Way] | None = ways
        """To write the words that go through here; None when they were sorted by what comes next."""
        self._arrivals = arrivals
        self._children: dict[int, _Node] = {}
        self.marked: _Node | None = None
        """The place behind a punctuation mark, once that was written; itself, if this is one."""

    @property
    def children(self) -> dict[int, _Node]:
        """Places by the token that leads to them."""
        self._grow()
        return self._children

    @property
    def arrivals(self) -> tuple[_Arrival, ...]:
        """What the words that end here lead to."""
        self._grow()
        return self._arrivals

    def _grow(self) -> None:
        if self._ways is None:
            return
        onward: dict[int, list[_Way]] = {}
        ended: dict[_Arrival, None] = {}
        for way in self._ways:
            if len(way.tokens) == self._depth:
                ended[way.arrival] = None
            else:
                onward.setdefault(way.tokens[self._depth], []).append(way)
        self._ways = None
        self._arrivals += tuple(ended)
        self._children = {token: _Node(self._depth + 1, ways) for token, ways in onward.items()}


@dataclass(slots=True, eq=False)
class Step:
    """All places that one token sequence leads to."""

    nodes: frozenset[_Node]
    final: bool
    """Whether a sentence may end here."""
    after: frozenset[_Node]
    """Those of the nodes in which a new word begins; empty within a word."""
    marks: frozenset[int]
    """Tokens that may follow any word."""
    following: dict[int, Step] = field(default_factory=dict)
    _tokens: NDArray[np.int64] | None = None

    @property
    def tokens(self) -> NDArray[np.int64]:
        """Ids of the tokens that may come next, shape ``(n,)``; of most steps nobody asks for them."""
        if self._tokens is None:
            found = {token for node in self.nodes for token in node.children}
            if any(node.arrivals and node.marked is not node for node in self.nodes):
                found |= self.marks
            self._tokens = np.array(sorted(found), dtype=np.int64)
        return self._tokens


class TokenGraph:
    """A word graph spelled in tokens."""

    def __init__(self, graph: WordGraph, tokens: Tokens) -> None:
        self._graph = graph
        self._tokens = tokens
        self._marks = frozenset(path[0] for mark in PUNCTUATION if (path := tokens.spell(mark)))
        self._roots: dict[int, _Node] = {}
        self._steps: dict[frozenset[_Node], Step] = {}
        self.start = self._step({self._root(state) for state, _ in self._silent(0)})

    @property
    def size(self) -> int:
        """Return how many steps have been made."""
        return len(self._steps)

    def follow(self, step: Step, token: int) -> Step:
        """Return where one of ``step.tokens`` leads."""
        if token not in step.following:
            step.following[token] = self._step({n for node in step.nodes for n in self._behind(node, token)})
        return step.following[token]

    def plain(self, token: int) -> str:
        """Return the text of a token as it is said: small letters, no punctuation, spaces for hyphens."""
        text = self._tokens.texts[token]
        return "" if text in PUNCTUATION else text.replace(WORD, " ").replace("-", " ").lower()

    def read(self, ids: Iterable[int]) -> list[Reading]:
        """Return every meaning of a token sequence; empty if it is not complete."""
        places = {(self._root(state), slots, "") for state, slots in self._silent(0)}
        ends: set[_Arrival] = set()
        for token in ids:
            inside = {(n, slots, words) for node, slots, words in places for n in self._behind(node, token)}
            ends = {end for place in inside for end in self._ends(*place)}
            places = inside | {(self._root(end.state), end.slots, end.words) for end in ends}
        finals = self._graph.finals
        found = {Reading(finals[e.state], _canonical(e.slots), e.words) for e in ends if e.state in finals}
        return sorted(found)

    def _behind(self, node: _Node, token: int) -> Iterator[_Node]:
        """Yield the places that a token leads to; a mark may follow any word, once."""
        if token in node.children:
            yield node.children[token]
        if token in self._marks and node.arrivals and node.marked is not node:
            if node.marked is None:
                node.marked = _Node(arrivals=node.arrivals)
                node.marked.marked = node.marked
            yield node.marked

    def _ends(self, node: _Node, slots: Slots, words: str) -> Iterator[_Arrival]:
        """Yield the states that the words ending in a node lead to."""
        for arrival in node.arrivals:
            for state, more in self._silent(arrival.state):
                said = f"{words} {arrival.words}" if words else arrival.words
                yield _Arrival(state, (*slots, *arrival.slots, *more), said)

    def _step(self, inside: set[_Node]) -> Step:
        """Return the step of some nodes and of the words that may follow them."""
        ends = [end for node in inside for end in self._ends(node, (), "")]
        after = frozenset(self._root(end.state) for end in ends)
        nodes = after | inside
        if nodes not in self._steps:
            final = any(end.state in self._graph.finals for end in ends)
            self._steps[nodes] = Step(nodes, final, after, self._marks)
        return self._steps[nodes]

    def _root(self, state: int) -> _Node:
        """Return the tree of the words that leave a state."""
        if state not in self._roots:
            self._roots[state] = _Node(ways=self._ways(state))
        return self._roots[state]

    def _ways(self, state: int) -> Iterator[_Way]:
        for arrival in self._words(state, ()):
            for tokens in self._tokens.ways(arrival.words):
                yield _Way(tokens, arrival)

    def _words(self, state: int, before: tuple[str, ...]) -> Iterator[_Arrival]:
        """Yield the words that leave a state, and the runs of words that are written as one."""
        for arc in self._graph.arcs[state]:
            words = (*before, arc.word) if arc.word else before
            slots = (arc.slot,) if arc.slot else ()
            if arc.word and (not before or runs(words)):
                yield _Arrival(arc.to, slots, " ".join(words))
            if words and opens(words):
                for rest in self._words(arc.to, words):
                    yield rest._replace(slots=(*slots, *rest.slots))

    def _silent(self, state: int) -> list[tuple[int, Slots]]:
        """Return a state and those reached from it without a word, with the slots on the way."""
        found: list[tuple[int, Slots]] = [(state, ())]
        for place, slots in found:  # grows while it is walked
            silent = (arc for arc in self._graph.arcs[place] if not arc.word)
            found += [(arc.to, (*slots, arc.slot) if arc.slot else slots) for arc in silent]
        return found


def _canonical(slots: Slots) -> Slots:
    return tuple(sorted(set(slots)))
