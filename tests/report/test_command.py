"""`cramp-assistant report`: from a journal to a file, whole or not at all, for its owner only."""

from __future__ import annotations

import resource
import stat
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from invented import diary
from pypdf import PdfReader

from assistant import cli
from assistant.errors import DeviceError, SettingsError
from assistant.journal.store import Journal
from assistant.report import command, files, interchange

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return the data folder of a journal with one cramp."""
    folder = tmp_path / "data"
    with Journal.open(folder) as opened:
        opened.record("cramp", {"side": "left", "muscle": "calf"}, 0)
    return folder


@pytest.mark.parametrize("name", ["a.html", "a.csv", "a.zip", "a.json", "a.fhir.json"])
def test_the_ending_chooses_the_format(journal: Path, tmp_path: Path, name: str) -> None:
    """Each is written, and only its owner can read it."""
    path = tmp_path / name
    assert cli.main(["report", "-o", str(path), "--data-dir", str(journal)]) == 0
    start = {"a.html": b"<!DOCTYPE html>", "a.csv": b"\xef\xbb\xbfid,", "a.zip": b"PK"}
    assert path.read_bytes().startswith(start.get(name, b"{"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == sorted([journal, path])


def test_the_journal_is_what_is_reported(journal: Path, tmp_path: Path) -> None:
    """The cramp that was written down is in the export, and in its range only."""
    path = tmp_path / "a.json"
    arguments = ["report", "-o", str(path), "--data-dir", str(journal)]
    assert cli.main(arguments) == 0
    (episode,) = interchange.load(path.read_text(encoding="utf-8")).episodes
    assert (episode.side, episode.muscle) == ("left", "calf")
    assert cli.main([*arguments, "--force", "--from", "2020-01-01", "--to", "2020-12-31"]) == 0
    earlier = interchange.load(path.read_text(encoding="utf-8"))
    assert earlier.episodes == ()
    assert earlier.first == episode.began


def test_the_worry_is_typed(journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Free words cannot be recognized: they come from the command, with when it began; a date must be one."""
    path = tmp_path / "a.json"
    arguments = ["report", "-o", str(path), "--data-dir", str(journal), "--worry", "=1+1 <b>", "--noticed"]
    assert cli.main([*arguments, "2025-10"]) == 0
    profile = interchange.load(path.read_text(encoding="utf-8")).profile
    assert (profile.worry, profile.noticed) == ("=1+1 <b>", "2025-10")
    with pytest.raises(SystemExit):
        cli.main([*arguments, "last year"])
    assert "'last year' is no date: write it like 2026-11-23, 2026-11 or 2026" in capsys.readouterr().err


def test_paper_follows_the_place(journal: Path, tmp_path: Path) -> None:
    """Letter in the US, A4 elsewhere."""
    for locale, width in (("us", 612), ("uk", 595)):
        path = tmp_path / f"{locale}.pdf"
        assert cli.main(["report", "-o", str(path), "--data-dir", str(journal), "--locale", locale]) == 0
        assert int(PdfReader(path).pages[0].mediabox.width) == width


def test_without_a_journal_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that says "no cramps" would be a false one."""
    assert cli.main(["report", "-o", str(tmp_path / "a.pdf"), "--data-dir", str(tmp_path / "none")]) == 1
    assert "nothing was written down yet" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["-o", "a.doc"], "the ending of 'a.doc' names no format: give --format, or end it with .pdf, .html"),
        (
            ["-o", "a.pdf", "--from", "2026-11-23", "--to", "2026-11-01"],
            "--to '2026-11-01' comes before",
        ),
        (["-o", "missing/a.csv"], "'missing/a.csv' cannot be written (No such file or directory): make room"),
        (["-o", "."], "the ending of '' names no format"),
        (["-o", ".", "--format", "csv"], "'.' is a folder: name a file in it"),
    ],
)
def test_a_mistake_is_told(
    journal: Path, capsys: pytest.CaptureFixture[str], flags: list[str], message: str
) -> None:
    """One line and status 2."""
    assert cli.main(["report", *flags, "--data-dir", str(journal)]) == 2
    assert capsys.readouterr().err.startswith(f"cramp-assistant: {message}")


def test_a_day_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Like every wrong argument."""
    with pytest.raises(SystemExit):
        cli.main(["report", "-o", "a.pdf", "--from", "yesterday"])
    assert "argument --from: 'yesterday' is no date: write it like 2026-11-23" in capsys.readouterr().err


def test_the_range_is_a_fortnight_unless_days_are_named() -> None:
    """Both days count; a first day alone goes until today."""
    since, until = command.span(None, None, NOW)
    assert (since.date(), until.date()) == (date(2026, 11, 10), date(2026, 11, 24))
    since, until = command.span(date(2026, 1, 1), None, NOW)
    assert (since.date(), until.date()) == (date(2026, 1, 1), date(2026, 11, 24))
    since, until = command.span(None, date(2026, 3, 14), NOW)
    assert (since.date(), until.date()) == (date(2026, 3, 1), date(2026, 3, 15))


def test_a_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """What was there stays as it was."""
    path = tmp_path / "a.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(SettingsError, match="exists: give --force to replace it, or another name"):
        files.write(path, b"new", replace=False)
    assert path.read_text(encoding="utf-8") == "mine"
    files.write(path, b"new", replace=True)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    """The old file is whole, the new one is not there, and no piece lies about."""
    path = tmp_path / "a.csv"
    path.write_text("mine", encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(DeviceError, match="cannot be written"):
            files.write(path, b"x" * 100_000, replace=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_machine_without_pango_is_told_what_to_do(journal: Path, tmp_path: Path) -> None:
    """The PDF is refused with the remedy; every other format is still there."""
    hide = (
        "import sys; sys.modules['weasyprint'] = None; from assistant.cli import main;"
        f" sys.exit(main(['report', '-o', {str(tmp_path / 'a.pdf')!r}, '--data-dir', {str(journal)!r}]))"
    )
    run = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert (
        "pip install 'cramp-assistant[report]' and"
        " apt-get install libpangoft2-1.0-0 libharfbuzz-subset0, or write HTML" in run.stderr
    )
    assert not (tmp_path / "a.pdf").exists()


def test_ten_years_take_less_than_three_seconds(tmp_path: Path) -> None:
    """36,500 cramps, as PDF, counted in time of the processor."""
    made = diary(36_500, 3650)
    order = command.Order(path=tmp_path / "a.pdf", format="pdf", paper="a4", language="en", replace=False)
    before = time.process_time()
    command.report(order, made, date(2026, 11, 23))
    assert timedelta(seconds=time.process_time() - before) < timedelta(seconds=3)
    assert len(PdfReader(order.path).pages) == 1
