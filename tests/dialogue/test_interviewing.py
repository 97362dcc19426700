"""What the diary asks: little at night, the rest in the morning, nothing that must be answered."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.config import Settings
from assistant.runtime.parts import habits

DAY = 86_400


@pytest.fixture
def eased(night):
    """A cramp at three in the morning that has eased in half a minute; the first question is open."""
    night.it_is("2026-03-08T03:00+00:00")
    night.says("cramp", muscle="calf")
    night.waits(30)
    night.says("better")
    night.listens()
    return night


def diary(night):
    with night.archive.journal() as journal:
        return journal.diary(
            datetime.fromisoformat("2026-01-01T00:00Z"), datetime.fromisoformat("2027-01-01T00:00Z")
        )


def answer(night, *answers):
    told = []
    for intent, slots in answers:
        night.listens()
        told += night.says(intent, **slots)
    return told


def until(night, hour):
    now = night.dialogue._turn(night.now).local_time
    night.waits((hour - now.hour) % 24 * 3600 - now.minute * 60)


def test_three_questions_at_night_and_what_is_noted(eased):
    """Side, worst pain and pain now; muscle, easing, end and what helped come by themselves."""
    assert eased.question == "side"
    told = answer(eased, ("side", {"side": "left"}), ("pain", {"score": "9"}), ("pain", {"score": "1"}))
    assert told[-2:] == ["I note one.", "Thank you. I have noted it."]
    assert eased.mode == "idle"
    (episode,) = diary(eased).episodes
    assert (episode.side, episode.muscle, episode.worst_pain, episode.end_pain) == ("left", "calf", 9, 1)
    assert episode.minutes == 0.5
    assert episode.ended is not None
    (tried,) = episode.tried
    assert (tried.name, tried.helped) == ("relief_calf", True)
    assert episode.woke is None


def test_no_i_said_five(eased):
    """The answer before is mended in the notes and said back, and the open question comes again."""
    answer(eased, ("side", {"side": "right"}))
    eased.listens()
    assert eased.says("correct", side="left") == ["How bad was it at its worst, from zero to ten?"]
    answer(eased, ("pain", {"score": "9"}))
    eased.listens()
    now = "And how bad is it now, from zero to ten?"
    assert eased.says("correct", score="5") == ["I note five.", now]
    answer(eased, ("pain", {"score": "1"}))
    (episode,) = diary(eased).episodes
    assert (episode.side, episode.worst_pain, episode.end_pain) == ("left", 5, 1)


def test_no_i_said_five_to_the_first_question_is_its_answer(eased):
    """Where nothing was answered before, it answers what is open."""
    eased.says("correct", side="left")
    assert answer(eased, ("correct", {"score": "5"}))[0] == "I note five."


def test_who_spoke_at_night_and_was_not_understood_is_asked_once_more(eased):
    """Once; then it is left for the morning."""
    which = "Which leg was it? Say left leg, right leg, or both legs."
    assert eased.mumbles() == [which]
    eased.listens()
    assert eased.mumbles() == []
    assert eased.mode == "idle"


def test_thanks_is_the_end_of_the_questions_at_night(eased):
    """ "Which leg was it?" - "Thanks": it is let go kindly, and the rest is for the morning."""
    assert eased.says("thanks") == ["Good. I am here if you need me."]
    assert eased.mode == "idle"
    until(eased, 8)
    assert eased.says("good_morning")[-1] == "How bad was it at its worst, from zero to ten?"


def test_thanks_in_the_morning_leaves_the_rest_for_later(eased):
    """Who has had enough of the questions hears how to come back to them."""
    eased.says("thanks")
    until(eased, 8)
    eased.says("good_morning")
    eased.listens()
    assert eased.says("thanks") == [eased.content.prompts["ask_later"]]
    eased.listens()
    assert eased.says("good_morning")[-1] == "How bad was it at its worst, from zero to ten?"


def test_okay_is_no_answer_and_ends_nothing(eased):
    """ "Okay ... left": it waits in silence, and takes the answer; without one it lets be."""
    assert eased.says("pause") == []
    assert eased.waits(30) == []
    assert eased.says("side", side="left") == ["How bad was it at its worst, from zero to ten?"]


def test_good_night_to_a_question_of_the_diary_is_just_that(eased):
    """Nothing of it is needed for safety."""
    assert eased.says("sleep") == [eased.content.prompts["asleep"]]
    assert eased.mode == "asleep"


def test_a_side_that_was_told_is_not_asked(night):
    """ "A cramp in my left calf" says it."""
    night.says("cramp", muscle="calf", side="left")
    night.waits(10)
    night.says("better")
    night.listens()
    assert night.question == "worst_pain"


def test_silence_ends_the_questions_at_night(eased):
    """Who does not answer may be asleep: nothing more is asked, and nothing is said."""
    assert eased.waits(600) == []
    assert eased.mode == "idle"
    (episode,) = diary(eased).episodes
    assert episode.side is None


def test_what_cannot_be_told_is_left_open(eased):
    """ "I don't know" and "skip" go on to the next question."""
    answer(eased, ("unsure", {}), ("skip", {}))
    assert eased.question == "end_pain"
    answer(eased, ("unsure", {}))
    (episode,) = diary(eased).episodes
    assert (episode.side, episode.worst_pain, episode.end_pain) == (None, None, None)


def test_no_more_than_four_in_a_night(eased):
    """Three after the first cramp, one after the second, none after the third; next night again."""
    answer(eased, *[("unsure", {})] * 3)
    asked = []
    for _ in range(2):
        eased.waits(1800)
        eased.says("cramp", muscle="calf")
        eased.waits(20)
        eased.says("better")
        eased.listens()
        while eased.mode == "asking":
            asked.append(eased.question)
            answer(eased, ("unsure", {}))
    assert asked == ["side"]
    eased.waits(DAY)
    eased.says("cramp")
    eased.waits(10)
    eased.says("better")
    eased.listens()
    assert eased.question == "side"


def test_the_rest_is_asked_in_the_morning(eased):
    """ "Good morning": of the cramp that is named by its hour, then the night's questions, once."""
    answer(eased, ("side", {"side": "right"}), ("pain", {"score": "8"}), ("unsure", {}))
    until(eased, 8)
    told = eased.says("good_morning")
    assert told[:3] == [
        "Good morning. A few questions. You can say: skip, or stop.",
        "About the cramp today, around three in the morning.",
        "Did it wake you from sleep?",
    ]
    told = answer(
        eased,
        ("yes", {}),
        ("trigger", {"trigger": "sitting"}),
        ("pain", {"score": "6"}),
        ("hours", {"hours": "3"}),
    )
    assert told[-1] == "Thank you. I have noted it."
    (episode,) = diary(eased).episodes
    assert (episode.woke, episode.onset, episode.trigger) == (True, "sleep", "sitting")
    assert (episode.sleep_lost, episode.soreness_hours) == (6, 3.0)
    assert eased.says("good_morning") == ["Good morning."]


def test_who_was_awake_is_asked_what_they_did(eased):
    """The onset is asked only of a cramp that woke nobody."""
    eased.says("stop")
    until(eased, 8)
    eased.says("good_morning")
    answer(eased, ("skip", {}), ("no", {}))
    assert eased.question == "onset"
    answer(eased, ("onset", {"onset": "walking"}))
    (episode,) = diary(eased).episodes
    assert (episode.woke, episode.onset) == (False, "walking")


def test_the_first_talk_of_the_day_offers_to_ask(eased):
    """Not at night, not twice, and only with leave."""
    eased.says("stop")
    eased.waits(3600)
    assert len(eased.says("last_cramp")) == 2
    until(eased, 8)
    told = eased.says("last_cramp")
    assert told[-1] == "May I ask a few questions about your cramps?"
    eased.listens()
    assert eased.says("no") == []
    assert len(eased.says("last_cramp")) == 2
    assert eased.says("good_morning")[-1] == "How bad was it at its worst, from zero to ten?"


@pytest.mark.parametrize(
    ("hours", "too_early", "first"),
    [("09:30-22:00", 9, 10), ("15:00-06:00", 14, 16)],
    ids=["a late riser", "who works at night"],
)
def test_the_first_talk_after_the_waking_hours_that_were_set(eased, hours, too_early, first):
    """Before them nobody is asked; the first talk in them offers to ask."""
    eased.dialogue.state.habits = habits(Settings(waking_hours=hours))
    eased.says("stop")
    for hour, offered in ((too_early, False), (first, True)):
        until(eased, hour)
        told = eased.says("last_cramp")
        assert (told[-1] == "May I ask a few questions about your cramps?") is offered, told


def test_stopped_questions_go_on_where_they_were(eased):
    """After "stop", "resume" asks what is left; what was answered is not asked again."""
    eased.says("stop")
    until(eased, 8)
    eased.says("good_morning")
    answer(eased, ("pain", {"score": "7"}))
    assert eased.says("stop") == []
    eased.dialogue.state.aside = None
    assert eased.says("resume")[-1] == "Did it wake you from sleep?"


def test_by_day_a_question_is_asked_once_more_and_then_later(eased):
    """Two silences: later."""
    eased.says("stop")
    until(eased, 8)
    eased.says("good_morning")
    told = eased.waits(60)
    assert told.count("How bad was it at its worst, from zero to ten?") == 1
    assert told[-1] == "We can do this later. Say: good morning."


def test_every_cramp_of_a_night_is_asked_about(eased):
    """Pain and waking of each, the rest of the last one."""
    eased.says("stop")
    eased.waits(3600)
    eased.says("cramp")
    eased.waits(10)
    eased.says("better")
    eased.listens()
    eased.says("stop")
    until(eased, 8)
    eased.says("good_morning")
    asked = []
    while eased.mode == "asking":
        asked.append(eased.question)
        answer(eased, ("skip", {}))
    assert asked == ["worst_pain", "woke", "worst_pain", "woke", "trigger", "sleep_lost", "soreness_hours"]


def test_what_was_days_ago_is_not_asked(eased):
    """After two days nobody remembers."""
    eased.says("stop")
    eased.waits(3 * DAY)
    assert eased.says("good_morning") == ["Good morning."]


def test_a_power_cut_loses_no_question(eased):
    """What is to be asked in the morning survives."""
    eased.says("stop")
    eased.restarts(3600)
    eased.listens()
    eased.it_is("2026-03-08T08:00+00:00")
    assert eased.says("good_morning")[-1] == "How bad was it at its worst, from zero to ten?"


def test_what_helped_is_offered_first_next_time(eased):
    """Said behind the first instruction, which it does not delay."""
    eased.says("stop")
    eased.waits(DAY)
    told = eased.says("cramp")
    assert told[0] == eased.content.routines["relief_calf"].steps[0].say
    assert told[1] == "Last time the calf stretch helped in thirty seconds."
    assert eased.says("cramp", muscle="foot")[-1] == eased.content.routines["relief_foot"].steps[0].say


def applied(night):
    """Return name and minutes of what was laid on the skin."""
    return [(one.application, one.seconds and round(one.seconds / 60)) for one in diary(night).applied]


def lays_on_the_towel(night):
    night.says("start", routine="warm_towel")
    night.answers_safely()
    while night.dialogue.state.running is None:
        night.waits(5)
        if night.mode == "guiding":
            night.says("next")


def takes_it_off(night):
    night.says("end_heat")
    night.listens()
    night.says("off")


@pytest.mark.parametrize("cramp_goes", [False, True], ids=["kept", "deleted"])
def test_heat_that_a_cramp_interrupts_has_its_end_in_the_diary(night, cramp_goes):
    """Laid on before the cramp and taken off during it: it is no part of the cramp, and stays without it."""
    night.it_is("2026-03-08T20:00+00:00")
    lays_on_the_towel(night)
    night.waits(120)
    night.says("cramp", muscle="calf")
    night.waits(60)
    takes_it_off(night)
    assert applied(night) == [("heat", 3)]
    (episode,) = diary(night).episodes
    assert [one.name for one in episode.tried] == ["relief_calf"]
    if cramp_goes:
        with night.archive.journal() as journal:
            assert journal.delete(episode.id)
        assert applied(night) == [("heat", 3)]


def test_it_was_the_heat_that_helped(night):
    """Not the routine that laid it on, which is no remedy by itself."""
    night.it_is("2026-03-08T20:00+00:00")
    night.says("cramp", muscle="calf")
    lays_on_the_towel(night)
    night.waits(60)
    night.says("better")
    night.says("stop")
    assert night.says("what_helped") == ["Last time your heat helped in sixty seconds."]
    (episode,) = diary(night).episodes
    assert [(one.name, one.helped) for one in episode.tried] == [("relief_calf", False), ("heat", True)]


def test_heat_after_a_cramp_ends_with_it_however_late(eased):
    """Laid on in the hour after the cramp, taken off later than that: it is part of the cramp."""
    eased.says("stop")
    eased.waits(3200)
    lays_on_the_towel(eased)
    assert eased.now < 3600
    eased.waits(600)
    takes_it_off(eased)
    (episode,) = diary(eased).episodes
    assert [(one.name, round(one.seconds / 60)) for one in episode.tried][1:] == [("heat", 10)]


def test_an_emergency_is_not_delayed_by_what_helped(eased):
    """Then nothing is said about last time."""
    eased.says("stop")
    eased.says("emergency", flag="chest_pain")
    assert not any("Last time" in text for text in eased.says("cramp"))
