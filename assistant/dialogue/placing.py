"""Which country's emergency numbers are spoken: confirmed at first, changed by voice, never guessed.

The settings name the place. Until somebody has confirmed it, every start asks once, in a quiet moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import asking, offering
from assistant.dialogue.state import Asking, Mode, Stage

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

RIGHT, WHERE = "place_right", "place"
"""Ids of the two questions: is the number right, and where are you?"""
UNKNOWN = "unknown"
"""The place of the settings where nobody has set one."""
_QUIET = 6.0
"""Seconds of silence after the greeting before the number is asked about: a cramp goes first."""


def due(turn: Turn) -> float | None:
    """Return when the place is asked about, or None: never at night with something else going on."""
    state = turn.state
    busy = state.place or state.place_asked or state.speaking or state.episode or state.running
    if busy or state.aside or state.deaf or state.quiet is None or turn.mode is not Mode.IDLE:
        return None
    return state.quiet + _QUIET


def ask(turn: Turn) -> None:
    """Ask whether the number is right; where none is known, ask for the place."""
    turn.state.place_asked = True
    asking.open_question(turn, WHERE if turn.place == UNKNOWN else RIGHT)


def told(turn: Turn, intent: Intent) -> None:
    """Read back a place that was told; without one, say the number that is known."""
    asked = turn.state.floor.asking
    if turn.asking is not asked or (asked and asked.question != WHERE):
        turn.hush()
        turn.put_aside()
        asked = None
    place = intent.slots.get("place")
    if place is None:
        ask(turn)
        return
    turn.hush()
    asked = asked or Asking(question=WHERE, opened=turn.now)
    asked.choice = place
    turn.state.floor.asking = asked
    asking.advance(turn, Stage.CONFIRM)


def resolved(turn: Turn, question: str, answer: str, choice: str | None) -> None:
    """Take what was answered to either question; what stays unclear is asked again at the next start."""
    turn.state.floor.asking = None
    if question == RIGHT and answer == "danger":
        asking.open_question(turn, WHERE)
    elif question == RIGHT and answer == "safe":
        _keep(turn, turn.place)
    elif choice is not None and answer == "danger":
        _keep(turn, choice)
    else:
        turn.prompt("number_for_now", number=turn.locale.number)


def _keep(turn: Turn, place: str) -> None:
    is_first = turn.state.place is None
    turn.state.place = place
    turn.wording.locale = turn.locale
    turn.record("place", place=place)
    turn.prompt("number_kept", number=turn.locale.number)
    if is_first:
        turn.say(turn.wording.prompt("before_the_first_night"))
        offering.make(turn, "screen")
