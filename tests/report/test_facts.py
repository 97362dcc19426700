"""The facts of the doctor's page: counted, never guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from invented import UNTIL

from assistant.journal.diary import (
    Applied,
    Diary,
    Drink,
    Episode,
    Flag,
    Given,
    Medicine,
    Profile,
    Tried,
)
from assistant.report.dates import Told, back
from assistant.report.facts import (
    Advice,
    Count,
    First,
    Fluids,
    Minutes,
    Remedy,
    Sign,
    Worst,
    started,
    summarize,
)

SINCE = UNTIL - timedelta(days=14)
LAST = date(2026, 11, 22)


def of(*episodes: Episode, profile: Profile | None = None, **more: object) -> Diary:
    return Diary(since=SINCE, until=UNTIL, episodes=episodes, profile=profile or Profile(), **more)


def cramp(hour: float, **details: object) -> Episode:
    """Return one that began so many hours after the range's first midnight."""
    began = SINCE + timedelta(hours=hour)
    length = details.pop("minutes", None)
    eased = None if length is None else began + timedelta(minutes=float(str(length)))
    return Episode(id=int(hour * 10), began=began, eased=eased, **details)


def test_an_empty_diary_knows_nothing_and_says_so() -> None:
    """Zero cramps are a fact; everything else stays unknown."""
    facts = summarize(of())
    assert (facts.since, facts.until, facts.days) == (date(2026, 11, 9), LAST, 14)
    assert (facts.cramps, facts.per_week) == (0, 0)
    unknown = (facts.worry, facts.first, facts.minutes, facts.worst, facts.nights_woken, facts.fluids)
    assert unknown == (None,) * 6
    assert not any((facts.onsets, facts.muscles, facts.remedies, facts.signs, facts.levels, facts.medicines))
    assert not facts.mainly_thigh


def test_how_often_how_long_and_how_bad() -> None:
    """Mean count a week; median and longest of those that were timed; the worst pain on its latest day."""
    facts = summarize(
        of(
            cramp(3, minutes=2, worst_pain=8),
            cramp(27, minutes=4, worst_pain=8),
            cramp(51, minutes=9.5, worst_pain=3),
            cramp(75),
        )
    )
    assert facts.per_week == 2
    assert facts.minutes == Minutes(median=4, longest=9.5, known=3)
    assert facts.worst == Worst(pain=8, day=date(2026, 11, 10))


def test_less_than_a_week_is_not_made_a_week() -> None:
    """Two cramps in three days are not 4.7 a week."""
    short = Diary(since=UNTIL - timedelta(days=3), until=UNTIL, episodes=(cramp(300), cramp(301)))
    assert summarize(short).per_week is None


def test_a_night_goes_from_noon_to_noon() -> None:
    """Before and after midnight is the same night; being woken twice is one night."""
    facts = summarize(
        of(cramp(23, woke=True), cramp(25, woke=True), cramp(47, woke=True), cramp(60, woke=False))
    )
    assert facts.nights_woken == 2
    assert summarize(of(cramp(23))).nights_woken is None


def test_sites_sides_patterns_and_triggers_are_counted() -> None:
    """The most frequent first; what nobody said is counted last, as such."""
    facts = summarize(
        of(
            cramp(1, muscle="thigh", side="left", onset="sleep", trigger="sitting"),
            cramp(2, muscle="thigh", side="right", onset="sleep"),
            cramp(3, muscle="calf", side="right"),
            cramp(4),
        )
    )
    assert [(count.name, count.count) for count in facts.muscles] == [("thigh", 2), ("calf", 1), (None, 1)]
    assert facts.sides[0] == Count(name="right", count=2)
    assert facts.onsets == (Count(name="sleep", count=2), Count(name=None, count=2))
    assert facts.triggers == (Count(name="sitting", count=1), Count(name=None, count=3))


@pytest.mark.parametrize(
    ("thighs", "calves", "mainly"), [(2, 1, True), (1, 1, False), (1, 0, True), (0, 0, False)]
)
def test_mainly_is_more_than_half_of_what_was_recorded(thighs: int, calves: int, *, mainly: bool) -> None:
    """Cramps of an unknown muscle say nothing about the thigh."""
    muscles = ["thigh"] * thighs + ["calf"] * calves + [None]
    assert summarize(of(*(cramp(1, muscle=muscle) for muscle in muscles))).mainly_thigh is mainly


def test_what_was_tried_is_counted_with_what_was_said_of_it() -> None:
    """Once for what was noted twice; a remedy that nobody judged did not fail."""
    began = SINCE + timedelta(hours=1)
    stretch = Tried(name="relief_bed", began=began, seconds=180, helped=True)
    again = Tried(name="relief_bed", began=began + timedelta(hours=1), seconds=240, helped=None)
    heat = Tried(name="heat", began=began, seconds=900, helped=None)
    facts = summarize(
        of(
            cramp(1, tried=(stretch, heat)),
            cramp(2, tried=(again,)),
            applied=(Applied(application="heat", began=began, seconds=900),),
            stretches=(Tried(name="relief_bed", began=UNTIL, seconds=None, helped=False),),
        )
    )
    assert facts.remedies == (
        Remedy(name="relief_bed", times=3, helped=1, judged=2, minutes=3.5),
        Remedy(name="heat", times=1, helped=0, judged=0, minutes=15),
    )


def test_answers_stay_apart_with_their_days() -> None:
    """A no after a yes does not take the yes back; unclear is neither; the legs are named with the sign."""
    flags = [Flag(question="q3", answer=answer, at=SINCE) for answer in ("danger", "safe", "danger")]
    flags += [Flag(question="q3_side", answer=side, at=SINCE) for side in ("right", "left")]
    alone = Flag(question="q7", answer="unclear", at=UNTIL)
    facts = summarize(of(cramp(1, flags=tuple(flags)), flags=(alone,)))
    day = SINCE.date()
    assert facts.signs == (
        Sign(question="q3", danger=(day,), unclear=(), safe=(day,), sides=("left", "right")),
        Sign(question="q7", danger=(), unclear=(UNTIL.date(),), safe=()),
    )


@pytest.mark.parametrize(
    ("since", "noticed", "answer"),
    [
        ("2026-09-10", "2026-10-03", "yes"),
        ("2026-07-03", "2026-10-03", "yes"),
        ("2026-07-02", "2026-10-03", "no"),
        ("2026-10-04", "2026-10-03", "no"),
        ("2026-09", "2026-10", "yes"),
        ("2026-10", "2026-10", "perhaps"),
        ("2026-07", "2026-10-03", "perhaps"),
        ("2026", "2026-10-03", "perhaps"),
        ("2025", "2026-10-03", "no"),
        ("2025-11", "2026-01", "yes"),
        (None, "2026-10", None),
        ("last spring", "2026-10", None),
        ("2026-13", "2026-10", None),
        ("2026-09", None, None),
    ],
)
def test_a_medicine_is_compared_with_the_first_cramp(
    since: str | None, noticed: str | None, answer: str | None
) -> None:
    """As exactly as both dates are known, and no more exactly."""
    begin = First(told=noticed, recorded=None) if noticed else None
    assert started(Medicine(name="a", since=since), begin).before_first == answer


def test_the_first_cramp_is_the_one_told_else_the_one_written_down() -> None:
    """What the person knows comes before what we know."""
    tenth = date(2026, 11, 10)
    assert summarize(of(cramp(30))).first == First(told=None, recorded=tenth)
    earlier = summarize(of(cramp(30), first=SINCE - timedelta(days=30))).first
    assert earlier == First(told=None, recorded=date(2026, 10, 10))
    told = summarize(of(cramp(30), profile=Profile(noticed="2025"))).first
    assert told == First(told="2025", recorded=tenth)
    assert told.when == "2025"


def test_fluids_are_the_mean_of_days_with_notes() -> None:
    """A day without notes is not a day without water."""
    drinks = [Drink(at=SINCE + timedelta(hours=hour), milliliters=300, what="tea") for hour in (9, 12, 60)]
    assert summarize(of(drinks=tuple(drinks))).fluids == Fluids(milliliters=450, days=2)


def test_levels_are_listed_by_urgency_with_their_days() -> None:
    """Each day once; self-care is no level to report."""
    given = [Given(level=level, at=SINCE) for level in ("self_care", "doctor", "urgent", "urgent")]
    given.append(Given(level="urgent", at=SINCE + timedelta(days=1)))
    day = SINCE.date()
    assert summarize(of(levels=tuple(given))).levels == (
        Advice(level="urgent", days=(day, day + timedelta(days=1))),
        Advice(level="doctor", days=(day,)),
    )


def test_months_back_end_with_the_month() -> None:
    """Three months before 31 May is the last of February."""
    assert back(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert back(date(2026, 1, 15), 3) == date(2025, 10, 15)
    assert Told.read("2024-02") == Told(earliest=date(2024, 2, 1), latest=date(2024, 2, 29))
