"""What a doctor asks about, computed from a diary: plain values, one function each, in the order of the page.

Facts only. Nothing is guessed: what nobody said stays None or is counted as not recorded. A day is that of
the clock on the wall; a night goes from noon to noon and is called by the day on which it begins.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, Literal

from assistant.report.dates import Told, back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.journal.diary import Diary, Drink, Episode, Flag, Medicine, Profile

WEEK = 7
SIDE, SIDES = "_side", ("left", "right", "both")
"""What the id of a question ends with that asks for the leg of a sign, and its answers."""
MONTHS_BEFORE = 3
"""A medicine started so long before the first cramp is pointed out."""
NIGHT = timedelta(hours=12)
"""A night is called by the day that was twelve hours before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many cramps share something."""

    name: str | None
    """None: it was not recorded."""
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class First:
    """When it began: by the person, and by the journal. At least one of them is known."""

    told: str | None
    """ISO date, as exact as it was told."""
    recorded: date | None
    """Of the first cramp that was written down."""

    @property
    def when(self) -> str:
        """ISO date of the first cramp: what the person knows comes before what we know."""
        return self.told or str(self.recorded)


@dataclass(frozen=True, kw_only=True, slots=True)
class Minutes:
    """How long cramps lasted, of those whose easing was noted."""

    median: float
    longest: float
    known: int
    """Of how many cramps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Worst:
    """The worst pain that was told."""

    pain: int
    """0 to 10."""
    day: date
    """Of the latest cramp that was so bad."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remedy:
    """Something that was done about cramps."""

    name: str
    """Id of a routine or an application."""
    times: int
    helped: int
    """How often it was called better during it or right after."""
    judged: int
    """How often anything was said about it."""
    minutes: float | None
    """How long it was done, median; None: never known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """A question of the triage with the days on which it was answered, oldest first, each once."""

    question: str
    danger: tuple[date, ...]
    unclear: tuple[date, ...]
    safe: tuple[date, ...]
    sides: tuple[str, ...] = ()
    """The legs that were named with it: ``left``, ``right``, ``both``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A medicine or supplement."""

    name: str
    since: str | None
    before_first: Literal["yes", "perhaps", "no"] | None
    """Whether it was started in the three months before the first cramp; None: a date is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fluids:
    """What was drunk, on the days on which anything was noted."""

    milliliters: float
    """Mean of those days."""
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """A level that was given, with the days, oldest first, each once."""

    level: str
    days: tuple[date, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The whole summary, in the order in which a doctor reads it."""

    since: date
    until: date
    """The last day."""
    days: int
    cramps: int
    worry: str | None
    first: First | None
    onsets: tuple[Count, ...]
    per_week: float | None
    """Mean; None for less than a week."""
    minutes: Minutes | None
    worst: Worst | None
    nights_woken: int | None
    """None: it was never recorded whether a cramp woke them."""
    muscles: tuple[Count, ...]
    sides: tuple[Count, ...]
    mainly_thigh: bool
    """More than half of the cramps with a recorded muscle were in the back of the thigh."""
    triggers: tuple[Count, ...]
    remedies: tuple[Remedy, ...]
    """The most used first."""
    signs: tuple[Sign, ...]
    """In the order in which they were first asked."""
    profile: Profile
    medicines: tuple[Started, ...]
    fluids: Fluids | None
    levels: tuple[Advice, ...]
    """The most urgent first."""


def summarize(diary: Diary) -> Facts:
    """Return everything that the page and the spoken summary say."""
    episodes = diary.episodes
    muscles = counts(episode.muscle for episode in episodes)
    begin = first(diary)
    return Facts(
        since=diary.since.date(),
        until=last_day(diary),
        days=days(diary),
        cramps=len(episodes),
        worry=diary.profile.worry,
        first=begin,
        onsets=counts(episode.onset for episode in episodes),
        per_week=per_week(len(episodes), days(diary)),
        minutes=minutes(episodes),
        worst=worst(episodes),
        nights_woken=nights_woken(episodes),
        muscles=muscles,
        sides=counts(episode.side for episode in episodes),
        mainly_thigh=mainly(muscles, "thigh"),
        triggers=counts(episode.trigger for episode in episodes),
        remedies=remedies(diary),
        signs=signs(chain(diary.flags, *(episode.flags for episode in episodes))),
        profile=diary.profile,
        medicines=tuple(started(medicine, begin) for medicine in diary.profile.medicines),
        fluids=fluids(diary.drinks),
        levels=levels(diary),
    )


def last_day(diary: Diary) -> date:
    """Return the last day of the range; an end at midnight belongs to the day before."""
    return max(diary.since.date(), (diary.until - timedelta(microseconds=1)).date())


def days(diary: Diary) -> int:
    return (last_day(diary) - diary.since.date()).days + 1


def first(diary: Diary) -> First | None:
    """Return when cramps began, as it was told and as the first one was written down."""
    known = [diary.first] if diary.first else [episode.began for episode in diary.episodes]
    recorded = min(known).date() if known else None
    told = diary.profile.noticed or None
    return First(told=told, recorded=recorded) if told or recorded else None


def counts(names: Iterable[str | None]) -> tuple[Count, ...]:
    """Count names, the most frequent first and what was not recorded last."""
    found = Counter(names)
    order = sorted(found, key=lambda name: (name is None, -found[name], name or ""))
    return tuple(Count(name=name, count=found[name]) for name in order)


def mainly(found: Iterable[Count], name: str) -> bool:
    """Return whether more than half of what was recorded is this."""
    recorded = {count.name: count.count for count in found if count.name}
    return recorded.get(name, 0) * 2 > sum(recorded.values())


def per_week(cramps: int, days: int) -> float | None:
    return cramps * WEEK / days if days >= WEEK else None


def minutes(episodes: Iterable[Episode]) -> Minutes | None:
    known = [episode.minutes for episode in episodes if episode.minutes is not None]
    if not known:
        return None
    return Minutes(median=median(known), longest=max(known), known=len(known))


def worst(episodes: Iterable[Episode]) -> Worst | None:
    told = [(episode.worst_pain, episode.began) for episode in episodes if episode.worst_pain is not None]
    if not told:
        return None
    pain, began = max(told)
    return Worst(pain=pain, day=began.date())


def nights_woken(episodes: Iterable[Episode]) -> int | None:
    known = [episode for episode in episodes if episode.woke is not None]
    return len({(episode.began - NIGHT).date() for episode in known if episode.woke}) if known else None


def remedies(diary: Diary) -> tuple[Remedy, ...]:
    """Return what was tried, the most used first; what was noted in two places counts once."""
    tried = [*chain.from_iterable(episode.tried for episode in diary.episodes), *diary.stretches]
    names = {applied.application for applied in diary.applied}
    noted = {(one.name, one.began) for one in tried if one.name in names}
    uses: defaultdict[str, list[float | None]] = defaultdict(list)
    for one in tried:
        uses[one.name].append(one.seconds)
    for applied in diary.applied:
        if (applied.application, applied.began) not in noted:
            uses[applied.application].append(applied.seconds)
    judged = Counter(one.name for one in tried if one.helped is not None)
    helped = Counter(one.name for one in tried if one.helped)
    found = [
        Remedy(
            name=name,
            times=len(lengths),
            helped=helped[name],
            judged=judged[name],
            minutes=_median_minutes(lengths),
        )
        for name, lengths in uses.items()
    ]
    return tuple(sorted(found, key=lambda remedy: (-remedy.times, -remedy.helped, remedy.name)))


def _median_minutes(seconds: Iterable[float | None]) -> float | None:
    known = [length for length in seconds if length is not None]
    return median(known) / 60 if known else None


def signs(flags: Iterable[Flag]) -> tuple[Sign, ...]:
    """Return every question that was answered, in the order in which it was first asked."""
    answers: defaultdict[str, defaultdict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for flag in sorted(flags, key=lambda flag: flag.at):
        answers[flag.question][flag.answer].add(flag.at.date())
    return tuple(
        Sign(
            question=question,
            danger=tuple(sorted(found["danger"])),
            unclear=tuple(sorted(found["unclear"])),
            safe=tuple(sorted(found["safe"])),
            sides=tuple(side for side in SIDES if side in answers.get(question + SIDE, ())),
        )
        for question, found in answers.items()
        if not question.endswith(SIDE)
    )


def started(medicine: Medicine, begin: First | None) -> Started:
    """Compare the start of a medicine with the first cramp; either may be known only to the month or year."""
    since, cramp = Told.read(medicine.since), Told.read(begin.when if begin else None)
    if since is None or cramp is None:
        return Started(name=medicine.name, since=medicine.since, before_first=None)
    # Both ends of what the dates leave open: surely within, surely not, or perhaps.
    surely = back(cramp.latest, MONTHS_BEFORE) <= since.earliest and since.latest <= cramp.earliest
    never = since.latest < back(cramp.earliest, MONTHS_BEFORE) or since.earliest > cramp.latest
    answer: Literal["yes", "perhaps", "no"] = "yes" if surely else "no" if never else "perhaps"
    return Started(name=medicine.name, since=medicine.since, before_first=answer)


def fluids(drinks: Iterable[Drink]) -> Fluids | None:
    amounts: Counter[date] = Counter()
    for drink in drinks:
        amounts[drink.at.date()] += drink.milliliters
    return Fluids(milliliters=amounts.total() / len(amounts), days=len(amounts)) if amounts else None


def levels(diary: Diary) -> tuple[Advice, ...]:
    """Return the levels that ask for somebody's attention; self-care is none."""
    given: defaultdict[str, set[date]] = defaultdict(set)
    for one in diary.levels:
        given[one.level].add(one.at.date())
    ranked = [level for level in ("emergency", "urgent", "doctor") if level in given]
    return tuple(Advice(level=level, days=tuple(sorted(given[level]))) for level in ranked)
