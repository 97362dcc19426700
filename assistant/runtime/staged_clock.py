"""The clock on the wall of a stage: it follows the stage, faster than real time, and can be set.

Clock changes for summer and winter come as in the time zone of the machine (``TZ``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from assistant.journal.clock import Stamp
from assistant.journal.store import Journal

if TYPE_CHECKING:
    from pathlib import Path

NIGHT = "03:00"
"""When a script begins that does not say when."""
_HALF_DAY = timedelta(hours=12)
_DAY = timedelta(days=1)


@dataclass(kw_only=True, slots=True)
class StagedClock:
    """Gives `Journal` its stamps."""

    wall: float
    """Seconds since 1970, UTC, as the clock says."""
    uptime: float = 0.0
    """Seconds since the machine was switched on."""
    starts: int = 1
    """How often it was switched on."""

    def __call__(self) -> Stamp:
        return Stamp(
            wall=self.wall, offset=_offset(self.wall), boot=f"stage-{self.starts}", uptime=self.uptime
        )

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.wall += seconds
        self.uptime += seconds

    def cut_power(self, seconds: float) -> None:
        """Be off for a time, as a machine whose clock has a battery."""
        self.wall += seconds
        self.uptime = 0.0
        self.starts += 1

    def set(self, said: str) -> None:
        """Put the clock right: ``2026-03-29 00:50``, or the ``03:10`` that is nearest."""
        self.wall = _nearest(said, self.wall).timestamp()


def staged_clock(folder: Path, said: str | None) -> StagedClock:
    """Return the clock with which a script begins, ``03:10`` or with a date, on the journal of a data folder.

    A time without a date is the last one that was; if the journal is later, the first one after it.
    """
    said = said or NIGHT
    if _has_date(said):
        return StagedClock(wall=_local(said).timestamp())
    written = Journal(folder).load_state()
    begins = _nearest(said, time.time() - _HALF_DAY.total_seconds())
    if written is None or written.stamp.wall < begins.timestamp():
        return StagedClock(wall=begins.timestamp())
    begins = _nearest(said, written.stamp.wall + _HALF_DAY.total_seconds())
    return StagedClock(wall=begins.timestamp())


def is_clock(said: str) -> bool:
    """Tell whether it can be read: ``03:10`` or ``2026-03-29 00:50``."""
    try:
        _local(said if _has_date(said) else f"2000-01-01 {said}")
    except ValueError:
        return False
    return True


def _has_date(said: str) -> bool:
    return " " in said


def _local(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").astimezone()


def _nearest(said: str, wall: float) -> datetime:
    if _has_date(said):
        return _local(said)
    around = datetime.fromtimestamp(wall).astimezone()
    days = (around.date() + step for step in (-_DAY, timedelta(), _DAY))
    return min((_local(f"{day} {said}") for day in days), key=lambda moment: abs(moment - around))


def _offset(wall: float) -> int:
    return time.localtime(wall).tm_gmtoff
