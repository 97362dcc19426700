"""Whose emergency numbers are spoken: read back at first, set by voice, never guessed."""

from __future__ import annotations

import pytest
from night import Night

from assistant.data import load_content
from assistant.dialogue import events


@pytest.fixture
def first(night):
    """The first start, with the United Kingdom in the settings, in a quiet room."""
    night.happens(events.Started())
    return night


@pytest.fixture
def nowhere():
    """The first start where nobody has set a place."""
    night = Night(load_content("en"))
    night.happens(events.Started())
    return night


def asked(night):
    """Wait for the question; return its last sentence."""
    while night.mode != "asking":
        told = night.waits(1)
    return (told + night.listens())[-1]


def test_the_number_is_read_back_at_the_first_start(first):
    """In the quiet after the greeting it asks whether the number is right; a yes is kept for good."""
    assert asked(first) == "The emergency number here is nine nine nine. Is that right?"
    told = first.says("yes")
    assert told[0] == "Good. In an emergency I will say, call nine nine nine."
    assert told[-1].endswith("Shall I ask now?")
    first.restarts(None)
    assert not any("Is that right?" in text for text in first.waits(60))


def test_a_wrong_number_leads_to_the_question_where_one_is(first):
    """No, then Ireland, read back with its number, and from then on every script has it."""
    asked(first)
    first.says("no")
    first.listens()
    assert first.says("yes") == ["Where are you? Say for example: I am in Ireland."]
    assert first.scope == "place"
    assert first.says("place", place="ie") == [
        "I heard Ireland.",
        "The emergency number there is one one two. Is that right?",
    ]
    first.listens()
    first.says("yes")
    assert "Call one one two." in first.says("emergency", flag="chest_pain")
    first.says("stop")
    assert "In an emergency call one one two." in first.restarts(None)


def test_a_place_that_was_heard_wrongly_is_asked_again(nowhere):
    """Who denies the read-back is asked anew; nothing is kept."""
    assert asked(nowhere) == "Where are you? Say for example: I am in Ireland."
    nowhere.says("place", place="au")
    nowhere.listens()
    assert nowhere.says("no") == list(nowhere.content.questions["place"].again)
    assert nowhere.dialogue.state.place is None


def test_nobody_answers_and_it_is_asked_again_at_the_next_start(first):
    """Silence confirms nothing: the number of the settings is used, and the question comes back."""
    told = first.waits(90)
    assert told[-1] == "For now I will say, call nine nine nine. I will ask again when I start."
    assert first.mode == "idle"
    assert first.waits(600) == []
    first.restarts(30)
    assert any("Is that right?" in text for text in first.waits(60))


def test_a_cramp_goes_before_the_question(first):
    """Who has a cramp at the first start is not asked where they are."""
    first.listens()
    first.says("cramp")
    assert not any("emergency number here" in text for text in first.waits(120))


def test_a_cramp_ends_the_question(first):
    """Also in the middle of it."""
    asked(first)
    first.says("cramp")
    assert first.mode == "guiding"


def test_the_place_is_changed_by_voice_at_any_quiet_time(night):
    """ "Change my country", New Zealand, confirmed: one one one is for emergencies there."""
    assert night.says("place")[-1] == "The emergency number here is nine nine nine. Is that right?"
    night.listens()
    night.says("no")
    night.listens()
    night.says("yes")
    night.listens()
    night.says("place", place="nz")
    night.listens()
    assert night.says("yes")[0] == "Good. In an emergency I will say, call one one one."
    assert "Call one one one." in night.says("emergency", flag="ambulance")


def test_without_a_known_place_no_number_is_guessed(nowhere):
    """The script says what to call, not a number that may be wrong."""
    told = nowhere.says("emergency", flag="chest_pain")
    assert "Call your local emergency number." in told


def test_who_wanted_something_is_not_asked_afterwards(first):
    """Heat, a cramp, a question: the emergency number can wait for the next start."""
    first.listens()
    first.says("how_long")
    assert not any("emergency number here" in text for text in first.waits(600))
