"""Being asleep: only the cry for help is heard, until somebody wakes it.

Asleep it is when told so; with a wake phrase set, also after a while in which nobody said anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import applying, inquiring, reminding, scripts
from assistant.dialogue.content import Level
from assistant.dialogue.state import Mode, Purpose, Stage

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

_DOZES_OFF = 180
"""Seconds of silence after which the wake phrase is needed, if it is set (project rule)."""


def due(turn: Turn) -> float | None:
    """Return when it dozes off, or None."""
    state = turn.state
    if not state.habits.wake_phrase or state.speaking or turn.mode is not Mode.IDLE:
        return None
    return state.heard + _DOZES_OFF


def tick(turn: Turn) -> None:
    turn.state.asleep = True


def sleep(turn: Turn, _: Intent) -> None:
    """Sleep, but not with heat or cold on the skin, over an emergency script, or past a question of danger.

    It is no answer to that: the question is asked again, and sleep comes after a safe one.
    """
    cut_off = turn.state.script
    turn.hush()
    if turn.state.running:
        applying.ask_off(turn, Stage.AGAIN)
    elif turn.mode is Mode.IDLE and inquiring.ask_late(turn):
        _sleep_after(turn)
    elif turn.level is Level.EMERGENCY and cut_off:
        scripts.speak(turn, cut_off)
    elif not _minds_answer(turn):
        leave(turn)
    elif _sleep_after(turn):
        turn.prompt("one_question_first")
    else:
        turn.prompt("say_enough")


def _minds_answer(turn: Turn) -> bool:
    """Tell whether the open question must not be slept over: the answers before it may be urgent, too."""
    inquiry = turn.state.floor.inquiry
    is_run = inquiry is not None and inquiry.purpose is Purpose.REQUEST
    return is_run or inquiring.minds_answer(turn)


def _sleep_after(turn: Turn) -> bool:
    """Sleep once the open question is answered safely, if it was asked in a rest; return whether it was."""
    guide = turn.state.floor.guide
    if guide:
        guide.sleeps = True
    return guide is not None


def leave(turn: Turn) -> None:
    """Put aside what was going on, say what is to be minded of a cramp that has not eased, and sleep."""
    guide, episode = turn.state.floor.guide, turn.state.episode
    turn.put_aside()
    if guide and turn.content.routines[guide.routine].relieves and episode and episode.eased is None:
        is_screened = not inquiring.pending(turn, turn.content.triage.screen)
        name = scripts.due(turn, finished=is_screened)
        if turn.level is Level.EMERGENCY:
            scripts.speak(turn, name)
            return
        turn.say(*turn.wording.script(name))
    turn.prompt("asleep")
    turn.state.asleep = True


def wake(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.tell(turn.wording.prompt("awake"), *reminding.unanswered(turn))


def still(turn: Turn, _: Intent) -> None:
    """Be silent, and sleep on."""
    turn.hush()
    turn.state.asleep = True
