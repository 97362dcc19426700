"""How words are spelled in the model's tokens, and read back from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import InstallError
from assistant.hearing.moonshine import embedded_model
from assistant.hearing.tokengraph import TokenGraph
from assistant.hearing.tokens import FIRST_PIECE, WORD, Tokens
from assistant.hearing.written import runs, written
from assistant.values import Arc, WordGraph
from assistant.wordgraph import parse

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = Tokens.read(embedded_model() / "tokenizer.bin")


def line(*arcs: tuple[str, tuple[str, str] | None]) -> WordGraph:
    """Return a graph with one way through it."""
    steps = [(Arc(number, word, slot),) for number, (word, slot) in enumerate(arcs, start=1)]
    return WordGraph("line", (*steps, ()), {len(arcs): "some"})


def ids(text: str) -> list[int]:
    found = TOKENS.spell(WORD + text.replace(" ", WORD))
    assert found
    return list(found)


@pytest.mark.parametrize("word", ["cramp", "soy", "what's", "I've", "hamstring", "Charley", "uh-huh", "10"])
def test_words_are_spelled_and_read_back(word: str) -> None:
    """Every word can be written, also those that end in a single character."""
    assert word == TOKENS.text(ids(word))


@settings(deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=12))
def test_any_word_is_spelled_with_real_pieces(word: str) -> None:
    """Raw bytes, which look like letters in the file, are never used."""
    assert min(ids(word)) >= FIRST_PIECE
    assert word == TOKENS.text(ids(word))


def test_what_cannot_be_written_is_none() -> None:
    """A character that the model has never seen has no spelling."""
    assert TOKENS.spell("\U0001f995") is None


@pytest.mark.parametrize("rest", [b"\x05ab", b"\x81"])
def test_a_cut_file_is_refused(tmp_path: Path, rest: bytes) -> None:
    """A tokenizer file that ends within a piece is named."""
    path = tmp_path / "tokenizer.bin"
    path.write_bytes(b"\x01a" + rest)
    with pytest.raises(InstallError, match=r"tokenizer\.bin"):
        Tokens.read(path)


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("five", ["five", "Five", "5"]),
        ("third", ["third", "Third", "3rd"]),
        ("tv", ["tv", "Tv", "TV"]),
        ("half-way", ["half way", "halfway", "half-way"]),
        ("colours", ["colors", "Colors", "Colours"]),
        ("caf\u00e9", ["cafe", "Cafe"]),
    ],
)
def test_words_may_be_written_in_several_ways(word: str, ways: list[str]) -> None:
    """Capitals, figures, acronyms, with and without hyphens and accents, American and British."""
    assert set(ways) <= set(written(word))


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("twenty five", "25"),
        ("one hundred five", "105"),
        ("one hundred and five", "105"),
        ("two thousand three hundred", "2,300"),
        ("nine one one", "911"),
        ("two point five", "2.5"),
        ("minus ten", "-10"),
        ("fifty five percent", "55%"),
        ("seven thirty", "7:30"),
        ("seven oh five", "7:05"),
        ("twenty first", "21st"),
        ("t v", "TV"),
    ],
)
def test_runs_of_words_may_be_written_as_one(words: str, way: str) -> None:
    """Numbers, the time of day, ordinals and letters."""
    assert way in runs(tuple(words.split()))


@pytest.mark.parametrize(
    "words", ["five twenty thirty", "a b c d e", "and five", "five", "twenty zero", "i have"]
)
def test_other_words_are_not_joined(words: str) -> None:
    """What is no number, no time and no acronym stays apart."""
    assert runs(tuple(words.split())) == ()


@pytest.mark.parametrize(
    "text",
    ["call nine one one", "Call 9, 1-1?", "Call 911!", "call, 9 1 1", "Call nine-one-one"],
)
def test_all_that_the_model_may_write_means_the_same(text: str) -> None:
    """Written forms are read back as the words of the grammar."""
    graph = line(("call", None), ("nine", None), ("", ("to", "us")), ("one", None), ("one", ("end", "1")))
    ((intent, slots, words),) = TokenGraph(graph, TOKENS).read(ids(text))
    assert (intent, words) == ("some", "call nine one one")
    assert dict(slots) == {"to": "us", "end": "1"}


@pytest.mark.parametrize("text", ["call", "call nine one", "call nine one one one", "nine one one"])
def test_only_complete_sentences_are_read(text: str) -> None:
    """Beginnings and sentences with more behind them mean nothing."""
    graph = line(("call", None), ("nine", None), ("one", None), ("one", None))
    assert TokenGraph(graph, TOKENS).read(ids(text)) == []


def test_sentences_that_begin_alike_share_their_beginning() -> None:
    """After "I have" both sentences are still open, and what may come next is the next word of either."""
    graph = WordGraph(
        "two",
        ((Arc(1, "i"), Arc(3, "i")), (Arc(2, "have"),), (), (Arc(4, "have"),), (Arc(2, "got"),)),
        {2: "some"},
    )
    spelled = TokenGraph(graph, TOKENS)
    step = spelled.start
    for token in ids("I have"):
        assert token in step.tokens
        step = spelled.follow(step, token)
    assert step.final
    assert ids("got")[0] in step.tokens
    assert parse(graph, "i have") == [("some", ())]
