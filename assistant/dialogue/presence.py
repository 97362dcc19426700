"""Answers somebody who wants to know whether anybody is there, who it is, who hears it, and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent


def are_you_there(turn: Turn, _: Intent) -> None:
    """Answer somebody who may be alone, without a promise."""
    turn.hush()
    turn.tell(turn.wording.prompt("here"), turn.wording.prompt("what_i_cannot"))


def who_are_you(turn: Turn, _: Intent) -> None:
    """Say what it is, and what it cannot do."""
    turn.hush()
    turn.tell(*(turn.wording.prompt(name) for name in ("who_i_am", "what_i_cannot", "not_advice")))


def what_time(turn: Turn, _: Intent) -> None:
    """Say the time, and whether the clock can be trusted."""
    turn.hush()
    clock, local = turn.state.clock, turn.local_time
    if clock is None or local is None:
        turn.prompt("time_unknown")
        return
    name = "time_now" if clock.vouched else "clock_guessed"
    turn.prompt(name, time=turn.wording.time(local.hour * 60 + local.minute))


def privacy(turn: Turn, _: Intent) -> None:
    """Say what is kept, where, and how to have it erased."""
    turn.hush()
    turn.tell(*(turn.wording.prompt(name) for name in ("stays_here", "notes_are_kept", "say_forget")))
