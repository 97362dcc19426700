"""The diary as CSV, with units in the header: the cramps in one file, or every table in a ZIP archive."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, TypeAlias

from assistant.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assistant.journal.diary import Diary, Episode, Flag, Tried

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A cell that begins so is run by a spreadsheet, full width by some; an apostrophe keeps it text."""
MARK = "\ufeff"
"""Tells a spreadsheet that what follows is UTF-8."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same diary gives the same archive."""

Cell: TypeAlias = "str | float | None"
Table: TypeAlias = "tuple[tuple[str, ...], Iterable[tuple[Cell, ...]]]"

CRAMP = (
    *("id", "began (ISO 8601)", "eased (ISO 8601)", "ended (ISO 8601)", "length (min)", "side", "muscle"),
    *("worst pain (0-10)", "pain at the end (0-10)", "woke from sleep (yes/no)", "onset", "trigger"),
    *("soreness (h)", "sleep lost (0-10)", "tried", "helped", "level"),
)


def cramps(diary: Diary) -> str:
    """Return one row for each cramp; an empty cell was not recorded."""
    return _csv((CRAMP, (_cramp(episode) for episode in diary.episodes)))


def archive(diary: Diary) -> bytes:
    """Return all tables, one file each."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, table in _tables(diary).items():
            info = zipfile.ZipInfo(f"{name}.csv", EPOCH)
            info.external_attr = 0o600 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, _csv(table))
    return held.getvalue()


def _tables(diary: Diary) -> dict[str, Table]:
    medicines = ((medicine.name, medicine.since) for medicine in diary.profile.medicines)
    drinks = ((drink.at.isoformat(), drink.milliliters, drink.what) for drink in diary.drinks)
    applied = ((one.application, one.began.isoformat(), one.seconds) for one in diary.applied)
    levels = ((given.at.isoformat(), given.level) for given in diary.levels)
    return {
        "cramps": (CRAMP, (_cramp(episode) for episode in diary.episodes)),
        "tried": (("cramp", "what", "began (ISO 8601)", "length (s)", "helped (yes/no)"), _all_tried(diary)),
        "answers": (("cramp", "at (ISO 8601)", "question", "answer"), _all_flags(diary)),
        "levels": (("at (ISO 8601)", "level"), levels),
        "fluids": (("at (ISO 8601)", "amount (ml)", "what"), drinks),
        "heat_and_cold": (("what", "began (ISO 8601)", "length (s)"), applied),
        "medicines": (("name", "since (ISO 8601)"), medicines),
    }


def _cramp(episode: Episode) -> tuple[Cell, ...]:
    return (
        episode.id,
        episode.began.isoformat(),
        episode.eased.isoformat() if episode.eased else None,
        episode.ended.isoformat() if episode.ended else None,
        None if episode.minutes is None else round(episode.minutes, 2),
        episode.side,
        episode.muscle,
        episode.worst_pain,
        episode.end_pain,
        _yes(episode.woke),
        episode.onset,
        episode.trigger,
        episode.soreness_hours,
        episode.sleep_lost,
        " ".join(one.name for one in episode.tried),
        " ".join(one.name for one in episode.tried if one.helped),
        episode.level,
    )


def _all_tried(diary: Diary) -> Iterator[tuple[Cell, ...]]:
    for episode in diary.episodes:
        yield from (_tried(episode.id, one) for one in episode.tried)
    yield from (_tried(None, one) for one in diary.stretches)


def _tried(cramp: int | None, one: Tried) -> tuple[Cell, ...]:
    return cramp, one.name, one.began.isoformat(), one.seconds, _yes(one.helped)


def _all_flags(diary: Diary) -> Iterator[tuple[Cell, ...]]:
    for episode in diary.episodes:
        yield from (_flag(episode.id, flag) for flag in episode.flags)
    yield from (_flag(None, flag) for flag in diary.flags)


def _flag(cramp: int | None, flag: Flag) -> tuple[Cell, ...]:
    return cramp, flag.at.isoformat(), flag.question, flag.answer


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _csv(table: Table) -> str:
    head, rows = table
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return MARK + held.getvalue()


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = plain(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
