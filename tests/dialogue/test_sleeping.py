"""Good night: in the middle of relief, past a question of danger, with heat on the skin."""

from __future__ import annotations

import pytest


def asked_in_a_rest(night, *, until="q1"):
    """Go on with relief, without danger, until this question of the screen is open."""
    night.says("cramp")
    while night.mode != "asking" or night.question != until:
        if night.mode == "asking":
            night.answers("safe")
        night.waits(1)


def test_good_night_during_relief_says_what_to_mind_and_sleeps(night):
    """Nobody said that it has eased, and little was asked: that is said, once; the cry for help is heard."""
    night.says("cramp")
    night.waits(20)
    script = night.content.triage.scripts["unfinished"]
    assert night.says("sleep") == [*script, night.content.prompts["asleep"]]
    assert night.mode == "asleep"
    night.listens()
    assert night.content.routines["relief_bed"].steps[0].say in night.says("cramp")


def test_what_is_heard_is_said_when_it_sleeps_through_a_restart(night):
    """Relief was put aside, but "resume" is not heard asleep: it is not offered before "wake up"."""
    night.says("cramp")
    night.waits(20)
    night.says("sleep")
    assert night.restarts(20)[-1] == night.content.prompts["asleep"]
    assert night.mode == "asleep"
    night.says("wake")
    night.says("resume")
    assert night.mode == "guiding"


def test_good_night_after_it_has_eased_is_just_that(night):
    """The last steps are left out."""
    night.says("cramp")
    night.waits(20)
    night.says("better")
    assert night.says("sleep") == [night.content.prompts["asleep"]]
    assert night.mode == "asleep"


def test_good_night_is_no_answer_to_a_question_of_danger(night):
    """It is asked again, and only a safe answer is followed by sleep."""
    asked_in_a_rest(night)
    question = list(night.content.questions["q1"].say)
    assert night.says("sleep") == [night.content.prompts["one_question_first"], *question]
    night.listens()
    assert night.says("no")[-1] == night.content.prompts["asleep"]
    assert night.mode == "asleep"


@pytest.mark.parametrize("said", [(), ("sleep",), ("unsure", "unsure"), ("yes", "yes")])
def test_who_falls_asleep_over_a_question_of_danger_is_not_left_to_sleep(night, said):
    """Silence, doubt or a danger: the emergency script is spoken, and everything is still heard."""
    asked_in_a_rest(night)
    for word in ("sleep", *said):
        night.says(word)
        night.listens()
    night.waits(60)
    assert (night.mode, night.dialogue.level.name) == ("idle", "EMERGENCY")


@pytest.mark.parametrize("said", ["worse", "resume"])
def test_who_goes_on_after_good_night_is_not_put_to_sleep(night, said):
    """Worse, or resume, and then the answer: relief goes on."""
    asked_in_a_rest(night)
    night.says("sleep")
    night.listens()
    night.says(said)
    while night.mode != "asking":
        night.waits(1)
    night.answers("safe")
    assert night.mode == "guiding"


def test_good_night_does_not_end_a_run_of_questions(night):
    """How to end them is said, and the open one is asked again: to sleep, they are ended first."""
    night.says("screen")
    night.listens()
    question = list(night.content.questions["q1"].say)
    assert night.says("sleep") == [night.content.prompts["say_enough"], *question]
    assert night.mode == "asking"


def test_good_night_does_not_skip_what_a_danger_leads_to(night):
    """No leg is a dangerous answer to "Which leg is it?", but one is swollen: the run is ended first."""
    night.says("screen")
    while night.question != "q3":
        night.listens()
        night.answers("safe")
    night.listens()
    night.answers("danger")
    assert night.question == "q3_side"
    night.listens()
    question = list(night.content.questions["q3_side"].say)
    assert night.says("sleep") == [night.content.prompts["say_enough"], *question]
    night.listens()
    assert set(night.content.triage.scripts["urgent"]) & set(night.says("enough"))


def test_nobody_sleeps_with_heat_on_the_skin(night):
    """It is to be taken off first, however much of its time is left."""
    night.lays_the_towel_on()
    assert night.says("sleep") == list(night.content.questions["towel_off"].again)
    night.waits(120)
    assert night.mode == "asking"
    night.says("off")
    night.listens()
    assert night.says("sleep") == [night.content.prompts["asleep"]]


def test_an_emergency_script_is_not_cut_off_by_good_night(night):
    """It is said again from the beginning; after its end sleep is allowed."""
    night.says("emergency", flag="chest_pain")
    assert night.says("sleep")[0] == night.content.triage.scripts["emergency"][0]
    assert night.mode == "idle"
    night.listens()
    night.says("sleep")
    assert night.mode == "asleep"
