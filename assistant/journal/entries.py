"""What is written down: one entry for each thing that happened.

An entry belongs to a cramp or to none. What its details hold depends on its kind: `DETAILS` says which kinds
make up the diary, and what they need.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Details: TypeAlias = Mapping[str, str | float | None]

CRAMP = "cramp"


class Entry(NamedTuple):
    """Something that happened; a tuple, because a diary of ten years is made of a million of them."""

    kind: str
    details: Details
    now: float
    """Seconds of the assistant's clock: right between entries of one run, whatever the wall clock did."""
    wall: float
    """Seconds since 1970, UTC."""
    offset: int
    """Of local time from UTC, seconds."""
    id: int = 0
    """In the file; below zero while it waits to be written."""
    episode: int | None = None
    """Id of the entry with which the cramp began that it belongs to."""
    guessed: bool = False
    """Nothing vouches for the wall time."""

    @property
    def time(self) -> datetime:
        """As the clock on the wall said."""
        return datetime.fromtimestamp(self.wall, zone(self.offset))


@cache
def zone(offset: int) -> timezone:
    """Return the zone whose local time is so many seconds ahead of UTC."""
    return timezone(timedelta(seconds=offset))
