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
    sizes = {**turn.content.vessels["default"], **turn.content.vessels.get(turn.place, {})}
    turn.record("drank", milliliters=count * sizes[vessel], what=slots.get("drink", "water"))
    turn.prompt("drank", n=turn.wording.number(count), vessel=turn.wording.prompt(_name(vessel, count)))


def _name(vessel: str, count: int) -> str:
    return f"vessel_{vessel}" if count == 1 else f"vessels_{vessel}"
