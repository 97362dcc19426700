"""Anybody's intent files: contexts, typed slots, skip words, several files, large lists."""

from __future__ import annotations

import pytest
import yaml
from hassil import recognize_all

from assistant.errors import ContentError
from assistant.understanding.intent_files import any_graph, read_intents, values_of
from assistant.wordgraph import parse, sentences

LIGHTS = """
language: en
intents:
  turn_on:
    data:
      - sentences: ["turn on [the] {name}", "<lamp> {brightness} percent"]
        expansion_rules: {lamp: "(set|dim) the lamp to"}
        slots: {domain: light, urgent: false}
        requires_context: {domain: light}
      - sentences: ["open [the] {name}"]
        requires_context: {domain: {value: cover}}
      - sentences: ["lights on"]
        requires_context: {area: {slot: true}}
        excludes_context: {area: [cellar, attic]}
  set_timer:
    data:
      - sentences: ["timer for {hours:time} hours", "({when};{what})", "wait {1..3:count} [and {half}]"]
        lists: {hours: {range: {from: 1, to: 4, step: 1, fractions: halves}}}
lists:
  name:
    values:
      - {in: "(lamp|bulb)", out: lamp_1, context: {domain: light}, metadata: {id: 7}}
      - {in: "[front] door", out: door_2, context: {domain: cover}}
      - {in: "[back] gate", context: {domain: cover}}
  brightness: {range: {from: 0, to: 100, step: 10, multiplier: 2.55, type: percentage}}
  when: {values: [at once]}
  what: {values: [{in: "50% & more", out: [5, 0]}]}
  half: {values: [{in: a half, out: 0.5}]}
skip_words: [please, could you]
"""


def readings(words: str, text: str = LIGHTS, **context: object) -> list[tuple[str, dict[str, object]]]:
    graph = any_graph(read_intents([("lights.yaml", yaml.safe_load(text))]), context)
    return [(intent, values_of(slots)) for intent, slots in parse(graph, words)]


@pytest.mark.parametrize(
    ("words", "slots"),
    [
        ("turn on the lamp", {"name": "lamp_1", "domain": "light", "urgent": False}),
        ("set the lamp to forty percent", {"brightness": 102.0, "domain": "light", "urgent": False}),
        ("open front door", {"name": "door_2"}),
        ("open the back gate", {"name": "back gate"}),
        ("timer for two hours", {"time": 2}),
        ("timer for two point five hours", {"time": 2.5}),
        ("wait three and a half", {"count": 3, "half": 0.5}),
        ("fifty percent and more at once", {"what": [5, 0], "when": "at once"}),
    ],
)
def test_slots_have_hassils_values_and_types(words: str, slots: dict[str, object]) -> None:
    """Numbers stay numbers, lists and truth values what they are; without an ``out`` it is what was said."""
    assert [found for _, found in readings(words, domain="light" if "lamp" in words else "cover")] == [slots]


def test_a_value_may_bring_the_context_that_its_sentence_requires() -> None:
    """Lamps are turned on and doors opened, never the other way round, although no context was given."""
    assert [slots["name"] for _, slots in readings("turn on lamp")] == ["lamp_1"]
    assert [slots["name"] for _, slots in readings("open door")] == ["door_2"]
    assert readings("turn on door") == readings("open lamp") == []
    assert readings("set the lamp to forty percent") == []


def test_the_context_may_fill_a_slot_and_exclude() -> None:
    """``slot: true`` copies the context's value; an excluded value forbids the sentence."""
    assert readings("lights on", area="kitchen") == [("turn_on", {"area": "kitchen"})]
    assert readings("lights on", area="attic") == readings("lights on") == []


@pytest.mark.parametrize(
    "words", ["please open door", "could you please open the door please", "open please door could you"]
)
def test_skip_words_may_be_said_anywhere(words: str) -> None:
    """One or two of them before, between and behind the words change nothing."""
    assert readings(words) == readings("open door") != []
    assert readings("please please please open door") == []


def test_several_files_add_up() -> None:
    """Lists in one file serve the sentences of another."""
    lists = {"language": "en", "lists": {"fruit": {"values": ["fig"]}}}
    eat = {"language": "en", "intents": {"eat": {"data": [{"sentences": ["eat a {fruit}"]}]}}}
    graph = any_graph(read_intents([("lists.yaml", lists), ("eat.yaml", eat)]), {})
    assert [intent for intent, _ in parse(graph, "eat a fig")] == ["eat"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "is no intent file"),
        ({"intents": {}}, "'language' is missing"),
        ({"language": "en"}, "has no intents"),
        ({"language": "en", "intents": {"a": {"data": [{"words": []}]}}}, "'sentences' is missing"),
        ({"language": "en", "intents": {"a": {}}}, "'data' is missing"),
        ({"language": "en", "lists": {"a": {"range": {"from": 3, "to": 1}}}}, "start cannot be greater"),
        ({"language": "en", "intents": {"a": {"data": [{"sentences": ["play {song}"]}]}},
          "lists": {"song": {"wildcard": True}}}, "wildcard"),
        ({"language": "en", "intents": {"a": {"data": [{"sentences": ["b"], "requires_context": {"c": 1}}]}}},
         "nothing can be said in the context"),
    ],
)  # fmt: skip
def test_what_is_no_intent_file_is_refused(content: object, what: str) -> None:
    """The message names the file, or what in the grammar is wrong, and the remedy."""
    with pytest.raises(ContentError) as fault:
        any_graph(read_intents([("some.yaml", content)]), {})
    assert what in str(fault.value)


def test_lists_of_thousands_are_not_copied_for_every_way_to_them() -> None:
    """Four optional lists of 1,000 values, 10 to the 12 sentences: no more arcs than words in the lists."""
    lists = {
        f"l{n}": {"values": [f"the {n}th {value:x} end" for value in range(0xA000, 0xA3E8)]} for n in range(4)
    }
    text = "begin " + " ".join(f"[{{{name}}}]" for name in lists) + " done"
    content = {"language": "en", "intents": {"a": {"data": [{"sentences": [text]}]}}, "lists": lists}
    graph = any_graph(read_intents([("large.yaml", content)]), {})
    assert sum(map(len, graph.arcs)) < 4 * 1000 * 2 + 50
    assert ("a", (("l3", '"the 3th a00b end"'),)) in parse(graph, "begin the 3th a00b end done")


def test_what_can_be_said_is_what_hassil_understands() -> None:
    """Of 300 sentences of the lights, hassil finds intent and slots as we do."""
    intents = read_intents([("lights.yaml", yaml.safe_load(LIGHTS))])
    graph = any_graph(intents, {"area": "kitchen"})
    for sentence in sentences(graph, 300):
        theirs = [
            (found.intent.name, {name: entity.value for name, entity in found.entities.items()})
            for found in recognize_all(sentence, intents, intent_context={"area": "kitchen"}, language="en")
        ]
        for intent, slots in parse(graph, sentence):
            assert (intent, values_of(slots)) in theirs, sentence
