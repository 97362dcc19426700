"""Export, import, backup, verify, erase, prune: by the functions and by the commands."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import cli
from assistant.journal.clock import Stamp
from assistant.journal.migrations import MIGRATIONS, migrate
from assistant.journal.store import Journal
from assistant.journal.upkeep import BATCH

EVENING = Stamp(wall=1_790_000_000.0, offset=3600, boot="first", uptime=100.0)
HOSTILE = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "'); DROP TABLE events; --",
    "../../etc/passwd",
    "a\x00b\x1b[31m\r\n\u202e\u2028",
]
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def run(folder, *arguments):
    return cli.main(["journal", *map(str, arguments), "--data-dir", str(folder)])


def contents(folder):
    """Return every column of every entry."""
    with closing(sqlite3.connect(folder / "journal/journal.sqlite")) as db:
        return db.execute(
            "SELECT id, kind, details, now, wall, offset, episode, boot, uptime FROM events ORDER BY id"
        ).fetchall()


def night(folder, clocks=lambda: EVENING):
    with Journal.open(folder, clocks) as journal:
        journal.record("cramp", {"muscle": "calf", "side": "left", "words": HOSTILE[0]}, 10.0)
        journal.record("routine", {"routine": "relief_calf", "episode": 10.0}, 10.0)
        journal.record("eased", {"seconds": 30.0, "episode": 10.0}, 40.0)
        journal.record("told", {"about": "worst_pain", "value": 8.0, "episode": 10.0}, 60.0)
        journal.record("drank", {"milliliters": 200.0, "what": "tea"}, 90.0)


values = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(HOSTILE),
    st.floats(allow_nan=False, allow_infinity=False),
)
plain = st.tuples(
    st.sampled_from(["cramp_note", "fault", "profile", "emergency"]),
    st.dictionaries(st.text(max_size=9), values, max_size=4),
)
cramps = st.fixed_dictionaries({"muscle": st.sampled_from([None, "calf", "thigh"]), "words": values})
entries = st.lists(st.one_of(plain, st.tuples(st.just("cramp"), cramps)), max_size=8)


@settings(max_examples=25, deadline=None)
@given(entries, st.booleans(), st.floats(0, 4e9))
def test_import_of_an_export_loses_nothing(written, vouched, wall):
    """Every column of every entry comes back, whatever the texts are; a second import adds nothing."""
    stamp = Stamp(wall=wall, offset=-3600, boot="b", uptime=5.0, vouched=vouched)
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Journal.open(folder / "old", lambda: stamp) as journal:
            cramp = None
            for now, (kind, texts) in enumerate(written):
                details = {name: text for name, text in texts.items() if name != "episode"}
                if kind == "cramp":
                    cramp = float(now)
                elif cramp is not None:
                    details["episode"] = cramp
                journal.record(kind, details, float(now))
        assert run(folder / "old", "export", folder / "log.jsonl") == 0
        for _ in range(2):
            assert run(folder / "new", "import", folder / "log.jsonl") == 0
            assert contents(folder / "new") == contents(folder / "old")
        assert run(folder / "new", "verify") == 0


def test_imported_entries_join_those_that_are_there(tmp_path):
    """Numbers are given anew, and what belongs to a cramp still does."""
    night(tmp_path / "one")
    later = Stamp(wall=EVENING.wall + 86_400, offset=0, boot="second", uptime=7.0)
    night(tmp_path / "two", lambda: later)
    run(tmp_path / "one", "export", tmp_path / "log.jsonl")
    assert run(tmp_path / "two", "import", tmp_path / "log.jsonl") == 0
    diary = Journal(tmp_path / "two").diary(*ALWAYS)
    assert [(one.side, one.worst_pain, one.minutes) for one in diary.episodes] == [("left", 8, 0.5)] * 2
    assert len(diary.drinks) == 2


@pytest.mark.parametrize(
    ("number", "line", "told"),
    [
        (1, '{"format": "something else"}', "is no journal of this program"),
        (1, "\udcff", "is no journal"),
        (3, "{}", "is no entry"),
        (3, "[" * 100_000, "is no entry"),
        (4, '{"id": 3, "kind": "eased", "details": {}, "now": 1, "wall": NaN, "offset": 0}', "is no entry"),
        (5, None, "is no entry"),
    ],
)
def test_a_bad_file_is_told_with_its_line_and_nothing_is_imported(tmp_path, capsys, number, line, told):
    """Status 2; also when the fault comes after a hundred good entries."""
    night(tmp_path / "old")
    run(tmp_path / "old", "export", tmp_path / "log.jsonl")
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    lines[number - 1] = line if line is not None else lines[number - 1].replace('"worst_pain"', '"mood"')
    (tmp_path / "log.jsonl").write_text("\n".join(lines), errors="surrogateescape")
    assert run(tmp_path / "new", "import", tmp_path / "log.jsonl") == 2
    assert told in capsys.readouterr().err
    assert contents(tmp_path / "new") == []


def test_what_belongs_to_no_cramp_of_the_file_is_refused(tmp_path, capsys):
    """An export from which a line was taken."""
    night(tmp_path / "old")
    run(tmp_path / "old", "export", tmp_path / "log.jsonl")
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    (tmp_path / "log.jsonl").write_text("\n".join([lines[0], *lines[2:]]))
    assert run(tmp_path / "new", "import", tmp_path / "log.jsonl") == 2
    assert "its cramp 1 does not come before it" in capsys.readouterr().err


def test_files_are_their_owners_alone_and_replace_nothing(tmp_path, capsys):
    """Export and backup: mode 0600, a new folder 0700, an old file is left as it is."""
    night(tmp_path)
    for command in ("export", "backup"):
        target = tmp_path / command / "copy"
        assert run(tmp_path, command, target) == 0
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
        before = target.read_bytes()
        assert run(tmp_path, command, target) == 2
        assert "is there already" in capsys.readouterr().err
        assert target.read_bytes() == before
        assert [path.name for path in target.parent.iterdir()] == ["copy"]


def test_a_backup_is_a_journal(tmp_path):
    """It can be put in the place of the file."""
    night(tmp_path)
    run(tmp_path, "backup", tmp_path / "other/journal/journal.sqlite")
    assert contents(tmp_path / "other") == contents(tmp_path)


def test_verify_finds_damage_and_what_does_not_look_as_it_must(tmp_path, capsys):
    """A sound journal gives 0; a wrong number, a cramp that is missing and a broken page give 1."""
    night(tmp_path)
    assert run(tmp_path, "verify") == 0
    path = tmp_path / "journal/journal.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "UPDATE events SET details = ? WHERE kind = 'told'", ('{"about": "worst_pain", "value": 80}',)
        )
        db.execute("UPDATE events SET episode = 99 WHERE kind = 'eased'")
    capsys.readouterr()
    assert run(tmp_path, "verify") == 1
    told = capsys.readouterr().out
    assert "entry 3: its cramp is missing" in told
    assert "entry 4: " in told
    assert "80" in told
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    assert run(tmp_path, "verify") in (1, 2)


def test_show_and_delete_take_an_entry_with_what_belongs_to_it(tmp_path, capsys):
    """The cramp and its three; the drink stays; what would steer a terminal is shown as text."""
    night(tmp_path)
    assert run(tmp_path, "show", 1) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["1", "2", "3", "4"]
    assert run(tmp_path, "delete", 1) == 0
    assert "with 3 that belonged to it" in capsys.readouterr().out
    assert [row[1] for row in contents(tmp_path)] == ["drank"]
    assert run(tmp_path, "show", 1) == 2
    assert run(tmp_path, "delete") == 2
    assert run(tmp_path, "delete", 5, "--everything") == 2
    files = [path.read_bytes() for path in (tmp_path / "journal").iterdir()]
    assert not any(b"relief_calf" in data for data in files)
    with Journal.open(tmp_path) as journal:
        journal.record("cramp", {"words": HOSTILE[-1]}, 0)
    capsys.readouterr()
    run(tmp_path, "list")
    assert "\x1b" not in capsys.readouterr().out


def test_everything_is_erased(tmp_path):
    """Also the exports in our own folder and damaged files that were set aside."""
    night(tmp_path)
    run(tmp_path, "export", tmp_path / "exports/log.jsonl")
    (tmp_path / "journal/journal.sqlite.damaged-1").write_bytes(b"relief_calf")
    assert run(tmp_path, "delete", "--everything") == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["journal.sqlite"]
    assert b"relief_calf" not in files[0].read_bytes()


def test_old_diagnostics_go_and_care_stays(tmp_path):
    """Only what tells about the assistant is pruned."""
    night(tmp_path)
    with Journal.open(tmp_path, lambda: EVENING) as journal:
        journal.record("fault", {"what": "old"}, 0)
    later = Stamp(wall=EVENING.wall + 91 * 86_400, offset=0, boot="", uptime=0)
    with Journal.open(tmp_path, lambda: later) as journal:
        journal.record("fault", {"what": "new"}, 0)
        journal.prune(90)
        assert [entry.details["what"] for entry in journal.events("fault")] == ["new"]
        assert len(journal.events()) == 6


def test_diagnostics_go_a_few_at_a_time(tmp_path):
    """Each call deletes a batch, and says whether there may be more; a clock that is guessed deletes none."""
    with Journal.open(tmp_path, lambda: EVENING) as journal:
        journal.write([("fault", {"what": "old"})] * (BATCH + 7), None, 0)
    later = Stamp(wall=EVENING.wall + 91 * 86_400, offset=0, boot="", uptime=0)
    with Journal.open(tmp_path, lambda: replace(later, vouched=False)) as journal:
        assert not journal.prune(90)
        assert len(journal.events()) == BATCH + 7
    with Journal.open(tmp_path, lambda: later) as journal:
        assert journal.prune(90)
        assert len(journal.events()) == 7
        assert not journal.prune(90)
        assert journal.events() == []


def test_what_became_of_heat_and_of_a_routine_goes_with_it(tmp_path, capsys):
    """The same heat of another time, and other things meanwhile, stay; `show` shows what would go."""
    happened = [
        ("applied", {"application": "heat"}),
        ("applied", {"application": "ice"}),
        ("routine", {"routine": "bedtime_set"}),
        ("removed", {"application": "heat", "seconds": 60.0}),
        ("routine_over", {"routine": "bedtime_set"}),
        ("applied", {"application": "heat"}),
        ("removed", {"application": "heat", "seconds": 30.0}),
    ]
    with Journal.open(tmp_path, lambda: EVENING) as journal:
        for now, (kind, details) in enumerate(happened):
            journal.record(kind, details, now)
    run(tmp_path, "show", 1)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["1", "4"]
    assert run(tmp_path, "delete", 1) == 0
    assert [row[0] for row in contents(tmp_path)] == [2, 3, 5, 6, 7]
    assert run(tmp_path, "delete", 3) == 0
    assert [row[0] for row in contents(tmp_path)] == [2, 6, 7]
    assert run(tmp_path, "delete", 6) == 0
    assert [row[0] for row in contents(tmp_path)] == [2]


def test_drinks_are_summed_by_local_day_and_sort(tmp_path):
    """Two glasses of water before midnight are one, tea another, and after midnight it is the next day."""
    midnight = 1_790_035_200.0 - 3600  # in a zone an hour east
    seconds = iter([-9000, -7200, -3600, 60])
    with Journal.open(tmp_path, lambda: EVENING) as journal:
        for what in ("water", "tea", "water", "water"):
            journal.clocks = lambda: replace(EVENING, wall=midnight + now)  # noqa: B023 (called at once)
            now = next(seconds)
            journal.record("drank", {"milliliters": 250.0, "what": what}, 0)
        drinks = journal.diary(*ALWAYS).drinks
    assert [(one.at.strftime("%d %H:%M"), one.milliliters, one.what) for one in drinks] == [
        ("21 21:30", 500, "water"),
        ("21 22:00", 250, "tea"),
        ("22 00:01", 250, "water"),
    ]


def test_a_cramp_does_not_take_with_it_what_was_told_of_the_person(tmp_path):
    """An older journal tied the profile and drinks to the cramp: they are freed when it is opened."""
    folder = tmp_path / "journal"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "journal.sqlite", isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        migrate(db, MIGRATIONS[:3])
        add = "INSERT INTO events VALUES (?, ?, '{}', 0, 0, 0, ?, NULL, NULL)"
        db.executemany(add, [(1, "cramp", None), (2, "profile", 1), (3, "drank", 1), (4, "eased", 1)])
    run(tmp_path, "delete", 1)
    assert [row[1] for row in contents(tmp_path)] == ["profile", "drank"]


def older(folder, migrations):
    """Write a journal as an earlier version left it, with one cramp; return its file."""
    path = folder / "journal/journal.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, MIGRATIONS[:migrations])
        if migrations >= 2:
            values = ("cramp", "{}", 0.0, 1.79e9, 0)
            db.execute("INSERT INTO events (kind, details, now, wall, offset) VALUES (?, ?, ?, ?, ?)", values)
    return path


@pytest.mark.parametrize("migrations", range(len(MIGRATIONS)))
@pytest.mark.parametrize("command", ["report", "list", "show", "export", "backup", "verify"])
def test_an_older_journal_is_brought_up_to_date_by_whoever_reads_it_first(tmp_path, command, migrations):
    """Each command that only reads works on the file of every earlier version, and loses nothing."""
    older(tmp_path / "data", migrations)
    out = tmp_path / "made.json"
    days = ("--from", "2026-01-01", "--to", "2026-12-31")
    arguments = {"report": ("-o", out, *days), "show": (1,), "export": (out,), "backup": (out,)}
    called = [] if command == "report" else ["journal"]
    called += [command, *arguments.get(command, ()), "--data-dir", tmp_path / "data"]
    nothing_to_show = command == "show" and migrations < 2
    assert cli.main([str(part) for part in called]) == (2 if nothing_to_show else 0)
    assert len(contents(tmp_path / "data")) == (migrations >= 2)
    if command == "report":
        assert out.read_text().count('"began"') == (migrations >= 2)


def test_an_older_journal_that_cannot_be_changed_says_what_to_do(tmp_path, capsys):
    """Nobody is told to mend a disk that is whole, and the file stays as it is."""
    path = older(tmp_path / "data", 2)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON migrations BEGIN SELECT raise(ABORT, 'no room'); END"
        )
    before = path.read_bytes()
    assert run(tmp_path / "data", "list") == 2
    told = capsys.readouterr().err
    assert "is from an older version and cannot be brought up to date (no room): copy its folder" in told
    assert path.read_bytes() == before


def test_a_guessed_time_is_marked_and_set_right(tmp_path):
    """A Pi that starts in 1970: once the clock is set, what was written since the start is corrected."""
    guess = Stamp(wall=50.0, offset=0, boot="pi", uptime=50.0, vouched=False)
    night(tmp_path, lambda: guess)
    journal = Journal(tmp_path)
    assert all(entry.guessed for entry in journal.events())
    with Journal.open(tmp_path, lambda: Stamp(wall=1.79e9, offset=7200, boot="pi", uptime=3650.0)) as journal:
        journal.record("restarted", {}, 4000.0)
        assert not any(entry.guessed for entry in journal.events())
        (episode,) = journal.diary(*ALWAYS).episodes
        assert episode.began.timestamp() == 1.79e9 - 3600
        assert episode.began.utcoffset().total_seconds() == 7200


def test_a_time_of_another_start_stays_marked(tmp_path):
    """Nobody knows how long the machine was off."""
    night(tmp_path, lambda: Stamp(wall=50.0, offset=0, boot="pi", uptime=50.0, vouched=False))
    with Journal.open(tmp_path, lambda: Stamp(wall=1.79e9, offset=0, boot="again", uptime=5.0)) as journal:
        journal.record("restarted", {}, 4000.0)
        assert sum(entry.guessed for entry in journal.events()) == 5


def test_while_the_disk_fails_the_diary_knows_what_waits(tmp_path):
    """Cramps, their parts and counts come from memory as they would from the disk."""
    (tmp_path / "data").touch()
    with Journal.open(tmp_path / "data", lambda: EVENING) as journal:
        assert journal.failing
        journal.record("cramp", {"muscle": "calf"}, 10.0)
        journal.record("told", {"about": "side", "value": "left", "episode": 10.0}, 20.0)
        (episode,) = journal.last_cramps(3)
        assert (episode.muscle, episode.side) == ("calf", "left")
        assert journal.count_cramps(ALWAYS[0]) == 1
        assert [one.side for one in journal.diary(*ALWAYS).episodes] == ["left"]
        (tmp_path / "data").unlink()
        journal.record("eased", {"episode": 10.0}, 40.0)
        (episode,) = journal.last_cramps(3)
        assert (episode.side, episode.minutes) == ("left", 0.5)
