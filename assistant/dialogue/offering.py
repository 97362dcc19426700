"""Offers: what a plain yes accepts, as if its words had been said.

An offer takes nothing from the floor: all else can be said meanwhile, and takes it back. Silence is neither a
yes nor a no: it lapses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue.state import Mode, Offer
from assistant.values import Intent

if TYPE_CHECKING:
    from assistant.dialogue.content import Proposal
    from assistant.dialogue.turn import Turn

_LASTS = 20.0
"""Seconds of silence after which an offer has lapsed (project rule)."""
_KEEPS = frozenset(
    {"repeat", "slower", "faster", "louder", "quieter", "what_can_i_say", "tell_more", "source"}
)
"""Intents that leave it standing."""


def make(turn: Turn, intent: str, **slots: str) -> None:
    """Let a yes stand for an intent, from now on."""
    turn.state.offer = Offer(intent=intent, slots=slots, made=turn.now)


def propose(turn: Turn, proposal: Proposal | None) -> tuple[str, ...]:
    """Make an offer, where a yes can be heard; return its words, for the end of what is said.

    In an emergency nothing is left to be asked.
    """
    if proposal is None or turn.mode is not Mode.IDLE or turn.is_emergency or _is_out(turn, proposal.routine):
        return ()
    if proposal.routine:
        make(turn, "start", routine=proposal.routine)
    else:
        make(turn, proposal.intent or "screen")
    return (proposal.say,)


def _is_out(turn: Turn, routine: str | None) -> bool:
    """Tell whether a routine cannot be begun just now, so that it is not offered."""
    if routine is None:
        return False
    locks = turn.content.routines[routine].locks
    return routine in turn.content.left_out or turn.locked_by(locks) is not None


def meant(turn: Turn, intent: Intent, started: float) -> Intent:
    """Return what was said; a yes to an offer is what it offers. An older yes is none."""
    offer = turn.state.offer
    if offer is None or intent.name in _KEEPS:
        return intent
    if intent.name == "yes" and started >= offer.made:
        turn.state.offer = None
        return Intent(name=offer.intent, slots=offer.slots, words=intent.words, confidence=intent.confidence)
    if intent.name != "no":
        turn.state.offer = None
    return intent


def declined(turn: Turn, _: Intent) -> None:
    """Take the offer back; without one a no answers nothing."""
    if turn.state.offer:
        turn.state.offer = None
        turn.hush()
        turn.prompt("declined")


def due(turn: Turn) -> float | None:
    """Return when silence lets the offer lapse, or None."""
    state = turn.state
    if state.offer is None or state.quiet is None or state.speaking:
        return None
    return max(state.quiet, state.offer.made) + _LASTS


def lapse(turn: Turn) -> None:
    turn.state.offer = None


def settle(turn: Turn) -> None:
    """Whatever takes the floor takes the offer back."""
    if turn.mode is not Mode.IDLE:
        turn.state.offer = None
