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


@dataclass(frozen=True, kw_only=True, slots=True)
class Summarize:
    """What a doctor wants to know, to be read aloud. Answered by `Summary`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FindLastEntry:
    """What was written down last: a cramp, a drink, heat or cold, a stretch. Answered by `LastEntry`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeleteEntry:
    """Erase an entry and what belongs to it. Answered by `Deleted`."""

    id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportLog:
    """Write everything to a file of the person's. Answered by `Exported`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ForgetAll:
    """Erase everything. Answered by `Forgotten`."""


Request: TypeAlias = (
    CountCramps
    | FindLastCramp
    | FindHelp
    | CountDrinks
    | Summarize
    | FindLastEntry
    | DeleteEntry
    | ExportLog
    | ForgetAll
)


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
    """Id of what was tried when it eased, a routine, or heat or cold; None: nothing was."""
    seconds: float | None = None
    """From its beginning to the easing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drunk:
    milliliters: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LastEntry:
    id: int | None
    """None: nothing is written down."""
    kind: str = ""
    """``cramp``, ``drank``, ``applied`` or ``routine``."""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    done: bool
    """False: the disk would not have it."""
    cramp: float | None = None
    """When it began, in seconds of the assistant's clock, if it was a cramp."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    done: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    done: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """The journal cannot be read; comes back for any request."""


Facts: TypeAlias = (
    Cramps | LastCramp | Helped | Drunk | Summary | LastEntry | Deleted | Exported | Forgotten | Unknown
)
