"""What somebody tells about themselves: set up, told in passing, read out, deleted, and its effects."""

from __future__ import annotations

import pytest
from test_telling import asks

from assistant.dialogue import events
from assistant.dialogue.content import Level

DAY = 86_400
PROFILE = ("q12", "q13", "q13a", "q19", "q24a", "q24b")


def last_profile(night):
    """Return what was last written down of the person."""
    return [record for record in night.records if record.kind == "profile"][-1].details


def set_up(night, answers):
    """Go through the set-up: answers by fact id, the others with no, choices skipped."""
    told = asks(night, "set up my profile")
    while night.mode == "asking":
        name = night.question
        night.listens()
        fact = night.content.facts.get(name)
        told += asks(night, answers.get(name, "skip it" if fact is None or fact.options else "no thanks"))
        if night.mode == "asking" and night.dialogue.state.floor.asking.stage.value == "confirm":
            night.listens()
            told += asks(night, "yes")
    return told


def test_the_set_up_asks_one_question_at_a_time_and_everything(night):
    """Each fact is asked once; what was answered is known, what was skipped is not."""
    told = set_up(
        night, {"age": "seventy two", "diabetes": "yes", "usual_muscle": "calf", "usual_side": "left leg"}
    )
    facts = night.content.facts
    for fact in facts.values():
        assert fact.say[0] in told, fact.id
    profile = night.dialogue.state.profile
    assert profile["age"].value == "65_to_74"
    assert profile["diabetes"].value == "yes"
    assert profile["kidney"].value == "no"
    assert set(profile) == set(facts)
    assert last_profile(night)["condition.diabetes"] == "yes"
    assert last_profile(night)["usual_muscle"] == "calf"


def test_the_set_up_waits_for_whoever_falls_asleep_and_goes_on_where_it_was(night):
    """Silence puts it aside after one repetition; resume, also after a power cut, asks the same question."""
    asks(night, "set up my profile")
    night.listens()
    asks(night, "fifty")
    open_one = night.question
    told = night.waits(60)
    assert night.content.prompts["profile_later"] in told
    assert night.mode == "idle"
    assert night.waits(600) == []
    night.restarts(30.0)
    asks(night, "resume")
    assert night.question == open_one
    assert night.dialogue.state.profile["age"].value == "40_to_64"


def test_stop_and_skip_leave_things_unknown(night):
    """Nothing is taken for a no that was not said."""
    asks(night, "set up my profile")
    night.listens()
    asks(night, "skip it")
    night.listens()
    asks(night, "stop")
    assert night.dialogue.state.profile == {}


def test_a_fact_told_in_passing_is_read_back_before_it_counts(night):
    """ "I am diabetic" is repeated; confirmed, it is noted."""
    assert asks(night, "i am diabetic") == ["I heard yes to diabetes. Is that right?"]
    assert night.dialogue.state.profile == {}
    night.listens()
    assert asks(night, "yes") == [night.content.prompts["noted"]]
    assert night.dialogue.state.profile["diabetes"].value == "yes"


def test_a_medicine_has_its_beginning(night):
    """ "I take a water tablet since March" keeps the month, as the doctor's page wants it."""
    night.happens(events.ClockRead(wall=1_795_420_800.0, offset=0, vouched=True))  # November 2026
    asks(night, "i take a water tablet since march")
    night.listens()
    asks(night, "yes")
    assert last_profile(night) == {"medicine.water_tablet": "yes", "medicine.water_tablet.since": "2026-03"}


def test_a_medicine_without_its_beginning_is_asked_for_it(night):
    """The month of December that was last was in the year before; without a clock no date is made up."""
    asks(night, "i take a statin")
    night.listens()
    assert asks(night, "yes") == list(night.content.questions["since"].say)
    night.listens()
    asks(night, "since december")
    known = night.dialogue.state.profile["statin"]
    assert (known.since, known.began) == ("december", None)


@pytest.mark.parametrize(
    ("month", "began"), [("december", "2025-12"), ("november", "2026-11"), ("last_month", "2026-10"),
                         ("last_year", "2025"), ("this_week", "2026-11"), ("years", None)],
)  # fmt: skip
def test_a_time_told_becomes_a_date(night, month, began):
    """It is as exact as it was told, and never in the future."""
    night.happens(events.ClockRead(wall=1_795_420_800.0, offset=0, vouched=True))
    night.says("fact", fact="inhaler", since=month)
    night.listens()
    night.says("yes")
    assert night.dialogue.state.profile["inhaler"].began == began


def test_a_no_is_asked_for_before_it_takes_anything_back(night):
    """ "I don't have diabetes" is answered with the question; only then is it changed."""
    asks(night, "i am diabetic")
    night.listens()
    asks(night, "yes")
    told = asks(night, "i don't have diabetes")
    assert told[-1] == "Do you have diabetes?"
    assert night.dialogue.state.profile["diabetes"].value == "yes"
    night.listens()
    asks(night, "no thanks")
    assert night.dialogue.state.profile["diabetes"].value == "no"


def test_a_usual_calf_is_what_a_cramp_without_a_name_is(night):
    """The muscle that is named wins."""
    noted = ["I have noted: the calf.", "I have noted: the left leg."]
    assert asks(night, "my cramps are usually in the left calf") == noted
    night.says("cramp")
    assert night.dialogue.state.floor.guide.routine == "relief_calf"
    night.says("stop")
    night.says("cramp", muscle="thigh")
    assert night.dialogue.state.floor.guide.routine == "relief_bed"


def test_it_is_read_out_only_when_nobody_else_may_hear(night):
    """It asks first; a no is silent, a yes tells what is known."""
    assert asks(night, "what do you know about me") == [night.content.prompts["nothing_known"]]
    asks(night, "i take a statin since last year")
    night.listens()
    asks(night, "yes")
    assert asks(night, "what do you know about me") == list(night.content.questions["read_profile"].say)
    night.listens()
    assert asks(night, "no thanks") == []
    asks(night, "read my profile")
    night.listens()
    assert asks(night, "yes please") == ["You told me: a statin, since last year."]


def test_it_is_deleted_only_when_that_is_confirmed_twice(night):
    """Silence or a no keeps it; deleted, the journal is told that nothing is known."""
    asks(night, "i am diabetic")
    night.listens()
    asks(night, "yes")
    asks(night, "delete my profile")
    night.listens()
    asks(night, "no thanks")
    assert night.dialogue.state.profile
    asks(night, "delete my profile")
    night.listens()
    asks(night, "yes")
    assert night.dialogue.state.profile
    night.listens()
    assert asks(night, "yes") == [night.content.prompts["forgotten"]]
    assert night.dialogue.state.profile == {}
    assert last_profile(night) == {}


def test_a_fact_locks_what_its_question_would_and_the_question_is_not_asked(night):
    """Diabetes told once keeps heat off night after night; whether is not asked again."""
    night.says("fact", fact="diabetes")
    night.listens()
    night.says("yes")
    night.listens()
    for _ in range(3):
        night.waits(20 * DAY)
        told = night.says("start", routine="warm_towel")
        assert night.content.prompts["locked"].format(name="the warm towel") in told
        assert night.content.prompts["locked_because"].format(topic="diabetes") in told
        assert night.content.questions["q24b"].say[0] not in told


def test_told_noes_save_the_questions_until_they_are_old(night):
    """The questions of the profile are not asked nightly, but again when a no has lost its days."""
    told_no = [name for name, fact in night.content.facts.items() if fact.covers]
    set_up(night, {})
    night.waits(2 * DAY)
    turn = night.dialogue._turn(night.now)
    assert [name for name in PROFILE if not turn.is_clear(name)] == ["q13"]
    night.waits(28.5 * DAY)
    turn = night.dialogue._turn(night.now)
    assert not turn.is_clear("q12")
    assert turn.is_clear("q24a")
    night.waits(60 * DAY)
    turn = night.dialogue._turn(night.now)
    assert not any(turn.is_clear(name) for name in PROFILE)
    assert told_no


def test_pregnancy_told_once_still_brings_the_questions_that_follow(night):
    """What depends on it is asked each time; only whether is not."""
    night.says("fact", fact="pregnant")
    night.listens()
    night.says("yes")
    night.listens()
    night.says("screen")
    asked = []
    for _ in range(60):
        night.listens()
        if night.mode != "asking":
            break
        asked.append(night.question)
        night.says("yes" if night.content.questions[night.question].danger == "no" else "no")
    assert "q12" not in asked
    assert "q12a" in asked


def test_a_profile_is_never_a_safe_answer_to_a_red_flag(content):
    """What a fact covers has no level; every question that has one is asked."""
    covered = {fact.covers for fact in content.facts.values() if fact.covers}
    assert covered == {"q12", "q13a", "q19", "q24a", "q24b"}
    assert all(content.questions[name].outcome.level is Level.NONE for name in covered)


def test_a_profile_takes_no_flag_back(night):
    """A yes to the triage stands, whatever the profile says afterwards."""
    night.says("screen")
    for _ in range(60):
        night.listens()
        if night.question == "q24b":
            break
        night.says("yes" if night.content.questions[night.question].danger == "no" else "no")
    night.says("yes")
    night.listens()
    night.says("yes")
    night.says("stop")
    before = dict(night.dialogue.state.answers)
    for name in ("diabetes", "numb_feet", "blood_thinner"):
        night.says("no_fact", fact=name)
        night.listens()
        night.says("no")
    assert night.dialogue.state.answers["q24b"] == before["q24b"]
    assert "heat" in night.dialogue._turn(night.now).held


def test_a_fluid_limit_told_once_keeps_figures_away(night):
    """Nobody with a limit hears how much others drink, and is not asked again."""
    asks(night, "i have a fluid limit")
    night.listens()
    asks(night, "yes")
    night.listens()
    told = asks(night, "how much should i drink")
    assert told == [
        "If a doctor set you a fluid limit, keep to it.",
        "Ask your doctor how much you may drink.",
    ]


def test_a_child_is_sent_to_an_adult(night):
    """Under sixteen, everything but the urgent scripts is locked."""
    set_up(night, {"age": "fourteen"})
    assert "Ask an adult now." in [action.text for action in night.actions if hasattr(action, "text")]
    assert "all" in night.dialogue._turn(night.now).held


@pytest.mark.parametrize(
    ("place", "words", "milliliters", "told"),
    [
        ("uk", "i drank a glass of water", 200, "I have noted: one glass."),
        ("us", "i drank a glass of water", 240, "I have noted: one glass."),
        ("uk", "two cups of tea", 400, "I have noted: two cups."),
        ("uk", "i had three mugs of coffee", 900, "I have noted: three mugs."),
    ],
)
def test_a_drink_is_written_down(night, place, words, milliliters, told):
    """Sizes are those of the place; nothing is said about how much it should be."""
    night.dialogue.state.place = place
    assert asks(night, words) == [told]
    [record] = [record for record in night.records if record.kind == "drank"]
    assert record.details["milliliters"] == milliliters


def test_what_is_known_leads_to_what_may_be_urgent_with_it(night):
    """Narrow arteries keep heat off; whether the pain is new is asked all the same, and yes is for today."""
    known(night, "i have artery disease")
    assert night.says("start", routine="warm_towel")[-1] == "Is the pain new, or worse than before?"
    night.listens()
    told = night.answers("danger") + night.listens()
    assert night.content.prompts["locked"].format(name="the warm towel") in told
    assert "Please get medical advice today." in told


def test_whoever_takes_a_statin_is_asked_about_it(night):
    """Also years after it was begun; whoever takes none is asked only after a change of medicine."""
    statin = night.content.questions["q17a"].say[0]
    assert statin not in night.says("screen") + night.answers_safely()
    known(night, "i take a statin since last year")
    night.waits(3600)
    assert statin in night.says("screen") + night.answers_safely()


def known(night, words):
    """Tell one thing, and confirm it."""
    asks(night, words)
    night.listens()
    told = asks(night, "yes")
    night.listens()
    if night.mode == "asking":
        asks(night, "skip it")
    return told


def test_one_thing_is_forgotten_when_that_is_confirmed(night):
    """ "Forget my blood thinner" asks first, takes out that alone, and writes the rest down anew."""
    known(night, "i take a blood thinner")
    known(night, "i am diabetic")
    assert asks(night, "forget my blood thinner") == ["Shall I forget about blood thinners?"]
    night.listens()
    assert asks(night, "yes") == ["Good. I have forgotten about blood thinners."]
    assert last_profile(night) == {"condition.diabetes": "yes"}
    assert night.mode == "idle"


@pytest.mark.parametrize("answer", ["no thanks", "skip it", None])
def test_what_is_not_confirmed_is_not_forgotten(night, answer):
    """A no, a skip and silence leave it as it is."""
    known(night, "i am diabetic")
    asks(night, "forget my diabetes")
    told = night.listens()
    told += night.waits(40) if answer is None else asks(night, answer)
    assert night.content.prompts["left_as_it_is"] in told
    assert "diabetes" in night.dialogue.state.profile
    assert night.mode == "idle"


def test_what_was_never_told_cannot_be_forgotten(night):
    """It says so, and asks nothing."""
    assert asks(night, "forget my statin") == ["You have not told me about a statin."]
    assert night.mode == "idle"


def test_what_is_forgotten_is_asked_about_again(night):
    """Without the blood thinner the question comes again before a massage; nothing is taken for a no."""
    known(night, "i take blood thinners")
    assert not night.dialogue._turn(night.now).is_clear("q24b")
    asks(night, "forget my blood thinners")
    night.listens()
    asks(night, "yes")
    night.listens()
    told = night.says("start", routine="massage") + night.answers_safely()
    assert "Do you have diabetes, numb feet, or take blood thinners?" in told


@pytest.mark.parametrize("mended", ["i am fifty years old", "forget my age"])
def test_a_wrong_age_locks_nothing_for_good(night, mended):
    """Who was taken for a child says it again, or has it forgotten."""
    asks(night, "set up my profile")
    night.listens()
    asks(night, "fifteen")
    night.says("stop")
    assert night.dialogue._turn(night.now).locked_by(("stretch",)) == "child"
    asks(night, mended)
    night.listens()
    if night.mode == "asking":
        asks(night, "yes")
    assert night.dialogue._turn(night.now).locked_by(("stretch",)) is None
