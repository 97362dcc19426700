"""Invented diaries: nobody's data, the same every time."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from functools import cache

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

ZONE = timezone(timedelta(hours=1))
UNTIL = datetime(2026, 11, 23, tzinfo=ZONE)
HOSTILE = (
    '<script>alert("x")</script> =1+1 {{ 7*7 }} & "quoted" \u202eevil\u202c \x00\x07\x1b[31m'
    " \u05e9\u05dc\u05d5\u05dd \U0001f9b5 e\u0301 \ud800 " + "long " * 400
)
"""Markup, a formula, a template, marks that turn the direction, control characters, half a character."""

PROFILE = Profile(
    age="65_to_74",
    pregnant=False,
    conditions=("diabetes", "leg_arteries"),
    medicines=(
        Medicine(name="statin", since="2026-09"),
        Medicine(name="supplement", since="2024"),
        Medicine(name="salbutamol inhaler"),
    ),
    allergies=False,
    habits=(
        Habit(name="exercise", holds=True),
        Habit(name="alcohol", holds=False),
        Habit(name="caffeine", holds=True),
    ),
    fluid_limit="no",
    worry="It wakes me nearly every night and I am afraid it is my circulation.",
    noticed="2026-10",
)


@cache
def diary(cramps: int = 12, days: int = 14, profile: Profile = PROFILE) -> Diary:
    """Return an invented diary of some days that end on 22 November 2026."""
    dice = random.Random(cramps * 100_003 + days)  # noqa: S311 (nothing is secret here)
    since = UNTIL - timedelta(days=days)
    begins = sorted(_begin(dice, since, days) for _ in range(cramps))
    episodes = tuple(_episode(dice, number, began) for number, began in enumerate(begins, 1))
    urgent = tuple(Given(level=episode.level, at=episode.began) for episode in episodes if episode.level)
    return Diary(
        since=since,
        until=UNTIL,
        episodes=episodes,
        drinks=tuple(
            Drink(at=since + timedelta(days=day, hours=hour), milliliters=250, what="water")
            for day in range(min(days, 20))
            for hour in (9, 13, 18, 21)
        ),
        applied=tuple(
            Applied(application="heat", began=since + timedelta(days=day, hours=20), seconds=900)
            for day in range(0, min(days, 20), 4)
        ),
        stretches=tuple(
            Tried(name="floor_stretch", began=since + timedelta(days=day, hours=22), seconds=200)
            for day in range(min(days, 10))
        ),
        levels=(*urgent, *([Given(level="doctor", at=UNTIL - timedelta(days=2))] if cramps else [])),
        profile=profile,
        first=begins[0] if begins else None,
    )


def _begin(dice: random.Random, since: datetime, days: int) -> datetime:
    hour = dice.choice([0, 1, 2, 3, 3, 4, 5, 14, 20, 23])
    return since + timedelta(days=dice.randrange(days), hours=hour, seconds=dice.randrange(3600))


def _episode(dice: random.Random, number: int, began: datetime) -> Episode:
    length = dice.choice([0.5, 1.5, 2, 3, 4, 6, 8, 12, None])
    return Episode(
        id=number,
        began=began,
        eased=None if length is None else began + timedelta(minutes=length),
        ended=began + timedelta(minutes=15),
        side=dice.choice(["left", "left", "right", "both", None]),
        muscle=dice.choice(["thigh", "thigh", "thigh", "thigh", "calf", "foot", None]),
        worst_pain=dice.choice([2, 4, 5, 6, 7, 8, 9, None]),
        end_pain=dice.choice([0, 1, 2, None]),
        woke=dice.choice([True, True, False]),
        onset=dice.choice(["sleep", "sleep", "sleep", "rest", "after_exercise", None]),
        trigger=dice.choice(["sitting", "effort", "alcohol", None]),
        soreness_hours=dice.choice([None, 2, 8.5]),
        sleep_lost=dice.choice([None, 4, 7]),
        tried=_tried(dice, began),
        flags=(
            Flag(question="q1", answer="safe", at=began),
            Flag(question="q3", answer="danger" if number % 7 == 4 else "safe", at=began),
            *([Flag(question="q3_side", answer="left", at=began)] if number % 7 == 4 else []),
            Flag(question="q7", answer="unclear" if number % 5 == 4 else "safe", at=began),
        ),
        level="urgent" if number % 7 == 4 else None,
    )


def _tried(dice: random.Random, began: datetime) -> tuple[Tried, ...]:
    more = [
        Tried(name=name, began=began + timedelta(minutes=4), seconds=120, helped=dice.choice([True, False]))
        for name in ("massage", "standing_stretch")
        if dice.random() < 1 / 3
    ]
    seconds = 150 + dice.randrange(100)
    relief = Tried(
        name="relief_bed", began=began, seconds=seconds, helped=dice.choice([True, True, False, None])
    )
    return (relief, *more)


def hostile(cramps: int = 12) -> Diary:
    """Return a diary in which every text that somebody could have typed is hostile."""
    medicines = tuple(Medicine(name=HOSTILE, since=HOSTILE) for _ in range(30))
    profile = Profile(
        age=HOSTILE,
        conditions=(HOSTILE,) * 30,
        medicines=medicines,
        habits=(Habit(name=HOSTILE, holds=True),),
        fluid_limit=HOSTILE,
        worry=HOSTILE,
        noticed=HOSTILE,
    )
    good = diary(cramps, profile=profile)
    noon = UNTIL - timedelta(hours=12)
    strange = [
        Episode(
            id=1000 + number,
            began=noon + timedelta(minutes=number),
            side=f"{number}{HOSTILE}",
            muscle=f"{number}{HOSTILE}",
            onset=f"{number}{HOSTILE}",
            trigger=f"{number}{HOSTILE}",
            tried=(Tried(name=f"{number}{HOSTILE}", began=noon, seconds=None),),
            flags=(Flag(question=f"{number}{HOSTILE}", answer="danger", at=noon),),
        )
        for number in range(20)
    ]
    return Diary(
        since=good.since,
        until=good.until,
        episodes=(*good.episodes, *strange),
        drinks=(Drink(at=noon, milliliters=200, what=HOSTILE),),
        applied=(Applied(application=HOSTILE, began=noon, seconds=None),),
        profile=profile,
    )
