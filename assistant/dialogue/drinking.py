"""Notes what somebody drinks. How much it was on one day is the journal's to say (`remembering`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent


def drank(turn: Turn, intent: Intent) -> None:
    """Write it down and read it back; nothing is said about how much it should be."""
    turn.hush()
    slots = intent.slots
    vessel = slots.get("vessel", "glass")
    count = int(slots.get("count", "1"))
    turn.record("drank", milliliters=count * _size(turn, vessel), what=slots.get("drink", "water"))
    turn.prompt("drank", n=turn.wording.number(count), vessel=turn.wording.prompt(name_of(vessel, count)))


def in_glasses(turn: Turn, milliliters: float) -> int:
    """Return what was drunk in whole glasses of the place."""
    return round(milliliters / _size(turn, "glass"))


def _size(turn: Turn, vessel: str) -> int:
    """Return the milliliters of a vessel, of the kind that is used in the place."""
    sizes = {**turn.content.vessels["default"], **turn.content.vessels.get(turn.place, {})}
    return sizes[vessel]


def name_of(vessel: str, count: int) -> str:
    """Return the id of the prompt that names so many of a vessel."""
    return f"vessel_{vessel}" if count == 1 else f"vessels_{vessel}"
