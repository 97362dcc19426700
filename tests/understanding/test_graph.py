"""From hassil's sentence templates to word graphs."""

from __future__ import annotations

import io
from itertools import islice

import pytest
from hassil import Intents, recognize_all
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ContentError
from assistant.understanding.graph import number_words, word_graph
from assistant.values import Scope, WordGraph
from assistant.wordgraph import parse, sentences, vocabulary

CRAMPS = """
language: en
intents:
  cramp:
    data:
      - sentences:
          - "[(i have|i've got)] (a|another) [<where>] cramp"
          - "cramp[s|ing] in my {muscle}"
  stop:
    data:
      - sentences: ["(Stop|wait) [it|now]!"]
  pain:
    data:
      - sentences: ["[it's] [about] {score} [out of ten]"]
        requires_context: {scope: [pain]}
  next:
    data:
      - sentences: ["next"]
        excludes_context: {scope: [pain]}
  emergency:
    data:
      - sentences: ["i can't breathe", "(help;me;now)"]
        slots: {flag: breath, urgent: 1}
expansion_rules:
  where: "(leg|foot)"
lists:
  muscle: {values: [{in: "[back of my] thigh", out: hamstring}, calf]}
  score: {range: {from: 0, to: 30, step: 7}}
"""


def graph(yaml: str = CRAMPS, scope: str = "idle") -> WordGraph:
    return word_graph(Intents.from_yaml(io.StringIO(yaml)), Scope(name=scope))


def template(text: str, more: str = "") -> str:
    return f'language: en\nintents: {{some: {{data: [{{sentences: ["{text}"]}}]}}}}\n{more}'


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        ("i have a cramp", "cramp"),
        ("i've got another foot cramp", "cramp"),
        ("a cramp", "cramp"),
        ("stop", "stop"),
        ("wait now", "stop"),
        ("me now help", "emergency"),
    ],
)
def test_alternatives_optionals_rules_and_permutations(words: str, intent: str) -> None:
    """Each way through a template is a sentence of its intent."""
    assert [intent] == [found for found, _ in parse(graph(), words)]


@pytest.mark.parametrize("words", ["", "i have", "cramp", "stop stop", "i have a cramp now", "help me"])
def test_only_whole_sentences_count(words: str) -> None:
    """Beginnings, ends and sentences with something added mean nothing."""
    assert parse(graph(), words) == []


def test_words_are_joined_from_their_parts() -> None:
    """``cramp[s|ing]`` makes three words and ``Stop!`` is written small and bare."""
    assert {"cramp", "cramps", "cramping", "stop"} <= vocabulary(graph())
    assert not vocabulary(graph()) & {"s", "ing", "stop!", "Stop"}


def test_slots_say_what_a_list_value_stands_for() -> None:
    """The slot has the value's outcome, whatever words were used for it."""
    assert parse(graph(), "cramping in my back of my thigh") == [("cramp", (("muscle", "hamstring"),))]
    assert parse(graph(), "cramp in my calf") == [("cramp", (("muscle", "calf"),))]


def test_fixed_slots_of_a_block_are_known() -> None:
    """Slots beside the sentences belong to each of them."""
    ((intent, slots),) = parse(graph(), "i can't breathe")
    assert (intent, dict(slots)) == ("emergency", {"flag": "breath", "urgent": "1"})


def test_ranges_are_spoken_numbers() -> None:
    """A range listens for exactly its numbers, in words."""
    asked = graph(scope="pain")
    assert parse(asked, "it's about twenty one out of ten") == [("pain", (("score", "21"),))]
    assert parse(asked, "zero") == [("pain", (("score", "0"),))]
    assert parse(asked, "twenty two") == []
    assert number_words(21, "en") == ["twenty one"]
    assert number_words(21, "de") == ["einundzwanzig"]


def test_a_scope_decides_what_can_be_said() -> None:
    """Required and excluded contexts are those of hassil."""
    assert parse(graph(), "seven") == []
    assert parse(graph(), "next") == [("next", ())]
    assert parse(graph(scope="pain"), "next") == []


def test_two_slots_may_end_in_one_word() -> None:
    """A word that completes several slots carries them all."""
    lists = "lists: {size: {values: [big]}, kind: {values: [dog]}}"
    ((_, slots),) = parse(graph(template("{size}{kind}", lists)), "bigdog")
    assert dict(slots) == {"size": "big", "kind": "dog"}


@pytest.mark.parametrize(
    ("yaml", "what"),
    [
        (template("a {missing} b"), "the list {missing} does not exist"),
        (template("a <missing> b"), "the rule <missing> does not exist"),
        (template("a <r>", 'expansion_rules: {r: "b <r>"}'), "contains itself"),
        (template("play {song}", "lists: {song: {wildcard: true}}"), "wildcard"),
        (template("[a] [b]"), "matches silence"),
        (template("a (b"), "malformed"),
        (template("(a;b;c;d;e;f;g;h;i)"), "too large"),
    ],
)
def test_faults_name_the_intent_and_the_remedy(yaml: str, what: str) -> None:
    """What cannot be spoken is refused when the graph is made."""
    with pytest.raises(ContentError, match="intent 'some'") as fault:
        graph(yaml)
    assert what in str(fault.value)


def test_a_large_grammar_stays_small() -> None:
    """Millions of sentences share a few dozen states, and listing some of them needs no others."""
    words = [[f"w{number}x{value}" for value in range(8)] for number in range(8)]
    lists = "lists:\n" + "".join(f"  l{number}: {{values: {words[number]}}}\n" for number in range(8))
    large = graph(template(" ".join(f"[{{l{number}}}]" for number in range(8)) + " end", lists))
    assert len(large.arcs) < 200
    assert len(set(islice(sentences(large, 1000), 500))) == 500
    assert parse(large, "w0x1 w3x7 w7x2 end")


PART = st.sampled_from(["a", "b c", "[d]", "(e|f g)", "x[y]", "{number}", "<rule>", "[h [i]]", "(j;k)"])
COMMON = 'lists: {number: {range: {from: 1, to: 3, digits: false}}}\nexpansion_rules: {rule: "(r|s [t])"}'


@settings(deadline=None, max_examples=60)
@given(st.lists(PART, min_size=1, max_size=5))
def test_every_sentence_is_one_that_hassil_recognizes(parts: list[str]) -> None:
    """Graph and hassil agree on random templates: intent and slots of whatever the graph can say."""
    yaml = template("begin " + " ".join(parts), COMMON)
    intents = Intents.from_yaml(io.StringIO(yaml))
    made = word_graph(intents, Scope(name="idle"))
    for sentence in islice(sentences(made, 40), 40):
        theirs = [
            {name: str(entity.value) for name, entity in result.entities.items()}
            for result in recognize_all(sentence, intents, language="en")
        ]
        for intent, slots in parse(made, sentence):
            assert intent == "some"
            assert dict(slots) in theirs
