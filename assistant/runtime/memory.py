"""What the journal answers to the dialogue: requests in, facts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from assistant.dialogue.recall import (
    CountCramps,
    CountDrinks,
    Cramps,
    Drunk,
    FindHelp,
    FindLastCramp,
    Helped,
    LastCramp,
    Unknown,
)

if TYPE_CHECKING:
    from assistant.dialogue.recall import Facts, Request
    from assistant.journal.diary import Episode
    from assistant.journal.store import Journal

_HELP_SOUGHT = 30
"""Cramps back in which something that helped is looked for."""


def recall(journal: Journal, request: Request) -> Facts:
    """Return what the journal knows; `Unknown` if it cannot be read."""
    facts = _recall(journal, request)
    return Unknown() if journal.unreadable else facts


def _recall(journal: Journal, request: Request) -> Facts:
    match request:
        case CountCramps():
            return Cramps(count=journal.count_cramps(request.since), period=request.period)
        case FindLastCramp():
            return _last_cramp(journal.last_cramps(1))
        case FindHelp():
            return _help(journal.last_cramps(_HELP_SOUGHT))
        case CountDrinks():
            drinks = journal.events("drank", request.since.timestamp())
            return Drunk(milliliters=sum(int(drink.details["milliliters"] or 0) for drink in drinks))
        case _:
            assert_never(request)


def _last_cramp(found: tuple[Episode, ...]) -> LastCramp:
    if not found:
        return LastCramp(at=None)
    last = found[-1]
    seconds = None if last.eased is None else (last.eased - last.began).total_seconds()
    return LastCramp(at=last.began, seconds=seconds, side=last.side, muscle=last.muscle)


def _help(found: tuple[Episode, ...]) -> Helped:
    for one in reversed(found):
        for tried in one.tried:
            if tried.helped:
                return Helped(routine=tried.name, seconds=tried.seconds)
    return Helped(routine=None)
