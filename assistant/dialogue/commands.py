"""What each intent does. Which of these runs in which mode is the table's business (`transitions`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.dialogue import (
    applying,
    asking,
    correcting,
    guiding,
    inquiring,
    interviewing,
    noting,
    offering,
    profiling,
    reminding,
    scripts,
    telling,
)
from assistant.dialogue.content import Level
from assistant.dialogue.state import Floor, Inquiry, Mode, Purpose, Stage

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent, Voice

_MUSCLE = "thigh"
"""What is meant where none is named; nobody is asked which muscle it is."""
_NEW_EPISODE = 3600
"""Seconds after which a cramp that was never called better is another cramp when one is reported."""
_VOLUME_STEP = 0.15
_PAUSE_STEP, _MOST_PAUSE = 0.4, 1.2
"""Seconds. Slower means pauses first, then words (pauses help listeners, drawn-out words do not: TTS-C)."""
_RATE_STEP, _LEAST_RATE, _MOST_RATE = 15, 105, 195
"""Words per minute."""
_REPEATED_SOON = 20
"""Seconds within which not being understood twice is worth a word of help."""


# Relief and help


def cramp(turn: Turn, intent: Intent) -> None:
    """Relief starts at once, whatever was going on; where it was, "left calf" is noted, and it goes on."""
    state, slots = turn.state, intent.slots
    muscle, side = slots.get("muscle"), slots.get("side")
    turn.hush()
    if noting.only_leg_is_new(turn, muscle, side):
        turn.freeze()
        turn.guide.paused = False
        correcting.note_side(turn, intent)
        return
    turn.put_aside()
    episode = state.episode
    if episode is None or episode.eased is not None or turn.now - episode.onset > _NEW_EPISODE:
        noting.begin(turn, intent.words, muscle, side)
    else:
        noting.told_again(turn, intent.words, muscle, side)
    state.answers.pop(asking.CRAMP, None)
    routine = noting.first_relief(turn, muscle, profiling.usual_muscle(turn) or _MUSCLE)
    emergency = _say_emergency(turn)
    if turn.locked_by(turn.content.routines[routine].locks):
        guiding.refuse(turn, routine)
        return
    guiding.begin(turn, routine)
    if not emergency:
        noting.say_it_helped(turn, routine)


def _say_emergency(turn: Turn) -> bool:
    """Before relief goes on in an emergency: say that it is one, and whom to call; return whether it is."""
    is_emergency = turn.level is Level.EMERGENCY
    if is_emergency:
        turn.say(*turn.wording.script("emergency")[:2])
    return is_emergency


def help_me(turn: Turn, _: Intent) -> None:
    """Say what help there is, and ask what would show an emergency."""
    _ask_all(turn, "help", turn.content.triage.screen)


def screen(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.put_aside()
    triage = turn.content.triage
    left_out = {name for name, fact in triage.only_of.items() if not turn.knows(fact)}
    inquiring.inquire_at_length(turn, [name for name in triage.request if name not in left_out])


def enough(turn: Turn, intent: Intent) -> None:
    """End the questions, with what they have shown; in a rest, and where there are none, it is a stop."""
    inquiry = turn.state.floor.inquiry
    if inquiry is None or inquiry.purpose is Purpose.REST or turn.asking is not turn.state.floor.asking:
        stop(turn, intent)
    else:
        turn.hush()
        inquiring.break_off(turn)


def _ask_all(turn: Turn, prompt: str, names: tuple[str, ...]) -> None:
    """Something is new or worse: what was safe may not be any more."""
    turn.hush()
    turn.put_aside()
    turn.forget_safe_answers()
    turn.prompt(prompt)
    inquiring.inquire(turn, Purpose.REQUEST, names)


def emergency(turn: Turn, intent: Intent) -> None:
    """Emergency words are believed at once."""
    turn.hush()
    name = turn.content.triage.emergency[intent.slots["flag"]]
    if name in turn.content.questions:
        asking.note(turn, name, "danger")
    else:
        turn.state.alarm = turn.now
    turn.record("emergency", flag=intent.slots["flag"], words=intent.words)
    scripts.speak(turn, "emergency")


def symptom(turn: Turn, intent: Intent) -> None:
    """A sign of danger was told unasked: read it back, then ask the rest."""
    name = intent.slots["question"]
    turn.hush()
    turn.put_aside()
    turn.forget_safe_answers()
    rest = [q for q in turn.content.triage.screen if q != name]
    if name in turn.state.answers:
        inquiring.inquire(turn, Purpose.REQUEST, rest)
        return
    side = intent.slots.get("side")
    turn.state.floor.inquiry = Inquiry(purpose=Purpose.REQUEST, queue=rest, side=side)
    asking.open_question(turn, name, Stage.CONFIRM)


# The course of things


def stop(turn: Turn, _: Intent) -> None:
    """Be silent; what was going on can be resumed. Heat on the skin goes on being timed."""
    turn.hush()
    turn.put_aside()
    if turn.asking:
        turn.asking.since = turn.now


def pause(turn: Turn, _: Intent) -> None:
    turn.hush()
    guide = turn.state.floor.guide
    if guide:
        turn.freeze()
        if not guide.paused:
            turn.record("left", routine=guide.routine)
        guide.paused = True
    if turn.asking:
        turn.asking.since = turn.now
    asking.extend(turn, asking.WAIT_PATIENCE)


def pause_all(turn: Turn) -> None:
    """Hold everything: nobody can be heard, or was. A question is asked anew later."""
    floor = turn.state.floor
    turn.freeze()
    if floor.guide:
        floor.guide.paused = True
        inquiring.postpone(turn)
    for question in (floor.asking, turn.state.running and turn.state.running.asking):
        if question:
            question.prompt = question.since = None


def resume(turn: Turn, intent: Intent) -> None:
    """Take up what was paused or put aside, unless it has been locked since; what goes on is said again.

    Whoever comes back to an emergency that silence has made is asked about it first.
    """
    state = turn.state
    if turn.mode is Mode.IDLE and inquiring.ask_late(turn):
        return
    if turn.mode is Mode.IDLE and state.aside is None:
        _go_on_idle(turn, intent)
        return
    if turn.mode is Mode.GUIDING:
        turn.guide.sleeps = False
        repeat(turn, intent)
        return
    turn.hush()
    is_back = turn.mode is Mode.IDLE
    if is_back:
        state.floor, state.aside = state.aside or Floor(), None
    guide = state.floor.guide
    if guide and turn.locked_by(turn.content.routines[guide.routine].locks):
        state.floor.guide = None
        guiding.refuse(turn, guide.routine)
    elif guide and state.running and applying.timer_of(turn, guide.routine):
        state.floor.guide = None
        turn.say(*applying.time_left(turn))
    elif guide:
        if is_back:
            _say_emergency(turn)
        turn.record("resumed", routine=guide.routine)
        guide.paused = guide.sleeps = False


def _go_on_idle(turn: Turn, intent: Intent) -> None:
    """Go on asking about the night or telling; in urgency say what to do, or that nothing waits.

    What is being said, or looked up, goes on by itself; a script is not even broken into by questions.
    """
    state = turn.state
    if state.script is not None or interviewing.resume(turn):
        return
    if telling.has_more(turn):
        telling.more(turn, intent)
    elif state.speaking or state.awaits is not None:
        return
    elif turn.level >= Level.URGENT:
        scripts.speak(turn)
    else:
        turn.tell(*(applying.time_left(turn) or [turn.wording.prompt("nothing_to_resume")]))


def start(turn: Turn, intent: Intent) -> None:
    """Start a routine by name."""
    routine = intent.slots["routine"]
    muscle = turn.content.routines[routine].relieves
    if muscle:
        cramp(turn, replace(intent, slots={"muscle": muscle}))
    elif turn.state.running and applying.timer_of(turn, routine):
        how_long(turn, intent)
    else:
        guiding.start(turn, routine)


def next_step(turn: Turn, _: Intent) -> None:
    guide = turn.guide
    turn.hush()
    guide.ask_over = True
    guide.paused = False
    guiding.step_over(turn)


def back(turn: Turn, _: Intent) -> None:
    guide = turn.guide
    turn.hush()
    guide.paused = False
    guiding.go_to(turn, guide.beat - 1)


def previous_question(turn: Turn, _: Intent) -> None:
    turn.hush()
    if turn.state.running and turn.state.running.asking:
        return
    inquiring.go_back(turn)


def unreachable(turn: Turn, _: Intent) -> None:
    """The leg is out of reach: stay with what needs no hands."""
    turn.hush()
    guiding.jump(turn, "hands_free")


def other_leg(turn: Turn, intent: Intent) -> None:
    """Go through the stretch again with the other leg, also one that was put aside and may be done."""
    turn.hush()
    rests = turn.state.aside and turn.state.aside.guide
    is_idle = turn.state.floor.guide is None
    if is_idle and rests and not turn.locked_by(turn.content.routines[rests.routine].locks):
        _say_emergency(turn)
        turn.state.floor = Floor(guide=rests)
    if turn.state.floor.guide is None:
        cramp(turn, intent)
        return
    turn.forget_safe_answers()
    turn.state.floor.guide.paused = False
    turn.say(turn.wording.prompt("other_leg"))
    guiding.jump(turn, "start")


# How it is


def better(turn: Turn, _: Intent) -> None:
    """It eased: come to the end, calmly. A question of danger that is open, or was, is asked again first."""
    state = turn.state
    turn.hush()
    if turn.mode is Mode.IDLE and inquiring.ask_late(turn):
        guiding.note_eased(turn)
        if state.floor.guide:
            state.floor.guide.ends = True
        return
    if turn.mode is Mode.IDLE and state.aside and state.aside.guide:
        state.floor, state.aside = state.aside, None
    if state.running and state.running.asking:
        return
    if turn.asking and turn.asking.question == asking.CRAMP:
        asking.resolve(turn, "safe")
    else:
        guiding.ease(turn)


def worse(turn: Turn, intent: Intent) -> None:
    """Ease off; the second time find out how soon somebody should be seen."""
    state = turn.state
    turn.hush()
    if state.running:
        applying.ask_off(turn, Stage.AGAIN)
        return
    if state.episode is None or state.episode.eased is not None:
        noting.begin(turn, intent.words)
    assert state.episode is not None
    state.episode.worse += 1
    turn.record("worse", times=state.episode.worse)
    guide = state.floor.guide
    if guide is None and state.floor.inquiry:
        return
    if guide is None or state.episode.worse > 1:
        inquiring.postpone(turn)
        guiding.give_up(turn)
        return
    inquiring.postpone(turn)
    turn.prompt("ease_off")
    guide.ends = guide.sleeps = False
    guide.ask_over = True
    guide.paused = False
    if guiding.beat_of(turn).step.hold or guide.since is None:
        guiding.step_over(turn)


# The voice, and what can be asked of it


def louder(turn: Turn, _: Intent) -> None:
    _change_volume(turn, _VOLUME_STEP)


def quieter(turn: Turn, _: Intent) -> None:
    _change_volume(turn, -_VOLUME_STEP)


def _change_volume(turn: Turn, by: float) -> None:
    turn.state.voice = turn.louder_voice(by)
    turn.set_voice(turn.state.voice)
    if not turn.state.speaking:
        turn.say(turn.wording.prompt("like_this"))


def slower(turn: Turn, _: Intent) -> None:
    """Longer pauses first, then slower words; what was being said is said again."""
    voice = turn.state.voice
    if voice.pause < _MOST_PAUSE:
        voice = replace(voice, pause=round(min(_MOST_PAUSE, voice.pause + _PAUSE_STEP), 2))
    else:
        voice = replace(voice, rate=max(_LEAST_RATE, voice.rate - _RATE_STEP))
    _change_pace(turn, voice)


def faster(turn: Turn, _: Intent) -> None:
    voice = turn.state.voice
    if voice.rate < _MOST_RATE and voice.pause <= _PAUSE_STEP:
        voice = replace(voice, rate=min(_MOST_RATE, voice.rate + _RATE_STEP))
    else:
        voice = replace(voice, pause=round(max(0.2, voice.pause - _PAUSE_STEP), 2))
    _change_pace(turn, voice)


def _change_pace(turn: Turn, voice: Voice) -> None:
    turn.hush()
    turn.state.voice = voice
    turn.set_voice(voice)
    if turn.mode in (Mode.IDLE, Mode.PAUSED):
        turn.say(turn.wording.prompt("like_this"))


def repeat(turn: Turn, _: Intent) -> None:
    """Say the open question, the step, or the last thing again; a hold goes on meanwhile."""
    turn.hush()
    guide = turn.state.floor.guide
    if turn.asking:
        asking.ask(turn)
    elif guide is None:
        turn.say(*turn.state.said)
    elif guide.since is not None or guide.paused:
        turn.tell(guiding.beat_of(turn).step.say)


def how_long(turn: Turn, _: Intent) -> None:
    """Say what is left of the questions, of the hold, of the rounds, of the heat and of the timers."""
    turn.hush()
    left = (inquiring.left, guiding.time_left, applying.time_left, reminding.time_left)
    answers = [text for told in left for text in told(turn)]
    turn.say(*(answers or [turn.wording.prompt("nothing_is_timed")]))


def what_can_i_say(turn: Turn, _: Intent) -> None:
    """Say what can be said; while it is urgent that somebody looks, what to do."""
    turn.hush()
    if turn.mode is Mode.IDLE and turn.level >= Level.URGENT:
        scripts.speak(turn)
        return
    turn.say(turn.wording.prompt(f"can_say_{turn.scope}"))


# Heat


def off(turn: Turn, intent: Intent) -> None:
    """What was on the skin is off."""
    turn.hush()
    if turn.state.running is None:
        turn.say(turn.wording.prompt("nothing_is_timed"))
    elif turn.asking is turn.state.running.asking is not None:
        asking.heard(turn, replace(intent, name="off"))
    else:
        applying.ended(turn)


def end_heat(turn: Turn, _: Intent) -> None:
    turn.hush()
    if turn.state.running is None:
        turn.say(turn.wording.prompt("nothing_is_timed"))
    else:
        applying.ask_off(turn, Stage.AGAIN)


# Answers, and what was none


def correct(turn: Turn, intent: Intent) -> None:
    turn.hush()
    correcting.correct(turn, intent)


def answer(turn: Turn, intent: Intent) -> None:
    asking.heard(turn, intent)


def late_answer(turn: Turn, intent: Intent) -> None:
    """Somebody answers where nothing is asked any more: a no to an offer, or a word that comes late."""
    if turn.state.offer or not inquiring.ask_late(turn):
        offering.declined(turn, intent)


def not_understood(turn: Turn) -> None:
    """Ask again where an answer is due; in a routine, help the second time; else it was not for us."""
    if turn.asking:
        asking.unclear(turn, spoken=True)
        return
    missed, turn.state.missed = turn.state.missed, turn.now
    if turn.mode is Mode.GUIDING and missed is not None and turn.now - missed < _REPEATED_SOON:
        turn.state.missed = None
        turn.say(turn.wording.prompt(f"can_say_{turn.scope}"))
