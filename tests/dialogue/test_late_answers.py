"""After an emergency script that silence has led to: somebody is there after all."""

from __future__ import annotations

import pytest

Q1 = "Do you have chest pain, or trouble breathing?"


@pytest.fixture
def silent(night):
    """A night in which nobody answered the first question of relief, and the script was spoken."""
    night.says("cramp")
    while night.dialogue.level.name != "EMERGENCY":
        night.waits(1)
    night.listens()
    assert (night.mode, night.scope) == ("idle", "offer")
    return night


@pytest.mark.parametrize("said", ["no", "yes", "thanks", "good_morning", "resume"])
def test_a_late_answer_is_heard_and_answers_nothing_by_itself(silent, said):
    """ "No", "yes", "I am here": it says that it hears, and asks again; the warning stands."""
    silent.waits(60)
    assert silent.says(said) == [silent.content.prompts["late_answer"], Q1]
    assert silent.dialogue.level.name == "EMERGENCY"


def test_a_safe_answer_to_what_was_asked_again_goes_on_with_relief(silent):
    """Only now the warning is gone; the next rest asks the next question."""
    silent.says("no")
    silent.listens()
    silent.says("no")
    assert (silent.mode, silent.dialogue.level.name) == ("guiding", "NONE")
    while silent.mode != "asking":
        silent.waits(1)
    assert silent.question == "q1b"


@pytest.mark.parametrize("said", [(), ("unsure", "unsure"), ("yes", "yes")])
def test_silence_doubt_and_danger_lead_to_the_script_again(silent, said):
    """Who was heard once and says no more is not taken to be well."""
    silent.says("thanks")
    for word in said:
        silent.listens()
        silent.says(word)
    assert silent.content.triage.scripts["emergency"][0] in [*silent.dialogue.state.said, *silent.waits(60)]
    assert silent.dialogue.level.name == "EMERGENCY"


def test_i_am_fine_is_noted_and_the_question_asked_again(silent):
    """As "better" is: behind a safe answer relief comes to its end."""
    assert silent.says("better") == [silent.content.prompts["late_answer"], Q1]
    assert silent.dialogue.state.episode.eased == silent.now
    silent.listens()
    told = silent.says("no") + silent.listens()
    assert any("sit on the edge of the bed" in text for text in told)


def test_behind_relief_of_another_cramp_it_is_asked_before_the_diary(silent):
    """ "Another cramp", eased before the next question: chest pain is asked about, not which leg it was."""
    silent.says("cramp")
    silent.waits(10)
    silent.says("better")
    told = silent.listens()
    assert told[-2:] == [silent.content.prompts["late_answer"], Q1]
    silent.answers_safely()
    assert silent.dialogue.level.name == "NONE"


def test_good_night_after_silence_is_no_leave_to_sleep(silent):
    """The question is asked again first; sleep comes behind a safe answer, and silence is none."""
    assert silent.says("sleep") == [silent.content.prompts["late_answer"], Q1]
    silent.waits(60)
    assert (silent.mode, silent.dialogue.level.name) == ("idle", "EMERGENCY")
    silent.says("sleep")
    silent.listens()
    silent.says("no")
    assert (silent.mode, silent.dialogue.level.name) == ("asleep", "NONE")


def test_where_no_relief_waits_the_quick_screen_is_asked(night):
    """Silence in a run of questions: a late no begins with what was left open."""
    night.says("screen")
    while night.dialogue.level.name != "EMERGENCY":
        night.waits(1)
    assert night.says("no")[1:] == [Q1]
    night.listens()
    assert night.says("no") == list(night.content.questions["q1b"].say)


def test_a_confirmed_danger_is_not_asked_about_again(night):
    """What was said clearly stands; a no changes nothing, and nothing is asked."""
    night.says("emergency", flag="chest_pain")
    night.listens()
    assert (night.says("no"), night.scope) == ([], "idle")


def test_a_no_is_late_for_ten_minutes(silent):
    """After that it is said to somebody else."""
    silent.waits(600)
    assert silent.says("no") == []
    assert silent.scope == "idle"
    assert silent.dialogue.level.name == "EMERGENCY"
