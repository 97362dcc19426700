"""The shape of the journal file, as the steps that lead to it.

A migration is a named function that is applied once, in one transaction together with the note that it was.
New ones are added at the end of `MIGRATIONS`; an applied one is never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import DeviceError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    Migration = Callable[[sqlite3.Connection], object]


def create_state(db: sqlite3.Connection) -> None:
    """Make room for the dialogue's state: one row, with the clocks of the moment it was written."""
    db.execute(
        """
        CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            json TEXT NOT NULL,
            now REAL NOT NULL,      -- seconds of the assistant's own clock
            wall REAL NOT NULL,     -- seconds since 1970, UTC
            offset INTEGER NOT NULL, -- of local time from UTC, seconds
            boot TEXT NOT NULL,
            uptime REAL NOT NULL    -- seconds since the machine started
        ) STRICT
        """,
    )


def create_events(db: sqlite3.Connection) -> None:
    """Make room for what happened; rows are only ever added."""
    db.execute(
        """
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            details TEXT NOT NULL,  -- JSON object
            now REAL NOT NULL,
            wall REAL NOT NULL,
            offset INTEGER NOT NULL
        ) STRICT
        """,
    )
    db.execute("CREATE INDEX events_by_kind ON events (kind, wall)")


def tie_events_to_cramps(db: sqlite3.Connection) -> None:
    """Let an event belong to the cramp during which it happened, and go with it; mark a guessed time.

    ``boot`` and ``uptime`` are kept only while nothing vouches for the time: they correct it later.
    """
    db.execute("ALTER TABLE events ADD COLUMN episode INTEGER REFERENCES events (id) ON DELETE CASCADE")
    db.execute("ALTER TABLE events ADD COLUMN boot TEXT")
    db.execute("ALTER TABLE events ADD COLUMN uptime REAL")
    db.execute("CREATE INDEX events_by_episode ON events (episode) WHERE episode IS NOT NULL")
    db.execute("CREATE INDEX cramps_by_now ON events (now) WHERE kind = 'cramp' AND episode IS NULL")
    db.execute("CREATE INDEX events_with_guessed_time ON events (boot) WHERE boot IS NOT NULL")


def free_the_person_from_cramps(db: sqlite3.Connection) -> None:
    """Let what was told of the person and what they drank stay when a cramp is deleted."""
    db.execute("UPDATE events SET episode = NULL WHERE kind IN ('profile', 'drank') AND episode IS NOT NULL")


def gather_drinks_by_day(db: sqlite3.Connection) -> None:
    """Let the drinks of ten years be summed without reading or sorting their half million rows."""
    db.execute(
        "ALTER TABLE events ADD COLUMN day INTEGER AS (CAST((wall + offset) / 86400 AS INTEGER)) VIRTUAL"
    )
    db.execute("CREATE INDEX drinks_by_day ON events (day, offset, details, wall) WHERE kind = 'drank'")


def find_what_belongs_to_no_cramp(db: sqlite3.Connection) -> None:
    """Let the index of kinds tell what belongs to a cramp: half a million rows need not be read for it."""
    db.execute("DROP INDEX events_by_kind")
    db.execute("CREATE INDEX events_by_kind ON events (kind, wall, episode)")


MIGRATIONS: Sequence[Migration] = (
    create_state,
    create_events,
    tie_events_to_cramps,
    free_the_person_from_cramps,
    gather_drinks_by_day,
    find_what_belongs_to_no_cramp,
)


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Apply what the file has not seen yet; raise `DeviceError` if it is from a newer version."""
    db.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT")
    for migration in pending(db, migrations):
        _apply(db, migration)


def pending(db: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """Return what the file has not seen yet; raise `DeviceError` if it is from a newer version."""
    noted = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone()
    applied = {name for (name,) in db.execute("SELECT name FROM migrations")} if noted else set()
    unknown = applied - {migration.__name__ for migration in migrations}
    if unknown:
        raise DeviceError(
            f"the journal was written by a newer version (it has {min(unknown)!r}): update cramp-assistant",
        )
    return [migration for migration in migrations if migration.__name__ not in applied]


def _apply(db: sqlite3.Connection, migration: Migration) -> None:
    with db:
        db.execute("BEGIN IMMEDIATE")
        migration(db)
        db.execute("INSERT INTO migrations VALUES (?)", (migration.__name__,))
