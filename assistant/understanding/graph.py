"""Compiles hassil's sentence templates into a word graph, without ever listing the sentences.

A template is first a graph of text pieces, in which a space is a step of its own (``cramp[s]`` is one word
of two pieces); closing the words gives the `WordGraph`. Skip words and wildcards of hassil are not for
speech: the first are ignored, the second refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from hassil.expression import Alternative, ListReference, Permutation, RuleReference, Sequence, TextChunk
from hassil.intents import RangeSlotList, TextSlotList
from hassil.numbers import get_rbnf_engine
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError
from hassil.util import check_excluded_context, check_required_context

from assistant.errors import ContentError
from assistant.values import Arc, WordGraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hassil.expression import Expression
    from hassil.intents import IntentData, Intents, SlotList

    from assistant.values import Scope
    from assistant.wordgraph import Slots

SPACE = " "
PUNCTUATION = re.compile(r"[.,;:!?¡¿\"]")
"""Never spoken. Apostrophes and hyphens belong to their words."""

MAX_PERMUTATION = 8
"""Items of a permutation: its graph has two to that power states."""


def word_graph(intents: Intents, scope: Scope) -> WordGraph:
    """Return all that can be said in a scope.

    Raises `ContentError` for a template that refers to what does not exist, or that cannot be spoken.
    """
    pieces = _Pieces()
    ends: dict[int, str] = {}
    for intent in intents.intents.values():
        for data in intent.data:
            if _applies(data, scope):
                ends[_add_block(pieces, intents, intent.name, data)] = intent.name
    return _close_words(pieces, ends, scope.name)


# --- templates to pieces ------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    to: int
    text: str = ""
    """A word or a part of one, `SPACE`, or nothing."""
    slot: tuple[str, str] | None = None


@dataclass(slots=True)
class _Pieces:
    """The graph of text pieces. State 0 is the start."""

    arcs: list[list[_Piece]] = field(default_factory=lambda: [[]])

    def state(self) -> int:
        self.arcs.append([])
        return len(self.arcs) - 1

    def link(self, start: int, end: int, text: str = "", slot: tuple[str, str] | None = None) -> None:
        self.arcs[start].append(_Piece(end, text, slot))

    def follow(self, start: int, text: str = "", slot: tuple[str, str] | None = None) -> int:
        end = self.state()
        self.link(start, end, text, slot)
        return end


@dataclass(slots=True)
class _Block:
    """One block of templates: where its names are looked up."""

    pieces: _Pieces
    intents: Intents
    intent: str
    data: IntentData
    open_rules: list[str] = field(default_factory=list)
    """Rules that are being expanded, to notice one that contains itself."""

    def fault(self, what: str) -> ContentError:
        return ContentError(f"intent {self.intent!r}: {what}")

    def add(self, expression: Expression, start: int) -> int:
        """Append an expression behind a state; return the state behind it."""
        match expression:
            case TextChunk():
                return self._text(expression.original_text, start)
            case Alternative():
                return self._alternative(expression, start)
            case Permutation():
                return self._permutation(expression.items, start)
            case Sequence():
                return reduce(lambda state, item: self.add(item, state), expression.items, start)
            case RuleReference():
                return self._rule(expression.rule_name, start)
            case ListReference():
                return self._list(expression, start)
        raise self.fault(f"{expression!r} cannot be spoken: use words, lists and rules")

    def _text(self, text: str, start: int) -> int:
        for piece in re.findall(r"\s+|\S+", PUNCTUATION.sub(SPACE, text.lower())):
            start = self.pieces.follow(start, SPACE if piece.isspace() else piece)
        return start

    def _alternative(self, expression: Alternative, start: int) -> int:
        end = self.pieces.state()
        for item in expression.items:
            self.pieces.link(self.add(item, start), end)
        return end

    def _permutation(self, items: list[Expression], start: int) -> int:
        """One state for each set of items already said."""
        if len(items) > MAX_PERMUTATION:
            raise self.fault(f"a permutation of {len(items)!r} items is too large: at most {MAX_PERMUTATION}")
        states = {said: self.pieces.state() for said in range(1 << len(items))}
        self.pieces.link(start, states[0], SPACE)
        for said, state in states.items():
            for number, item in enumerate(items):
                if not said >> number & 1:
                    self.pieces.link(self.add(item, state), states[said | 1 << number], SPACE)
        return states[len(states) - 1]

    def _rule(self, name: str, start: int) -> int:
        body = self.data.expansion_rules.get(name) or self.intents.expansion_rules.get(name)
        if body is None:
            raise self.fault(f"the rule <{name}> does not exist: define it under expansion_rules")
        if name in self.open_rules:
            raise self.fault(f"the rule <{name}> contains itself: write it without the circle")
        self.open_rules.append(name)
        end = self.add(body.expression, start)
        self.open_rules.pop()
        return end

    def _list(self, reference: ListReference, start: int) -> int:
        end = self.pieces.state()
        for expression, value in self._values(reference):
            self.pieces.link(self.add(expression, start), end, slot=(reference.slot_name, value))
        return end

    def _values(self, reference: ListReference) -> Iterator[tuple[Expression, str]]:
        name = reference.list_name
        values: SlotList | None = self.data.slot_lists.get(name) or self.intents.slot_lists.get(name)
        inline = reference.get_inline_range()
        if inline:
            values = RangeSlotList(name, *inline)
        if isinstance(values, TextSlotList):
            return ((value.text_in, str(value.value_out)) for value in values.values)
        if isinstance(values, RangeSlotList):
            return self._numbers(values)
        if values is None:
            raise self.fault(f"the list {{{name}}} does not exist: define it under lists")
        raise self.fault(f"the list {{{name}}} is a wildcard, which cannot be recognized: give its values")

    def _numbers(self, numbers: RangeSlotList) -> Iterator[tuple[Expression, str]]:
        language = numbers.words_language or self.intents.language
        for number in numbers.get_numbers():
            value = number * (numbers.multiplier or 1)
            for words in number_words(number, language):
                yield TextChunk(words), f"{value:g}"


def number_words(number: float, language: str) -> list[str]:
    """Return the ways to say a cardinal number: ``twenty one``."""
    ways = get_rbnf_engine(language).format_number(number).text_by_ruleset
    cardinal = (text for name, text in ways.items() if "ordinal" not in name and "year" not in name)
    return sorted({text.replace("-", " ") for text in cardinal})


def _applies(data: IntentData, scope: Scope) -> bool:
    return check_required_context(data.requires_context, scope.context) and check_excluded_context(
        data.excludes_context, scope.context
    )


def _add_block(pieces: _Pieces, intents: Intents, name: str, data: IntentData) -> int:
    """Add a block's templates; return the state in which they are complete."""
    block = _Block(pieces, intents, name, data)
    end = pieces.state()
    for text in data.sentence_texts:
        pieces.link(block.add(_template(block, text), 0), end, SPACE)
    for slot, value in data.slots.items():
        end = pieces.follow(end, slot=(slot, str(value)))
    return end


def _template(block: _Block, text: str) -> Expression:
    try:
        return parse_sentence(text).expression
    except ParseError as fault:
        raise block.fault(f"the template {text!r} is malformed: {fault}") from fault


# --- pieces to words ----------------------------------------------------------------------------------------


class _Word(NamedTuple):
    """A word that may come next."""

    to: int
    """Piece state behind it."""
    word: str
    slots: Slots


def _close_words(pieces: _Pieces, ends: dict[int, str], name: str) -> WordGraph:
    """Join pieces into words. Its states are the piece states in which a word may begin."""
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
    return WordGraph(name, tuple(map(tuple, arcs)), finals)


def _words_from(pieces: _Pieces, state: int, ends: dict[int, str]) -> tuple[list[_Word], str | None]:
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
            step, closed = _extend(place, piece)
            (words if closed else todo)[step] = None
    return list(words), intent


def _extend(place: _Word, piece: _Piece) -> tuple[_Word, bool]:
    """Return the place behind a piece, and whether the word is complete there."""
    slots = (*place.slots, piece.slot) if piece.slot else place.slots
    closed = bool(piece.text == SPACE and place.word) or bool(piece.slot and not place.word)
    return _Word(piece.to, place.word + piece.text.strip(), slots), closed


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
