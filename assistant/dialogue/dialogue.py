"""The whole conversation: an event in, actions out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.dialogue import (
    applying,
    asking,
    commands,
    events,
    guiding,
    interviewing,
    offering,
    placing,
    remembering,
    reminding,
    scripts,
    sleeping,
)
from assistant.dialogue.beats import beats
from assistant.dialogue.state import Mode, State, WallClock
from assistant.dialogue.transitions import CALM, TABLE
from assistant.dialogue.turn import Turn
from assistant.values import Intent

if TYPE_CHECKING:
    from assistant.dialogue.actions import Action
    from assistant.dialogue.content import Content, Level

_CLOCKS = (
    (applying.due, applying.tick),
    (asking.due, asking.unclear),
    (guiding.due, guiding.tick),
    (offering.due, offering.lapse),
    (placing.due, placing.ask),
    (reminding.due, reminding.tick),
    (sleeping.due, sleeping.tick),
)
"""What runs on time, most urgent first: when it is due, and what it then does."""
_ANSWERS = frozenset(
    {"yes", "weak_yes", "no", "weak_no", "unsure", "pain", "same", "enough", "place", "standing", "sitting"}
    | {"skip", "since", "age", "usual", "thanks"}
)


_OF_THE_VOICE = frozenset({"slower", "faster", "louder", "quieter"})


class Dialogue:
    """Moved by `handle` alone. Times are seconds of one clock that never goes back."""

    def __init__(self, content: Content, state: State | None = None) -> None:
        self.content = content
        self.state = state or State()
        self._beats = {name: beats(routine) for name, routine in content.routines.items()}

    def handle(self, event: events.Event, now: float) -> list[Action]:
        """Take an event and return what is to be done, in order. Never raises on any event in any state."""
        turn = self._turn(now)
        if isinstance(event, events.SpeechHeard | events.SpeechNotUnderstood | events.SpeechStarted):
            self.state.quiet = now
        match event:
            case events.SpeechHeard():
                _heard(turn, event)
            case events.SpeechNotUnderstood():
                _not_understood(turn, event.started)
            case events.SpeechHalfHeard():
                _half_heard(turn, event)
            case events.SpeechStarted():
                asking.extend(turn, asking.SPEECH_PATIENCE)
            case events.PromptFinished():
                _finished(turn, event.id)
            case events.DeadlineReached():
                _deadline(turn)
            case _:
                _circumstance(turn, event)
        _settle(turn)
        offering.settle(turn)
        turn.listen()
        return turn.actions

    def deadline(self) -> float | None:
        """Return when `DeadlineReached` is wanted next, or None."""
        turn = self._turn(0)
        times = [due(turn) for due, _ in _CLOCKS]
        return min((time for time in times if time is not None), default=None)

    @property
    def mode(self) -> Mode:
        return self._turn(0).mode

    @property
    def level(self) -> Level:
        """The highest level that any answer has reached."""
        return self._turn(0).level

    def _turn(self, now: float) -> Turn:
        return Turn(content=self.content, beats=self._beats, state=self.state, now=now)


def _heard(turn: Turn, event: events.SpeechHeard) -> None:
    turn.state.missed = None
    turn.state.place_asked = True  # whoever wants something is not asked where they are
    intent = offering.meant(turn, event.intent, event.started)
    row = TABLE.get((turn.mode, intent.name))
    too_early = turn.asking is not None and event.started < turn.asking.opened
    if row is None or (too_early and intent.name in _ANSWERS):
        _not_understood(turn, event.started)
    elif then := intent.slots.get("then"):
        _both(turn, replace(intent, slots={k: v for k, v in intent.slots.items() if k != "then"}), then)
    else:
        turn.state.heard, turn.state.asleep = turn.now, False
        row.handler(turn, intent)
        reminding.answered(turn, event.started)
        if intent.name in CALM:
            interviewing.offer(turn)


def _both(turn: Turn, answer: Intent, then: str) -> None:
    """Do what was asked for besides the answer: a change of the voice first, silence last."""
    for name in (then, answer.name) if then in _OF_THE_VOICE else (answer.name, then):
        row = TABLE.get((turn.mode, name))
        if row:
            row.handler(turn, answer if name == answer.name else Intent(name=name, words=answer.words))


def _not_understood(turn: Turn, started: float) -> None:
    if turn.asking is None or started >= turn.asking.opened:
        commands.not_understood(turn)


def _half_heard(turn: Turn, event: events.SpeechHalfHeard) -> None:
    """Ask which of the two it was if they are answers to the open question; else it was not understood."""
    in_time = turn.asking is not None and event.started >= turn.asking.opened
    if not (in_time and asking.half_heard(turn, event.either)):
        _not_understood(turn, event.started)


def _finished(turn: Turn, prompt: int) -> None:
    """A sentence has ended: whoever waited for it goes on."""
    state = turn.state
    if prompt in state.speaking:
        state.speaking.remove(prompt)
        state.quiet = turn.now
    if prompt == state.script_prompt:
        state.script = state.script_prompt = None
    guide = state.floor.guide
    for question in (state.floor.asking, state.running and state.running.asking):
        if question and question.prompt == prompt:
            question.prompt, question.since = None, turn.now
    if guide and guide.prompt == prompt:
        guiding.spoken(turn)


def _deadline(turn: Turn) -> None:
    """Do what is due; whatever is not yet due, or no longer, is left alone."""
    for due, tick in _CLOCKS:
        time = due(turn)
        if time is not None and time <= turn.now:
            tick(turn)


def _circumstance(turn: Turn, event: events.Event) -> None:
    """Take what happened to the assistant rather than in the conversation."""
    match event:
        case events.Started():
            _greet(turn)
        case events.Restarted():
            _return(turn, event)
        case events.ClockRead():
            turn.state.clock = WallClock(
                ahead=event.wall - turn.now, offset=event.offset, vouched=event.vouched
            )
        case events.Recalled():
            remembering.recalled(turn, event)
        case events.DeviceLost():
            turn.record("device_lost")
            turn.state.deaf = True
            commands.pause_all(turn)
            turn.say(turn.wording.prompt("device_lost"))
        case events.DeviceFound():
            turn.record("device_found")
            turn.state.deaf = False
            commands.pause_all(turn)
            turn.say(turn.wording.prompt("device_found"))
            _say_resume(turn)
        case events.EngineFailed():
            turn.record("engine_failed")
            turn.say(turn.wording.prompt("engine_failed"))
        case events.DiskFailed():
            turn.say(turn.wording.prompt("disk_failed"))


def _greet(turn: Turn) -> None:
    turn.set_voice(turn.state.voice)
    turn.state.place_asked, turn.state.quiet = False, None
    number = turn.locale.number
    turn.say(turn.wording.prompt("not_advice"), turn.wording.prompt("unreviewed"))
    turn.say(turn.wording.prompt("in_an_emergency", number=number))
    turn.prompt("ready")


def _return(turn: Turn, event: events.Restarted) -> None:
    """Say what happened, then what was cut off; heat on the skin is checked first of all.

    Where nothing was cut off it is a start like any other.
    """
    state, away = turn.state, event.away
    script = state.script
    state.speaking.clear()
    state.scope, state.deaf, state.awaits, state.offer = "", False, None, None
    _cut_at(turn, turn.now - (away or 0))
    commands.pause_all(turn)
    turn.record("restarted", away=away)
    if not (state.running or script or state.floor.asking or state.timers or _can_go_on(turn)):
        _greet(turn)
        return
    turn.set_voice(state.voice)
    name = "power_was_out" if event.power_cut else "was_off"
    turn.prompt("was_off_unknown" if away is None else name, away=turn.wording.duration(away or 0))
    if state.running:
        applying.after_restart(turn, away)
    reminding.after_restart(turn, away)
    if script:
        scripts.speak(turn, script)
    else:
        _say_resume(turn)


def _can_go_on(turn: Turn) -> bool:
    """Tell whether there is a routine to resume: open, or stopped before the cramp eased."""
    floor, episode = turn.state.floor, turn.state.episode
    stopped = turn.state.aside is not None and episode is not None and episode.eased is None
    return stopped or floor.guide is not None


def _say_resume(turn: Turn) -> None:
    """Say how to go on, or, asleep, what is heard: "resume" is not."""
    if _can_go_on(turn) and not turn.state.floor.asking:
        turn.say(turn.wording.prompt("asleep" if turn.state.asleep else "say_resume"))


def _cut_at(turn: Turn, gone: float) -> None:
    """A hold counts only up to the moment when the assistant went away."""
    guide = turn.state.floor.guide
    if guide and guide.since is not None:
        guide.spent += max(0.0, gone - guide.since)
        guide.since = None


def _settle(turn: Turn) -> None:
    """Leave nothing hanging: a question or step whose words were cut off is spoken again."""
    open_question = turn.asking
    guide = turn.state.floor.guide
    if open_question:
        if open_question.prompt is None and open_question.since is None:
            asking.ask(turn)
    elif guide and not guide.paused and guide.prompt is None and guide.since is None:
        guiding.speak(turn)
