"""The phrases of tests/utterances against the grammars, file by file."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.data import folder, load_content
from assistant.understanding.grammar import INTENTS, SCOPES
from assistant.understanding.interpret import OTHER
from assistant.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.values import Intent

    Understand = Callable[[str, str], Intent | None]

UTTERANCES = Path(__file__).parent.parent / "utterances" / "en"
CONTENT = load_content()
OF_THE_CONTENT = {
    "topic": tuple(CONTENT.topics),
    "routine": tuple(CONTENT.routines),
    "fact": tuple(name for name, fact in CONTENT.facts.items() if not fact.options),
    "known": tuple(CONTENT.facts),
    "since": tuple(CONTENT.since),
    "vessel": tuple(CONTENT.vessels["default"]),
}
"""Slot -> the ids that the content gives it."""
EVERYWHERE = [scope for scope in SCOPES if scope != "offer"]
"""What can be said in idle can be said in offer, too."""


@cache
def utterances(intent: str) -> dict[str, list[dict[str, Any]]]:
    return YamlFile.read(UTTERANCES / f"{intent}.yaml").value


def entries(intent: str, kind: str) -> list[dict[str, Any]]:
    return utterances(intent)[kind]


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(intent, entry, id=f"{intent}-{entry['say'][0]}")
        for intent in INTENTS
        for entry in entries(intent, kind)
    ]


def test_mirror() -> None:
    """Every grammar file of an intent has its file of utterances, and the other way round."""
    grammars = {path.stem for path in (folder("grammars") / "en").glob("[!_]*.yaml")}
    assert {path.stem for path in UTTERANCES.glob("*.yaml")} == grammars == set(INTENTS)


@pytest.mark.parametrize("intent", INTENTS)
def test_enough_phrasings(intent: str) -> None:
    """Every intent has at least ten phrasings, and some that are not it."""
    assert len({text for entry in entries(intent, "understood") for text in entry["say"]}) >= 10
    assert sum(len(entry["say"]) for entry in entries(intent, "never")) >= 5


@pytest.mark.parametrize("intent", INTENTS)
def test_every_slot_value_is_said(intent: str) -> None:
    """Every value of every slot is reached by an utterance."""
    said = {pair for entry in entries(intent, "understood") for pair in entry.get("slots", {}).items()}
    known = {
        slot: OF_THE_CONTENT[slot] if values is None else values for slot, values in INTENTS[intent].items()
    }
    assert said == {(slot, value) for slot, values in known.items() for value in values}


@pytest.mark.parametrize("slot", ["topic", "routine"])
def test_ten_ways_to_everything_in_the_content(slot: str) -> None:
    """Whatever the content has to offer can be asked for in ten ways."""
    ways = Counter[str]()
    for intent in (name for name, slots in INTENTS.items() if slot in slots):
        for entry in entries(intent, "understood"):
            ways[entry["slots"][slot]] += len(entry["say"])
    assert {name: ways[name] for name in OF_THE_CONTENT[slot] if ways[name] < 10} == {}


@pytest.mark.parametrize(("intent", "entry"), cases("understood"))
def test_understood(intent: str, entry: dict[str, Any], understand: Understand) -> None:
    """What should be understood is, with its slots, in each of its scopes; a decoy as nothing."""
    expected = None if intent == OTHER else (intent, entry.get("slots", {}))
    for scope in entry.get("in", EVERYWHERE):
        for text in entry["say"]:
            heard = understand(text, scope)
            assert (heard and (heard.name, heard.slots)) == expected, (text, scope)


@pytest.mark.parametrize(("intent", "entry"), cases("never"))
def test_never(intent: str, entry: dict[str, Any], understand: Understand) -> None:
    """What must not be taken for the intent is not, in any of the scopes."""
    for scope in entry.get("in", EVERYWHERE):
        for text in entry["say"]:
            heard = understand(text, scope)
            assert heard is None or heard.name != intent, (text, scope, heard)
