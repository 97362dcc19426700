"""Asks the journal what the person wants to know, and says what it answers.

The answer comes as an event of its own. Who says something else meanwhile is not told any more.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
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
    from assistant.dialogue.events import Recalled
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

_EVENING = time(18)
"""When a night begins: who asks for tonight means since then."""
_DAYS = {"week": 7, "month": 30}
_ROUNDED = 50
"""Milliliters to which a day's drinks are told."""


def count_cramps(turn: Turn, intent: Intent) -> None:
    """How many cramps: tonight, in seven days, in thirty days."""
    turn.hush()
    now = turn.local_time
    if now is None:
        turn.prompt("no_clock")
        return
    period = intent.slots.get("period", "week")
    turn.recall(CountCramps(since=_since(now, period), period=period))


def _since(now: datetime, period: str) -> datetime:
    if period in _DAYS:
        return now - timedelta(days=_DAYS[period])
    evening = datetime.combine(now.date(), _EVENING, now.tzinfo)
    return evening if evening <= now else evening - timedelta(days=1)


def last_cramp(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.recall(FindLastCramp())


def what_helped(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.recall(FindHelp())


def drunk_today(turn: Turn, _: Intent) -> None:
    turn.hush()
    now = turn.local_time
    if now is None:
        turn.prompt("no_clock")
    else:
        turn.recall(CountDrinks(since=datetime.combine(now.date(), time(), now.tzinfo)))


def recalled(turn: Turn, event: Recalled) -> None:
    """Say what the journal answered, unless nobody waits for it any more."""
    if event.id != turn.state.awaits:
        return
    turn.state.awaits = None
    match event.facts:
        case Cramps():
            _say_count(turn, event.facts)
        case LastCramp():
            _say_last(turn, event.facts)
        case Helped():
            _say_help(turn, event.facts)
        case Drunk():
            _say_drunk(turn, event.facts)
        case Unknown():
            turn.prompt("cannot_read_notes")
        case _:
            assert_never(event.facts)


def _say_count(turn: Turn, facts: Cramps) -> None:
    name = {0: "no_cramps", 1: "one_cramp"}.get(facts.count, "cramps")
    period = turn.wording.prompt(f"period_{facts.period}")
    turn.prompt(name, n=turn.wording.number(facts.count), period=period)


def _say_last(turn: Turn, facts: LastCramp) -> None:
    if facts.at is None or turn.local_time is None:
        turn.prompt("no_cramp_known" if facts.at is None else "no_clock")
        return
    turn.prompt("last_cramp", when=turn.wording.moment(facts.at, turn.local_time))
    if facts.seconds is not None:
        turn.say(turn.wording.prompt("it_took", time=turn.wording.duration(facts.seconds)))


def _say_help(turn: Turn, facts: Helped) -> None:
    if facts.routine is None or facts.routine not in turn.content.routines:
        turn.prompt("no_help_known")
        return
    name = turn.content.routines[facts.routine].name
    if facts.seconds is None:
        turn.prompt("helped", name=name)
    else:
        turn.prompt("helped_in", name=name, time=turn.wording.duration(facts.seconds))


def _say_drunk(turn: Turn, facts: Drunk) -> None:
    whole = round(facts.milliliters / _ROUNDED) * _ROUNDED
    turn.prompt("drunk_today" if whole else "nothing_drunk", n=turn.wording.number(whole))
