"""Every routine: its gate, its locks and what is offered instead, its steps to the last, stop and resume."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from night import Night

from assistant.authoring import new_routine
from assistant.care import walk
from assistant.data import content_folder, content_of, load_content, read_care
from assistant.dialogue import events
from assistant.dialogue.content import Level

CONTENT = load_content("en", "uk", {"rice_sock"})
GUARDED = [name for name, routine in CONTENT.routines.items() if routine.gate]
MOON = events.ClockRead(wall=1_800_000_000 + 16 * 3600, offset=0, vouched=True)
SUN = events.ClockRead(wall=1_800_000_000 + 4 * 3600, offset=0, vouched=True)
"""Midnight, and noon, in January 2027."""


@pytest.fixture
def night():
    """A night in which nothing is left out, ten minutes after it began."""
    night = Night(CONTENT)
    night.waits(600)
    return night


def questions_come_first(number: str) -> str:
    """Return what is said before that many questions."""
    return CONTENT.prompts["first_questions"].format(n=number)


def begun(night, routine):
    """Start a routine and answer its gate safely; return what was said until its first step is over."""
    told = night.says("start", routine=routine)
    told += night.answers_safely()
    return told


def guide(night):
    return night.dialogue.state.floor.guide


def goes_on(night):
    """Do what the assistant waits for, or let a little time pass; return what it said."""
    if night.mode == "asking":
        return night.listens() + (night.answers("safe") if night.mode == "asking" else [])
    beat = night.dialogue._beats[guide(night).routine][guide(night).beat]
    if beat.step.confirm:
        return night.listens() + night.says("next")
    return night.waits(2)


def done(night, routine):
    """Go through a routine to its end; return what was said."""
    told = []
    while guide(night) is not None and guide(night).routine == routine:
        told += goes_on(night)
    return told


@pytest.mark.parametrize("routine", GUARDED)
def test_the_gate_is_asked_before_the_first_step(night, routine):
    """Every question of the gate is put, in its order, before anything is to be done."""
    told = begun(night, routine)
    asked = [CONTENT.questions[name].say[0] for name in CONTENT.routines[routine].gate]
    assert [text for text in told if text in asked] == asked
    first = next(step.say for _, step in walk(CONTENT.routines[routine]) if not step.if_locked)
    assert told.index(first) > told.index(asked[-1])


@pytest.mark.parametrize("routine", GUARDED)
def test_what_locks_it_keeps_it_from_beginning_and_something_else_is_offered(routine):
    """Each danger of the gate that forbids it: it does not begin; an alternative or advice is spoken."""
    wanted = CONTENT.routines[routine]
    for question in wanted.gate:
        outcome = CONTENT.questions[question].outcome
        if not set(outcome.locks) & set(wanted.locks):
            continue
        night = Night(CONTENT)
        night.waits(600)
        told = night.says("start", routine=routine) + night.listens()
        while night.mode == "asking":
            told += night.answers("danger" if night.question == question else "safe") + night.listens()
        assert guide(night) is None, question
        offered = [text for text in told if text.startswith(("We can do ", "To know how soon"))]
        assert offered or night.dialogue.level >= Level.DOCTOR, question
        left_out = CONTENT.prompts["locked"].format(name=wanted.name) in told
        assert left_out or night.dialogue.level is Level.EMERGENCY, question


@pytest.mark.parametrize("routine", GUARDED)
def test_it_is_spoken_to_its_last_step(night, routine):
    """Who answers safely hears every step that concerns them, and what was put on is timed."""
    told = begun(night, routine) + done(night, routine)
    beats = [beat for beat in night.dialogue._beats[routine] if beat.concerns([])]
    steps = dict.fromkeys(beat.step.say for beat in beats)
    assert [text for text in dict.fromkeys(told) if text in steps] == list(steps)


@pytest.mark.parametrize("routine", CONTENT.routines)
def test_stop_and_resume_go_on_where_it_was(night, routine):
    """Stopped in the middle it is silent, and resume says the very step again."""
    begun(night, routine)
    while guide(night).beat < len(night.dialogue._beats[routine]) // 2 or night.mode == "asking":
        goes_on(night)
    beat = guide(night).beat
    assert night.says("stop") == []
    night.waits(20)
    told = night.says("resume")
    assert guide(night).beat == beat
    assert night.dialogue._beats[routine][beat].step.say in told


@pytest.mark.parametrize("routine", [name for name in GUARDED if "cramp" in CONTENT.routines[name].locks])
def test_what_is_for_afterwards_waits_for_the_end_of_the_cramp(night, routine):
    """A cramp that was not called better is asked after; is it still there, the bed stretch is offered."""
    night.says("cramp")
    night.waits(5)
    told = night.says("start", routine=routine) + night.listens()
    assert night.question == "cramp_there"
    told = night.answers("danger") + night.listens()
    assert guide(night) is None
    assert "We can do the bed stretch instead. Shall we?" in told


def test_who_said_that_it_eased_is_not_asked(night):
    """ "Better" answers the question whether the cramp is still there."""
    night.says("cramp")
    night.says("better")
    night.says("start", routine="ice")
    night.listens()
    assert night.question == "q1"


def test_no_cramp_any_more_ends_the_cramp(night):
    """A no to "is the cramp still there" is noted: nobody is told after ten minutes that it does not ease."""
    night.says("cramp")
    night.says("start", routine="ice")
    night.listens()
    night.says("no")
    assert night.dialogue.state.episode.eased == night.now


@pytest.mark.parametrize("routine", [name for name in GUARDED if "night" in CONTENT.routines[name].locks])
def test_what_is_for_the_day_is_not_done_at_night(night, routine):
    """At noon nobody is asked; at midnight, or without a clock, it is asked, and a yes leaves it out."""
    night.happens(SUN)
    night.says("start", routine=routine)
    night.listens()
    night.answers("safe")
    assert night.question != "at_night"
    night.says("stop")
    night.happens(MOON)
    night.says("better")
    night.says("start", routine=routine)
    night.listens()
    assert night.question == "at_night"
    told = night.answers("danger")
    assert "That is for the day." in told
    assert guide(night) is None


# Standing or sitting


def bedtime(night, *answers):
    """Ask for the bedtime set and give these answers after the first two; return what was said."""
    told = night.says("start", routine="bedtime_set")
    for answer in ("no", "no", *answers):
        night.listens()
        told += night.says(answer)
    return told + night.answers_safely()


def test_the_bedtime_set_standing_is_the_trial_s_dose(night):
    """Ten seconds of hold, ten of rest, three times, each leg, for the calf and the back of the thigh."""
    told = bedtime(night, "standing")
    told += done(night, "bedtime_set")
    beats = night.dialogue._beats["bedtime_set"]
    standing = [beat for beat in beats if beat.concerns([])]
    assert sum(beat.step.hold for beat in standing) == 2 * 2 * 3 * 10
    assert sum(beat.step.rest for beat in standing) == 2 * 2 * 3 * 10
    assert told.count("Step one leg back, heel down. Lean in until the calf pulls.") == 6
    assert told.count("Put one heel on a low step or the floor ahead. Hold the wall.") == 2
    assert told.count("Now the other leg.") == 2
    assert "Sit on the bed with legs straight and your back tall." not in told
    assert "It may make night cramps milder. Give it six weeks." in told


def test_the_bedtime_set_sitting_asks_no_more(night):
    """Who would rather sit is not asked how steady they stand, and stands up for nothing."""
    told = bedtime(night, "sitting")
    told += done(night, "bedtime_set")
    assert CONTENT.questions["stand_steady"].say[0] not in told
    assert told.count("Pull your toes toward you and lean forward until you feel a pull.") == 3
    assert not any("wall" in text for text in told)


@pytest.mark.parametrize("question", ["stand_steady", "bed_sitting", "stand_light"])
def test_unsteady_drowsy_old_or_in_the_dark_means_sitting(night, question):
    """Whoever chose to stand and should not, sits, without having to ask again."""
    told = night.says("start", routine="bedtime_set")
    while night.mode == "asking":
        told += night.listens() + night.answers("danger" if night.question == question else "safe")
    told += done(night, "bedtime_set")
    assert "Sit on the bed with legs straight and your back tall." in told
    assert not any("Face a wall" in text for text in told)


def test_no_word_on_standing_or_sitting_means_sitting(night):
    """Silence is asked again in other words; then it is sitting, and that is said."""
    night.says("start", routine="bedtime_set")
    night.answers_no(2)
    told = night.listens() + night.waits(40)
    assert "Will you stand at a wall tonight, or sit on the bed?" in told
    assert "Sitting, then." in told


# Counting, sides, the other leg


def test_movements_are_counted_at_a_calm_pace(night):
    """Eight movements of the drill are counted, four seconds each, and eight more with the other leg."""
    begun(night, "warm_up")
    times = {}
    while guide(night) is not None:
        for text in night.waits(0.1):
            times.setdefault(text, []).append(night.now)
    words = ("one.", "two.", "three.", "four.", "five.", "six.", "seven.", "eight.")
    assert [len(times[word]) for word in words] == [2] * 8
    first = [times[word][0] for word in words]
    assert [round(later - sooner) for sooner, later in pairwise(first)] == [4] * 7
    assert len(times["Now the other leg."]) == 1


def test_a_count_that_was_stopped_goes_on_with_the_next_number(night):
    """Stopped after three movements, resume says what to do and counts from four."""
    begun(night, "warm_up")
    while guide(night).cue < 3 or not night.dialogue._beats["warm_up"][guide(night).beat].step.count:
        night.waits(0.5)
    night.says("stop")
    told = night.says("resume") + night.waits(12)
    counts = [text.strip(".").lower() for text in told if len(text.split()) == 1]
    assert counts[0] == "four"


def test_the_roller_asks_about_the_other_leg_and_waits(night):
    """After two rounds the other leg begins with the roller's place, or it is done."""
    begun(night, "foam_roller")
    while not any(text.startswith("For the other leg") for text in night.waits(2)):
        if night.dialogue._beats["foam_roller"][guide(night).beat].step.confirm:
            night.says("next")
    told = night.says("other_leg")
    assert "Put the roller under the back of your thigh." in told


def test_one_pose_leads_to_the_next_behind_its_own_gate(night):
    """After the dog comes the triangle, named, with its cautions first."""
    begun(night, "yoga_dog")
    told = done(night, "yoga_dog")
    while "Next is the triangle pose." not in told:
        told += goes_on(night)
    told += night.listens()
    assert night.question == "triangle_health"


def test_the_full_dog_waits_for_the_wall(night):
    """Who has not done the wall version is offered it."""
    told = night.says("start", routine="yoga_dog_full")
    while night.mode == "asking":
        told += night.listens() + night.answers("danger" if night.question == "dog_wall" else "safe")
    assert "We can do the dog pose instead. Shall we?" in told


def test_late_in_pregnancy_nobody_is_left_flat(night):
    """More than sixteen weeks: the bed stretch says to lie on the side or propped up."""
    night.says("symptom", question="q12")
    night.listens()
    night.says("yes")
    while night.mode == "asking":
        night.listens()
        night.answers("danger" if night.question == "q12_weeks" else "safe")
    told = night.says("cramp") + night.waits(20)
    assert "Do not lie flat for long. Lie on your side, or prop yourself up." in told
    other = Night(CONTENT)
    assert "prop yourself up" not in " ".join(other.says("cramp") + other.waits(20))


# The rice sock


def heating(night):
    """Start the rice sock and come to the microwave."""
    begun(night, "rice_sock")
    while not guide(night).once:
        goes_on(night)
    return night


def test_the_rice_sock_is_off_until_a_setting_turns_it_on(content):
    """Asked for by voice it is said to be left out, and the towel is offered."""
    night = Night(content)
    told = night.says("start", routine="rice_sock")
    assert told == ["My settings leave out the rice sock.", "We can do the warm towel instead. Shall we?"]
    assert night.mode == "idle"


@pytest.mark.parametrize("question", ["sock_awake", "sock_watched", "sock_uncovered"])
def test_the_rice_sock_needs_every_yes(night, question):
    """One no, or one that stays unclear, and the towel is offered."""
    told = night.says("start", routine="rice_sock")
    for _ in range(3):
        told += night.listens()
        if night.mode == "asking" and night.question == question:
            told += night.says("weak_yes") + night.listens() + night.says("weak_yes")
        elif night.mode == "asking":
            told += night.says("yes")
    assert guide(night) is None
    assert "We can do the warm towel instead. Shall we?" in told


def test_the_sock_is_heated_again_only_while_it_is_cool_and_four_times_at_most(night):
    """Each fifteen seconds are followed by the question; after a minute in all nobody is asked any more."""
    heating(night)
    questions = 0
    while "Stop at one minute in all. Never leave the microwave." not in night.waits(1):
        if night.mode == "asking":
            questions += 1
            night.listens()
            night.answers("danger")
    assert len(guide(night).once) == 4
    assert questions == 3


@pytest.mark.parametrize("answer", ["no", "weak_no", "unsure"])
def test_only_a_clear_yes_heats_it_again(night, answer):
    """No, hardly, or don't know: it is warm enough."""
    heating(night)
    while night.mode != "asking":
        night.waits(1)
    night.listens()
    told = night.says(answer) + night.listens()
    if night.mode == "asking":
        told += night.says(answer)
    assert "Stop at one minute in all. Never leave the microwave." in told
    assert len(guide(night).once) == 1


@pytest.mark.parametrize("words", [("stop", "resume"), ("pause", "resume"), ("back",), ("other_leg",)])
def test_no_way_back_heats_it_twice(night, words):
    """A heating that was begun is never begun again: not by stop, pause, back, or from the start."""
    heating(night)
    night.waits(5)
    told = []
    for word in words:
        told += night.says(word)
    for _ in range(12):
        told += goes_on(night)
        if night.mode == "asking":
            break
    assert "Heat for fifteen, one five, seconds. Stay and watch." not in told
    assert guide(night).once.count(guide(night).once[0]) == 1


def test_back_leads_past_what_was_heated(night):
    """From feeling the sock, the step before is the one before the heating."""
    heating(night)
    while "Shake it. Feel it through a towel." not in night.waits(1):
        pass
    assert night.says("back")[0].startswith("Smoke or burning smell")


def test_next_does_not_skip_into_another_heating(night):
    """ "Next" at the question's step leaves the loop."""
    heating(night)
    night.waits(16)
    told = []
    while "Stop at one minute in all. Never leave the microwave." not in told:
        told += night.says("next") if night.mode == "guiding" else night.listens() + night.says("no")
    assert len(guide(night).once) == 1


def test_the_sock_is_not_heated_again_within_two_hours(night):
    """Also one that was never put on has to be cold first."""
    heating(night)
    night.says("stop")
    night.waits(3600)
    assert night.says("start", routine="rice_sock")[0].startswith("It is too soon for the rice sock.")
    night.waits(3700)
    assert night.says("start", routine="rice_sock")[0] == CONTENT.prompts["first_questions"].format(
        n="fourteen"
    )


SHORTCUTS = ("next", "back", "stop", "resume", "pause", "other_leg", "repeat", "yes", "no", "worse", "better")
MOVES = st.one_of(
    st.sampled_from([("says", word, {}) for word in SHORTCUTS]),
    st.just(("says", "start", {"routine": "rice_sock"})),
    st.sampled_from(
        [("waits", 4.0), ("waits", 16.0), ("waits", 600.0), ("restarts", 5.0), ("restarts", None)]
    ),
)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(MOVES, max_size=30))
def test_a_sock_is_never_heated_for_more_than_a_minute_in_two_hours(moves):
    """Whatever is said in between, there are at most four times fifteen seconds."""
    night = heating(Night(CONTENT))
    times = [night.now]
    for name, value, *slots in moves:
        before = len(night.records)
        getattr(night, name)(value, **(slots[0] if slots else {}))
        for _ in range(30 if value == "start" else 0):
            if guide(night) is None and night.mode != "asking":
                break
            goes_on(night)
        times += [night.now for record in night.records[before:] if record.kind == "once"]
    assert all(sum(0 <= later - at < 7200 for later in times) <= 4 for at in times)


# On the skin


@pytest.fixture(params=["ice", "rice_sock"])
def cold_or_warm(request, night):
    """A night in which the ice, or the sock, has just been put on."""
    begun(night, request.param)
    while night.dialogue.state.running is None:
        goes_on(night)
    night.listens()
    return night


def application(night):
    return CONTENT.applications[night.dialogue.state.running.application]


def test_it_is_checked_and_ended_on_time(cold_or_warm):
    """Each check comes at its minute, with its question, and at the end it has to come off."""
    night, started = cold_or_warm, cold_or_warm.dialogue.state.running.started
    end = application(night).end
    for minute in application(night).checks:
        night.waits(started + minute * 60 + 0.5 - night.now)
        assert night.question == application(night).check
        night.listens()
        night.says("no")
    night.waits(started + application(night).minutes * 60 + 0.5 - night.now)
    assert night.question == end
    after = application(night).after
    night.listens()
    assert set(after) <= set(night.says("off"))


def test_it_insists_louder_and_says_when_it_is_over_time(cold_or_warm):
    """Nobody answers: every twenty seconds louder, and past the hard stop it says that the time is over."""
    night = cold_or_warm
    name = application(night).name
    told = night.waits(application(night).hard_stop * 60 + 60)
    assert CONTENT.prompts["over_time"].format(name=name) in told
    volumes = [action.voice.volume for action in night.actions if hasattr(action, "voice")]
    assert volumes[-1] == 1.0
    assert night.dialogue.state.running is not None


def test_bad_skin_takes_it_off_and_locks_it(cold_or_warm):
    """A yes at the check ends it, and it is not used again."""
    night = cold_or_warm
    night.waits(301)
    night.listens()
    assert any("ake it off" in text for text in night.says("yes"))
    night.listens()
    night.says("off")
    assert night.dialogue._turn(night.now).held & {"ice", "heat"}


def test_a_second_one_waits_until_the_first_is_off(cold_or_warm):
    """With something on the skin nothing else is put on it: it says how long that still takes."""
    night = cold_or_warm
    running = night.dialogue.state.running.application
    for routine in ("warm_towel", "ice", "rice_sock"):
        assert night.says("start", routine=routine)[0].endswith(f" left for {application(night).name}.")
        assert night.mode == "idle"
    assert night.dialogue.state.running.application == running


def test_the_skin_rests_two_hours(cold_or_warm):
    """Off is off: the same is refused for two hours."""
    night = cold_or_warm
    routine = "ice" if application(night).group == "cold" else "rice_sock"
    night.says("off")
    night.waits(3600)
    assert any("Wait another" in text for text in night.says("start", routine=routine))
    night.waits(3700)
    assert any("questions" in text for text in night.says("start", routine=routine))


def test_heat_is_used_three_times_a_day_at_most(night):
    """The fourth time within a day is refused."""
    for _ in range(3):
        begun(night, "warm_towel")
        while night.dialogue.state.running is None:
            goes_on(night)
        night.listens()
        night.says("off")
        night.waits(7200)
    assert night.says("start", routine="warm_towel")[0] == "For today that is enough of the warm towel."
    night.waits(86_400)
    assert night.says("start", routine="warm_towel")[0] == CONTENT.prompts["first_questions"].format(
        n="seventeen"
    )


# Standing, the floor, massage


def test_the_standing_stretch_waits_for_being_awake(night):
    """Two minutes after a cramp began at the earliest."""
    night.says("cramp")
    night.waits(60)
    assert any("too early" in text for text in night.says("start", routine="standing_stretch"))


def test_who_needs_help_from_the_floor_stays_on_the_bed(night):
    """The floor stretch is then done on the bed, and it says so."""
    night.says("start", routine="floor_stretch")
    night.listens()
    told = night.answers("danger")
    assert "Do it on the bed instead." in told
    assert guide(night).routine == "floor_stretch"


def test_what_stops_a_massage_is_said_before_the_hand_is_laid_on(night):
    """The stop conditions come before the first touch."""
    told = begun(night, "massage") + night.waits(30)
    stop = "Stop if you see swelling, redness or bruising, or feel breathless. Say help."
    assert told.index(stop) < told.index("Rest your palm on the tight spot. Press lightly.")


def test_a_routine_that_was_just_written_can_be_talked_through(tmp_path):
    """The file that `content new routine` makes is a conversation: gate, steps, both legs, end."""
    path = new_routine("ankle_circles", tmp_path)
    night = Night(content_of(read_care(content_folder("en"), [path]), "uk"))
    told = night.says("start", routine="ankle_circles") + night.answers_safely() + night.waits(400)
    assert told.count("Write here what to do, in one short sentence.") == 6
    assert CONTENT.prompts["routine_over"] in told


@pytest.mark.parametrize("routine", [name for name in GUARDED if "stretch" in CONTENT.routines[name].locks])
def test_after_a_pop_nothing_is_stretched(night, routine):
    """What was told of the leg before forbids it at once, and says how to find out who should look at it."""
    night.says("symptom", question="q2")
    night.listens()
    night.says("yes")
    told = []
    while night.mode == "asking":
        told += night.listens() + night.answers("safe")
    night.listens()
    told = night.says("start", routine=routine)
    assert CONTENT.prompts["locked"].format(name=CONTENT.routines[routine].name) in told
    assert guide(night) is None
    assert CONTENT.prompts["nothing_instead"] in told or night.dialogue.level >= Level.DOCTOR
