"""Timers and reminders by voice: several at once, asked, paused, extended, cancelled, and quiet at night."""

from __future__ import annotations

from datetime import datetime

import pytest
from night import Night

from assistant.dialogue import actions, events
from assistant.dialogue.state import Habits

MINUTE, HOUR = 60, 3600


@pytest.fixture
def night(content):
    """A night in a place that was confirmed, so that nothing is asked unbidden."""
    night = Night(content)
    night.dialogue.state.place = "uk"
    return night


def at(night, local, offset=0, *, vouched=True):
    """Let the clock on the wall say a local time, with its offset from UTC in seconds."""
    wall = datetime.fromisoformat(f"{local}+00:00").timestamp() - offset
    night.happens(events.ClockRead(wall=wall, offset=offset, vouched=vouched))


def on_the_wall(night):
    return night.dialogue._turn(night.now).local_time


def test_two_timers_run_at_once_and_each_says_which_it_is(night):
    """ "Ten minutes" and "twenty minutes": both answer, the more urgent first; each rings."""
    assert night.says("set_timer", minutes="20") == ["I have set your timer of twenty minutes."]
    assert night.says("set_timer", minutes="10") == ["I have set your timer of ten minutes."]
    night.waits(MINUTE)
    assert night.says("how_long") == [
        "You have nine minutes left for your timer of ten minutes.",
        "You have nineteen minutes left for your timer of twenty minutes.",
    ]
    assert night.waits(9 * MINUTE - 1) == []
    assert night.waits(2) == ["Your timer of ten minutes is over."]
    assert night.says("thanks") == ["Good. I am here if you need me."]
    assert night.waits(10 * MINUTE)[0] == "Your timer of twenty minutes is over."


@pytest.mark.parametrize(
    ("minutes", "digits"), [("15", "one five"), ("50", "five zero"), ("30", "three zero")]
)
def test_a_number_that_sounds_like_another_is_read_back_digit_by_digit(night, minutes, digits):
    """Fifteen and fifty are told apart."""
    assert night.says("set_timer", minutes=minutes)[-1] == f"That is {digits}."


def test_an_unanswered_timer_rings_three_times_and_is_told_later(night):
    """Then it is quiet, and who comes back and asks hears what rang."""
    night.says("set_timer", minutes="10", about="drink")
    told = night.waits(2 * HOUR)
    assert told.count("It is time for a few sips of water.") == 3
    assert night.dialogue.deadline() is None
    assert night.says("thanks") == ["I called you earlier for your water reminder."]
    assert night.says("thanks") == ["Good. I am here if you need me."]


def test_a_leg_check_rings_louder_until_it_is_answered(night):
    """Safety is not given up; noise is no answer, and any word that is understood is one."""
    night.says("set_timer", minutes="20", about="leg")
    night.waits(20 * MINUTE + 10)
    before = len(night.actions)
    told = night.waits(10 * MINUTE)
    assert told.count("It is time to look at your leg.") == 20
    volumes = [a.voice.volume for a in night.actions[before:] if isinstance(a, actions.SetVoice)]
    assert volumes == sorted(volumes)
    assert volumes[-1] == 1.0
    night.mumbles()
    assert "It is time to look at your leg." in night.waits(MINUTE)
    night.says("what_can_i_say")
    assert night.waits(HOUR) == []
    assert [a for a in night.actions if isinstance(a, actions.SetVoice)][-1].voice.volume == 0.6


def test_a_word_that_was_said_before_it_rang_is_no_answer(night):
    """Who spoke as it began to ring has not heard it."""
    night.says("set_timer", minutes="1")
    night.waits(MINUTE)
    from assistant.values import Intent

    night.happens(events.SpeechHeard(intent=Intent(name="louder"), started=night.now - 1))
    assert "Your timer of sixty seconds is over." in night.waits(MINUTE)


def test_a_paused_timer_keeps_what_is_left(night):
    """It does not ring while it is held, and rings that much after it goes on."""
    night.says("set_timer", minutes="10")
    night.waits(4 * MINUTE)
    assert night.says("pause_timer", about="timer") == [
        "I hold your timer of ten minutes, with six minutes left."
    ]
    assert night.waits(HOUR) == []
    assert "six minutes left" in night.says("resume_timer", about="timer")[0]
    assert night.waits(6 * MINUTE - 1) == []
    assert night.waits(2) == ["Your timer of ten minutes is over."]


def test_a_timer_is_extended_also_while_it_rings(night):
    """ "Five more minutes" before its time adds to it; while it rings it is five minutes from now."""
    night.says("set_timer", minutes="10")
    night.waits(9 * MINUTE)
    assert "six minutes left" in night.says("extend_timer", minutes="5")[0]
    assert night.waits(6 * MINUTE)[-1] == "Your timer of ten minutes is over."
    night.waits(10)
    assert "five minutes left" in night.says("extend_timer", minutes="5")[0]
    assert night.waits(5 * MINUTE - 1) == []
    assert len(night.waits(2)) == 1


def test_which_one_is_asked_where_two_can_be_meant(night):
    """Named, it is cancelled; unnamed, both are said."""
    night.says("set_timer", minutes="10")
    night.says("set_timer", minutes="20")
    night.says("set_timer", minutes="30", about="drink")
    told = night.says("cancel_timer", about="timer")
    assert told[0] == "Which one do you mean? Say its name."
    assert told[1:] == ["There is your timer of ten minutes.", "There is your timer of twenty minutes."]
    assert night.says("cancel_timer", minutes="20") == ["I have cancelled your timer of twenty minutes."]
    assert night.says("cancel_timer", about="drink") == ["I have cancelled your water reminder."]
    assert night.says("cancel_timer") == ["I have cancelled your timer of ten minutes."]
    assert night.says("cancel_timer") == ["Nothing is being timed now."]
    assert night.waits(HOUR) == []


def test_all_are_cancelled_at_once(night):
    """And nothing rings any more."""
    night.says("set_timer", minutes="10")
    night.says("set_interval", minutes="60", about="drink")
    assert night.says("cancel_timer", about="all") == ["I have cancelled all timers and reminders."]
    assert night.dialogue.deadline() is None


def test_medicine_is_never_reminded_of(night):
    """It says so kindly, and whom to ask."""
    for intent, slots in (
        ("set_timer", {"minutes": "10"}),
        ("set_interval", {"minutes": "60"}),
        ("set_daily", {"at": "22:00"}),
    ):
        told = night.says(intent, about="medicine", **slots)
        assert told == ["I give no reminders of medicine.", "Ask a doctor or pharmacist about that."]
    assert night.dialogue.state.timers == []


def test_the_bedtime_set_is_called_every_night_at_ten(night):
    """Three nights, three calls, by the clock on the wall."""
    at(night, "2026-06-01T21:00")
    assert night.says("set_daily", about="bedtime", at="22:00") == [
        "I have set your bedtime reminder, every day at ten o'clock at night."
    ]
    moments = []
    for _ in range(3):
        assert night.waits(23 * HOUR)
        moments.append([r for r in night.records if r.kind == "timer_rang"])
        night.says("thanks")
        night.waits(HOUR)
    assert [len(found) for found in moments] == [3, 6, 9]


def test_a_daily_reminder_needs_a_clock(night):
    """Who does not know the time says so; a clock that is only guessed is named with its time."""
    assert night.says("set_daily", about="bedtime", at="22:00") == ["I do not know what time it is."]
    at(night, "2026-06-01T15:10", vouched=False)
    told = night.says("set_daily", about="bedtime", at="22:00")
    assert told[0] == "I am not sure of the time. I take it to be ten minutes past three in the afternoon."


def test_setting_a_daily_reminder_again_moves_it(night):
    """There is one bedtime, not two."""
    at(night, "2026-06-01T15:00")
    night.says("set_daily", about="bedtime", at="22:00")
    night.says("set_daily", about="bedtime", at="21:00")
    assert [timer.daily for timer in night.dialogue.state.timers] == [21 * 60]


def test_water_comes_every_two_hours_in_the_day(night):
    """Answered, it comes again after two hours; in the quiet hours it waits for the morning."""
    night.dialogue.state.habits = Habits(quiet=(22 * 60, 7 * 60))
    at(night, "2026-06-01T18:00")
    night.says("set_interval", minutes="120", about="drink")
    for _ in range(2):
        assert night.waits(2 * HOUR) == ["It is time for a few sips of water."]
        night.says("thanks")
    assert night.waits(9 * HOUR - 1 - (night.now - 4 * HOUR)) == []
    assert night.waits(2)[-1] == "It is time for a few sips of water."


def test_quiet_hours_hold_back_all_but_safety(night):
    """A reminder set in the evening is told in the morning, late and said to be; the leg check rings."""
    night.dialogue.state.habits = Habits(quiet=(22 * 60, 7 * 60))
    at(night, "2026-06-01T21:50")
    told = night.says("set_timer", minutes="30", about="stretch")
    assert told[1:] == [
        "That is three zero.",
        "That is in your quiet hours. I will tell you at seven o'clock in the morning.",
    ]
    night.says("set_timer", minutes="60", about="leg")
    assert night.waits(59 * MINUTE) == []
    assert "It is time to look at your leg." in night.waits(2 * MINUTE)
    night.says("thanks")
    night.listens()
    told = night.waits(9 * HOUR)
    assert told[0] == "This comes late, by nine hours."
    assert on_the_wall(night).hour in (7, 8)


def test_a_timer_that_is_set_in_the_quiet_hours_rings(night):
    """Who sets it is awake and wants it."""
    night.dialogue.state.habits = Habits(quiet=(22 * 60, 7 * 60))
    at(night, "2026-06-02T03:00")
    night.says("set_timer", minutes="20")
    assert night.waits(20 * MINUTE + 1)[-1] == "Your timer of twenty minutes is over."


def test_nothing_rings_into_a_question(night):
    """What is due waits until the question is closed, and then comes with its delay."""
    night.says("set_timer", minutes="1")
    night.says("screen")
    for _ in range(9):
        assert not any("timer" in text for text in night.waits(7))
        assert night.mode == "asking"
        night.says("repeat")
    night.says("stop")
    assert "Your timer of sixty seconds is over." in night.waits(1)


def test_there_is_a_limit(night):
    """Twelve at once, and the thirteenth is refused with the remedy."""
    for minutes in ("2", "3", "4", "5", "6", "7", "8", "10", "12", "15", "20", "25"):
        night.says("set_timer", minutes=minutes)
    assert night.says("set_timer", minutes="30") == ["I can mind twelve at once. Cancel one first."]


@pytest.fixture
def warm(night):
    """A night in which the towel has just been laid on."""
    night.lays_the_towel_on()
    night.says("stop")
    return night


def test_heat_is_extended_up_to_what_the_skin_bears_and_no_further(warm):
    """Fifteen minutes, five more, and not one beyond twenty: it says why."""
    began = warm.dialogue.state.running.started
    assert "twenty minutes left" in warm.says("extend_timer", minutes="5", about="heat")[0]
    told = warm.says("extend_timer", minutes="2")
    assert told == ["For your heat the most is twenty minutes. Then your skin needs a rest."]
    for _ in range(2):
        warm.waits(5 * MINUTE)
        warm.listens()
        warm.says("no")
        warm.says("stop")
    told = warm.waits(began + 20 * MINUTE - warm.now + 1)
    assert warm.content.questions["towel_off"].say[0] in told
    assert warm.now - began == pytest.approx(20 * MINUTE, abs=2)


def test_heat_is_not_paused_and_is_cancelled_only_by_taking_it_off(warm):
    """What is on the skin stays timed; "cancel the timer" asks whether it is off."""
    assert warm.says("pause_timer", about="heat") == ["I go on timing your heat while it is on your skin."]
    warm.says("cancel_timer", about="timer")
    assert warm.mode == "asking"
    assert warm.dialogue.state.running is not None
    warm.says("off")
    assert warm.dialogue.state.running is None


def test_heat_and_timers_answer_together(warm):
    """ "How long left" names all that run, heat first."""
    warm.says("set_timer", minutes="30")
    told = warm.says("how_long")
    names = [text.rpartition(" left for ")[2] for text in told]
    assert names == ["your heat.", "your timer of thirty minutes."]


def test_asleep_only_the_cry_for_help_is_heard(night):
    """ "Go to sleep": scope asleep; a cramp is helped at once and wakes it; stop does not."""
    night.says("sleep")
    assert (night.mode, night.scope) == ("asleep", "asleep")
    assert night.says("set_timer", minutes="10") == []
    assert night.says("stop") == []
    assert night.mode == "asleep"
    assert night.says("cramp")
    assert night.mode == "guiding"
    night.says("stop")
    assert night.mode == "idle"


def test_it_wakes_by_word_and_tells_what_rang(night):
    """What was not answered in its sleep is told."""
    night.says("set_timer", minutes="10")
    night.says("sleep")
    night.waits(HOUR)
    assert night.says("wake") == ["I am awake.", "I called you earlier for your timer of ten minutes."]
    assert night.mode == "idle"


def test_a_wake_phrase_is_needed_only_if_it_is_wanted_and_after_a_while(night):
    """Three minutes after the last word it dozes off; without the setting it never does."""
    night.says("louder")
    night.waits(HOUR)
    assert night.mode == "idle"
    night.dialogue.state.habits = Habits(wake_phrase=True)
    night.says("louder")
    night.listens()
    night.waits(170)
    assert night.mode == "idle"
    night.waits(10)
    assert night.scope == "asleep"


def test_after_a_power_cut_a_timer_is_over_late_and_says_so(night):
    """What ended meanwhile rings at once; what did not goes on."""
    night.says("set_timer", minutes="10")
    night.says("set_timer", minutes="30")
    night.waits(5 * MINUTE)
    told = night.restarts(20.0 * MINUTE) + night.waits(1)
    assert told[0] == "I was switched off for twenty minutes."
    assert told[-2:] == ["This comes late, by a quarter of an hour.", "Your timer of ten minutes is over."]
    night.says("thanks")
    assert "five minutes left" in night.says("how_long")[0]


def test_when_nobody_can_tell_how_long_it_was_off_a_timer_may_be_over(night):
    """It rings at once rather than never."""
    night.says("set_timer", minutes="10")
    told = night.restarts(None) + night.waits(1)
    assert "Perhaps the time for your timer of ten minutes is over." in told


def test_a_bedtime_that_was_missed_is_said_and_not_done_at_dawn(night):
    """Off from nine to six: at six it is told, once, and the next bedtime comes."""
    at(night, "2026-06-01T20:00")
    night.says("set_daily", about="bedtime", at="22:00")
    night.waits(HOUR)
    told = night.restarts(9.0 * HOUR) + night.waits(1)
    assert "I could not call you for your bedtime reminder at ten o'clock at night." in told
    assert "It is time for your bedtime stretches." not in told
    assert night.waits(15 * HOUR) == []
    assert night.waits(HOUR + 10)[0] == "It is time for your bedtime stretches."


def test_a_lost_microphone_is_told_once_and_costs_no_timer(night):
    """It says that it cannot hear, and when it can again; what was timed rings as if nothing had been."""
    night.says("set_timer", minutes="10")
    told = night.happens(events.DeviceLost()) + night.waits(2 * MINUTE)
    assert told == ["I cannot hear you now. I am looking for the microphone."]
    assert night.happens(events.DeviceFound()) == ["I can hear you again."]
    assert "Your timer of ten minutes is over." in night.waits(8 * MINUTE)
