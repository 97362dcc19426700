"""What holds in every night, however it goes: random conversations against the dialogue's promises."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from night import STATE, Night

from assistant.data import load_content
from assistant.dialogue import actions, events
from assistant.dialogue.content import Level
from assistant.dialogue.state import Mode
from assistant.dialogue.transitions import TABLE, diagram
from assistant.values import Intent

CONTENT = load_content("en", "uk")
SLOTS = {
    "cramp": [{}, {"muscle": "calf"}, {"muscle": "foot"}],
    "start": [{"routine": name} for name in CONTENT.routines],
    "emergency": [{"flag": flag} for flag in CONTENT.triage.emergency],
    "symptom": [{"question": name} for name in ("q2", "q3", "q4")],
    "fact": [{"fact": "diabetes"}, {"fact": "pregnant"}, {"fact": "water_tablet", "since": "march"}],
    "forget_fact": [{"known": "diabetes"}, {"known": "age"}],
    "no_fact": [{"fact": "diabetes"}, {"fact": "pregnant"}],
    "age": [{"age": "65_to_74"}, {"age": "under_16"}],
    "usual": [{"usual_muscle": "calf"}, {"usual_side": "left"}],
    "since": [{"since": "march"}],
    "drank": [{"vessel": "glass", "count": "2", "drink": "tea"}],
    "topic": [{"topic": "hydration"}, {"topic": "magnesium"}, {"topic": "how_long"}],
    "count_cramps": [{"period": "tonight"}, {}],
    "side": [{"side": "left"}],
    "onset": [{"onset": "walking"}],
    "trigger": [{"trigger": "heat"}],
    "hours": [{"hours": "3"}, {}],
    "pain": [{"score": "3"}, {"score": "8"}, {"band": "worst"}],
}
SLOTS |= {
    "set_timer": [
        {"minutes": "10"},
        {"minutes": "1", "about": "leg"},
        {"minutes": "5", "about": "drink"},
        {},
    ],
    "set_interval": [{"minutes": "60", "about": "drink"}],
    "set_daily": [{"at": "22:00", "about": "bedtime"}, {"at": "12:00", "about": "medicine"}],
    "cancel_timer": [{}, {"about": "timer"}, {"about": "all"}, {"minutes": "10"}],
    "extend_timer": [{}, {"minutes": "5", "about": "heat"}],
}
INTENTS = sorted({intent for _, intent in TABLE})
SPEECH = [("says", name, slots) for name in INTENTS for slots in SLOTS.get(name, [{}])]
ANSWERS = [("says", name, {}) for name in ("yes", "no", "same", "next", "off")]
CIRCUMSTANCES = [
    ("mumbles",),
    ("half_says", (Intent(name="no"), Intent(name="yes"))),
    ("half_says", (Intent(name="pain", slots={"score": "5"}), Intent(name="pain", slots={"score": "9"}))),
    ("half_says", (Intent(name="stop"), Intent(name="no"))),
    ("restarts", None),
    ("restarts", 30.0),
    ("restarts", 4000.0),
    ("happens", events.DeviceLost()),
    ("happens", events.DeviceFound()),
    ("happens", events.EngineFailed()),
    ("happens", events.SpeechStarted()),
    ("happens", events.ClockRead(wall=1.8e9, offset=3600, vouched=True)),
    ("happens", events.ClockRead(wall=0.0, offset=-18_000, vouched=False)),
]
WAITS = [("waits", seconds) for seconds in (0.1, 3.0, 20.0, 330.0)]

step = st.one_of(
    st.sampled_from(SPEECH), st.sampled_from(ANSWERS), st.sampled_from(WAITS), st.sampled_from(CIRCUMSTANCES)
)
HEAT = [("says", "start", {"routine": "warm_towel"}), ("answers_safely",)]
HEAT += [("waits", 20.0), ("says", "next", {})] * 5
"""Ends with the towel on the thigh."""
RELIEF = [("says", "cramp", {}), ("waits", 58.0)]
"""Ends with the first question of the screen open."""
nights = st.builds(
    list.__add__, st.sampled_from([[], [], HEAT, RELIEF, HEAT + RELIEF]), st.lists(step, max_size=25)
)
unhurried = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


def go(night, move):
    return getattr(night, move[0])(*move[1:2], **(move[2] if len(move) > 2 else {}))


def lived(moves):
    night = Night(CONTENT)
    night.happens(events.Started())
    for move in moves:
        go(night, move)
    return night


@unhurried
@given(nights)
def test_stop_is_silent_from_any_state(moves):
    """Whatever was going on, "stop" says nothing and leaves nothing to be said."""
    night = lived(moves)
    assert night.says("stop") == []
    assert night.queue == []


@unhurried
@given(nights, st.sampled_from(SLOTS["cramp"]))
def test_a_cramp_is_answered_with_an_instruction_from_any_state(moves, muscle):
    """ "I have a cramp" is followed at once by relief, or, when the leg must not be stretched, by why not."""
    night = lived(moves)
    told = night.says("cramp", **muscle)
    firsts = {CONTENT.routines[name].steps[0].say for name in ("relief_bed", "relief_calf", "relief_foot")}
    locked = night.dialogue._turn(night.now).locked_by(("stretch",)) is not None
    assert firsts & set(told) or (locked and told)


@settings(unhurried, max_examples=50)
@given(nights)
def test_resume_is_never_met_with_silence(moves):
    """Whoever is awake hears what goes on, or that nothing waits."""
    night = lived(moves)
    if night.mode != "asleep":
        night.says("resume")
        assert night.queue


@unhurried
@given(nights)
def test_no_state_is_a_dead_end(moves):
    """Who is guided or asked hears more: something is spoken, due, or was announced three times."""
    night = lived(moves)
    if night.mode in ("guiding", "asking") and not night.dialogue.state.deaf:
        guide = night.dialogue.state.floor.guide
        reminded = guide is not None and guide.cue >= 3 and guide.since is not None
        assert night.queue or night.dialogue.deadline() is not None or reminded


def test_the_nights_with_heat_have_heat():
    """What the random nights begin with brings them where they should be."""
    assert lived(HEAT).dialogue.state.running is not None
    assert lived(RELIEF).question == "q1"


@unhurried
@given(nights)
def test_what_is_on_the_skin_is_timed_until_it_is_said_to_be_off(moves):
    """No event but the person's word ends heat; an open question about it is always due again."""
    night = Night(CONTENT)
    night.happens(events.Started())
    for move in moves:
        before = night.dialogue.state.running
        removed = sum(record.kind == "removed" for record in night.records)
        go(night, move)
        if before and night.dialogue.state.running is None:
            assert sum(record.kind == "removed" for record in night.records) == removed + 1
            assert move[0] == "says"
            assert move[1] in ("off", "yes")
    if night.dialogue.state.running and not night.queue:
        assert night.dialogue.deadline() is not None


@unhurried
@given(nights)
def test_no_red_flag_is_ever_taken_back(moves):
    """An answer of danger stays through interruption, silence, restart and any later no, for a day."""
    night = Night(CONTENT)
    flagged: dict[str, float] = {}
    for move in moves:
        go(night, move)
        answers = night.dialogue.state.answers
        for name, since in list(flagged.items()):
            if night.now - since < CONTENT.questions[name].stands_minutes * 60:
                assert answers[name].danger
            else:
                del flagged[name]
        for name, answer in answers.items():
            if answer.danger and CONTENT.questions[name].outcome.level >= Level.URGENT:
                flagged.setdefault(name, answer.at)


@unhurried
@given(nights)
def test_only_a_clear_word_closes_a_red_flag_question_safely(moves):
    """Silence, noise, a weak no and "I don't know" never make a safe answer."""
    night = Night(CONTENT)
    for move in moves:
        before = dict(night.dialogue.state.answers)
        go(night, move)
        for name, answer in night.dialogue.state.answers.items():
            if before.get(name) != answer and not answer.danger and not answer.unclear:
                danger = CONTENT.questions[name].danger
                if CONTENT.questions[name].kind == "yes_no":
                    clear = ("says", "yes" if danger == "no" else "no")
                    told = {"cramp_there": ("says", "better")}.get(name)
                    assert move[:2] in (clear, told, ("answers_safely",))


@unhurried
@given(nights)
def test_a_deadline_that_was_handled_does_not_come_again(moves):
    """Time never stands still: handling what is due makes it no longer due."""
    night = lived(moves)
    for _ in range(4):
        due = night.dialogue.deadline()
        if due is None or due == float("inf"):
            return
        night.now = max(night.now, due)
        for _ in range(3):
            night.happens(events.DeadlineReached())
        later = night.dialogue.deadline()
        assert later is None or later > night.now


@unhurried
@given(nights, st.sampled_from(SPEECH))
def test_modes_change_only_as_the_table_says(moves, move):
    """The mode after an intent is one of those that its row names, or the one before."""
    night = lived(moves)
    before = night.dialogue.mode
    row = TABLE.get((before, move[1]))
    go(night, move)
    if row is not None:
        assert night.dialogue.mode in (before, *row.to)


@unhurried
@given(nights)
def test_the_state_can_be_written_down_and_read_back(moves):
    """What is saved is the whole state."""
    night = lived(moves)
    assert STATE.validate_json(STATE.dump_json(night.dialogue.state)) == night.dialogue.state


def test_every_intent_is_answered_in_every_mode():
    """What has no row is answered like speech that was not understood; nothing raises."""
    paths = {
        Mode.IDLE: [],
        Mode.GUIDING: [("says", "cramp", {})],
        Mode.PAUSED: [("says", "cramp", {}), ("says", "pause", {})],
        Mode.ASKING: [("says", "screen", {})],
        Mode.ASLEEP: [("says", "sleep", {})],
    }
    for (mode, moves), (_, name, slots) in itertools.product(paths.items(), SPEECH):
        night = lived(moves)
        assert night.dialogue.mode is mode
        heard = events.SpeechHeard(intent=Intent(name=name, slots=slots), started=night.now)
        assert all(isinstance(action, actions.Action) for action in night.dialogue.handle(heard, night.now))


def test_the_diagram_shows_every_mode_and_intent():
    """The picture in the documentation is drawn from the table."""
    page = Path(__file__).parents[2] / "docs" / "dialogue.md"
    assert diagram() in page.read_text(encoding="utf-8")
    assert "idle --> guiding: cramp" in diagram()
