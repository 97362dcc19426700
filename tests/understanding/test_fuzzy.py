"""Misspelled and misheard sentences: what is still understood, and what never."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from assistant.data import load_grammar
from assistant.understanding.fuzzy import EXACT_ONLY, FuzzyMatcher, is_slip
from assistant.understanding.grammar import SCOPES
from assistant.understanding.interpret import Interpreter
from assistant.values import Hypothesis, Scope
from assistant.wordgraph import parse, sentences
from assistant.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.values import Intent

    Understand = Callable[[str, str], Intent | None]

SLIPS = YamlFile.read(Path(__file__).parent / "slips.yaml").value

GRAMMAR = load_grammar("en")
INTERPRETER = Interpreter(GRAMMAR)
UNRELATED = ("banana", "yesterday", "football", "window", "seventeen", "purple", "grandmother")
ANSWERS = {"no", "weak_no", "unsure", "pain", "off", "emergency"}
"""A second negation may leave these what they are: "i don't", "no i don't"."""


@cache
def said_in(scope: str) -> tuple[str, ...]:
    return tuple(sentences(GRAMMAR.graph(Scope(name=scope)), 100_000))


@cache
def matcher(scope: str) -> FuzzyMatcher:
    return FuzzyMatcher(GRAMMAR.graph(Scope(name=scope)), GRAMMAR.words)


def meant(text: str, scope: str) -> str | None:
    typed = Hypothesis(words=text, confidence=1.0, accepted=True)
    intent = INTERPRETER.interpret([typed], Scope(name=scope))
    return intent.name if intent else None


scopes = st.sampled_from(SCOPES)
commands = scopes.flatmap(lambda scope: st.tuples(st.just(scope), st.sampled_from(said_in(scope))))


@st.composite
def with_words(draw: st.DrawFn, text: str, words: tuple[str, ...]) -> str:
    """Return a text with one or two further words at any place."""
    said = text.split()
    for word in draw(st.lists(st.sampled_from(words), min_size=1, max_size=2)):
        said.insert(draw(st.integers(0, len(said))), word)
    return " ".join(said)


@pytest.mark.parametrize(("kind", "least"), [("typed", 73), ("heard", 13)])
def test_understood_in_spite(kind: str, least: int, understand: Understand) -> None:
    """Most slips of the pen and half of what is misheard are understood, and none of them wrongly."""
    found: Counter[bool | None] = Counter()
    for entry in SLIPS[kind]:
        for text in entry["say"]:
            intent = understand(text, entry["in"])
            found[None if intent is None else intent.name == entry["meant"]] += 1
    assert found[False] == 0
    assert found[True] >= least


def test_not_that(understand: Understand) -> None:
    """What is alike but too dangerous or too far off is not understood."""
    taken = {text: understand(text, entry["in"]) for entry in SLIPS["not_that"] for text in entry["say"]}
    assert {text: intent for text, intent in taken.items() if intent} == {}


@pytest.mark.parametrize("scope", SCOPES)
def test_talk(scope: str) -> None:
    """Denials, near misses and talk are no slips of anything."""
    others = (text for text in SLIPS["talk"] if not parse(GRAMMAR.graph(Scope(name=scope)), text))
    assert {text: match for text in others if (match := matcher(scope).match(text))} == {}


def test_likeness_alone_is_not_enough(understand: Understand) -> None:
    """What a token set takes for "stop" is refused: the guards are needed and do their work."""
    assert fuzz.token_set_ratio("do not stop", "stop") == 100
    assert understand("do not stop", "guiding") is None


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_negation(data: st.DataObject) -> None:
    """A command with a negation put in anywhere is never that command."""
    scope, text = data.draw(commands)
    [(intent, _)] = parse(GRAMMAR.graph(Scope(name=scope)), text)
    if intent not in ANSWERS:
        negations = tuple(sorted(GRAMMAR.words.negations))
        denied = data.draw(with_words(text, negations + tuple(word.replace("'", "") for word in negations)))
        assert meant(denied, scope) != intent


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_superset(data: st.DataObject) -> None:
    """A command among unrelated words is not taken out of them, but for words of danger."""
    scope, text = data.draw(commands)
    assert meant(data.draw(with_words(text, UNRELATED)), scope) in {None, "emergency"}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_talk_stays_talk(data: st.DataObject) -> None:
    """Talk with words dropped and put in is still no slip of a command."""
    words = data.draw(st.sampled_from(SLIPS["talk"])).split()
    kept = [word for word in words if data.draw(st.booleans())]
    text = data.draw(with_words(" ".join(kept), UNRELATED))
    assert matcher(data.draw(scopes)).match(text) is None


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_random_slip(data: st.DataObject) -> None:
    """No slip makes another command of one, nor ever a "no", a number or an "it is off"."""
    scope, text = data.draw(commands)
    [meaning] = parse(GRAMMAR.graph(Scope(name=scope)), text)
    place = data.draw(st.integers(0, len(text) - 1))
    slip = (
        text[:place] + data.draw(st.sampled_from("aeinorst ")) + text[place + data.draw(st.integers(0, 1)) :]
    )
    slip = " ".join(slip.split())
    match = None if parse(GRAMMAR.graph(Scope(name=scope)), slip) else matcher(scope).match(slip)
    assert match is None or (match[0] == meaning and meaning[0] not in EXACT_ONLY)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ' 0123456789.,!?-", max_size=60), scopes)
def test_any_text(text: str, scope: str) -> None:
    """Any text has an answer, if only None."""
    assert meant(text, scope) is None or text.strip()


@pytest.mark.parametrize("scope", SCOPES)
def test_one_word(scope: str) -> None:
    """A single word is never understood in spite of its spelling."""
    for word in ("stpo", "hellp", "crampp", "nexxt", "betterr", "resumee", "yess", "noo", "fivee", "ofF"):
        assert matcher(scope).match(word) is None


CONFUSABLE = """
    can can't, not hot, not knot, hot knot, pop stop, bowel towel, weak week, numb none, numb nine, none
    nine, yes guess, no know, no now, no go, no slow, no oh, help hold, help heel, help health, worse
    was, worse first, worse worth, clot cloth, left lift, right tight, right light, calf cough, calf
    half, calf cuff, thigh tie, thigh five, thigh tight, cramp camp, cramp clamp, cramp ramp, foot put,
    toe two, toe go, heat eat, heat feet, ice eyes, ice twice, ease eased, ease east, better bitter,
    better butter, repeat relief, repeat heat, again ten, again pain, next text, next left, done down,
    done one, wait eight, wait weight, five nine, four for, four more, two to, two too, six sick, seven
    eleven, eight ate, zero hero, fifteen fifty, thirteen thirty
"""


@pytest.mark.parametrize("pair", [pair.strip() for pair in CONFUSABLE.split(",")])
def test_confusable(pair: str, understand: Understand) -> None:
    """Words that sound alike never stand for each other, alone or in a sentence."""
    first, second = pair.split()
    for scope in SCOPES:
        one, two = understand(first, scope), understand(second, scope)
        assert one is None or two is None or (one.name, one.slots) != (two.name, two.slots), (pair, scope)
    for scope in ("guiding", "yes_no", "pain"):
        for text in [*swapped(scope, first, second), *swapped(scope, second, first)]:
            assert matcher(scope).match(text) is None, (text, scope)


def swapped(scope: str, right: str, wrong: str, limit: int = 3) -> list[str]:
    """Return some sentences in which a word stands for another, unless they are sentences again."""
    with_it = [text.split() for text in said_in(scope) if right in text.split()]
    some = with_it[:: len(with_it) // limit + 1]
    others = (" ".join(wrong if word == right else word for word in words) for words in some)
    return [text for text in others if not parse(GRAMMAR.graph(Scope(name=scope)), text)]


@pytest.mark.parametrize(
    ("said", "word", "expected"),
    [
        ("crmap", "cramp", True),
        ("hlep", "help", True),
        ("breeth", "breathe", True),
        ("hamstirng", "hamstring", True),
        ("ambulense", "ambulance", True),
        ("shop", "stop", False),
        ("of", "off", False),
        ("on", "off", False),
        ("handstand", "hamstring", False),
        ("", "stop", False),
    ],
)
def test_slip(said: str, word: str, expected: bool) -> None:
    """A slip swaps or misses a letter of a word that is long enough, or sounds the same."""
    assert is_slip(said, word) is expected
