"""Word graphs can be read, listed, covered and spelled anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.data import load_grammar
from assistant.values import Arc, Scope, WordGraph
from assistant.wordgraph import (
    beginning,
    continues,
    cover,
    meanings,
    parse,
    respelled,
    sentences,
    settled,
    vocabulary,
)

WORDS = ("stop", "wait", "hold", "on", "five", "")

WAIT = WordGraph(
    name="wait",
    arcs=(
        (Arc(1), Arc(4, "stop")),
        (Arc(2, "wait"), Arc(3, "hold")),
        (Arc(5, "five", ("minutes", "5")), Arc(5, "ten", ("minutes", "10"))),
        (Arc(2, "on"), Arc(2)),
        (),
        (),
    ),
    finals={4: "stop", 5: "wait"},
)


@st.composite
def graphs(draw: st.DrawFn) -> WordGraph:
    """Graphs without loops, with silent arcs, dead ends and states that cannot be reached."""
    count = draw(st.integers(1, 6))
    arcs = tuple(
        tuple(
            Arc(to, draw(st.sampled_from(WORDS)))
            for to in draw(st.lists(st.integers(state + 1, count - 1), max_size=3))
        )
        if state + 1 < count
        else ()
        for state in range(count)
    )
    finals = draw(st.sets(st.integers(0, count - 1)))
    return WordGraph(name="random", arcs=arcs, finals=dict.fromkeys(finals, "intent"))


def test_only_whole_sentences_are_read() -> None:
    """A sentence gives its intent and slots; a part, another order or one word more gives nothing."""
    assert parse(WAIT, "hold five") == [("wait", (("minutes", "5"),))]
    assert parse(WAIT, "stop") == [("stop", ())]
    for words in ("hold", "five hold", "stop stop", ""):
        assert parse(WAIT, words) == []


def test_what_may_follow_is_known() -> None:
    """The beginning of a sentence continues, its end does not, and neither does what is no sentence."""
    assert continues(WAIT, "hold")
    assert continues(WAIT, "")
    assert not continues(WAIT, "stop")
    assert not continues(WAIT, "five")


def test_sentences_are_listed_up_to_a_limit() -> None:
    """Each is listed once, in the grammar's order."""
    listed = ["wait five", "wait ten", "hold on five", "hold on ten", "hold five", "hold ten", "stop"]
    assert list(sentences(WAIT, 99)) == listed
    assert list(sentences(WAIT, 3)) == listed[:3]


def test_a_word_may_become_several_or_none() -> None:
    """Words are replaced in place, slots stay, and sentences with an impossible word are gone."""
    spelling = {"wait": ("hang", "on"), "on": (), "stop": ()}
    graph = respelled(WAIT, lambda word: spelling.get(word, (word,)))
    assert set(sentences(graph, 99)) == {"hang on five", "hang on ten", "hold five", "hold ten"}
    assert parse(graph, "hang on ten") == [("wait", (("minutes", "10"),))]


@given(graphs())
def test_a_cover_uses_every_word_that_can_be_said(graph: WordGraph) -> None:
    """The sentences of a cover are sentences of the graph, and have all words that any sentence has."""
    everything = set(sentences(graph, 10_000))
    covering = cover(graph)
    assert set(covering) <= everything
    assert len(covering) <= max(1, sum(map(len, graph.arcs)))
    assert (
        {word for one in covering for word in one.split()}
        == {word for one in everything for word in one.split()}
        <= vocabulary(graph)
    )


@given(graphs(), st.lists(st.sampled_from(WORDS[:-1]), max_size=4).map(" ".join))
def test_what_is_listed_is_what_is_read(graph: WordGraph, words: str) -> None:
    """A sequence of words has a reading exactly if it is among the sentences."""
    assert bool(parse(graph, words)) == (words in set(sentences(graph, 10_000)))


@given(graphs())
def test_the_meanings_of_all_sentences_are_those_of_each(graph: WordGraph) -> None:
    """They come in the order of the sentences."""
    texts = list(sentences(graph, 10_000))
    assert list(meanings(graph)) == texts
    assert meanings(graph) == {text: set(parse(graph, text)) for text in texts}


@given(graphs(), st.lists(st.sampled_from(WORDS[:-1]), max_size=6))
def test_words_begin_with_the_longest_of_the_sentences_that_they_begin_with(
    graph: WordGraph, words: list[str]
) -> None:
    """What follows it may be anything; where they begin with none, it has no words."""
    lengths = [count for count in range(1, len(words) + 1) if parse(graph, " ".join(words[:count]))]
    longest = max(lengths, default=0)
    assert beginning(graph, words) == (longest, parse(graph, " ".join(words[:longest])) if longest else [])


@given(graphs())
def test_spelling_words_as_they_are_changes_nothing(graph: WordGraph) -> None:
    """The same graph comes back."""
    assert respelled(graph, lambda word: (word,)) == graph


def test_words_are_settled_when_nothing_that_follows_changes_their_meaning() -> None:
    """ "Stop talking" is; "stop" is not while "stop the heat" is something else; a non-beginning is not."""
    graph = load_grammar("en").graph(Scope(name="guiding"))
    for words in ("stop talking", "i have a cramp again", "can't breathe", "what can i"):
        assert settled(graph, words), words
    for words in ("stop", "go on", "i have a cramp", "banana", ""):
        assert not settled(graph, words), words
