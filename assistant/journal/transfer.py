"""The journal as a file that people can keep, read and bring back: one JSON object in a line.

The first line says what it is. Import of an export loses nothing; what is there already is not doubled.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from assistant.errors import DeviceError, SettingsError
from assistant.journal.shapes import checked
from assistant.journal.upkeep import new_file, rows, to_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from assistant.journal.shapes import Row

HEADER = {"format": "cramp-assistant journal", "version": 1}


def write(path: Path, target: Path, progress: Callable[[int, int], object]) -> int:
    """Write every entry of a journal file to a new file; return how many there were.

    Raises `SettingsError` if there is a file of that name, `DeviceError` if the disk does not take it.
    """
    count = 0
    with new_file(target) as part, closing(to_read(path)) as db, part.open("w", encoding="utf-8") as file:
        file.write(json.dumps(HEADER) + "\n")
        try:
            for row in rows(db, progress):
                count += 1
                file.write(json.dumps({**row, "details": json.loads(str(row["details"]))}) + "\n")
        except sqlite3.Error as fault:
            raise DeviceError(f"{path}: cannot be read ({fault}): run journal verify") from fault
    return count


def read(db: sqlite3.Connection, source: Path, progress: Callable[[int, int], object]) -> int:
    """Add the entries of an exported file that are not there yet, all or none; return how many.

    Raises `SettingsError` with file and line at the first one that is wrong, and nothing is added.
    """
    total = _lines(source)
    with db:
        db.execute("BEGIN IMMEDIATE")
        ((last,),) = db.execute("SELECT coalesce(max(id), 0) FROM events")
        ids: dict[int, int] = {}
        found = set[int]()
        for number, row in _rows(source):
            progress(number, total)
            if row["episode"] is not None and row["episode"] not in ids:
                raise SettingsError(
                    f"{source}:{number}: its cramp {row['episode']!r} does not come before it"
                )
            known = _find(db, row, last, found) if last else None
            ids[row["id"]] = known or _add(db, row, ids, fresh=not last)
    return len(ids) - len(found)


def _lines(source: Path) -> int:
    try:
        with source.open("rb") as file:
            return sum(1 for _ in file)
    except OSError as fault:
        raise SettingsError(f"{source}: cannot be read ({fault}): name a file of journal export") from fault


def _rows(source: Path) -> Iterator[tuple[int, Row]]:
    seen = set[int]()
    try:
        with source.open(encoding="utf-8") as file:
            if json.loads(file.readline() or "null") != HEADER:
                raise SettingsError(
                    f"{source}:1: is no journal of this program: name a file of journal export"
                )
            for number, line in enumerate(file, 2):
                row = _row(source, number, line)
                if row["id"] in seen:
                    raise SettingsError(
                        f"{source}:{number}: the id {row['id']!r} comes twice: export it again"
                    )
                seen.add(row["id"])
                yield number, row
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise SettingsError(f"{source}:1: is no journal ({fault}): name a file of journal export") from fault


def _row(source: Path, number: int, line: str) -> Row:
    try:
        return checked(json.loads(line))
    except (ValueError, RecursionError) as fault:
        raise SettingsError(f"{source}:{number}: is no entry ({fault}): export it again") from fault


def _find(db: sqlite3.Connection, row: Row, last: int, found: set[int]) -> int | None:
    """Return the id of the same entry if it was there before, each once; it is added to those found."""
    same = db.execute(
        "SELECT id FROM events WHERE kind = ? AND wall = ? AND now = ? AND details = ? AND id <= ?",
        (row["kind"], row["wall"], row["now"], json.dumps(row["details"]), last),
    )
    known = next((int(number) for (number,) in same if number not in found), None)
    if known is not None:
        found.add(known)
    return known


def _add(db: sqlite3.Connection, row: Row, ids: dict[int, int], *, fresh: bool) -> int:
    values: list[Any] = [row[name] for name in ("kind", "now", "wall", "offset", "boot", "uptime")]
    episode = None if row["episode"] is None else ids[row["episode"]]
    added = db.execute(
        "INSERT INTO events (kind, now, wall, offset, boot, uptime, id, details, episode)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, row["id"] if fresh else None, json.dumps(row["details"]), episode),
    )
    return int(added.lastrowid or 0)
