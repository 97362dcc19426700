"""Being asleep: only the cry for help is heard, until somebody wakes it.

Asleep it is when told so; with a wake phrase set, also after a while in which nobody said anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import reminding
from assistant.dialogue.state import Mode

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
    turn.hush()
    turn.prompt("asleep")
    turn.state.asleep = True


def wake(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.tell(turn.wording.prompt("awake"), *reminding.unanswered(turn))


def still(turn: Turn, _: Intent) -> None:
    """Be silent, and sleep on."""
    turn.hush()
    turn.state.asleep = True
