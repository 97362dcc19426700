"""What the journal knows, in a doctor's terms: plain values, made from what happened, read by the report.

Times are those of the clock on the wall, with its offset from UTC. What nobody said is None or empty: it is
never filled in by us.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 (the validator of exports reads the annotations)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A routine or an application that was gone through during or after a cramp."""

    name: str
    """Id of the routine: ``relief_bed``."""
    began: datetime
    seconds: float | None
    """How long; None while nobody knows."""
    helped: bool | None = None
    """Whether it was called better during or right after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """A question of the triage that was answered."""

    question: str
    """Its id: ``q3``."""
    answer: str
    """``safe``, ``danger`` or ``unclear``; of ``q3_side``: ``left``, ``right`` or ``both``."""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """One cramp."""

    id: int
    began: datetime
    eased: datetime | None = None
    ended: datetime | None = None
    side: str | None = None
    """``left``, ``right`` or ``both``."""
    muscle: str | None = None
    """``thigh`` (its back), ``calf``, ``foot``, ``front`` or ``other``."""
    worst_pain: int | None = None
    """0 to 10."""
    end_pain: int | None = None
    """0 to 10."""
    woke: bool | None = None
    """Whether it woke the person from sleep."""
    onset: str | None = None
    """``sleep``, ``rest``, ``exercise``, ``after_exercise`` or ``walking``."""
    trigger: str | None = None
    """As told: ``sitting``, ``standing``, ``effort``, ``heat``, ``alcohol``, ``illness`` or ``medicine``."""
    soreness_hours: float | None = None
    sleep_lost: int | None = None
    """How much sleep was disturbed, 0 to 10."""
    tried: tuple[Tried, ...] = ()
    """In the order in which it was tried."""
    flags: tuple[Flag, ...] = ()
    level: str | None = None
    """The highest level that was given: ``self_care``, ``doctor``, ``urgent`` or ``emergency``."""

    @property
    def minutes(self) -> float | None:
        """From its beginning to its easing."""
        return None if self.eased is None else (self.eased - self.began).total_seconds() / 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Drink:
    """What was drunk of one sort on one day; each glass by itself is in the journal's own export."""

    at: datetime
    """Of the first."""
    milliliters: int
    """Of all of them."""
    what: str
    """``water``, ``tea`` ..."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """Heat or cold on the skin."""

    application: str
    began: datetime
    seconds: float | None
    """None: nobody said that it came off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Medicine:
    """A medicine or supplement as told."""

    name: str
    """Id of content/<language>/profile.yaml: ``water_tablet``; whatever else it is, is shown as it is."""
    since: str | None = None
    """ISO date, as exact as it was told: ``2026-10`` is a month."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """How somebody lives, as told."""

    name: str
    """Id of content/<language>/profile.yaml: ``exercise``."""
    holds: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What the person told about themselves, once."""

    age: str | None = None
    """Band: ``under_16``, ``16_to_39``, ``40_to_64``, ``65_to_74`` or ``75_and_over``."""
    pregnant: bool | None = None
    """Or a birth in the last six weeks."""
    conditions: tuple[str, ...] = ()
    """Ids of content/<language>/profile.yaml."""
    medicines: tuple[Medicine, ...] = ()
    allergies: bool | None = None
    habits: tuple[Habit, ...] = ()
    fluid_limit: str | None = None
    """``yes``, ``no``, or the limit as told."""
    usual_side: str | None = None
    usual_muscle: str | None = None
    worry: str | None = None
    """The main worry, in their words."""
    noticed: str | None = None
    """When cramps were first noticed: ISO date, as exact as it was told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A level that was given, and when."""

    level: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Diary:
    """Everything between two moments, oldest first."""

    since: datetime
    until: datetime
    episodes: tuple[Episode, ...] = ()
    drinks: tuple[Drink, ...] = ()
    applied: tuple[Applied, ...] = ()
    stretches: tuple[Tried, ...] = ()
    """Routines that belong to no cramp: the bedtime set."""
    flags: tuple[Flag, ...] = ()
    """Answers to the triage that belong to no cramp: it was asked for by itself."""
    levels: tuple[Given, ...] = ()
    profile: Profile = field(default_factory=Profile)
    first: datetime | None = None
    """When the first cramp that was ever written down began, which may be before `since`."""
