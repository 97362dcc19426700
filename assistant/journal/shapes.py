"""What an entry must look like: checked before anything is imported, and when the journal is verified."""

from __future__ import annotations

import math
from collections.abc import Mapping  # noqa: TC003 (the validator reads the annotations)
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError
from typing_extensions import TypedDict

_FIRST, _LAST = -62_000_000_000, 253_000_000_000
"""Seconds since 1970 between which a date can be told: the years 5 to 9987."""
_DAY = 86_399
"""Seconds: no zone is further from UTC."""
_MOST_PAIN = 10

Id = Annotated[int, Field(gt=0, lt=2**63)]
Value = str | bool | int | FiniteFloat | None


class Row(TypedDict):
    """One entry, as it is exported: one JSON object in a line."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]
    id: Id
    kind: str
    details: Mapping[str, Value]
    now: FiniteFloat
    wall: Annotated[FiniteFloat, Field(ge=_FIRST, le=_LAST)]
    offset: Annotated[int, Field(ge=-_DAY, le=_DAY)]
    episode: Id | None
    boot: str | None
    uptime: FiniteFloat | None


class Cramp(TypedDict, total=False):
    muscle: Literal["thigh", "calf", "foot", "front", "other"] | None
    side: Literal["left", "right", "both"] | None


class Named(TypedDict):
    routine: str


class Application(TypedDict):
    application: str


class Answer(TypedDict):
    question: str
    answer: Literal["safe", "danger", "unclear", "left", "right", "both"]


class Level(TypedDict):
    level: Literal["none", "self_care", "doctor", "urgent", "emergency"]


class Drank(TypedDict):
    milliliters: Annotated[FiniteFloat, Field(ge=0, le=20_000)]
    what: str


class _Told(TypedDict):
    about: Literal[
        "side", "muscle", "worst_pain", "end_pain", "woke", "onset", "trigger", "soreness_hours", "sleep_lost"
    ]
    value: Value


def _fits(told: _Told) -> _Told:
    about, value = told["about"], told["value"]
    if about in ("worst_pain", "end_pain", "sleep_lost"):
        fits = isinstance(value, float | int) and 0 <= value <= _MOST_PAIN and value == int(value)
    elif about == "soreness_hours":
        fits = isinstance(value, float | int) and 0 <= value < math.inf
    elif about == "woke":
        fits = value in ("yes", "no")
    else:
        fits = isinstance(value, str)
    if not fits and value is not None:
        raise ValueError(f"{value!r} is no answer about {about!r}")
    return told


Told = Annotated[_Told, AfterValidator(_fits)]

_ROW = TypeAdapter(Row)
_DETAILS: dict[str, TypeAdapter[Any]] = {
    "cramp": TypeAdapter(Cramp),
    "told": TypeAdapter(Told),
    "answer": TypeAdapter(Answer),
    "level": TypeAdapter(Level),
    "drank": TypeAdapter(Drank),
    "applied": TypeAdapter(Application),
    "removed": TypeAdapter(Application),
    **dict.fromkeys(("routine", "resumed", "left", "routine_over"), TypeAdapter(Named)),
}
"""What the kinds of which a diary is made need; they may have more."""


def checked(row: object) -> Row:
    """Return an entry as it was exported; raise `ValueError` saying in one line what is wrong with it."""
    try:
        good = _ROW.validate_python(row)
        if good["kind"] in _DETAILS:
            _DETAILS[good["kind"]].validate_python(dict(good["details"]))
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the entry"
        raise ValueError(f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}") from fault
    return good
