"""Times heat or cold on the skin. Its questions go before everything else and are never given up.

Unanswered, they are repeated louder and louder, without end: the person may have fallen asleep on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import asking
from assistant.dialogue.state import Asking, Running, Stage

if TYPE_CHECKING:
    from assistant.dialogue.content import Application, Outcome
    from assistant.dialogue.turn import Turn

_LOUDER = 0.15
"""Of full scale, by which each repetition is louder than the last."""
_MINUTE = 60
_DAY = 24 * 60 * 60
_MOMENT = 60
"""Seconds of absence after which a timer is no longer trusted (project rule)."""


def start(turn: Turn, name: str) -> None:
    """It is on the skin: from now on it is timed."""
    turn.state.running = Running(application=name, started=turn.now, episode=turn.present_episode)
    group = turn.content.applications[name].group
    turn.state.uses[group] = [*_uses_today(turn, group), turn.now]
    turn.record("applied", application=name)


def application_of(turn: Turn) -> Application:
    """Return what is on the skin."""
    return turn.content.applications[turn.running.application]


def left(turn: Turn) -> float:
    """Return the seconds until it has to come off, at least 0."""
    return max(0.0, _end(turn) - turn.now)


def _end(turn: Turn) -> float:
    """Return when it has to come off."""
    return turn.running.started + application_of(turn).minutes * _MINUTE + turn.running.extended


def extend(turn: Turn, seconds: float) -> bool:
    """Leave it on for longer, if the skin bears it; return whether it does."""
    running = turn.running
    hard_stop = running.started + application_of(turn).hard_stop * _MINUTE
    if _end(turn) + seconds > hard_stop or left(turn) <= 0:
        return False
    running.extended += seconds
    _record(turn, "extended", seconds=seconds)
    return True


def _record(turn: Turn, kind: str, **details: float) -> None:
    """Write down what became of it, with the cramp, if any, that it was laid on for."""
    running = turn.running
    turn.record(kind, application=running.application, episode=running.episode, **details)


def time_left(turn: Turn) -> list[str]:
    """Return the sentence that answers "how long left" for what is on the skin."""
    if turn.state.running is None:
        return []
    name = application_of(turn).name
    if left(turn) <= 0:
        return [turn.wording.prompt("over_time", name=name)]
    return [turn.wording.prompt("left_of_timer", name=name, left=turn.wording.duration(left(turn)))]


def timer_of(turn: Turn, routine: str) -> str | None:
    """Return the application that a routine starts, or None."""
    return next((beat.step.timer for beat in turn.beats[routine] if beat.step.timer), None)


def resting(turn: Turn, routine: str) -> float:
    """Return the seconds that the skin has to rest before this routine; 0 or less if it need not."""
    name = timer_of(turn, routine)
    if name is None:
        return 0
    known = turn.content.applications
    rests = (
        turn.state.applied[other] + known[other].rest_minutes * _MINUTE - turn.now
        for other in turn.state.applied
        if known[other].group == known[name].group
    )
    return max(rests, default=0)


def used_up(turn: Turn, routine: str) -> bool:
    """Tell whether what this routine puts on the skin was on it often enough within a day."""
    name = timer_of(turn, routine)
    if name is None:
        return False
    application = turn.content.applications[name]
    return len(_uses_today(turn, application.group)) >= application.per_day


def hurt(turn: Turn, routine: str) -> list[str]:
    """Return what to do about skin that heat or cold has hurt, if this routine would put more on it."""
    if timer_of(turn, routine) is None:
        return []
    checks = {application.check for application in turn.content.applications.values()}
    signs = [name for name in sorted(checks) if asking.is_danger(turn, name)]
    return [text for name in signs for text in turn.content.questions[name].outcome.say[-1:]]


def _uses_today(turn: Turn, group: str) -> list[float]:
    return [at for at in turn.state.uses.get(group, ()) if turn.now - at < _DAY]


def due(turn: Turn) -> float | None:
    """Return when the application wants to be woken, or None."""
    running = turn.state.running
    if running is None:
        return None
    application = application_of(turn)
    end = _end(turn)
    if running.asking is None:
        checks = application.checks[running.checks :]
        return running.started + checks[0] * _MINUTE if checks else end
    insist = None if running.asking.since is None else running.asking.since + application.insist_seconds
    if running.asking.question == application.end:
        return insist
    return end if insist is None else min(insist, end)


def tick(turn: Turn) -> None:
    """Check the skin, end the application, or insist on an answer."""
    running = turn.running
    application = application_of(turn)
    if left(turn) <= 0 and (running.asking is None or running.asking.question != application.end):
        if turn.now > running.started + application.hard_stop * _MINUTE + _MOMENT:
            turn.say(turn.wording.prompt("over_time", name=application.name))  # the machine was asleep
        ask_off(turn, Stage.FIRST)
    elif running.asking is None:
        _open(turn, application.check, Stage.FIRST)
    else:
        _insist(turn, running, running.asking)


def ask_off(turn: Turn, stage: Stage) -> None:
    """Have it taken off, and wait until it is."""
    _open(turn, application_of(turn).end, stage)


def _open(turn: Turn, question: str, stage: Stage) -> None:
    running = turn.running
    turn.freeze()
    if turn.state.floor.asking:
        turn.state.floor.asking.prompt = turn.state.floor.asking.since = None
    running.asking = Asking(question=question, stage=stage, opened=turn.now)
    turn.tone("alarm")
    asking.ask(turn)


def _insist(turn: Turn, running: Running, question: Asking) -> None:
    application = application_of(turn)
    running.insisted += 1
    turn.hush()
    turn.set_voice(turn.louder_voice(_LOUDER * running.insisted))
    turn.tone("alarm")
    if turn.now - running.started >= application.hard_stop * _MINUTE:
        turn.say(turn.wording.prompt("over_time", name=application.name))
    question.stage = Stage.FIRST
    asking.ask(turn)
    _record(turn, "insisted", times=running.insisted)


def answered(turn: Turn, answer: str) -> None:
    """Take the answer to the question whether it is off; only a clear yes counts."""
    question, _ = turn.asked
    if answer in ("off", "yes"):
        ended(turn)
    else:
        question.stage = Stage.AGAIN
        asking.ask(turn)


def resolved(turn: Turn, answer: str, outcome: Outcome) -> None:
    """Go on after a skin check, or have it taken off."""
    running = turn.running
    running.insisted = 0
    turn.set_voice(turn.state.voice)
    if answer == "safe":
        checks = application_of(turn).checks
        running.checks = sum(running.started + minute * _MINUTE <= turn.now for minute in checks)
        running.asking = None
        turn.prompt("skin_is_fine", left=turn.wording.duration(left(turn)))
    else:
        turn.say(*outcome.say)
        ask_off(turn, Stage.AGAIN)


def after_restart(turn: Turn, away: float | None) -> None:
    """Nobody watched the skin meanwhile: have it taken off, unless it was but a moment."""
    running = turn.running
    running.asking = None
    if left(turn) <= 0:
        turn.say(turn.wording.prompt("over_time", name=application_of(turn).name))
    if left(turn) <= 0 or away is None or away > _MOMENT:
        ask_off(turn, Stage.AGAIN)
    else:
        _open(turn, application_of(turn).check, Stage.FIRST)


def ended(turn: Turn) -> None:
    """It is off."""
    running = turn.running
    application = application_of(turn)
    _record(turn, "removed", seconds=turn.now - running.started)
    turn.state.applied[running.application] = turn.now
    turn.state.running = None
    turn.set_voice(turn.state.voice)
    turn.prompt("it_is_off", name=application.name)
    turn.say(*application.after)
