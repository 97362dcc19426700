"""Heat on the skin: gated, timed, checked, and ended only by the person's word."""

from __future__ import annotations

from itertools import pairwise

import pytest

from assistant.dialogue import actions, events


@pytest.fixture
def warm(night):
    """A night in which the towel has just been laid on."""
    night.lays_the_towel_on()
    return night


OVER_TIME = "The time for your heat is over. Take it off now."


def check(night):
    return list(night.content.questions["skin_check"].say)


def test_heat_waits_for_a_clear_screen_and_a_safe_skin(night):
    """Every question of the gate is asked before the first step is said."""
    told = night.says("start", routine="warm_towel")
    told += night.answers_safely()
    asked = [night.content.questions[name].say[0] for name in night.content.routines["warm_towel"].gate]
    assert [text for text in told if text in asked] == asked
    assert night.content.routines["warm_towel"].steps[0].say in told


@pytest.mark.parametrize("question", ["heat_skin", "heat_awake", "q19", "q3"])
def test_one_danger_locks_heat(night, question):
    """A yes that is confirmed leaves heat out, with the reason."""
    night.says("start", routine="warm_towel")
    told = night.listens()
    while night.mode == "asking":
        danger = night.question == question
        if danger:
            told += night.says("yes") + night.listens() + night.says("yes")
        else:
            told += night.says("yes" if night.content.questions[night.question].danger == "no" else "no")
        told += night.listens() if night.mode == "asking" else []
    assert night.dialogue.state.running is None
    assert night.dialogue.state.floor.guide is None
    assert night.content.prompts["locked"].format(name="the warm towel") in told


def test_the_skin_is_checked_at_five_and_ten_minutes_and_it_ends_at_fifteen(warm):
    """Each check has its question; the end asks until the towel is off."""
    start = warm.dialogue.state.running.started
    told = warm.waits(start + 300.5 - warm.now)
    assert told == check(warm)
    warm.listens()
    assert "ten minutes" in warm.says("no")[0]
    assert check(warm)[0] in warm.waits(300)
    warm.listens()
    warm.says("no")
    told = warm.waits(330)
    assert any("Time is up" in text for text in told)
    warm.listens()
    told = warm.says("off")
    assert warm.content.prompts["it_is_off"] in told
    assert "Leave at least one hour before using heat again." in told


def test_nobody_answers_and_it_grows_louder_every_twenty_seconds(warm):
    """A check that is not answered is repeated, louder, and never given up."""
    warm.waits(301)
    warm.listens()
    warm.actions.clear()
    times = [warm.now for _ in range(900) if check(warm)[0] in warm.waits(0.1)]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) >= 3
    assert all(20 <= gap <= 30 for gap in gaps)
    volumes = [a.voice.volume for a in warm.actions if isinstance(a, actions.SetVoice)]
    assert volumes == sorted(volumes)
    assert volumes[-1] > warm.dialogue.state.voice.volume
    told = warm.waits(3600)
    assert told[-1].startswith(("Time is up", "Take", "The time"))
    assert warm.dialogue.deadline() is not None or warm.queue


def test_snoring_does_not_put_off_the_alarm(warm):
    """Speech onsets without words do not count as being awake."""
    warm.waits(301)
    warm.listens()
    for _ in range(8):
        warm.happens(events.SpeechStarted())
        told = warm.waits(4)
        if check(warm)[0] in told:
            break
    else:
        pytest.fail("the alarm was put off")


def test_bad_skin_ends_it_at_once(warm):
    """A yes at the check is not discussed: off, cool it, and tell me."""
    warm.waits(301)
    warm.listens()
    told = warm.says("yes")
    assert any("Cool the skin" in text for text in told)
    assert warm.question == "towel_off"
    warm.listens()
    warm.says("off")
    assert warm.dialogue.state.running is None


def test_heat_runs_on_while_something_else_is_done(warm):
    """A cramp during heat brings relief; the check still comes on time, and then relief goes on."""
    warm.waits(60)
    warm.says("cramp")
    told = []
    while check(warm)[0] not in told:
        told += warm.waits(1)
        if warm.mode == "asking" and warm.question != "skin_check":
            warm.listens()
            warm.says("same" if warm.scope == "progress" else "no")
    warm.listens()
    told = warm.says("no")
    assert warm.mode == "guiding"
    assert len(told) >= 2


def test_how_long_left_answers_for_heat(warm):
    """After a minute there are fourteen left."""
    warm.waits(warm.dialogue.state.running.started + 60 - warm.now)
    assert "fourteen minutes" in warm.says("how_long")[0]


def test_where_were_we_with_heat_on_the_skin_is_the_heat(warm):
    """ "Resume" where nothing else waits says what is being timed, not that there is nothing."""
    warm.waits(60)
    assert warm.says("resume") == ["You have fourteen minutes left for your heat."]


def test_too_hot_takes_it_off_also_where_the_skin_is_asked_about(warm):
    """ "It's burning me" is no unclear answer: it comes off at once."""
    warm.waits(310)
    assert warm.mode == "asking"
    assert warm.says("end_heat") == list(warm.content.questions["towel_off"].again)
    warm.listens()
    assert warm.says("off")[0] == "Good. It is off."


def test_worse_takes_it_off(warm):
    """ "It hurts" with heat on the skin means off."""
    warm.waits(30)
    warm.says("worse")
    assert warm.question == "towel_off"


def test_stop_silences_the_end_but_not_for_good(warm):
    """Stop is silent; twenty seconds later it insists again."""
    warm.waits(301)
    assert warm.says("stop") == []
    assert check(warm)[0] in warm.waits(21)


def test_heat_is_not_used_again_within_the_hour(warm):
    """The skin rests between applications."""
    warm.says("off")
    warm.listens()
    assert any("rest" in text for text in warm.says("start", routine="warm_towel"))
    assert warm.mode == "idle"


def test_a_power_cut_ends_in_taking_it_off(warm):
    """After four minutes without power nobody trusts the skin: off now."""
    warm.waits(120)
    told = warm.restarts(240.0)
    assert told[0] == "I was switched off for four minutes."
    assert warm.question == "towel_off"
    assert warm.dialogue.state.running is not None


def test_a_moment_of_absence_checks_the_skin_and_goes_on(warm):
    """A restart of ten seconds asks after the skin and keeps the timer."""
    warm.waits(120)
    assert check(warm)[0] in warm.restarts(10.0)
    warm.listens()
    assert "minutes" in warm.says("no")[0]


def test_an_absence_of_unknown_length_is_said_to_be_one(warm):
    """Without a clock it says so, and has the towel taken off."""
    told = warm.restarts(None)
    assert told[0] == "I was switched off. I cannot tell for how long."
    assert warm.question == "towel_off"


def test_a_machine_that_slept_has_the_heat_taken_off_as_soon_as_it_wakes(warm):
    """Its clock went on meanwhile: three hours later it says so at once, and rings until it is off."""
    warm.waits(30)
    warm.now += 3 * 3600
    told = warm.happens(events.DeadlineReached())
    assert told[0] == OVER_TIME
    assert warm.question == "towel_off"
    assert actions.PlayTone(name="alarm") in warm.actions[-8:]
    warm.listens()
    assert told[0] in warm.waits(30)


def test_heat_that_ends_in_time_is_not_called_over_time(warm):
    """Neither at its end nor at its hard stop, to which it was extended."""
    start = warm.dialogue.state.running.started
    warm.says("extend_timer", minutes="5")
    answers_the_checks(warm, start + 1198)
    told = warm.waits(4)
    assert any("Time is up" in text for text in told)
    assert OVER_TIME not in told


def answers_the_checks(night, until):
    """Let time pass, and say at every check that the skin is fine."""
    while night.now < until:
        night.waits(1)
        if night.mode == "asking" and night.question == "skin_check":
            night.listens()
            night.says("no")


def test_a_power_cut_over_the_end_of_the_heat_is_told_and_the_heat_comes_off(warm):
    """What happened, for how long, and what to do now, before anything else; it rings until it is off."""
    answers_the_checks(warm, warm.dialogue.state.running.started + 12 * 60)
    assert warm.restarts(240, power_cut=True)[:2] == ["The power was out for four minutes.", OVER_TIME]
    assert warm.question == "towel_off"
    warm.listens()
    assert OVER_TIME not in warm.waits(15)
    assert "Time is up. Take the towel off now and tell me when it is off." in warm.waits(30)
    warm.listens()
    warm.says("off")
    assert warm.dialogue.state.running is None
