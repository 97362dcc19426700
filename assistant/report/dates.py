"""Dates as people tell them: a day, a month or a year."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The days between which something told as ``2026``, ``2026-10`` or ``2026-10-03`` lies."""

    earliest: date
    latest: date

    @classmethod
    def read(cls, text: str | None) -> Told | None:
        """Return None for what is no date."""
        parts = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text or "", re.ASCII)
        if not parts:
            return None
        year, month, day = (int(part) if part else None for part in parts.groups())
        try:
            return cls(
                earliest=date(year or 0, month or 1, day or 1),
                latest=date(year or 0, month or MONTHS, day or _length(year or 0, month or MONTHS)),
            )
        except ValueError:
            return None


def back(day: date, months: int) -> date:
    """Return the same day some months before, or the last of that month."""
    number = day.year * MONTHS + day.month - 1 - months
    year, month = max(number // MONTHS, 1), number % MONTHS + 1
    return date(year, month, min(day.day, _length(year, month)))


def _length(year: int, month: int) -> int:
    """Return the days of a month; raise ValueError if there is no such month."""
    if not 1 <= month <= MONTHS:
        raise ValueError(month)
    return calendar.monthrange(year, month)[1]
