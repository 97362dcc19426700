"""The journal: the dialogue's state and what happened, in one SQLite file of the user's.

What a method reports as written survives a power cut. A disk that fails or is full does not stop anybody:
`Journal.failing` turns true, the last entries wait in memory, and every later write tries again.
"""

from __future__ import annotations

import gc
import heapq
import json
import sqlite3
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from assistant.errors import DeviceError
from assistant.journal import clock, projection, upkeep
from assistant.journal.clock import Stamp, read_clocks
from assistant.journal.entries import CRAMP, Entry
from assistant.journal.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from assistant.journal.diary import Diary, Episode
    from assistant.journal.entries import Details

FOLDER = "journal"
FILE = "journal.sqlite"
EXPORTS = "exports"

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
class _Waiting:
    """An entry that is not on disk yet."""

    kind: str
    details: Details
    now: float
    stamp: Stamp
    cramp: float | None
    """When the cramp that it belongs to began, in seconds of the assistant's clock."""


_COLUMNS = "kind, details, now, wall, offset, id, episode, boot IS NOT NULL"
_OF_A_PART = "kind, details, now, wall, offset, 0, episode, 0"
"""The same without what nobody asks of the half million parts of ten years of cramps."""
_INSERT = """
    INSERT INTO events (kind, details, now, wall, offset, boot, uptime, episode)
    VALUES (?, ?, ?, ?, ?, ?, ?, (
        SELECT id FROM events WHERE kind = 'cramp' AND episode IS NULL AND now = ? ORDER BY id DESC LIMIT 1
    ))
"""
_DRINKS = """
    SELECT 'drank',
        json_object('milliliters', sum(count * (details ->> 'milliliters')), 'what', details -> 'what'),
        0, min(first), offset, 0, NULL, 0
    FROM (
        SELECT day, offset, details, count(*) AS count, min(wall) AS first
        FROM events INDEXED BY drinks_by_day
        WHERE kind = 'drank' AND day BETWEEN ?1 / 86400 - 2 AND ?2 / 86400 + 2 AND wall >= ?1 AND wall < ?2
        GROUP BY day, offset, details
    ) GROUP BY day, offset, details ->> 'what' ORDER BY min(first)
"""
"""What was drunk of one sort on one day (local time) as one entry: ten years hold half a million of them."""


class Journal:
    """One open journal; used by one thread at a time."""

    def __init__(self, folder: Path, clocks: Callable[[], Stamp] = read_clocks) -> None:
        """Take the data folder.

        Nothing is created before the first write: to read only, use it as it is, else `Journal.open`.
        """
        self.path = folder / FOLDER / FILE
        self.failing: str | None = None
        """Why nothing can be written at present; None while all is well."""
        self.unreadable = False
        """The last thing that was looked up could not be read."""
        self.clocks = clocks
        """Says what time it is, and how far that can be trusted."""
        self._db: sqlite3.Connection | None = None
        self._waiting: deque[_Waiting] = deque(maxlen=WAITING)
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

        An entry whose details have an ``episode`` belongs to the cramp that began at that second of the
        assistant's clock. Returns whether all of it is on disk.
        """
        stamp = self.clocks()
        for kind, details in entries:
            rest = dict(details)
            cramp: Any = rest.pop("episode", None)
            self._waiting.append(_Waiting(kind=kind, details=rest, now=now, stamp=stamp, cramp=cramp))
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
        chosen = "" if kind is None else "AND kind = ? "
        values = (since,) if kind is None else (since, kind)
        rows = self._read(f"SELECT {_COLUMNS} FROM events WHERE wall >= ? {chosen}ORDER BY id", values)  # noqa: S608
        waiting = [entry for entry in self._pending() if entry.wall >= since and kind in (None, entry.kind)]
        return [*_entries(rows), *waiting]

    def count_cramps(self, since: datetime) -> int:
        """Return how many cramps began from a moment on."""
        query = "SELECT count(*) FROM events WHERE kind = 'cramp' AND episode IS NULL AND wall >= ?"
        ((stored,),) = self._read(query, (since.timestamp(),)) or [(0,)]
        waiting = [e for e in self._pending() if e.kind == CRAMP and e.wall >= since.timestamp()]
        return int(stored) + sum(entry.episode is None for entry in waiting)

    def last_cramps(self, most: int) -> tuple[Episode, ...]:
        """Return the cramps that began last, at most so many, oldest first."""
        rows = self._read(
            f"SELECT {_COLUMNS} FROM events WHERE kind = 'cramp' AND episode IS NULL"  # noqa: S608
            " ORDER BY wall DESC LIMIT ?",
            (most,),
        )
        pending = self._pending()
        begun = [entry for entry in pending if entry.kind == CRAMP and entry.episode is None]
        cramps = [*reversed(_entries(rows)), *begun][-most:]
        marks = ", ".join("?" * len(cramps))
        parts = self._read(
            f"SELECT {_COLUMNS} FROM events WHERE episode IN ({marks}) ORDER BY episode, id",  # noqa: S608
            tuple(cramp.id for cramp in cramps),
        )
        return projection.episodes(cramps, _cramp_by_cramp(_entries(parts), pending))

    def diary(self, since: datetime, until: datetime) -> Diary:
        """Return what is known of the cramps and the rest that began between two moments."""
        with _many_objects():
            return self._diary(since, until)

    def _diary(self, since: datetime, until: datetime) -> Diary:
        span = (since.timestamp(), until.timestamp())
        kinds = [kind for kind in projection.CARE if kind != projection.DRANK]
        marks = ", ".join("?" * len(kinds))
        rows = self._read(
            f"SELECT {_COLUMNS} FROM events WHERE episode IS NULL AND wall >= ? AND wall < ?"  # noqa: S608
            f" AND kind IN ({marks}) ORDER BY wall",
            (*span, *kinds),
        )
        parts = self._stream(
            f"SELECT {_OF_A_PART} FROM events WHERE episode IN (SELECT id FROM events"  # noqa: S608
            f" WHERE kind = '{CRAMP}' AND episode IS NULL AND wall >= ? AND wall < ?) ORDER BY episode, id",
            span,
        )
        pending = self._pending()
        tops = [entry for entry in pending if entry.episode is None and span[0] <= entry.wall < span[1]]
        return projection.diary(
            projection.Span(since=since, until=until, first=self._first()),
            [*_entries(rows), *_entries(self._read(_DRINKS, span)), *tops],
            _cramp_by_cramp(_each_entry(parts), pending),
            self.events("profile"),
        )

    def _first(self) -> datetime | None:
        """Return when the first cramp of all began."""
        rows = self._read(
            f"SELECT {_COLUMNS} FROM events WHERE kind = '{CRAMP}' AND episode IS NULL"  # noqa: S608
            " ORDER BY wall LIMIT 1"
        )
        pending = [entry for entry in self._pending() if entry.kind == CRAMP and entry.episode is None]
        return min((entry.time for entry in [*_entries(rows), *pending]), default=None)

    def family(self, entry: int) -> list[Entry]:
        """Return an entry and what belongs to it, oldest first; nothing if there is no such entry."""
        query = f"SELECT {_COLUMNS} FROM events WHERE id IN ({upkeep.FAMILY}) ORDER BY id"  # noqa: S608
        return _entries(self._read(query, (entry,)))

    def last_entry(self) -> Entry | None:
        """Return what was written down last of what a person would call an entry."""
        marks = ", ".join("?" * len(projection.BEGINNINGS))
        rows = self._read(
            # The plus keeps SQLite from sorting all that there ever was of these kinds: it is among the last.
            f"SELECT {_COLUMNS} FROM events WHERE +kind IN ({marks}) AND episode IS NULL"  # noqa: S608
            " ORDER BY id DESC LIMIT 1",
            projection.BEGINNINGS,
        )
        return next(iter(_entries(rows)), None)

    def delete(self, entry: int) -> Entry | None:
        """Erase an entry and what belongs to it for good; return it, or None if that could not be done."""
        rows = self._read(f"SELECT {_COLUMNS} FROM events WHERE id = ?", (entry,))  # noqa: S608
        found = next(iter(_entries(rows)), None)
        return found if found and self.change(lambda db: upkeep.erase(db, entry)) else None

    def forget(self) -> bool:
        """Erase everything for good, with set-aside damaged files and exports; return whether it is done."""
        self._waiting.clear()
        self._state = None
        try:
            for path in (*self.path.parent.glob(f"{FILE}.damaged-*"), *self.exports.glob("*")):
                path.unlink()
        except OSError:
            return False
        return self.change(upkeep.erase_all)

    def prune(self, days: float) -> bool:
        """Delete some of the diagnostics that are older; return whether there may be more of them.

        What concerns the person stays. While nobody vouches for the clock, or the disk fails, nothing goes.
        """
        now = self.clocks()
        gone = [0]
        if now.vouched:
            self.change(lambda db: gone.append(upkeep.prune(db, now.wall - days * 86_400)))
        return gone[-1] == upkeep.BATCH

    @property
    def exports(self) -> Path:
        """The folder for files that were asked for by voice."""
        return self.path.parent.parent / EXPORTS

    def change(self, work: Callable[[sqlite3.Connection], object]) -> bool:
        """Let somebody work on the file, after what waits is written; return whether the disk took it."""
        if not self._write() or self._db is None:
            return False
        try:
            work(self._db)
        except (sqlite3.Error, OSError) as fault:
            self._disconnect()
            self.failing = f"the journal {str(self.path)!r} cannot be changed ({fault}): mend the disk"
            return False
        return True

    def _pending(self) -> list[Entry]:
        """Return what is not on disk yet as if it were, with ids of its own."""
        ids: dict[float, int] = {}
        entries = []
        for number, one in enumerate(self._waiting):
            if one.kind == CRAMP and one.cramp is None:
                ids[one.now] = number - len(self._waiting)
            episode = None if one.cramp is None else ids.get(one.cramp) or self._cramp_id(one.cramp)
            entries.append(
                Entry(
                    kind=one.kind,
                    details=one.details,
                    now=one.now,
                    wall=one.stamp.wall,
                    offset=one.stamp.offset,
                    id=number - len(self._waiting),
                    episode=episode,
                    guessed=not one.stamp.vouched,
                )
            )
        return entries

    def _cramp_id(self, now: float) -> int | None:
        query = "SELECT max(id) FROM events WHERE kind = 'cramp' AND episode IS NULL AND now = ?"
        return next((number for (number,) in self._read(query, (now,))), None)

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
        """Return the rows; none if they cannot all be read."""
        rows = list(self._stream(query, values))
        return [] if self.unreadable else rows

    def _stream(self, query: str, values: tuple[str | float, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows, also from a disk that can only be read any more, as far as they can be read."""
        try:
            db = self._db or upkeep.to_read(self.path)
            try:
                yield from db.execute(query, values)
            finally:
                if db is not self._db:
                    db.close()
        except DeviceError as fault:
            self.failing = str(fault)
        except sqlite3.Error as fault:
            self.failing = f"the journal {str(self.path)!r} cannot be read ({fault}): mend the disk"
        else:
            self.unreadable = False
            return
        self.unreadable = True

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
            db.executemany(_INSERT, [_row(one) for one in self._waiting])
            self._correct_times(db)
            if self._state:
                stamp = self._state.stamp
                db.execute(
                    "REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?, ?)",
                    (self._state.json, self._state.now, stamp.wall, stamp.offset, stamp.boot, stamp.uptime),
                )

    def _correct_times(self, db: sqlite3.Connection) -> None:
        """Somebody vouches for the clock now: what was written with a guessed time can be set right."""
        newest = self._waiting[-1].stamp if self._waiting else self._state and self._state.stamp
        if newest and newest.vouched and newest.boot:
            upkeep.correct_times(db, newest)

    def _disconnect(self) -> None:
        db, self._db = self._db, None
        if db:
            db.close()


def _row(one: _Waiting) -> tuple[str | float | None, ...]:
    stamp = one.stamp
    guess = (None, None) if stamp.vouched else (stamp.boot, stamp.uptime)
    return (one.kind, json.dumps(one.details), one.now, stamp.wall, stamp.offset, *guess, one.cramp)


class _Parsed(dict[str, "Details"]):
    """Text of details -> what it says: nights repeat themselves, so most of it needs no reading."""

    def __missing__(self, text: str) -> Details:
        self[text] = json.loads(text)
        return self[text]


def _entries(rows: Iterable[tuple[Any, ...]]) -> list[Entry]:
    return list(_each_entry(rows))


def _each_entry(rows: Iterable[tuple[Any, ...]]) -> Iterator[Entry]:
    parsed = _Parsed()
    make = tuple.__new__  # what Entry(...) does, in a third of its time; a row has the columns of an entry
    return (
        make(Entry, (kind, parsed[text], now, wall, offset, number, episode, guessed))
        for kind, text, now, wall, offset, number, episode, guessed in rows
    )


def _cramp_by_cramp(stored: Iterable[Entry], waiting: Iterable[Entry]) -> Iterable[Entry]:
    """Merge the parts of cramps that are on disk, in the order of their cramps, with those that wait."""
    late = [entry for entry in waiting if entry.episode is not None]
    by_cramp = attrgetter("episode")
    return heapq.merge(stored, sorted(late, key=by_cramp), key=by_cramp) if late else stored


@contextmanager
def _many_objects() -> Iterator[None]:
    """Keep the interpreter from looking for cycles in what has none: that takes longer than making it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        migrate(db)
    except (sqlite3.Error, DeviceError):
        db.close()
        raise
    return db


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
