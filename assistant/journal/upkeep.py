"""Care of the file: erasing, pruning, checking, copying. One connection, one transaction each."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from assistant.errors import DeviceError, SettingsError
from assistant.journal.migrations import migrate, pending
from assistant.journal.shapes import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    from assistant.journal.clock import Stamp

    Work: TypeAlias = Callable[[sqlite3.Connection], object]

DIAGNOSTICS = (
    *("fault", "restarted", "device_lost", "device_found", "engine_failed", "journal_damaged"),
    *("not_understood", "heard_itself", "false_start"),
)
"""What tells about the assistant and not about the person: kept for some time, everything else for ever."""
BATCH = 300
"""Diagnostics that are deleted at once: some milliseconds, because what is to be said waits for the disk."""
FAMILY = """
    WITH one AS (
        SELECT id, kind, coalesce(details ->> 'application', details ->> 'routine') AS name
        FROM events WHERE id = ?
    ), next AS (
        SELECT min(later.id) AS id FROM events AS later, one WHERE later.id > one.id AND later.kind = one.kind
        AND one.name IN (later.details ->> 'application', later.details ->> 'routine')
    )
    SELECT id FROM one
    UNION SELECT events.id FROM events, one WHERE events.episode = one.id
    UNION SELECT events.id FROM events, one, next WHERE one.kind IN ('applied', 'routine')
    AND events.id > one.id AND (next.id IS NULL OR events.id < next.id) AND events.kind IN
    ('extended', 'insisted', 'removed', 'resumed', 'left', 'once', 'locked', 'not_helping', 'routine_over')
    AND one.name IN (events.details ->> 'application', events.details ->> 'routine')
"""
"""The ids of an entry and what goes with it: what happened during a cramp; what became of heat, cold or a
routine until the same was begun again."""
_PAGES = 2_000
"""Pages that are copied between two looks at the progress: 8 MB."""


def erase(db: sqlite3.Connection, entry: int) -> tuple[str, float] | None:
    """Delete an entry and what belongs to it, overwritten with zeros; return its kind and second, or None."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        row: tuple[str, float] | None = db.execute(
            "SELECT kind, now FROM events WHERE id = ?", (entry,)
        ).fetchone()
        db.execute(f"DELETE FROM events WHERE id IN ({FAMILY})", (entry,))  # noqa: S608 (a constant)
    _empty_log(db)
    return row


def erase_all(db: sqlite3.Connection) -> None:
    """Delete everything, overwrite it, and give the room back: nothing of it is left in the files."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM events")
        db.execute("DELETE FROM state")
    db.execute("VACUUM")
    _empty_log(db)


def _empty_log(db: sqlite3.Connection) -> None:
    """Write the log of changes into the file and cut it off: old contents would live on in it."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def prune(db: sqlite3.Connection, before: float) -> int:
    """Delete at most `BATCH` diagnostics from before a wall time (seconds since 1970); return how many."""
    marks = ", ".join("?" * len(DIAGNOSTICS))
    with db:
        db.execute("BEGIN IMMEDIATE")
        old = f"SELECT id FROM events WHERE kind IN ({marks}) AND wall < ? LIMIT {BATCH}"  # noqa: S608 (our marks)
        gone = db.execute(f"DELETE FROM events WHERE id IN ({old})", (*DIAGNOSTICS, before))  # noqa: S608
    return gone.rowcount


def correct_times(db: sqlite3.Connection, stamp: Stamp) -> None:
    """Set right what was written since the machine started, while nobody vouched for the clock."""
    db.execute(
        "UPDATE events SET wall = ? + uptime, offset = ?, boot = NULL, uptime = NULL WHERE boot = ?",
        (stamp.wall - stamp.uptime, stamp.offset, stamp.boot),
    )


def faults_of(path: Path, progress: Callable[[int, int], object]) -> Iterator[str]:
    """Yield what is wrong with a journal file: damage, entries of no cramp, entries of a wrong shape.

    ``progress`` is told how many entries of how many are checked.
    """
    with closing(to_read(path)) as db:
        try:
            yield from (f"damage: {what}" for (what,) in db.execute("PRAGMA integrity_check") if what != "ok")
            yield from (
                f"entry {row}: its cramp is missing" for _, row, *_ in db.execute("PRAGMA foreign_key_check")
            )
            yield from _misshapen(db, progress)
        except sqlite3.DatabaseError as fault:
            yield f"damage: {fault}"


def _misshapen(db: sqlite3.Connection, progress: Callable[[int, int], object]) -> Iterator[str]:
    for row in rows(db, progress):
        try:
            checked({**row, "details": json.loads(str(row["details"]))})
        except ValueError as fault:
            yield f"entry {row['id']}: {fault}"


def rows(db: sqlite3.Connection, progress: Callable[[int, int], object]) -> Iterator[dict[str, object]]:
    """Yield every entry by column, in the order in which they were written."""
    ((total,),) = db.execute("SELECT count(*) FROM events")
    found = db.execute(
        "SELECT id, kind, details, now, wall, offset, episode, boot, uptime FROM events ORDER BY id"
    )
    names = [column[0] for column in found.description]
    for number, row in enumerate(found, 1):
        progress(number, total)
        yield dict(zip(names, row, strict=True))


def backup(path: Path, target: Path, progress: Callable[[int, int], object]) -> None:
    """Copy a journal file, readable by its owner alone, while it may be in use.

    Raises `SettingsError` if there is a file of that name, `DeviceError` if it cannot be written.
    """
    with new_file(target) as part, closing(to_read(path)) as db:
        try:
            with closing(sqlite3.connect(part)) as copy:
                db.backup(copy, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
        except sqlite3.Error as fault:
            raise DeviceError(f"{target}: cannot be written ({fault}): make room or name another") from fault


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give the path of a file to fill, readable by its owner alone; it gets its name when it is whole.

    A folder that has to be made is its owner's alone too. Raises `SettingsError` if there is a file of that
    name, `DeviceError` if the disk does not take it.
    """
    if target.exists():
        raise SettingsError(f"{target}: is there already: name another file")
    part = target.with_name(target.name + ".part")
    try:
        if not target.parent.exists():
            target.parent.mkdir(parents=True, mode=0o700)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield part
        part.replace(target)
    except OSError as fault:
        raise DeviceError(f"{target}: cannot be written ({fault}): make room or name another") from fault
    finally:
        part.unlink(missing_ok=True)


def to_read(path: Path) -> sqlite3.Connection:
    """Open a journal file to read it only; an older one is brought up to date first.

    Raises `sqlite3.Error` if it cannot be opened, `DeviceError` if it is from a newer version, or from an
    older one on a disk that cannot be written.
    """
    db = _read_only(path)
    if _is_older(db):
        db.close()
        _bring_up_to_date(path)
        db = _read_only(path)
    return db


def _is_older(db: sqlite3.Connection) -> bool:
    try:
        return bool(pending(db))
    except sqlite3.Error:
        return False  # who reads it meets the same fault
    except DeviceError:
        db.close()
        raise


def _bring_up_to_date(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            migrate(db)
    except sqlite3.Error as fault:
        raise DeviceError(
            f"{path}: is from an older version and cannot be brought up to date ({fault}): copy its folder"
            " to a disk that can be written, and name that with --data-dir"
        ) from fault


def _read_only(path: Path) -> sqlite3.Connection:
    # On a disk that can only be read, SQLite cannot make the companion files that guard against other
    # writers: there are none, so it is told to do without.
    alone = not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists()
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}", uri=True)
