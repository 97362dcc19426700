"""The journal: the dialogue's state and what happened, in one SQLite file of the user's.

What a method reports as written survives a power cut. A disk that fails or is full does not stop anybody:
`Journal.failing` turns true, the last entries wait in memory, and every later write tries again.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from assistant.errors import DeviceError
from assistant.journal import clock
from assistant.journal.clock import Stamp, read_clocks
from assistant.journal.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    Details = Mapping[str, str | float | None]

FOLDER = "journal"
FILE = "journal.sqlite"

WAITING = 10_000
"""Entries that are kept in memory while the disk fails; a busy night has some hundreds."""

PATIENCE = 1.0
"""Seconds to wait for another process that is writing; longer would be heard as silence."""


DAMAGE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
"""The file is not what it was."""

PASSING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY}
"""Nothing is wrong with the connection, and what is on disk can be read through it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedState:
    """The dialogue as it was last written."""

    json: str
    now: float
    """Seconds of the assistant's clock at that moment; deadlines inside the state are of the same clock."""
    stamp: Stamp


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Something that happened."""

    kind: str
    details: Details
    now: float
    """Seconds of the assistant's clock: right between entries of one run, whatever the wall clock did."""
    wall: float
    """Seconds since 1970, UTC."""
    offset: int
    """Of local time from UTC, seconds."""

    @property
    def time(self) -> datetime:
        """As the clock on the wall said."""
        return datetime.fromtimestamp(self.wall, timezone(timedelta(seconds=self.offset)))


class Journal:
    """One open journal; used by one thread at a time."""

    def __init__(self, folder: Path, clocks: Callable[[], Stamp] = read_clocks) -> None:
        """Take the data folder.

        Nothing is created before the first write: to read only, use it as it is, else `Journal.open`.
        """
        self.path = folder / FOLDER / FILE
        self.failing: str | None = None
        """Why nothing can be written at present; None while all is well."""
        self.clocks = clocks
        """Says what time it is, and how far that can be trusted."""
        self._db: sqlite3.Connection | None = None
        self._waiting: deque[Entry] = deque(maxlen=WAITING)
        self._state: SavedState | None = None
        """Newer than the one on disk."""
        self._renewed = False

    @classmethod
    def open(cls, folder: Path, clocks: Callable[[], Stamp] = read_clocks) -> Journal:
        """Open or create the journal in a subfolder that only its owner can read.

        A disk that fails gives a journal that is `failing`; a damaged file is set aside under a new name and
        the new one says so. Raises `DeviceError` if a newer version wrote it.
        """
        journal = cls(folder, clocks)
        journal._write()
        return journal

    def save_state(self, state: str, now: float) -> bool:
        """Replace the dialogue's state; return whether it is on disk."""
        return self.write((), state, now)

    def record(self, kind: str, details: Details, now: float) -> bool:
        """Add an entry; return whether it is on disk."""
        return self.write([(kind, details)], None, now)

    def write(self, entries: Iterable[tuple[str, Details]], state: str | None, now: float) -> bool:
        """Add entries and replace the state (None: leave it) in one transaction.

        Returns whether all of it is on disk.
        """
        stamp = self.clocks()
        for kind, details in entries:
            entry = Entry(kind=kind, details=dict(details), now=now, wall=stamp.wall, offset=stamp.offset)
            self._waiting.append(entry)
        if state is not None:
            self._state = SavedState(json=state, now=now, stamp=stamp)
        return self._write()

    def load_state(self) -> SavedState | None:
        """Return the state last saved, or None."""
        rows = [] if self._state else self._read("SELECT json, now, wall, offset, boot, uptime FROM state")
        if not rows:
            return self._state
        text, now, wall, offset, boot, uptime = rows[0]
        return SavedState(json=text, now=now, stamp=Stamp(wall=wall, offset=offset, boot=boot, uptime=uptime))

    def away(self, saved: SavedState) -> float | None:
        """Return the seconds since a state was saved; None if no clock survived to tell."""
        return clock.away(saved.stamp, self.clocks())

    def events(self, kind: str | None = None, since: float = 0) -> list[Entry]:
        """Return the entries, oldest first: of one kind, from a wall time (seconds since 1970) on."""
        rows = self._read(
            "SELECT kind, details, now, wall, offset FROM events"
            " WHERE wall >= ? AND ? IN (kind, '') ORDER BY id",
            (since, kind or ""),
        )
        stored = [
            Entry(kind=name, details=json.loads(details), now=now, wall=wall, offset=offset)
            for name, details, now, wall, offset in rows
        ]
        return stored + [
            entry for entry in self._waiting if entry.wall >= since and kind in (None, entry.kind)
        ]

    def close(self) -> None:
        """Write what still waits and close the file; harmless when called twice."""
        if self._db:
            self._write()
        self._disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, query: str, values: tuple[str | float, ...] = ()) -> list[tuple[Any, ...]]:
        """Return the rows; also from a disk that can only be read any more."""
        try:
            db = self._db or _connect_to_read(self.path)
            try:
                return db.execute(query, values).fetchall()
            finally:
                if db is not self._db:
                    db.close()
        except sqlite3.Error as fault:
            self.failing = f"the journal {str(self.path)!r} cannot be read ({fault}): mend the disk"
            return []

    def _write(self) -> bool:
        """Write all that waits; return whether it is on disk."""
        try:
            self._attempt()
        except (sqlite3.Error, OSError) as fault:
            self._disconnect()
            self.failing = (
                f"the journal {str(self.path)!r} cannot be written ({fault}): make room or mend the disk"
            )
            return _code(fault) in DAMAGE and self._start_afresh()
        self.failing = None
        self._waiting.clear()
        self._state = None
        return True

    def _start_afresh(self) -> bool:
        """Set the damaged file aside, once, and write to a new one."""
        if self._renewed:
            return False
        self._renewed = True
        try:
            kept = _set_aside(self.path)
        except OSError:
            return False
        return self.record("journal_damaged", {"kept_as": kept.name}, 0)

    def _attempt(self) -> None:
        self._db = self._db or _connect(self.path)
        self._transact(self._db)

    def _transact(self, db: sqlite3.Connection) -> None:
        if not self._waiting and not self._state:
            return
        with db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT INTO events (kind, details, now, wall, offset) VALUES (?, ?, ?, ?, ?)",
                [(e.kind, json.dumps(dict(e.details)), e.now, e.wall, e.offset) for e in self._waiting],
            )
            if self._state:
                stamp = self._state.stamp
                db.execute(
                    "REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?, ?)",
                    (self._state.json, self._state.now, stamp.wall, stamp.offset, stamp.boot, stamp.uptime),
                )

    def _disconnect(self) -> None:
        db, self._db = self._db, None
        if db:
            db.close()


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    path.touch(mode=0o600)
    path.chmod(0o600)  # SQLite gives its companion files the same mode
    # The runtime opens it in one thread and uses it in another, never in two at once.
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        migrate(db)
    except (sqlite3.Error, DeviceError):
        db.close()
        raise
    return db


def _connect_to_read(path: Path) -> sqlite3.Connection:
    # On a disk that can only be read, SQLite cannot make the companion files that guard against other
    # writers: there are none, so it is told to do without.
    alone = not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists()
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}", uri=True)


def _code(fault: Exception) -> int:
    """Return SQLite's primary result code; the higher bits give details."""
    return getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF


def _set_aside(path: Path) -> Path:
    """Keep a damaged file for whoever can mend it, its companions with it; return its new name."""
    number = 1
    while (kept := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(kept.with_name(kept.name + suffix))
    return kept
