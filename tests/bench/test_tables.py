"""The bench's tables in the pages of the documentation: each in its place, and nothing else is touched."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import bench, cli
from assistant.bench import barge, claps, decade, echo, reaction
from assistant.bench.pages import Row, Table, report, run
from assistant.errors import SettingsError

ROOT = Path(__file__).parents[2]
TABLES = (bench.TABLE, reaction.TABLE, echo.TABLE, barge.TABLE, claps.TABLE, decade.TABLE)
TABLE = Table(page="page.md", name="ours", command="measure it")
BEGIN, OTHER, END = b"<!-- bench: ours -->", b"<!-- bench: another -->", b"<!-- end -->"
ROWS = (Row(what="right", figure="98.0% of 50", bar=">= 97.0%"), Row(what="a | b", figure="3 ms"))

page = st.binary(max_size=40).filter(lambda part: b"<!--" not in part)


@settings(deadline=None, max_examples=50)
@given(page, page, page, st.booleans())
def test_a_table_is_replaced_and_nothing_else(tmp_path_factory, before, old, behind, other):
    """Whatever stands in the page, of whatever kind its line ends are, another table in it too."""
    folder = tmp_path_factory.mktemp("docs")
    behind += OTHER + old + END if other else b""
    (folder / "page.md").write_bytes(before + BEGIN + old + END + behind)
    TABLE.put(folder, ROWS, "Fifty words.")
    written = (folder / "page.md").read_bytes()
    assert written.startswith(before + BEGIN + b"\nFifty words.\n\n| measured | figure | goal |  |\n")
    assert written.endswith(b"\n| a \\| b | 3 ms |  |  |\n" + END + behind)
    assert b"\n| right | 98.0% of 50 | >= 97.0% | ok |\n" in written
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("page.md", 0o644)]


@pytest.mark.parametrize(
    "text",
    [b"", BEGIN, END + BEGIN, BEGIN + OTHER + END, (BEGIN + END) * 2, OTHER + END],
    ids=["none", "no end", "end before", "end of another", "twice", "another"],
)
def test_no_place_for_a_table_is_said_before_anything_is_measured(tmp_path, text):
    """The page, the table and what to write are named; the page stays as it is."""
    (tmp_path / "page.md").write_bytes(text)
    measured = (pytest.fail("measured") for _ in ROWS)
    with pytest.raises(
        SettingsError, match=r"page.md' has no place for the table 'ours': write '<!-- bench: ours"
    ):
        report(TABLE, measured, "", tmp_path)
    assert (tmp_path / "page.md").read_bytes() == text


def test_what_is_missed_is_written_too(tmp_path, capsys):
    """A figure below its goal is no reason to keep it from the page, and gives no success."""
    (tmp_path / "page.md").write_bytes(BEGIN + END)
    missed = Row(what="right", figure="1%", bar=">= 97%", held=False)
    assert not report(TABLE, [missed, *ROWS], "fifty words", tmp_path)
    written = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| right | 1% | >= 97% | MISSED |\n| right | 98.0% of 50 |" in written
    assert re.search(
        r"Made by `measure it` on \d{4}-\d\d-\d\d, .+ cores, load [\d.]+: fifty words\.", written
    )
    assert capsys.readouterr().out.count("\n") == 3


def test_a_missing_page_gives_status_2(tmp_path, capsys, monkeypatch):
    """One line says what to do, on the command line as in the bench's own commands."""
    assert cli.main(["bench", "--docs", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "sound.md' cannot be read" in said
    assert "give --docs the folder of the pages" in said
    monkeypatch.setattr(sys, "argv", ["decade", "--docs", str(tmp_path)])
    assert run(decade.main) == 2
    assert capsys.readouterr().err.startswith(f"{str(tmp_path / 'journal.md')!r} cannot be read")


def test_the_minute_of_echo_is_not_measured_for_a_page_that_is_missing(tmp_path, capsys, monkeypatch):
    """The recognizer is loaded and no more: a few seconds at most."""
    monkeypatch.setattr(sys, "argv", ["echo", "--docs", str(tmp_path)])
    started = time.process_time()
    assert run(echo.main) == 2
    assert time.process_time() - started < 5
    assert capsys.readouterr().err.startswith(f"{str(tmp_path / 'sound.md')!r} cannot be read")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_make_bench_fills_the_documentation(table):
    """Each table has its place in docs/, and the target runs the command that makes it."""
    before, behind = table.around(ROOT / "docs")
    text = (ROOT / "docs" / table.page).read_bytes()
    assert b"| measured | figure |" in text[len(before) : -len(behind)], "it was never filled"
    target = re.split(r"^bench:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    assert f"$(BIN)/{table.command} --docs docs" in target.partition("\n\n")[0]


@pytest.mark.parametrize("picture", [bench.PICTURE, reaction.PICTURE, echo.LEARNT, echo.BARGE_IN])
def test_the_pictures_are_shown(picture):
    """Each stands beside the pages, whole, and one of them shows it."""
    drawn = (ROOT / "docs" / picture).read_bytes()
    assert drawn.startswith(b"\x89PNG") or ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own
    pages = (ROOT / "docs" / table.page for table in TABLES)
    assert any(f"]({picture})" in page.read_text(encoding="utf-8") for page in pages)
