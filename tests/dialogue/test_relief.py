"""Relief: at once, step by step, interruptible, resumable."""

from __future__ import annotations

import pytest

from assistant.dialogue import actions, events


def test_relief_begins_with_its_first_instruction_at_once(night):
    """The first words after "I have a cramp" are the routine's own first step."""
    first = night.content.routines["relief_bed"].steps[0].say
    assert night.says("cramp") == [first]
    assert night.mode == "guiding"


def test_a_cramp_of_the_calf_gets_the_stretch_of_the_calf(night):
    """Nobody is asked which muscle it is, but who says so is heard."""
    assert night.says("cramp", muscle="calf") == [night.content.routines["relief_calf"].steps[0].say]


def test_a_hold_is_breathed_halved_and_counted_down(night):
    """A hold of ten seconds has a breathing cue, its half-way, and its last three seconds, on time."""
    night.says("cramp")
    while "Press the back of that knee gently down into the mattress." not in night.waits(0.5):
        pass
    night.listens()
    begun = night.now
    told = {}
    for _ in range(105):
        for text in night.waits(0.1):
            told[text] = night.now - begun
    assert abs(told["Half way."] - 5) < 0.2
    assert [round(told[word]) for word in ("Three.", "Two.", "One.")] == [7, 8, 9]
    assert told["Do not hold your breath."] < 2
    assert abs(told["Let go and rest."] - 10) < 0.2


def test_one_question_of_the_screen_is_asked_in_each_rest(night):
    """Q1 comes in the first rest, and the next one only in the next rest."""
    night.says("cramp")
    questions = night.content.questions
    told = night.waits(60)
    assert questions["q1"].say[0] in told
    assert questions["q1b"].say[0] not in told


def test_seven_rests_clear_the_screen(night):
    """Who answers no in every rest of the routine has answered the whole quick screen."""
    night.says("cramp")
    for _ in range(600):
        night.waits(0.5)
        if night.scope == "yes_no":
            night.listens()
            night.says("no")
        elif night.scope == "progress":
            night.listens()
            night.says("same")
    answered = night.dialogue.state.answers
    assert set(night.content.triage.screen) <= set(answered)


def test_stop_is_silent_and_resume_goes_on_at_the_same_second(night):
    """A hold that was stopped after four seconds has six left when it is taken up again."""
    night.says("cramp")
    while night.dialogue.state.floor.guide.beat < 6 or not night.dialogue.state.floor.guide.since:
        night.waits(0.1)
    night.waits(4)
    assert night.says("stop") == []
    assert night.mode == "idle"
    night.waits(60)
    assert night.says("resume") == ["Press the back of that knee gently down into the mattress."]
    night.listens()
    left = night.says("how_long")[0]
    assert left == "There are six seconds left."


def test_stop_in_the_middle_of_a_sentence_stops_the_sound(night):
    """The action for silence comes before anything else."""
    night.says("cramp")
    night.actions.clear()
    night.says("stop")
    assert type(night.actions[0]).__name__ == "StopSpeaking"
    assert not night.queue


def test_a_second_cramp_starts_over_and_the_first_can_be_resumed(night):
    """A floor stretch that a cramp broke into is what "resume" takes up."""
    night.says("start", routine="floor_stretch")
    night.answers_no(1)
    assert night.dialogue.state.floor.guide.routine == "floor_stretch"
    night.waits(10)
    assert night.says("cramp")[0] == night.content.routines["relief_bed"].steps[0].say
    night.says("stop")
    night.says("resume")
    assert night.dialogue.state.floor.guide.routine in ("relief_bed", "floor_stretch")


def test_better_leads_to_the_end_of_the_routine(night):
    """Who says it is better hears how to get up safely, and is not stretched any more."""
    night.says("cramp")
    night.waits(30)
    told = night.says("better") + night.waits(30)
    assert any("sit on the edge of the bed" in text for text in told)
    assert night.mode == "idle"
    assert [record.kind for record in night.records][-2:] == ["routine_over", "ended"]


def test_worse_twice_leaves_the_routine_for_the_questions(night):
    """The first time it eases off; the second time it asks what would show an emergency."""
    night.says("cramp")
    night.waits(25)
    assert night.says("worse")[0] == night.content.prompts["ease_off"]
    night.waits(2)
    told = night.says("worse")
    assert night.content.prompts["not_helping"] in told
    assert night.content.questions["q1"].say[0] in told


def test_ten_minutes_without_relief_are_urgent(night):
    """A cramp that does not ease for ten minutes ends with advice to be seen today."""
    night.says("cramp")
    for _ in range(3000):
        night.waits(0.5)
        scope = night.scope
        if scope == "progress":
            night.says("same")
        elif scope == "yes_no":
            night.says("yes" if night.question == "q10" else "no")
        if night.dialogue.level.name == "URGENT":
            break
    assert night.now > 600
    assert any("get medical advice today" in text for text in [*night.waits(60), *night.dialogue.state.said])


def test_next_and_back_move_by_a_step(night):
    """Next skips the rest of a hold; back says the step before again."""
    night.says("cramp")
    first, second = (step.say for step in night.content.routines["relief_bed"].steps[:2])
    assert night.says("next") == [second]
    assert night.says("back") == [first]


def test_who_cannot_reach_the_thigh_stays_with_the_hands_free_part(night):
    """ "I can't reach" leads to pressing the knee down, which needs no hands."""
    night.says("cramp")
    assert "Press the back of that knee gently down into the mattress." in night.says("unreachable")


def test_slower_lengthens_pauses_before_it_stretches_words(night):
    """Three times slower: the pauses grow first, then the rate falls."""
    night.says("cramp")
    before = night.dialogue.state.voice
    night.says("slower")
    first = night.dialogue.state.voice
    for _ in range(4):
        night.says("slower")
    last = night.dialogue.state.voice
    assert first.pause > before.pause
    assert first.rate == before.rate
    assert last.rate < before.rate


def test_unknown_talk_is_ignored_at_first_and_helped_the_second_time(night):
    """A groan is no command; two things not understood in a row get a word of what can be said."""
    night.says("cramp")
    night.waits(6)
    assert night.mumbles() == []
    night.waits(3)
    assert night.mumbles() == [night.content.prompts["can_say_guiding"]]


def test_a_restart_with_nothing_cut_off_is_a_start_like_any_other(night):
    """Who switches it on in the evening hears what it is not, and that it is ready."""
    told = night.restarts(36_000.0)
    assert told[0] == "I give general information, not medical advice."
    assert "I am ready. Say: I have a cramp." in told


def test_a_restart_in_the_middle_of_relief_offers_to_go_on(night):
    """It says for how long it was away, and resume goes on with the second that was left."""
    night.says("cramp")
    while night.dialogue.state.floor.guide.beat < 6 or not night.dialogue.state.floor.guide.since:
        night.waits(0.1)
    night.waits(4)
    told = night.restarts(90.0)
    assert told == ["I was switched off for two minutes.", night.content.prompts["say_resume"]]
    night.listens()
    night.says("resume")
    night.listens()
    assert night.says("how_long")[0] == "There are six seconds left."


def test_what_was_stopped_can_be_gone_on_with_after_a_restart(night):
    """Stop, switched off in the middle of a cramp: it says so instead of greeting, and resume goes on."""
    night.says("cramp")
    night.listens()
    night.says("stop")
    assert night.restarts(240.0) == [
        "I was switched off for four minutes.",
        night.content.prompts["say_resume"],
    ]
    night.listens()
    assert night.says("resume")[0] == "Press the back of that knee gently down into the mattress."


def test_what_was_stopped_after_it_was_better_is_not_gone_back_to(night):
    """The cramp was over: the next evening begins like any other."""
    night.says("cramp")
    night.waits(4)
    night.says("better")
    night.says("stop")
    assert "I am ready. Say: I have a cramp." in night.restarts(36_000.0)


def test_talk_is_not_answered_when_nothing_is_going_on(night):
    """The television may talk all night."""
    assert night.mumbles() == []
    night.waits(2)
    assert night.mumbles() == []


def test_slower_is_remembered_over_a_restart(night):
    """Pauses and rate are what they were before the power cut; the first sentence is spoken so."""
    for _ in range(4):
        night.says("slower")
    slow = night.dialogue.state.voice
    assert (slow.pause, slow.rate) == (1.2, 135)
    night.actions.clear()
    night.restarts(60)
    assert [action.voice for action in night.actions if isinstance(action, actions.SetVoice)] == [slow]


def asked_in_a_rest(night):
    """Go on with relief until the first question of danger is open."""
    night.says("cramp")
    while night.mode != "asking":
        night.waits(1)
    night.listens()
    assert night.question == "q1"


def test_better_is_no_answer_to_a_question_of_danger(night):
    """It is asked again, and once it is answered the routine comes to its end."""
    asked_in_a_rest(night)
    assert night.says("better")[1:] == list(night.content.questions["q1"].say)
    assert night.dialogue.state.episode.eased == night.now
    night.listens()
    told = night.says("no") + night.listens()
    assert not any("chest" in text or "stretch" in text for text in told)
    assert any("sit on the edge of the bed" in text for text in told)


@pytest.mark.parametrize("between", [(), ("better",), ("stop", "better"), ("stop", "resume")])
def test_a_question_of_danger_that_better_left_open_counts_when_nothing_follows(night, between):
    """Better, again or after a stop, and then silence: the safe way, as if nothing had been said."""
    asked_in_a_rest(night)
    for said in ("better", *between):
        night.says(said)
        night.listens()
    night.waits(40)
    assert night.dialogue.level.name == "EMERGENCY"


def test_worse_after_better_goes_on_with_relief(night):
    """Who takes it back is not led to the end by the answer to the question that was open."""
    asked_in_a_rest(night)
    for said in ("better", "worse"):
        night.says(said)
        night.listens()
    while night.mode != "asking":
        night.waits(1)
    night.listens()
    night.says("no")
    assert not any("sit on the edge" in text for text in night.waits(10))
    assert night.mode == "guiding"


def test_resume_is_offered_with_the_microphone_where_something_rests(night):
    """Relief waits for "resume"; a question is simply asked again."""
    again = "I can hear you again."
    for said, follows in (
        ("screen", night.content.questions["q1"].say[0]),
        ("cramp", night.content.prompts["say_resume"]),
    ):
        night.says(said)
        night.listens()
        night.happens(events.DeviceLost())
        night.waits(60)
        assert night.happens(events.DeviceFound()) == [again, follows]


@pytest.mark.parametrize("scope", ["guiding", "yes_no"])
def test_a_leg_that_is_corrected_during_relief_is_the_one_in_the_diary(night, scope):
    """ "No, I mean right" while it guides or asks: noted, and it goes on with what it was at."""
    night.says("cramp", side="left")
    while night.scope != scope:
        night.waits(1)
    told = night.says("correct", side="right")
    assert told[0] == night.content.prompts["noted"]
    assert (told[1:] == list(night.content.questions["q1"].say)) == (scope == "yes_no")
    with night.archive.journal() as journal:
        assert [cramp.side for cramp in journal.last_cramps(2)] == ["right"]


def test_the_leg_that_is_named_after_the_cry_is_noted_and_relief_goes_on(night):
    """ "I have a cramp", then "right hamstring": it goes on, and nobody asks for the other leg."""
    night.says("cramp")
    night.waits(20)
    step = night.dialogue.state.floor.guide.beat
    told = night.says("cramp", muscle="thigh", side="right")
    assert told == [night.content.prompts["noted"], *night.dialogue.state.said]
    assert night.dialogue.state.floor.guide.beat == step > 0
    with night.archive.journal() as journal:
        assert [cramp.side for cramp in journal.last_cramps(2)] == ["right"]


def test_resume_in_the_middle_of_a_hold_says_what_to_hold(night):
    """Nothing was interrupted: the words of the step are said again, and its seconds run on."""
    night.says("cramp")
    while night.dialogue.state.floor.guide.beat < 6 or not night.dialogue.state.floor.guide.since:
        night.waits(0.1)
    night.waits(1)
    assert night.says("resume") == ["Press the back of that knee gently down into the mattress."]
    night.listens()
    assert night.says("how_long")[0] == "There are four seconds left."
    assert [one.kind for one in night.records if one.kind == "resumed"] == []


def test_another_muscle_named_after_the_cry_is_relieved_instead(night):
    """ "I have a cramp", then "left calf": relief of the calf, and which leg is no question any more."""
    night.says("cramp")
    night.waits(20)
    calf = night.content.routines["relief_calf"].steps[0].say
    assert calf in night.says("cramp", muscle="calf", side="left")
    assert not night.dialogue.state.episode.again
    assert night.says("cramp")
    assert night.dialogue.state.episode.again


@pytest.mark.parametrize("away", [None, 30.0, 36_000.0])
def test_where_nothing_waits_resume_is_told_so(night, away):
    """In the quiet; the first words after a start, or after being switched off, go on to their end."""
    nothing = [night.content.prompts["nothing_to_resume"]]
    for first_words in (lambda: night.happens(events.Started()), lambda: night.restarts(away)):
        told = first_words()
        assert night.says("resume") == []
        assert [one.text for one in night.queue] == told
        night.listens()
        assert night.says("resume") == nothing
    night.listens()
    assert night.says("resume") == nothing
