"""What the dialogue can ask of the journal, and what comes back: plain values, one answer for each request.

`runtime.memory` turns a request into its facts. Times are those of the clock on the wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CountCramps:
    """How many there were. Answered by `Cramps`."""

    since: datetime
    period: str
    """What that was called: ``tonight``, ``week`` or ``month``; comes back with the answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindLastCramp:
    """When the last one was. Answered by `LastCramp`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindHelp:
    """What eased the last one that eased. Answered by `Helped`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CountDrinks:
    """How much was drunk. Answered by `Drunk`."""

    since: datetime


Request: TypeAlias = CountCramps | FindLastCramp | FindHelp | CountDrinks


@dataclass(frozen=True, kw_only=True, slots=True)
class Cramps:
    count: int
    period: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LastCramp:
    at: datetime | None
    """None: none was ever written down."""
    seconds: float | None = None
    """From its beginning to its easing."""
    side: str | None = None
    muscle: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Helped:
    routine: str | None
    """Id of what was tried when it eased; None: nothing was."""
    seconds: float | None = None
    """From its beginning to the easing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drunk:
    milliliters: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """The journal cannot be read; comes back for any request."""


Facts: TypeAlias = Cramps | LastCramp | Helped | Drunk | Unknown
