"""Compiles hassil's sentence templates into a word graph, without ever listing the sentences.

A template is first a graph of text pieces, in which a space is a step of its own (``cramp[s]`` is one word
of two pieces); closing the words gives the `WordGraph`. Wildcards cannot be recognized and are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import islice
from typing import TYPE_CHECKING

from hassil.expression import Alternative, ListReference, Permutation, RuleReference, Sequence, TextChunk
from hassil.intents import RangeSlotList, TextSlotList
from hassil.numbers import get_rbnf_engine
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError
from hassil.sample import sample_expression
from hassil.util import check_excluded_context, check_required_context

from assistant.errors import ContentError
from assistant.understanding.pieces import SPACE, Pieces, close_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hassil.expression import Expression
    from hassil.intents import IntentData, Intents, SlotList

    from assistant.values import Scope, WordGraph

PUNCTUATION = re.compile(r"[.,;:!?¡¿\"\u201c\u201d\u2026]")
"""Never spoken. Apostrophes and hyphens belong to their words."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
"""In a template or a value: spoken as a number."""

SPOKEN = {"\u2019": "'", "%": " percent ", "&": " and ", "+": " plus ", "°": " degrees "}
"""What signs in a template are said as."""

MOST_SAYINGS = 1000
"""Ways to say a value that stands for whatever was said for it."""

MAX_PERMUTATION = 8
"""Items of a permutation: its graph has two to that power states."""


def word_graph(intents: Intents, scope: Scope) -> WordGraph:
    """Return all that can be said in a scope.

    Raises `ContentError` for a template that refers to what does not exist, or that cannot be spoken.
    """
    return graph_in(intents, scope.context, scope.name)


def plain(value: object) -> str:
    """Return a slot's value as text: ``20``, ``0.5``, ``calf``."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def graph_in(
    intents: Intents,
    context: Mapping[str, object],
    name: str,
    write: Callable[[object], str] = plain,
) -> WordGraph:
    """Return all that can be said in a context, with slot values as ``write`` gives them.

    Raises what `word_graph` does.
    """
    pieces = Pieces()
    ends: dict[int, str] = {}
    for intent in intents.intents.values():
        for data in intent.data:
            if _applies(data, context):
                block = _Block(pieces, intents, intent.name, data, context, write)
                ends[block.add_all()] = intent.name
    return close_words(pieces, ends, name)


# --- templates to pieces ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """One block of templates: where its names are looked up."""

    pieces: Pieces
    intents: Intents
    intent: str
    data: IntentData
    context: Mapping[str, object]
    write: Callable[[object], str]
    supplied: set[str] = field(default_factory=set)
    """Keys of the context that values of the present template bring."""
    open_rules: list[str] = field(default_factory=list)
    """Rules that are being expanded, to notice one that contains itself."""

    def fault(self, what: str) -> ContentError:
        return ContentError(f"intent {self.intent!r}: {what}")

    @property
    def missing(self) -> set[str]:
        """Keys of the context that are required and that only the value of a list can bring."""
        return self.data.requires_context.keys() - self.context.keys()

    def add_all(self) -> int:
        """Add the block's templates; return the state in which they are complete."""
        end = self.pieces.state()
        for text in self.data.sentence_texts:
            self.supplied.clear()
            done = self.add(self._template(text), 0)
            if self.missing <= self.supplied:
                self.pieces.link(done, end, SPACE)
        for slot, value in (*self.data.slots.items(), *self._copied()):
            end = self.pieces.follow(end, slot=(slot, self.write(value)))
        return end

    def _copied(self) -> Iterator[tuple[str, object]]:
        """Yield the slots that take their value from the context (``area: {slot: true}``)."""
        for key, required in self.data.requires_context.items():
            slot = required.get("slot") if isinstance(required, dict) else None
            if slot and key in self.context:
                yield slot if isinstance(slot, str) else key, self.context[key]

    def _template(self, text: str) -> Expression:
        try:
            return read_template(text)
        except ParseError as fault:
            raise self.fault(f"the template {text!r} is malformed: {fault}") from fault

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
        for word in re.findall(r"\s+|\S+", _spoken(text)):
            if NUMBER.fullmatch(word):
                start = self._number(float(word), start)
            else:
                start = self.pieces.follow(start, SPACE if word.isspace() else word)
        return start

    def _number(self, number: float, start: int) -> int:
        end = self.pieces.state()
        for words in self._words_of(int(number) if number.is_integer() else number):
            self.pieces.link(self._text(words, start), end)
        return end

    def _words_of(self, number: float) -> list[str]:
        try:
            return number_words(number, self.intents.language)
        except ValueError as fault:
            raise self.fault(f"the number {number!r} cannot be said in {self.intents.language!r}") from fault

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
        first, end = self.pieces.follow(start), self.pieces.state()
        self.pieces.shared.add(first)
        beginnings: dict[tuple[int, str], int] = {}
        for expression, value in self._values(reference):
            slot = None if reference.is_capture else (reference.slot_name, self.write(value))
            if isinstance(expression, TextChunk):
                last = self._saying(expression.original_text, first, beginnings)
            else:
                last = self.add(expression, first)
            self.pieces.link(last, end, slot=slot)
        return end

    def _saying(self, text: str, start: int, beginnings: dict[tuple[int, str], int]) -> int:
        """Append a value's words, sharing what an earlier value of the list began with."""
        for word in re.findall(r"\s+|\S+", text):
            if (start, word) not in beginnings:
                beginnings[start, word] = self._text(word, start)
            start = beginnings[start, word]
        return start

    def _values(self, reference: ListReference) -> Iterator[tuple[Expression, object]]:
        name = reference.list_name
        values: SlotList | None = self.data.slot_lists.get(name) or self.intents.slot_lists.get(name)
        inline = reference.get_inline_range()
        if inline:
            values = RangeSlotList(name, *inline)
        if isinstance(values, TextSlotList):
            return self._sayings(values)
        if isinstance(values, RangeSlotList):
            return self._numbers(values)
        if values is None:
            raise self.fault(f"the list {{{name}}} does not exist: define it under lists")
        raise self.fault(f"the list {{{name}}} is a wildcard, which cannot be recognized: give its values")

    def _sayings(self, values: TextSlotList) -> Iterator[tuple[Expression, object]]:
        """Yield the values that fit the context, and what each stands for: without an ``out``, its words."""
        fitting = [value for value in values.values if _applies(self.data, value.context or {})]
        brought = {key for value in fitting for key in value.context or {}} & self.missing
        self.supplied |= brought
        for value in fitting:
            if not brought <= (value.context or {}).keys():
                continue
            if value.value_out is not None:
                yield value.text_in, value.value_out
            else:
                yield from ((TextChunk(text), text) for text in self._ways(value.text_in))

    def _ways(self, expression: Expression) -> list[str]:
        rules = {**self.intents.expansion_rules, **self.data.expansion_rules}
        ways = list(islice(sample_expression(expression, expansion_rules=rules), MOST_SAYINGS))
        if len(ways) == MOST_SAYINGS:
            raise self.fault(f"a value can be said in {MOST_SAYINGS} ways or more: give it an 'out'")
        return [" ".join(way.split()) for way in ways]

    def _numbers(self, numbers: RangeSlotList) -> Iterator[tuple[Expression, object]]:
        language = numbers.words_language or self.intents.language
        for number in numbers.get_numbers():
            value = number if numbers.multiplier is None else number * numbers.multiplier
            for words in number_words(number, language):
                yield TextChunk(words), value


@cache
def read_template(text: str) -> Expression:
    """Return a template as hassil reads it, once for all scopes; raise its `ParseError`."""
    return parse_sentence(text).expression


@cache
def _spoken(text: str) -> str:
    """Return a text in small letters without signs, but with the points of its numbers."""
    for sign, said in SPOKEN.items():
        text = text.replace(sign, said)
    return re.sub(rf"({NUMBER.pattern})|{PUNCTUATION.pattern}", lambda m: m[1] or SPACE, text.lower())


@cache
def number_words(number: float, language: str) -> list[str]:
    """Return the ways to say a cardinal number: ``twenty one``."""
    ways = get_rbnf_engine(language).format_number(number).text_by_ruleset
    cardinal = (text for name, text in ways.items() if "ordinal" not in name and "year" not in name)
    return sorted({text.replace("-", " ") for text in cardinal})


def _applies(data: IntentData, context: Mapping[str, object]) -> bool:
    """Return whether a block does not contradict a context: what that lacks, a value may bring."""
    given = dict(context)
    return check_required_context(
        data.requires_context, given, allow_missing_keys=True
    ) and check_excluded_context(data.excludes_context, given)
