"""How soon somebody should be seen: what the answers lead to together, and what ends the questions early."""

from __future__ import annotations

import pytest


@pytest.fixture
def ask(night):
    """Ask the full set; give each question its safe answer but those named."""

    def answer(*, until: str = "", **answers: str) -> list[str]:
        told = night.says("screen") + night.listens()
        while night.mode == "asking" and night.question != until:
            told += night.answers(answers.get(night.question, "safe"))
            told += night.listens()
        return told

    return answer


def script(night, name):
    return list(night.dialogue._turn(night.now).wording.script(name))


def test_many_questions_say_how_many_and_when_half_of_them_are_over(night, ask):
    """A person at night hears how far it is, and how to end it."""
    told = ask()
    n = len(night.content.triage.request) - len(night.content.triage.only_of)
    assert f"I have about {night.content.numbers[n]} questions, the most important first." in told
    assert told.count("We are about half way.") == 1
    assert told.index("We are about half way.") < told.index(night.content.questions["q18"].say[0])


def test_how_many_questions_are_left_is_told(night):
    """ "How long?" counts them, the open one too, and asks that again; the last one is called so."""
    night.says("start", routine="bedtime_set")
    night.listens()
    first = list(night.content.questions[night.question].say)
    left = len(night.dialogue.state.floor.inquiry.queue) + 1
    assert night.says("how_long") == [f"About {night.content.numbers[left]} questions are left.", *first]
    while night.dialogue.state.floor.inquiry.queue:
        night.answers("safe")
        night.listens()
    assert night.says("how_long")[0] == "This is the last question for now."


def test_an_emergency_ends_the_questions(night, ask):
    """After the first emergency nothing more is asked, and asking anew only repeats what to do."""
    told = ask(q1b="danger")
    assert told[-6:] == script(night, "emergency")
    assert night.says("screen")[0] == "This needs emergency help now."
    assert night.mode == "idle"


def test_enough_ends_the_questions_with_an_outcome_that_says_what_was_not_asked(night, ask):
    """ "That's enough" never ends with "I heard no warning signs"."""
    ask(until="q16")
    told = night.says("enough")
    assert told[0] == "I did not ask about a fluttering or uneven heart."
    assert "I cannot say how soon you should be seen." in told
    assert "I heard no warning signs in your answers." not in told
    assert night.mode == "idle"
    assert next(r for r in night.records if r.kind == "unfinished").details["questions"].startswith("q16 q8")


def test_enough_after_a_warning_sign_says_what_that_asks_for(night, ask):
    """What was reached before "that's enough" stands."""
    ask(until="q16", q3="danger")
    assert script(night, "urgent")[0] in night.says("enough")


def test_enough_at_an_unconfirmed_danger_counts_it(night):
    """Who said yes to chest pain and then wants no more questions hears the emergency script."""
    night.says("screen")
    night.listens()
    night.says("yes")
    night.listens()
    assert "This needs emergency help now." in night.says("enough")


def test_a_danger_that_was_not_confirmed_is_not_lost(night):
    """Yes to chest pain, then a cramp, and no answer to the read-back: it is an emergency all the same."""
    night.says("screen")
    night.listens()
    night.says("yes")
    assert night.says("cramp")[0] == "This needs emergency help now."
    assert night.mode == "guiding"


def test_weakness_that_came_slowly_is_for_today(night, ask):
    """Sudden weakness is an emergency, slow weakness is for the same day."""
    assert script(night, "urgent")[0] in ask(q5="danger")
    assert night.dialogue.level.name == "URGENT"


def test_sudden_weakness_is_an_emergency(ask):
    """The question that tells them apart comes at once."""
    assert "This needs emergency help now." in ask(q5="danger", q5_sudden="danger")


def test_a_drooping_face_is_an_emergency_with_the_time_noted(ask):
    """The signs of a stroke are asked for when the leg is weak."""
    assert "Call now, and note the time it began." in ask(q5="danger", q5a="danger")


def test_ten_minutes_count_only_while_it_does_not_ease(night, ask):
    """A long cramp that lets go is no reason for today; one that does not is."""
    assert script(night, "urgent")[0] not in ask(q10="danger")
    night.says("stop")
    assert night.dialogue.level.name == "NONE"


def test_a_cramp_that_we_timed_is_not_asked_for_its_time(night):
    """After ten minutes of our own clock only the easing is asked for; no means today."""
    night.says("cramp")
    told = []
    while not any(record.kind == "not_helping" for record in night.records):
        told += night.waits(1)
        if night.mode == "asking":
            night.answers("safe")
    told += night.answers_safely()
    assert not any("lasted more than ten minutes" in text for text in told)
    assert "Is it easing now?" in told


def test_strong_pain_after_relief_is_for_today(night):
    """Seven or more after the stretch was called worse twice: pressure is asked for, then advice today."""
    night.says("worse")
    told = night.listens()
    while night.question != "q11":
        told += night.answers("safe") + night.listens()
    told += night.answers("danger") + night.listens()
    assert "It is not settling as expected." in told
    assert script(night, "urgent")[0] in told


def test_pain_that_rises_is_for_today(night):
    """Three, then five in the same cramp is a rising pain."""
    for score, level in (("3", "NONE"), ("5", "URGENT")):
        night.says("worse")
        night.listens()
        while night.question != "q11":
            night.answers("safe")
            night.listens()
        night.says("pain", score=score)
        night.listens()
        night.says("yes")
        night.listens()
        assert night.dialogue.level.name == level


def test_a_swollen_leg_in_pregnancy_is_for_the_maternity_unit(night, ask):
    """One leg swollen and a child on the way: the maternity unit, not the advice line."""
    told = ask(q3="danger", q12="danger")
    assert told[-3:] == script(night, "maternity")


def test_a_new_medicine_is_for_the_next_days(ask):
    """Of two reasons for a doctor's visit the more pressing one decides."""
    told = ask(q17="danger", q25="danger")
    assert told[-2] == "This is worth a doctor's visit in one or two days."


def test_what_asks_for_care_is_not_called_no_warning_sign(ask):
    """Artery disease without new pain is for self-care, but "I heard no warning signs" would be false."""
    told = ask(q19="danger")
    assert "I cannot rule anything out." in told
    assert "I heard no warning signs in your answers." not in told


def test_a_child_is_sent_to_an_adult(night, ask):
    """Under sixteen: no routine, nothing about doctors' visits, an adult now; emergencies as for anybody."""
    told = ask(child="danger", q25="danger")
    assert told[-1] == "Ask an adult now."
    told = night.says("cramp")
    assert "Ask an adult now." in told
    assert night.mode == "idle"
    assert "Call nine nine nine." in night.says("emergency", flag="breathing")


def test_a_number_of_cramps_is_read_back(night, ask):
    """Three cramps a week deserve a check; two do not."""
    ask(until="q22")
    assert night.scope == "count"
    assert night.says("pain", score="3") == ["I heard three. Yes or no?"]
    night.listens()
    assert "Frequent cramps deserve a check." in night.says("yes")


def test_nothing_that_presses_starts_in_an_emergency(night):
    """Dark pee locks no routine by itself; an emergency forbids them all but relief."""
    night.says("symptom", question="q7")
    night.listens()
    night.says("yes")
    assert "Go to the emergency department now." in night.says("start", routine="massage")
    assert night.mode == "idle"


def test_silence_that_counted_as_an_emergency_is_asked_about_again(night):
    """Who slept through a question is asked anew the next time; a clear no settles it."""
    night.says("screen")
    night.listens()
    night.waits(60)
    assert night.dialogue.level.name == "EMERGENCY"
    night.listens()
    assert night.content.questions["q1"].say[0] in night.says("screen")
    night.answers_safely()
    assert night.dialogue.level.name == "NONE"


@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_a_swollen_leg_is_asked_which_it_is(night, ask, side):
    """After a confirmed yes it asks for the leg, writes it down, and goes on."""
    ask(until="q3")
    night.answers("danger")
    assert night.question == "q3_side"
    night.says("side", side=side)
    assert night.records[-1].details | {"score": None} == {
        "question": "q3_side", "answer": side, "score": None,
    }  # fmt: skip
    assert night.question == "q4"


def test_no_i_said_the_left(night, ask):
    """The leg is mended, and the question that was open comes again."""
    ask(until="q3")
    night.answers("danger")
    night.says("side", side="right")
    night.listens()
    assert night.says("correct", side="left") == list(night.content.questions["q4"].say)
    sides = [r.details["answer"] for r in night.records if r.details.get("question") == "q3_side"]
    assert sides == ["right", "left"]
    assert night.dialogue.level.name == "URGENT"


def test_no_i_said_the_left_answers_no_other_question(ask, night):
    """Where no leg was asked for, it is not understood: the question is asked again, in other words."""
    ask(until="q3")
    night.listens()
    assert night.says("correct", side="left") == list(night.content.questions["q3"].again)


def test_who_does_not_know_the_leg_is_not_asked_again(night, ask):
    """Nothing hangs on it: the next question comes, and the level stands."""
    ask(until="q3")
    night.answers("danger")
    night.says("unsure")
    assert (night.question, night.dialogue.level.name) == ("q4", "URGENT")


def test_a_leg_that_was_named_with_the_sign_is_not_asked_for(night):
    """ "My left leg is swollen" needs no question about the side."""
    night.says("symptom", question="q3", side="left")
    night.listens()
    night.says("yes")
    told = night.answers_safely()
    assert night.content.questions["q3_side"].say[0] not in told
    assert [r.details["answer"] for r in night.records if r.details.get("question") == "q3_side"] == ["left"]


def test_a_cry_for_help_stands_for_a_day_and_not_for_ever(night):
    """ "Call an ambulance" keeps everything at an emergency for a day; a misheard word does not for good."""
    night.says("emergency", flag="ambulance")
    night.listens()
    night.waits(86_400 - 60)
    assert night.dialogue._turn(night.now).level.name == "EMERGENCY"
    night.waits(120)
    assert night.dialogue._turn(night.now).level.name == "NONE"
    assert night.dialogue.state.floor.guide is None


def test_enough_before_a_routine_leaves_it_out(night):
    """Enough of the questions before heat: it is left out; after a sign, what that asks for."""
    night.says("start", routine="warm_towel")
    night.listens()
    assert night.says("enough") == [night.content.prompts["locked"].format(name="the warm towel")]
    assert night.mode == "idle"
    night.says("start", routine="warm_towel")
    night.listens()
    night.says("yes")
    night.listens()
    assert "This needs emergency help now." in night.says("enough")


@pytest.mark.parametrize("asked", ["what_can_i_say", "help", "resume"])
def test_what_to_do_is_said_again_while_it_is_urgent(night, asked):
    """ "What should I do?", or "I have no phone": the same script, not a list of words."""
    night.says("symptom", question="q16")
    night.listens()
    night.says("yes")
    night.listens()
    assert "Ask your phone to call, or shout for someone." in night.says(asked)


def test_a_script_goes_on_when_somebody_says_so(night):
    """ "Go on", into what to do: it is neither begun anew nor broken off."""
    night.says("emergency", flag="chest_pain")
    left = [one.text for one in night.queue]
    assert night.says("resume") == []
    assert [one.text for one in night.queue] == left


@pytest.mark.parametrize("said", ["other_leg", "resume", "cramp"])
def test_relief_in_an_emergency_goes_on_behind_whom_to_call(night, said):
    """Chest pain, called out during relief: who goes on over the script hears first what matters."""
    night.says("cramp")
    night.waits(20)
    night.says("emergency", flag="chest_pain")
    night.waits(2)
    assert night.says(said)[:2] == ["This needs emergency help now.", "Call nine nine nine."]
    assert night.mode == "guiding"


@pytest.mark.parametrize("said", ["other_leg", "resume"])
def test_a_stretch_that_is_locked_is_not_done_with_the_other_leg_either(night, said):
    """After a pop it says what it leaves out; nobody is stretched by another word."""
    night.says("cramp")
    night.waits(20)
    night.says("symptom", question="q2")
    night.listens()
    night.says("yes")
    night.answers_safely()
    assert night.content.prompts["locked"].format(name="the bed stretch") in night.says(said)
    assert night.mode == "idle"
