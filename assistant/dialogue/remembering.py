"""Asks the journal what the person wants to know, and says what it answers.

The answer comes as an event of its own. Who says something else meanwhile is not told any more.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, assert_never

from assistant.dialogue import drinking, interviewing, recall
from assistant.dialogue.state import Interest

if TYPE_CHECKING:
    from assistant.dialogue.events import Recalled
    from assistant.dialogue.state import Interview
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

_EVENING = time(18)
"""When a night begins: who asks for tonight means since then."""
_DAYS = {"week": 7, "month": 30}
_SUMMARY_DAYS = 14
"""A good length for a log: the study of SEBO took two weeks."""


def count_cramps(turn: Turn, intent: Intent) -> None:
    """How many cramps: tonight, in seven days, in thirty days."""
    turn.hush()
    now = turn.local_time
    if now is None:
        turn.prompt("no_clock")
        return
    period = intent.slots.get("period", "week")
    turn.recall(recall.CountCramps(since=_since(now, period), period=period))


def _since(now: datetime, period: str) -> datetime:
    if period in _DAYS:
        return now - timedelta(days=_DAYS[period])
    evening = datetime.combine(now.date(), _EVENING, now.tzinfo)
    return evening if evening <= now else evening - timedelta(days=1)


def last_cramp(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.recall(recall.FindLastCramp())


def what_helped(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.recall(recall.FindHelp())


def drunk_today(turn: Turn, _: Intent) -> None:
    turn.hush()
    now = turn.local_time
    if now is None:
        turn.prompt("no_clock")
    else:
        turn.recall(recall.CountDrinks(since=datetime.combine(now.date(), time(), now.tzinfo)))


def read_summary(turn: Turn, _: Intent) -> None:
    """Others may hear it: ask first."""
    turn.hush()
    interviewing.ask_leave(turn, Interest.READ_ALOUD, "read_aloud")


def delete_last(turn: Turn, _: Intent) -> None:
    """Look up what was written down last; it is read back before it is deleted."""
    turn.hush()
    turn.recall(recall.FindLastEntry())


def export_log(turn: Turn, _: Intent) -> None:
    turn.hush()
    turn.prompt("exporting")
    turn.recall(recall.ExportLog())


def forget_all(turn: Turn, _: Intent) -> None:
    """Ask twice."""
    turn.hush()
    interviewing.ask_leave(turn, Interest.FORGET, "forget")


def do(turn: Turn, interview: Interview) -> None:
    """Do what leave was given for."""
    now = turn.local_time
    if interview.interest is Interest.READ_ALOUD and now is not None:
        turn.recall(recall.Summarize(since=now - timedelta(days=_SUMMARY_DAYS), until=now))
    elif interview.interest is Interest.READ_ALOUD:
        turn.prompt("no_clock")
    elif interview.interest is Interest.DELETE and interview.entry is not None:
        turn.recall(recall.DeleteEntry(id=interview.entry))
    elif interview.interest is Interest.FORGET:
        interviewing.ask_leave(turn, Interest.FORGET_AGAIN, "forget_again")
    elif interview.interest is Interest.FORGET_AGAIN:
        _forget(turn)


def _forget(turn: Turn) -> None:
    """Forget what is in the mind, then have the notes erased; heat on the skin stays timed.

    A warning sign that stands is kept until it expires: nobody is stretched because the notes are gone.
    """
    state = turn.state
    state.episode = state.helped = state.aside = state.offered = None
    state.dues, state.asked_at_night, state.said = [], [], []
    turn.forget_safe_answers()
    state.profile = {}
    turn.recall(recall.ForgetAll())


def recalled(turn: Turn, event: Recalled) -> None:
    """Say what the journal answered, unless nobody waits for it any more."""
    if isinstance(event.facts, recall.Deleted) and event.facts.done:
        _unlearn(turn, event.facts)
    if event.id != turn.state.awaits:
        return
    turn.state.awaits = None
    _say(turn, event.facts)
    interviewing.offer(turn)


def _say(turn: Turn, facts: recall.Facts) -> None:  # noqa: C901 (one case for each kind of answer)
    match facts:
        case recall.Cramps():
            _say_count(turn, facts)
        case recall.LastCramp():
            _say_last(turn, facts)
        case recall.Helped():
            _say_help(turn, facts)
        case recall.Drunk():
            _say_drunk(turn, facts)
        case recall.Summary():
            turn.tell(*facts.sentences)
        case recall.LastEntry():
            _say_entry(turn, facts)
        case recall.Deleted():
            turn.prompt("deleted" if facts.done else "not_deleted")
        case recall.Exported():
            _say_exported(turn, facts)
        case recall.Forgotten():
            turn.prompt("notes_erased" if facts.done else "notes_not_erased")
        case recall.Unknown():
            turn.prompt("cannot_read_notes")
        case _:
            assert_never(facts)


def _unlearn(turn: Turn, facts: recall.Deleted) -> None:
    """Nothing that was deleted is asked about or referred to any more."""
    state = turn.state
    state.dues = [due for due in state.dues if due.cramp != facts.cramp]
    if state.episode and state.episode.onset == facts.cramp:
        state.episode = state.helped = None


def _say_count(turn: Turn, facts: recall.Cramps) -> None:
    name = {0: "no_cramps", 1: "one_cramp"}.get(facts.count, "cramps")
    period = turn.wording.prompt(f"period_{facts.period}")
    turn.prompt(name, n=turn.wording.clear(facts.count), period=period)


def _say_last(turn: Turn, facts: recall.LastCramp) -> None:
    if facts.at is None or turn.local_time is None:
        turn.prompt("no_cramp_known" if facts.at is None else "no_clock")
        return
    turn.prompt("last_cramp", when=turn.wording.moment(facts.at, turn.local_time))
    if facts.seconds is not None:
        turn.say(turn.wording.prompt("it_took", time=turn.wording.duration(facts.seconds)))


def _say_help(turn: Turn, facts: recall.Helped) -> None:
    name = _name_of_help(turn, facts.routine or "")
    if name is None:
        turn.prompt("no_help_known")
        return
    if facts.seconds is None:
        turn.prompt("helped", name=name)
    else:
        turn.prompt("helped_in", name=name, time=turn.wording.duration(facts.seconds))


def _name_of_help(turn: Turn, tried: str) -> str | None:
    """Return what a routine, or heat or cold, is called; None for what there is no more."""
    if tried in turn.content.applications:
        return turn.content.applications[tried].name
    return turn.content.routines[tried].name if tried in turn.content.routines else None


def _say_drunk(turn: Turn, facts: recall.Drunk) -> None:
    """In glasses: everybody knows those, and there are few enough to be heard right."""
    glasses = drinking.in_glasses(turn, facts.milliliters)
    if facts.milliliters and not glasses:
        turn.prompt("little_drunk")
    else:
        name = turn.wording.prompt(drinking.name_of("glass", glasses))
        turn.prompt("drunk_today" if glasses else "nothing_drunk", n=turn.wording.clear(glasses), vessel=name)


def _say_entry(turn: Turn, facts: recall.LastEntry) -> None:
    if facts.id is None or facts.at is None:
        turn.prompt("nothing_to_delete")
        return
    now = turn.local_time or facts.at
    what = turn.wording.prompt(f"entry_{facts.kind}")
    turn.say(turn.wording.prompt("last_entry", what=what, when=turn.wording.moment(facts.at, now)))
    interviewing.ask_leave(turn, Interest.DELETE, "delete", facts.id)


def _say_exported(turn: Turn, facts: recall.Exported) -> None:
    if facts.done:
        turn.tell(turn.wording.prompt("exported"), turn.wording.prompt("exported_where"))
    else:
        turn.prompt("not_exported")
