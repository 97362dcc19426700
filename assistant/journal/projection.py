"""Makes a diary of the entries: the one place that knows what each kind means to a doctor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from assistant.journal.diary import (
    Applied,
    Diary,
    Drink,
    Episode,
    Flag,
    Given,
    Habit,
    Medicine,
    Profile,
    Tried,
)
from assistant.journal.entries import CRAMP, Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

DRANK = "drank"
CARE = (
    CRAMP,
    *("eased", "ended", "told", "worse", "not_helping"),
    *("routine", "resumed", "left", "routine_over", "applied", "removed"),
    *("answer", "level", "emergency", DRANK, "profile"),
)
"""The kinds that a diary is made of: they are kept for ever."""
BEGINNINGS = (CRAMP, DRANK, "applied", "routine")
"""The kinds with which something begins that a person would call an entry, outside of a cramp."""
LEVELS = ("self_care", "doctor", "urgent", "emergency")
"""From the mildest."""
_NUMBERS = frozenset({"worst_pain", "end_pain", "sleep_lost"})
_TRUTHS = {"yes": True, "no": False}
_IN_THEIR_WORDS = ("worry", "noticed")
_ON_THE_SHEET = ("age", "fluid_limit", "usual_side", "usual_muscle")


@dataclass(kw_only=True, slots=True)
class _Trial:
    """A routine or an application, while its entries are read."""

    began: Entry
    name: str
    open_since: float | None
    """When it last began or went on, in seconds of the assistant's clock; None while it rests."""
    seconds: float | None = None
    helped: bool | None = None
    laid_on: bool = False
    """A routine that laid heat or cold on the skin: that is what was tried, not the way to it."""

    def close(self, now: float) -> None:
        if self.open_since is not None:
            self.seconds = (self.seconds or 0.0) + now - self.open_since
            self.open_since = None

    def done(self) -> Tried:
        return Tried(name=self.name, began=self.began.time, seconds=self.seconds, helped=self.helped)


@dataclass(kw_only=True, slots=True)
class Course:
    """What was done, in the order of the entries: of one cramp, or of what belongs to none."""

    trials: list[_Trial] = field(default_factory=list)
    """Routines and applications, in the order in which they began."""
    applied: list[_Trial] = field(default_factory=list)
    """The applications among them."""
    flags: list[Flag] = field(default_factory=list)
    levels: list[Given] = field(default_factory=list)
    eased: float | None = None
    """When it eased, in seconds of the assistant's clock."""
    ended: float | None = None
    told: dict[str, Any] = field(default_factory=dict)
    """What was told about the cramp, by field of `Episode`."""

    def take(self, entry: Entry) -> None:
        """Read one entry; a kind that says nothing about care is passed over."""
        reader = _READERS.get(entry.kind)
        if reader:
            reader(self, entry)

    def _routine(self) -> _Trial | None:
        """Return the routine that was last begun."""
        return next((trial for trial in reversed(self.trials) if trial not in self.applied), None)

    def stretches(self) -> Iterator[_Trial]:
        """Yield the routines that were done for their own sake."""
        return (trial for trial in self.trials if not trial.laid_on and trial not in self.applied)

    def begin(self, entry: Entry) -> None:
        self.rest(entry)
        name = str(entry.details["routine"])
        self.trials.append(_Trial(began=entry, name=name, open_since=entry.now))

    def resume(self, entry: Entry) -> None:
        routine = self._routine()
        if routine and routine.open_since is None:
            routine.open_since = entry.now

    def rest(self, entry: Entry) -> None:
        routine = self._routine()
        if routine:
            routine.close(entry.now)

    def apply(self, entry: Entry) -> None:
        routine = self._routine()
        if routine and routine.open_since is not None:
            routine.laid_on = True
        trial = _Trial(began=entry, name=str(entry.details["application"]), open_since=entry.now)
        self.trials.append(trial)
        self.applied.append(trial)

    def remove(self, entry: Entry) -> None:
        for trial in self.applied:
            if trial.name == entry.details["application"]:
                trial.close(entry.now)

    def ease(self, entry: Entry) -> None:
        """It was called better: what was being done, or was done last, helped."""
        self.eased = entry.now
        for trial in self.trials:
            trial.helped = trial is self.trials[-1]

    def fail(self, _: Entry) -> None:
        for trial in self.trials:
            trial.helped = False

    def end(self, entry: Entry) -> None:
        self.ended = entry.now

    def flag(self, entry: Entry) -> None:
        question, answer = str(entry.details["question"]), str(entry.details["answer"])
        self.flags.append(Flag(question=question, answer=answer, at=entry.time))

    def level(self, entry: Entry) -> None:
        level = str(entry.details["level"])
        # No warning sign was found: what is then said is the advice of self-care.
        self.levels.append(Given(level="self_care" if level == "none" else level, at=entry.time))

    def tell(self, entry: Entry) -> None:
        name, value = str(entry.details["about"]), entry.details["value"]
        if value is None:
            self.told.pop(name, None)
        elif name in _NUMBERS:
            self.told[name] = int(value)
        elif name == "woke":
            self.told[name] = _TRUTHS[str(value)]
        else:
            self.told[name] = value

    def say_muscle(self, entry: Entry) -> None:
        for name in ("muscle", "side"):
            if entry.details.get(name) is not None:
                self.told[name] = entry.details[name]


_READERS: dict[str, Callable[[Course, Entry], None]] = {
    CRAMP: Course.say_muscle,
    "eased": Course.ease,
    "ended": Course.end,
    "told": Course.tell,
    "not_helping": Course.fail,
    "routine": Course.begin,
    "resumed": Course.resume,
    "left": Course.rest,
    "routine_over": Course.rest,
    "applied": Course.apply,
    "removed": Course.remove,
    "answer": Course.flag,
    "level": Course.level,
}


def _episode(cramp: Entry, course: Course) -> Episode:
    """Return the cramp that began with an entry and went as its course says."""

    def moment(now: float | None) -> Any:  # noqa: ANN401 (a datetime or None)
        return None if now is None else cramp.time + timedelta(seconds=now - cramp.now)

    return Episode(
        id=cramp.id,
        began=cramp.time,
        eased=moment(course.eased),
        ended=moment(course.ended),
        tried=tuple([trial.done() for trial in course.trials if not trial.laid_on]),
        flags=tuple(course.flags),
        level=max([given.level for given in course.levels], key=LEVELS.index, default=None),
        **course.told,
    )


def episodes(cramps: Sequence[Entry], parts: Iterable[Entry]) -> tuple[Episode, ...]:
    """Return cramps from the entries with which they began and what belongs to them, cramp by cramp."""
    found = {cramp.id: _episode(cramp, course) for cramp, course in _one_by_one(cramps, parts)}
    return tuple(found[cramp.id] for cramp in cramps)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From when to when, and what lies before."""

    since: datetime
    until: datetime
    first: datetime | None
    """When the first cramp of all began."""


def diary(span: Span, tops: Iterable[Entry], parts: Iterable[Entry], told: Iterable[Entry]) -> Diary:
    """Return what happened between two moments.

    ``tops`` are the entries that belong to no cramp, the beginnings of cramps among them, oldest first;
    ``parts`` those that belong to one, cramp by cramp and in their order: half a million in ten years, read
    one after the other; ``told`` what was told of the person.
    """
    begun, alone, drinks = list[Entry](), Course(), list[Drink]()
    for entry in tops:
        if entry.kind == CRAMP:
            begun.append(entry)
        elif entry.kind == DRANK:
            drinks.append(_drink(entry))
        else:
            alone.take(entry)
    found, applied, levels = dict[int, Episode](), [*_applied(alone)], alone.levels
    for cramp, course in _one_by_one(begun, parts):
        found[cramp.id] = _episode(cramp, course)
        applied += _applied(course)
        levels += course.levels
    return Diary(
        since=span.since,
        until=span.until,
        first=span.first,
        episodes=tuple(found[cramp.id] for cramp in begun),
        drinks=tuple(drinks),
        applied=tuple(sorted(applied, key=attrgetter("began"))),
        stretches=tuple(trial.done() for trial in alone.stretches()),
        flags=tuple(alone.flags),
        levels=tuple(sorted(levels, key=attrgetter("at"))),
        profile=_profile(told),
    )


def _one_by_one(cramps: Iterable[Entry], parts: Iterable[Entry]) -> Iterator[tuple[Entry, Course]]:
    """Yield each cramp with its course; the parts of one follow each other."""
    waiting = {cramp.id: cramp for cramp in cramps}
    for number, family in groupby(parts, attrgetter("episode")):
        cramp = waiting.pop(number or 0, None)
        if cramp:
            yield cramp, _course(cramp, family)
    for cramp in waiting.values():
        yield cramp, _course(cramp, ())


def _course(cramp: Entry, parts: Iterable[Entry]) -> Course:
    course = Course()
    for entry in chain((cramp,), parts):
        reader = _READERS.get(entry.kind)
        if reader:
            reader(course, entry)
    return course


def _applied(course: Course) -> Iterator[Applied]:
    for trial in course.applied:
        yield Applied(application=trial.name, began=trial.began.time, seconds=trial.seconds)


def _drink(entry: Entry) -> Drink:
    return Drink(
        at=entry.time, milliliters=int(entry.details["milliliters"] or 0), what=str(entry.details["what"])
    )


def _profile(entries: Iterable[Entry]) -> Profile:
    """Return what was told of the person: the last sheet, written as a whole, and the last other words."""
    sheet: dict[str, Any] = {}
    words: dict[str, Any] = {}
    for entry in entries:
        told = {name: entry.details[name] for name in _IN_THEIR_WORDS if name in entry.details}
        words.update(told)
        sheet = sheet if told else dict(entry.details)
    return Profile(
        **{name: sheet.get(name) for name in _ON_THE_SHEET},
        **words,
        pregnant=_TRUTHS.get(sheet.get("pregnant", "")),
        allergies=_TRUTHS.get(sheet.get("allergies", "")),
        habits=tuple(
            Habit(name=key.removeprefix("habit."), holds=_TRUTHS[value])
            for key, value in sheet.items()
            if key.startswith("habit.") and value in _TRUTHS
        ),
        conditions=tuple(_told_with_yes(sheet, "condition.")),
        medicines=tuple(
            Medicine(name=name, since=sheet.get(f"medicine.{name}.since"))
            for name in _told_with_yes(sheet, "medicine.")
        ),
    )


def _told_with_yes(sheet: dict[str, Any], group: str) -> Iterator[str]:
    return (
        key.removeprefix(group) for key, value in sheet.items() if key.startswith(group) and value == "yes"
    )
