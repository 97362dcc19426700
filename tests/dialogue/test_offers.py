"""Offers: a plain yes accepts them, a no takes them back, silence is neither."""

from __future__ import annotations

import pytest
from night import STATE, Night

from assistant.dialogue import events
from assistant.values import Intent


def asks(night: Night, topic: str) -> list[str]:
    told = night.says("topic", topic=topic)
    return told + night.answers_safely() if night.mode == "asking" else told + night.listens()


ROUTINES = {
    "stretching": "relief_bed",
    "bedtime": "bedtime_set",
    "prevention": "bedtime_set",
    "warm_up": "warm_up",
    "yoga": "yoga_dog",
    "massage": "massage",
    "heat_or_cold": "warm_towel",
}


@pytest.mark.parametrize("topic", ROUTINES)
def test_yes_begins_what_the_answer_tells_of(night: Night, topic: str) -> None:
    """ "Shall we do it?", yes: the routine begins, behind its questions."""
    assert asks(night, topic)[-1].endswith("?")
    assert night.scope == "offer"
    night.says("yes")
    night.answers_safely()
    guide = night.dialogue.state.floor.guide
    assert guide is not None
    assert guide.routine == ROUTINES[topic]


@pytest.mark.parametrize("topic", ["conditions", "see_doctor", "arteries", "diabetes", "clot", "statins"])
def test_whoever_asks_about_illness_is_offered_the_questions(night: Night, topic: str) -> None:
    """An illness, a visit, a sign: yes leads to all the questions of the triage."""
    asks(night, topic)
    assert "I have about" in night.says("yes")[0]
    assert night.question == "q1"


@pytest.mark.parametrize("topic", ["doctor_asks", "doctor_questions"])
def test_whoever_asks_about_the_visit_is_offered_the_summary(night: Night, topic: str) -> None:
    """Before it is read aloud it asks, because others may hear."""
    asks(night, topic)
    assert night.says("yes") == ["Others may hear it. Shall I read your summary aloud?"]


def test_a_visit_soon_offers_the_log(night: Night) -> None:
    """ "I can read your cramp log for the appointment." Yes please."""
    night.says("screen")
    while night.question != "q25":
        night.answers("safe")
        night.listens()
    told = night.answers("danger") + night.listens()
    assert told[-1] == "I can read your cramp log for the appointment."
    assert "Shall I read your summary aloud?" in night.says("yes")[0]


def test_no_takes_it_back(night: Night) -> None:
    """After a no there is nothing that a yes could mean."""
    asks(night, "bedtime")
    assert night.says("no") == ["All right."]
    assert night.says("yes") == []
    assert night.says("no") == []
    assert (night.mode, night.scope) == ("idle", "idle")


def test_silence_is_neither_yes_nor_no_and_it_lapses(night: Night) -> None:
    """Nothing is said about it; a later yes begins nothing."""
    asks(night, "bedtime")
    night.waits(19)
    assert night.scope == "offer"
    assert night.waits(2) == []
    assert night.scope == "idle"
    assert night.says("yes") == []


def test_a_yes_from_before_the_offer_is_none(night: Night) -> None:
    """Who said yes while the question was not yet asked has accepted nothing."""
    night.waits(5)
    asks(night, "bedtime")
    assert night.happens(events.SpeechHeard(intent=Intent(name="yes"), started=1.0)) == []
    assert night.mode == "idle"


@pytest.mark.parametrize("said", ["source", "tell_more", "repeat", "slower"])
def test_what_belongs_to_the_answer_leaves_the_offer(night: Night, said: str) -> None:
    """To hear more, again, or slower is no refusal."""
    asks(night, "bedtime")
    night.says(said)
    night.listens()
    night.says("yes")
    assert night.mode == "asking"


@pytest.mark.parametrize("said", ["how_long", "stop", "cramp", "good_morning", "list_timers"])
def test_anything_else_takes_the_offer_back(night: Night, said: str) -> None:
    """A cramp, another question, "stop": a yes behind it does not begin the bedtime set."""
    asks(night, "bedtime")
    night.says(said)
    assert night.dialogue.state.offer is None


def test_a_restart_takes_the_offer_back(night: Night) -> None:
    """Nobody remembers it after a power cut."""
    asks(night, "bedtime")
    assert STATE.validate_json(STATE.dump_json(night.dialogue.state)).offer is not None
    night.restarts(30)
    assert night.says("yes") == []


def test_what_is_locked_is_not_offered(night: Night) -> None:
    """After a pop no stretch is proposed, whatever is asked about."""
    night.says("symptom", question="q2")
    night.listens()
    night.says("yes")
    night.answers_safely()
    night.says("stop")
    assert "Shall we do the bed stretch?" not in asks(night, "stretching")
    assert night.scope == "idle"


def test_where_a_stretch_waits_nothing_is_offered(night: Night) -> None:
    """A paused routine keeps the floor: the answer comes without an offer."""
    night.says("cramp")
    night.says("pause")
    assert not any("Shall we" in text for text in night.says("topic", topic="bedtime"))
    assert night.mode == "paused"


def test_what_stands_in_for_a_locked_routine_is_begun_with_a_yes(night: Night) -> None:
    """ "We can do the bed stretch instead. Shall we?" Yes."""
    night.says("start", routine="standing_stretch")
    night.listens()
    told = night.answers("danger")
    assert told[-1] == "We can do the bed stretch instead. Shall we?"
    night.says("yes")
    assert night.mode == "guiding"


def test_hurt_skin_is_offered_nothing(night: Night) -> None:
    """After a sign of a burn heat stays away, and no stretch is offered in its place."""
    night.lays_the_towel_on()
    night.waits(320)
    night.answers("danger")
    night.says("off")
    told = night.says("start", routine="warm_towel")
    assert told[-1] == "If it is blistered or large after cooling, get medical advice today."
    assert night.dialogue.state.offer is None


def test_skin_that_only_rests_brings_no_stretch_unasked(night: Night) -> None:
    """Too soon for more heat: it says how long to wait, and no more; with a cramp, what helps meanwhile."""
    night.lays_the_towel_on()
    night.says("off")
    assert night.says("start", routine="warm_towel") == [
        "The skin needs rest before the warm towel. Wait another sixty minutes."
    ]
    night.says("cramp")
    night.says("stop")
    assert night.says("start", routine="warm_towel")[-1].startswith("We can do the bed stretch instead.")


def test_after_the_number_is_confirmed_the_questions_are_offered(night: Night) -> None:
    """The first start ends with an offer to ask about health; yes begins it."""
    night.happens(events.Started())
    while night.mode != "asking":
        night.waits(1)
    night.listens()
    assert night.says("yes")[-1].endswith("Shall I ask now?")
    night.listens()
    night.says("yes")
    assert night.question == "q1"


def test_in_an_emergency_nothing_is_offered(night):
    """All that could be asked is answered already: a topic has no offer behind it then."""
    offered = night.content.topics["clot"].offer
    assert night.says("topic", topic="clot")[-1] == offered.say
    night.says("emergency", flag="chest_pain")
    assert offered.say not in night.says("topic", topic="clot")
    assert night.dialogue.state.offer is None
