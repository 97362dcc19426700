"""``cramp-assistant report``: which days, which format, and where it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from assistant.data import load_vocabulary
from assistant.errors import SettingsError
from assistant.report import files

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.journal.diary import Diary

FORTNIGHT = 14
"""Days when none are named: a good length of a log [SEBO]."""
FORMATS = {
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".zip": "csv",
    ".fhir.json": "fhir",
    ".json": "json",
}
"""Ending of a file's name -> format; the first that fits."""


PAPERS = {"us": "letter", "ca": "letter"}
"""Locale -> what is in its printers; elsewhere it is A4."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What was asked for."""

    path: Path
    format: str
    paper: str
    language: str
    replace: bool


def format_of(path: Path, wanted: str | None) -> str:
    """Return the format that was named, else that of the file's ending.

    Raises `SettingsError` if none fits.
    """
    found = wanted or next((FORMATS[end] for end in FORMATS if path.name.lower().endswith(end)), None)
    if found is None:
        raise SettingsError(
            f"the ending of {path.name!r} names no format: give --format, or end it with {', '.join(FORMATS)}"
        )
    return found


def span(first: date | None, last: date | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the beginning of the first day and the end of the last, in local time.

    Without days it is the fortnight that ends today. Raises `SettingsError` if they are in the wrong order.
    """
    last = last or max(now.date(), first or now.date())
    first = first or last - timedelta(days=FORTNIGHT - 1)
    if last < first:
        raise SettingsError(f"--to '{last}' comes before --from '{first}': change one")
    return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()


def in_their_words(diary: Diary, worry: str | None, noticed: str | None) -> Diary:
    """Return a diary with what can only be typed, where it was: the main worry, and when it began."""
    known = diary.profile
    told = replace(known, worry=worry or known.worry, noticed=noticed or known.noticed)
    return replace(diary, profile=told)


def prepare(order: Order) -> None:
    """Begin with what takes long, before the journal is read."""
    if order.format == "pdf":
        from assistant.report import pdf  # noqa: PLC0415 (what is not asked for is not loaded)

        pdf.load_early()


def report(order: Order, diary: Diary, today: date) -> None:
    """Write the page or the export; raise `SettingsError`, `InstallError` or `DeviceError`."""
    files.write(order.path, _made(order, diary, today), replace=order.replace)


def _made(order: Order, diary: Diary, today: date) -> bytes:
    if order.format == "csv":
        from assistant.report import tables  # noqa: PLC0415 (what is not asked for is not loaded)

        packed = order.path.suffix.lower() == ".zip"
        return tables.archive(diary) if packed else tables.cramps(diary).encode()
    if order.format == "json":
        from assistant.report import interchange  # noqa: PLC0415

        return interchange.dump(diary).encode()
    vocabulary = load_vocabulary(order.language)
    if order.format == "fhir":
        from assistant.report import fhir  # noqa: PLC0415

        return fhir.bundle(diary, vocabulary).encode()
    from assistant.report import html, page, pdf  # noqa: PLC0415

    sheet = page.compose(diary, vocabulary, today)
    return pdf.render(sheet, order.paper) if order.format == "pdf" else html.render(sheet).encode()
