"""What the journal answers to the dialogue: requests in, facts out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from assistant.dialogue import recall
from assistant.errors import AssistantError
from assistant.journal import transfer
from assistant.journal.entries import CRAMP, zone
from assistant.report.facts import summarize
from assistant.report.spoken import spoken

if TYPE_CHECKING:
    from assistant.journal.diary import Episode
    from assistant.journal.entries import Entry
    from assistant.journal.store import Journal
    from assistant.reportwords import Vocabulary

_HELP_SOUGHT = 30
"""Cramps back in which something that helped is looked for."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Answers from a journal, in the words of a language. For the thread that the journal belongs to."""

    journal: Journal
    vocabulary: Vocabulary

    def answer(self, request: recall.Request) -> recall.Facts:
        """Return what the journal knows, or what became of the request; `Unknown` if it cannot be read."""
        facts = self._recall(request)
        return recall.Unknown() if self.journal.unreadable else facts

    def _recall(self, request: recall.Request) -> recall.Facts:  # noqa: PLR0911 (a case for each kind)
        journal = self.journal
        match request:
            case recall.CountCramps():
                return recall.Cramps(count=journal.count_cramps(request.since), period=request.period)
            case recall.FindLastCramp():
                return _last_cramp(journal.last_cramps(1))
            case recall.FindHelp():
                return _help(journal.last_cramps(_HELP_SOUGHT))
            case recall.CountDrinks():
                drinks = journal.events("drank", request.since.timestamp())
                return recall.Drunk(milliliters=sum(int(one.details["milliliters"] or 0) for one in drinks))
            case recall.Summarize():
                diary = journal.diary(request.since, request.until)
                return recall.Summary(sentences=spoken(summarize(diary), self.vocabulary))
            case recall.FindLastEntry():
                return _last_entry(journal.last_entry())
            case recall.DeleteEntry():
                return _deleted(journal.delete(request.id))
            case recall.ExportLog():
                return recall.Exported(done=_export(journal))
            case recall.ForgetAll():
                return recall.Forgotten(done=journal.forget())
            case _:
                assert_never(request)


def _last_entry(entry: Entry | None) -> recall.LastEntry:
    return (
        recall.LastEntry(id=entry.id, kind=entry.kind, at=entry.time) if entry else recall.LastEntry(id=None)
    )


def _deleted(entry: Entry | None) -> recall.Deleted:
    if entry is None:
        return recall.Deleted(done=False)
    return recall.Deleted(done=True, cramp=entry.now if entry.kind == CRAMP else None)


def _export(journal: Journal) -> bool:
    """Write the log to a file that is called after the day, and again after the second if need be."""
    moment = datetime.fromtimestamp(journal.clocks().wall, zone(journal.clocks().offset))
    target = journal.exports / f"cramp-journal-{moment:%Y-%m-%d}.jsonl"
    if target.exists():
        target = target.with_stem(f"cramp-journal-{moment:%Y-%m-%d-%H%M%S}")
    try:
        transfer.write(journal.path, target, lambda *_: None)
    except AssistantError:
        return False
    return True


def _last_cramp(found: tuple[Episode, ...]) -> recall.LastCramp:
    if not found:
        return recall.LastCramp(at=None)
    last = found[-1]
    seconds = None if last.eased is None else (last.eased - last.began).total_seconds()
    return recall.LastCramp(at=last.began, seconds=seconds, side=last.side, muscle=last.muscle)


def _help(found: tuple[Episode, ...]) -> recall.Helped:
    for one in reversed(found):
        for tried in one.tried:
            if tried.helped and one.eased is not None:
                seconds = max(0.0, (one.eased - tried.began).total_seconds())
                return recall.Helped(routine=tried.name, seconds=seconds)
    return recall.Helped(routine=None)
