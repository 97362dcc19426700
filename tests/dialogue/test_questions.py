"""Questions whose answers matter: nothing but a clear no is a no."""

from __future__ import annotations

import pytest

from assistant.values import Intent

YES, NO = Intent(name="yes"), Intent(name="no")
FIVE, NINE = (Intent(name="pain", slots={"score": score}) for score in "59")


@pytest.fixture
def asked(night):
    """A night in which somebody asked whether to see a doctor: Q1 is open."""
    night.says("screen")
    night.listens()
    return night


@pytest.fixture
def asked_for_pain(night):
    """A night in which the massage is being prepared, and the strength of pain asked for."""
    night.says("start", routine="massage")
    night.listens()
    night.answers_safely()
    while night.scope != "pain":
        night.waits(1)
    night.listens()
    return night


def texts(night, name):
    return list(night.content.questions[name].say)


def test_a_yes_is_read_back_before_it_counts(asked):
    """Yes to chest pain is repeated; only when it is confirmed does the emergency script follow, twice."""
    assert asked.says("yes") == ["I heard yes to chest pain or trouble breathing. Is that right?"]
    assert asked.dialogue.level.name == "NONE"
    asked.listens()
    told = asked.says("yes")
    assert told.count("Call nine nine nine.") == 2
    assert told.count("I cannot make the call.") == 2
    assert asked.dialogue.level.name == "EMERGENCY"
    assert asked.mode == "idle"


def test_a_denied_read_back_asks_again_in_other_words(asked):
    """A mistaken yes can be taken back, and then a no counts."""
    asked.says("yes")
    asked.listens()
    assert asked.says("no") == list(asked.content.questions["q1"].again)
    asked.listens()
    assert asked.says("no") == texts(asked, "q1b")


def test_silence_is_asked_again_once_and_then_counts_as_an_emergency(asked):
    """Nobody answers Q1: other words, then the emergency script."""
    assert asked.waits(9) == list(asked.content.questions["q1"].again)
    asked.listens()
    assert "This needs emergency help now." in asked.waits(9)


@pytest.mark.parametrize("answer", ["weak_no", "unsure"])
def test_a_weak_no_is_never_a_no(asked, answer):
    """ "Not really" and "I don't know" are asked again, and then count as unclear."""
    assert asked.says(answer) == list(asked.content.questions["q1"].again)
    asked.listens()
    assert "This needs emergency help now." in asked.says(answer)
    assert asked.dialogue.state.answers["q1"].unclear


@pytest.mark.parametrize("either", [(YES, NO), (NO, YES), (NO, Intent(name="weak_yes"))])
def test_what_may_be_a_yes_or_a_no_is_read_back_as_the_dangerous_one(asked, either):
    """It counts as neither: confirmed it is the danger, denied the question is asked in other words."""
    read_back = "I heard yes to chest pain or trouble breathing. "
    assert asked.half_says(either) == [read_back + "Is that right?"]
    assert "q1" not in asked.dialogue.state.answers
    asked.listens()
    assert asked.half_says(either) == [read_back + "Yes or no?"]
    asked.listens()
    assert asked.says("no") == list(asked.content.questions["q1"].again)
    assert "q1" not in asked.dialogue.state.answers


@pytest.mark.parametrize("either", [(YES, Intent(name="stop")), (NO, Intent(name="unsure")), (FIVE, NINE)])
def test_what_may_be_an_answer_or_something_else_is_asked_again(asked, either):
    """Two things that are not both answers to the question are as good as noise."""
    assert asked.half_says(either) == list(asked.content.questions["q1"].again)


def test_of_two_numbers_both_are_read_back(asked_for_pain):
    """Five or nine: "I heard five", and when that is denied "I heard nine"; confirmed, it counts as nine."""
    assert asked_for_pain.half_says((FIVE, NINE)) == ["I heard five. Yes or no?"]
    asked_for_pain.listens()
    assert asked_for_pain.says("no") == ["I heard nine. Yes or no?"]
    asked_for_pain.listens()
    told = asked_for_pain.says("yes")
    assert set(asked_for_pain.content.questions["massage_pain"].outcome.say) <= set(told)


def test_of_two_numbers_none_may_be_right(asked_for_pain):
    """When both are denied, the question comes again."""
    asked_for_pain.half_says((FIVE, NINE))
    for _ in range(2):
        asked_for_pain.listens()
        told = asked_for_pain.says("no")
    assert told == list(asked_for_pain.content.questions["massage_pain"].again)


def test_noise_is_not_an_answer(asked):
    """Something that was not understood is asked again like silence."""
    assert asked.mumbles() == list(asked.content.questions["q1"].again)


def test_thanks_is_no_answer_to_a_question_of_danger(asked):
    """It is asked again in other words, and then counts as unclear."""
    assert asked.says("thanks") == list(asked.content.questions["q1"].again)
    asked.listens()
    assert "This needs emergency help now." in asked.says("thanks")
    assert asked.dialogue.state.answers["q1"].unclear


def test_an_answer_from_before_the_question_is_none(night):
    """Who said no while the question had not begun has not answered it."""
    from assistant.dialogue import events
    from assistant.values import Intent

    night.waits(5)
    night.says("screen")
    early = events.SpeechHeard(intent=Intent(name="no"), started=night.now - 1)
    assert night.happens(early) == []
    assert "q1" not in night.dialogue.state.answers


def test_a_clear_screen_ends_with_what_cannot_be_ruled_out(night):
    """No to everything: no warning sign heard, nothing promised."""
    night.says("screen")
    told = night.answers_safely()
    assert "I heard no warning signs in your answers." in told
    assert "I cannot rule anything out." in told


def test_a_pop_locks_the_stretch_and_asks_on(night):
    """Q2 yes in a rest: the stretch ends, the follow-up questions come, the stretch stays locked."""
    night.says("cramp")
    night.waits(20)
    night.says("symptom", question="q2")
    night.listens()
    night.says("yes")
    told = night.answers_safely()
    assert texts(night, "q2a")[0] in told
    assert texts(night, "q2b")[0] in told
    night.says("stop")
    told = night.says("resume")
    assert night.content.prompts["locked"].format(name="the bed stretch") in told
    told = night.says("cramp")
    assert told
    assert night.mode != "guiding"


def test_no_weight_on_the_leg_is_read_back_as_no(night):
    """Q2a has its danger in "no": it is read back as such."""
    night.says("symptom", question="q2")
    night.listens()
    night.says("yes")
    while night.question != "q2a":
        night.answers_no(1)
    night.listens()
    assert night.says("no")[0].startswith("I heard no to")


def test_emergency_words_are_believed_at_once(night):
    """ "I can't breathe" in the middle of a stretch leads to the script without a question."""
    night.says("cramp")
    night.waits(12)
    told = night.says("emergency", flag="breathing")
    assert told[0] == "This needs emergency help now."
    assert night.dialogue.level.name == "EMERGENCY"
    assert night.says("cramp")[0] == "This needs emergency help now."


def test_help_says_what_it_cannot_do_and_asks(night):
    """Help brings no menu but the question that matters most."""
    told = night.says("help")
    assert "I cannot make calls." in told[0]
    assert told[-1] == texts(night, "q1")[0]


def test_a_command_at_a_question_is_done_and_the_question_comes_back(asked):
    """ "Louder" and "how long left" do not answer anything."""
    assert asked.says("how_long") == ["About thirty-one questions are left.", *texts(asked, "q1")]
    asked.listens()
    asked.says("louder")
    assert asked.mode == "asking"


def test_stop_at_a_red_flag_question_leaves_it_open(asked):
    """Stop is silent; the question is not answered, and resume asks it again."""
    assert asked.says("stop") == []
    assert "q1" not in asked.dialogue.state.answers
    assert asked.says("resume") == texts(asked, "q1")


def test_go_back_asks_the_last_question_again(asked):
    """An answer can be corrected."""
    asked.says("no")
    asked.listens()
    assert asked.says("back") == texts(asked, "q1")


def test_wait_gives_time(asked):
    """ "Wait" keeps the question open for a minute."""
    asked.says("pause")
    assert asked.waits(40) == []
    assert asked.mode == "asking"


def test_a_red_flag_stands_whatever_is_said_later(night):
    """A confirmed danger is not asked again, and a later no cannot undo it."""
    night.says("emergency", flag="chest_pain")
    night.says("screen")
    for _ in range(30):
        night.listens()
        night.says("no")
    assert night.dialogue.level.name == "EMERGENCY"


def test_massage_is_locked_until_the_screen_is_clear(night):
    """It starts only behind a clear no to every question of its gate."""
    gate = night.content.routines["massage"].gate
    night.says("start", routine="massage")
    night.answers_no(len(gate) - 1)
    assert night.mode == "asking"
    night.listens()
    told = night.says("no")
    assert night.content.routines["massage"].steps[0].say in told


def test_a_clear_screen_expires(night):
    """After half an hour the quick screen is asked again before massage."""
    night.says("start", routine="massage")
    night.answers_no(len(night.content.routines["massage"].gate))
    night.says("stop")
    night.waits(31 * 60)
    assert texts(night, "q1")[0] in night.says("start", routine="massage")


def test_a_swollen_leg_locks_massage_and_is_urgent(night):
    """Q3 yes: the rest of the red flags are asked, then advice today; massage does not start."""
    night.says("start", routine="massage")
    night.answers_no(3)
    night.listens()
    night.says("yes")
    night.listens()
    night.says("yes")
    told = []
    for _ in range(25):
        told += night.listens()
        if night.mode == "idle":
            break
        told += night.says("no")
    assert any("get medical advice today" in text for text in told)
    assert night.dialogue.state.floor.guide is None
    name = night.content.routines["massage"].name
    assert night.content.prompts["locked"].format(name=name) in night.says("start", routine="massage")


def test_pain_above_four_makes_the_massage_lighter(night):
    """The number is read back, and a seven is answered with a lighter hand."""
    night.says("start", routine="massage")
    night.answers_no(len(night.content.routines["massage"].gate))
    while night.scope != "pain":
        night.waits(1)
    night.listens()
    assert night.says("pain", score="7") == ["I heard seven. Yes or no?"]
    night.listens()
    told = night.says("yes")
    assert set(night.content.questions["massage_pain"].outcome.say) <= set(told)
    assert night.mode == "guiding"


def test_an_answer_and_a_change_of_the_voice_in_one_breath(asked):
    """ "No, and slower please": the answer counts, and the next question is spoken more slowly."""
    told = asked.says("no", then="slower")
    assert told == texts(asked, "q1b")
    assert asked.dialogue.state.voice.pause > 0.35
    assert not asked.dialogue.state.answers["q1"].danger


def test_a_confirmed_danger_and_louder_please_loses_no_word_of_the_script(asked):
    """The voice changes first; the emergency script is spoken whole, twice."""
    asked.says("yes")
    asked.listens()
    assert asked.says("yes", then="slower").count("Call nine nine nine.") == 2
    assert len(asked.queue) >= 12


def test_a_number_and_a_change_of_the_voice(asked_for_pain):
    """ "Seven, and slower please" is read back more slowly."""
    assert asked_for_pain.says("pain", score="7", then="slower") == ["I heard seven. Yes or no?"]


def test_an_answer_and_silence(asked):
    """ "No, and stop" answers, and is silent; what was left is taken up again."""
    asked.says("no", then="stop")
    assert not asked.queue
    assert not asked.dialogue.state.answers["q1"].danger
    assert asked.says("resume") == texts(asked, "q1b")


def test_no_i_said_yes_after_a_no_that_was_misheard(asked):
    """The answer before is mended: the danger is read back, and the question that was open comes after it."""
    asked.says("no")
    asked.listens()
    assert asked.says("correct", answer="yes") == [
        "I heard yes to chest pain or trouble breathing. Is that right?"
    ]
    asked.listens()
    assert "This needs emergency help now." in asked.says("yes")


def test_no_i_said_no_at_a_read_back(asked):
    """A yes that was misheard is asked again in other words; "I said yes" confirms it."""
    asked.says("yes")
    asked.listens()
    assert asked.says("correct", answer="no") == list(asked.content.questions["q1"].again)
    asked.listens()
    asked.says("yes")
    asked.listens()
    assert "This needs emergency help now." in asked.says("correct", answer="yes")


def test_no_i_said_five(asked_for_pain):
    """The number that was meant is read back in its turn."""
    asked_for_pain.says("pain", score="9")
    asked_for_pain.listens()
    assert asked_for_pain.says("correct", score="5") == ["I heard five. Yes or no?"]


def test_a_danger_that_was_confirmed_is_not_corrected(asked):
    """ "I said no" does not take back a red flag."""
    asked.says("no")
    asked.listens()
    asked.dialogue.state.floor.inquiry.queue.insert(0, "q3")
    asked.says("no")
    asked.listens()
    asked.answers("danger")
    asked.listens()
    asked.says("correct", answer="no")
    assert asked.dialogue.state.answers["q3"].danger
