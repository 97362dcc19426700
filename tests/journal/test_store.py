"""The journal keeps what it said it kept."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from assistant.errors import DeviceError
from assistant.journal.clock import Stamp, away, read_clocks
from assistant.journal.migrations import MIGRATIONS, migrate
from assistant.journal.store import WAITING, Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENING = Stamp(wall=1_790_000_000.0, offset=3600, boot="first", uptime=100.0)


def test_state_and_entries_come_back_after_a_restart(tmp_path: Path) -> None:
    """What was written is read back whole, with the clocks of its moment."""
    with Journal.open(tmp_path, lambda: EVENING) as journal:
        assert journal.load_state() is None
        assert journal.record("timer", {"name": "heat", "minutes": 15.0, "side": None}, 7.0)
        assert journal.save_state('{"step": 2}', 7.5)
        assert journal.save_state('{"step": 3}', 8.5)
    with Journal.open(tmp_path, lambda: EVENING) as journal:
        saved = journal.load_state()
        assert saved is not None
        assert (saved.json, saved.now, saved.stamp) == ('{"step": 3}', 8.5, EVENING)
        (entry,) = journal.events("timer")
        assert entry.details == {"name": "heat", "minutes": 15.0, "side": None}
        assert entry.now == 7.0
        assert entry.time.isoformat() == "2026-09-21T15:13:20+01:00"
        assert journal.failing is None


def test_entries_are_chosen_by_kind_and_time(tmp_path: Path) -> None:
    """`events` gives one kind, from a wall time on, oldest first."""
    walls = iter([1e9, 2e9, 3e9, 4e9])
    stamps = (Stamp(wall=wall, offset=0, boot="", uptime=0) for wall in walls)
    with Journal.open(tmp_path, lambda: next(stamps)) as journal:
        for kind in ("cramp", "heat", "cramp", "cramp"):
            journal.record(kind, {}, 0)
        assert [entry.kind for entry in journal.events()] == ["cramp", "heat", "cramp", "cramp"]
        assert [entry.wall for entry in journal.events("cramp", since=2e9)] == [3e9, 4e9]


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    """Quotes, SQL, NUL and emoji come back as they were."""
    text = "'); DROP TABLE events; -- \"\\ \x00 🦵 \u202e"
    with Journal.open(tmp_path) as journal:
        assert journal.record(text, {text: text}, 0)
        assert journal.save_state(text, 0)
    with Journal.open(tmp_path) as journal:
        (entry,) = journal.events(text)
        assert entry.details == {text: text}
        saved = journal.load_state()
        assert saved is not None
        assert saved.json == text


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """Folder 0700 and files 0600, whatever the umask is; the data folder itself is left as it was."""
    tmp_path.chmod(0o755)
    before = os.umask(0)
    try:
        with Journal.open(tmp_path) as journal:
            journal.record("cramp", {}, 0)
            modes = {
                path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "journal").iterdir()
            }
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"), 0o600)
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_an_open_permission_is_closed_again(tmp_path: Path) -> None:
    """A journal that others could read is theirs no more once it was opened."""
    Journal.open(tmp_path).close()
    (tmp_path / "journal/journal.sqlite").chmod(0o644)
    Journal.open(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "journal/journal.sqlite").stat().st_mode) == 0o600


def test_every_transaction_is_flushed_to_the_disk(tmp_path: Path) -> None:
    """The file is in WAL mode and each commit waits for the disk."""
    with Journal.open(tmp_path) as journal:
        assert journal._db is not None
        assert journal._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_an_older_file_is_brought_up_to_date_and_keeps_its_state(tmp_path: Path) -> None:
    """Only the migrations that are missing are applied."""
    (tmp_path / "journal").mkdir()
    with closing(sqlite3.connect(tmp_path / "journal/journal.sqlite", isolation_level=None)) as db:
        migrate(db, MIGRATIONS[:1])
        db.execute("INSERT INTO state VALUES (1, '{}', 5, 1.8e9, 0, 'b', 9)")
    with Journal.open(tmp_path) as journal:
        assert journal.failing is None
        saved = journal.load_state()
        assert saved is not None
        assert (saved.json, saved.now) == ("{}", 5)
        assert journal.record("cramp", {}, 0)


def test_a_migration_that_fails_leaves_nothing_behind() -> None:
    """Its tables and the note that it ran are one transaction."""

    def create_too_much(db: sqlite3.Connection) -> None:
        db.execute("CREATE TABLE half (id)")
        db.execute("CREATE TABLE half (id)")

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, [create_too_much])
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall() == []
        assert db.execute("SELECT * FROM migrations").fetchall() == []


def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    """The message names what is unknown and says to update."""
    Journal.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "journal/journal.sqlite")) as db, db:
        db.execute("INSERT INTO migrations VALUES ('create_dreams')")
    with pytest.raises(DeviceError, match=r"'create_dreams'.*update"):
        Journal.open(tmp_path)
    assert [path.name for path in (tmp_path / "journal").iterdir()] == ["journal.sqlite"]


@pytest.mark.parametrize("damage", [b"not a database at all " * 300, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damage: bytes) -> None:
    """The assistant writes to a new journal that says where the old one is; the old one is kept."""
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal/journal.sqlite").write_bytes(damage)
    with Journal.open(tmp_path) as journal:
        assert journal.failing is None
        (entry,) = journal.events("journal_damaged")
        assert entry.details == {"kept_as": "journal.sqlite.damaged-1"}
    assert (tmp_path / "journal/journal.sqlite.damaged-1").read_bytes() == damage


def test_a_folder_that_cannot_be_made_stops_nobody(tmp_path: Path) -> None:
    """Entries wait in memory, and reach the disk once the folder can be made."""
    (tmp_path / "data").write_text("a file where the folder should be")
    with Journal.open(tmp_path / "data") as journal:
        assert "cannot be written" in str(journal.failing)
        assert not journal.record("cramp", {"side": "left"}, 1.0)
        assert not journal.save_state("{}", 1.0)
        saved = journal.load_state()
        assert saved is not None
        assert saved.json == "{}"
        assert [entry.kind for entry in journal.events()] == ["cramp"]
        (tmp_path / "data").unlink()
        assert journal.record("eased", {}, 2.0)
        assert journal.failing is None
    with Journal.open(tmp_path / "data") as journal:
        assert [(entry.kind, entry.now) for entry in journal.events()] == [("cramp", 1.0), ("eased", 2.0)]
        assert journal.load_state() is not None


def test_memory_is_bounded_while_the_disk_fails(tmp_path: Path) -> None:
    """The oldest waiting entries go first."""
    (tmp_path / "data").touch()
    with Journal.open(tmp_path / "data") as journal:
        journal.write([("cramp", {"number": float(number)}) for number in range(WAITING + 5)], None, 0)
        assert len(journal.events()) == WAITING
        assert journal.events()[0].details == {"number": 5.0}


def test_another_writer_delays_but_loses_nothing(tmp_path: Path) -> None:
    """A write that found the file locked is written with the next one."""
    with Journal.open(tmp_path) as journal:
        with closing(sqlite3.connect(journal.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert not journal.record("first", {}, 0)
            other.execute("ROLLBACK")
        assert journal.record("second", {}, 0)
    assert [entry.kind for entry in Journal(tmp_path).events()] == ["first", "second"]


def test_reading_creates_nothing(tmp_path: Path) -> None:
    """A journal that was never written is empty, and stays away."""
    assert Journal(tmp_path).events() == []
    assert Journal(tmp_path).load_state() is None
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from assistant.journal.store import Journal

folder = Path(sys.argv[1])
with Journal.open(folder) as journal:
    assert journal.record("before", {}, 0), journal.failing
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    assert not journal.record("full", {"text": "x" * 9000}, 1)
    assert not journal.save_state("{}", 2)
    assert "disk" in journal.failing, journal.failing
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert journal.record("after", {}, 3), journal.failing
    assert journal.failing is None
"""


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """A process that may write no more bytes keeps its entries, in order, until it may."""
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    journal = Journal(tmp_path)
    assert [entry.kind for entry in journal.events()] == ["before", "full", "after"]
    saved = journal.load_state()
    assert saved is not None
    assert saved.now == 2


ONE_NIGHT = """
import os, sys
from pathlib import Path
from assistant.journal.store import Journal

journal = Journal.open(Path(sys.argv[1]))
journal.save_state("{}", 1)
journal.record("cramp", {}, 1)
"""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 800 KiB; skips where it cannot be mounted."""
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=800k", "tmpfs", folder], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("a file system can be mounted by root only, and not in every container")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("closed", [True, False], ids=["after a good end", "after a power cut"])
def test_a_disk_that_turned_read_only_can_still_be_read(tmp_path: Path, *, closed: bool) -> None:
    """The state from before is there, and what happens now waits in memory."""
    with small_disk(tmp_path / "disk") as disk:
        ending = "journal.close()" if closed else "os.kill(os.getpid(), 9)"
        subprocess.run([sys.executable, "-c", ONE_NIGHT + ending, disk], check=False)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with Journal.open(disk) as journal:
            assert journal.failing is not None
            saved = journal.load_state()
            assert saved is not None
            assert not journal.record("heat", {}, 2)
            assert [entry.kind for entry in journal.events()] == ["cramp", "heat"]


def test_a_file_system_without_room_is_told_and_recovered_from(tmp_path: Path) -> None:
    """Making room is enough; the assistant need not be started again."""
    with small_disk(tmp_path / "disk") as disk, Journal.open(disk) as journal:
        (disk / "ballast").write_bytes(b"x" * 450_000)
        written = [journal.record("cramp", {"text": "x" * 1000}, number) for number in range(60)]
        assert written[0]
        assert not written[-1]
        assert "full" in str(journal.failing)
        assert [entry.now for entry in journal.events()] == list(range(60))
        (disk / "ballast").unlink()
        assert journal.record("eased", {}, 60)
        assert [entry.now for entry in Journal(disk).events()] == list(range(61))


KILLER = """
import json, os, random, signal, sys
from pathlib import Path
from assistant.journal.store import Journal

folder, lives = Path(sys.argv[1]), int(sys.argv[2])

def write(told):
    journal = Journal.open(folder)
    number = len(journal.events("cramp"))
    while True:
        number += 1
        assert journal.record("cramp", {"number": number}, number)
        assert journal.save_state(str(number), number)
        assert journal.write([("both", {"number": number})], str(number), number)
        os.write(told, b"%d\\n" % number)

def live(most):
    heard, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            write(told)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(heard) as pipe:
        lines = [pipe.readline() for _ in range(most)]
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return [int(line) for line in lines + pipe.readlines()]

chance = random.Random(11)
for _ in range(lives):
    told = live(chance.randint(1, 5))
    journal = Journal(folder)
    entries = {kind: [entry.now for entry in journal.events(kind)] for kind in ("cramp", "both")}
    print(json.dumps({"told": told, "state": journal.load_state().json, **entries}), flush=True)
"""
KILLS = int(os.environ.get("KILLS", "50"))
"""`make bench` sets 200."""


def test_killing_it_in_the_middle_of_writes_loses_nothing_that_returned(tmp_path: Path) -> None:
    """After every kill all that was reported as written is there, once, in order; the state is no older."""
    command = [sys.executable, "-c", KILLER, str(tmp_path), str(KILLS)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    lives = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lives) == KILLS
    for life in lives:
        told = life["told"][-1]
        assert int(life["state"]) >= told
        assert life["cramp"][:told] == list(range(1, told + 1))
        assert set(life["both"]) >= set(life["told"])


def test_within_one_boot_the_time_away_is_exact() -> None:
    """The wall clock may be set meanwhile, forwards or backwards."""
    for wall in (EVENING.wall - 5e6, EVENING.wall + 5e6):
        assert away(EVENING, Stamp(wall=wall, offset=0, boot="first", uptime=340.0)) == 240.0


def test_across_a_power_cut_the_wall_clocks_are_compared() -> None:
    """Local time may have changed to or from summer time: it is UTC that counts."""
    after = Stamp(wall=EVENING.wall + 240, offset=0, boot="second", uptime=20.0)
    assert away(EVENING, after) == 240


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (EVENING, Stamp(wall=EVENING.wall - 1, offset=0, boot="second", uptime=20)),
        (EVENING, Stamp(wall=EVENING.wall + 240, offset=0, boot="second", uptime=20, vouched=False)),
        (
            Stamp(wall=90, offset=0, boot="first", uptime=90),
            Stamp(wall=1.8e9, offset=0, boot="second", uptime=20),
        ),
    ],
    ids=["it went backwards", "nothing vouches for it", "it was not set before"],
)
def test_a_clock_that_cannot_be_trusted_tells_no_time_away(before: Stamp, after: Stamp) -> None:
    """Then nobody knows, and the dialogue must assume the worst."""
    assert away(before, after) is None


def test_the_clocks_of_this_machine_are_read() -> None:
    """Two readings in a row are of one boot and a short time apart."""
    before, after = read_clocks(), read_clocks()
    assert before.boot == after.boot
    passed = away(before, after)
    assert passed is not None
    assert 0 <= passed < 60
