"""The summary that is read aloud: short sentences, at most ninety seconds, nothing that matters left out."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from invented import HOSTILE, PROFILE, diary, hostile

from assistant.data import load_pronunciation, load_vocabulary
from assistant.journal.diary import Diary
from assistant.lint import forbidden_in
from assistant.report.facts import summarize
from assistant.report.spoken import MOST_IN_A_SENTENCE, MOST_WORDS, count_words, spoken
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer
from assistant.values import RATE, Voice

VOCABULARY = load_vocabulary()
DIARIES = {
    "none": diary(0),
    "one": diary(1),
    "two weeks": diary(12),
    "forty": diary(40),
    "a year": diary(300, 365),
    "ten years": diary(36_500, 3650),
    "hostile": hostile(),
}


@pytest.fixture(params=DIARIES.values(), ids=DIARIES)
def sentences(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return spoken(summarize(request.param), VOCABULARY)


def test_it_can_be_followed_by_ear(sentences: tuple[str, ...]) -> None:
    """At most 18 words a sentence and 225 in all: ninety seconds at 150 words a minute."""
    assert max(map(count_words, sentences)) <= MOST_IN_A_SENTENCE
    assert sum(map(count_words, sentences)) <= MOST_WORDS


def test_any_voice_can_say_it(sentences: tuple[str, ...]) -> None:
    """No figure, no control character, no placeholder that nobody filled."""
    for sentence in sentences:
        assert not re.search(r"[\d\x00-\x1f\u202e]", sentence)
        assert "<" not in sentence or HOSTILE[:8] in sentence


def test_it_begins_and_ends_as_it_must(sentences: tuple[str, ...]) -> None:
    """The questions to ask are never left out, nor that it may contain errors."""
    assert sentences[0] == VOCABULARY.words.spoken.intro
    assert sentences[-6:-1] == VOCABULARY.words.questions
    assert sentences[-1] == "Self-reported, recorded by voice, may contain errors."


def test_two_weeks_take_a_minute_to_a_minute_and_a_half() -> None:
    """With the usual notes it is neither a telegram nor a lecture."""
    assert 150 <= sum(map(count_words, spoken(summarize(diary(12)), VOCABULARY))) <= MOST_WORDS


def test_the_facts_are_in_it() -> None:
    """Counts and dates are those of the diary, in words."""
    said = " ".join(spoken(summarize(diary(12)), VOCABULARY))
    for part in (
        "It begins on November ninth.",
        "It ends on November twenty-second.",
        f"Your main worry, in your words: {PROFILE.worry}",
        "First noticed, as you told me: October, twenty twenty-six.",
        "There were twelve cramps. That is about six a week.",
        "You tried the bed stretch twelve times, and it helped",
        "You said yes to this: one leg newly swollen, warm, red or darker.",
        "I told you to get advice the same day, last on November",
        "Started in the three months before the first cramp: one.",
    ):
        assert part in said


def test_nothing_promises_or_orders() -> None:
    """None of the forbidden phrases, whatever is said."""
    from assistant.data import folder, read_care

    rules = read_care(folder("content") / "en").wording.value
    for made in DIARIES.values():
        for sentence in spoken(summarize(made), VOCABULARY):
            assert forbidden_in(sentence, rules) is None


def test_no_cramps_is_said_without_comfort() -> None:
    """An empty journal says that nothing was written down, not that all is well."""
    empty = Diary(since=diary().since, until=diary().until)
    assert spoken(summarize(empty), VOCABULARY)[3] == "I have no cramp written down for this time."


@pytest.mark.parametrize("name", ["two weeks", "forty", "a year", "ten years"])
def test_our_voice_reads_it_in_sixty_to_ninety_seconds(name: str) -> None:
    """As it sounds at the speed and with the pauses that it has unless somebody changes them."""
    voice = Voice()
    sentences = spoken(summarize(DIARIES[name]), VOCABULARY)
    with closing(Pyttsx3Synthesizer(load_pronunciation("en"))) as synthesizer:
        said = sum(len(synthesizer.synthesize(sentence, voice)) for sentence in sentences) / RATE
    assert 60 <= said + voice.pause * (len(sentences) - 1) <= 90
