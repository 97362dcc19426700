"""The pages that are made of the care content: they are what the content says."""

from __future__ import annotations

from pathlib import Path

from assistant import cli
from assistant.data import folder, read_care
from assistant.pages import SOURCES, TRIAGE, pages

ROOT = Path(__file__).parents[1]
CARE = read_care(folder("content") / "en")


def test_the_pages_are_up_to_date() -> None:
    """They are as `cramp-assistant content docs` makes them: run it after changing the content."""
    for name, text in pages(CARE).items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, name


def test_the_table_shows_every_question() -> None:
    """A clinician finds each question with its level, and each step of the diagram."""
    page = pages(CARE)[TRIAGE]
    for question in (*CARE.triage.value.questions, *CARE.cautions.value.questions):
        assert f"| {question.id} | {question.say[0]}" in page
    assert "| q3 | Is one leg newly swollen, warm, or red or darker? |" in page
    assert "q5 --> q5_sudden" in page
    assert "q5_sudden ==> EMERGENCY" in page


def test_every_source_is_listed_with_what_is_made_of_it() -> None:
    """Each source of the data has its row, with its status in words."""
    page = pages(CARE)[SOURCES]
    for name, source in CARE.sources.value.items():
        assert f"| {name} | {source.name} |" in page
    assert "NHS-DVT" in page
    assert ", q3, q3_side, q12" in page or " q3, q3_side, q12" in page


def test_one_command_writes_them(tmp_path: Path, capsys) -> None:
    """`content docs` writes both and says where."""
    assert cli.main(["content", "docs", "--out", str(tmp_path)]) == 0
    assert (tmp_path / TRIAGE).read_text(encoding="utf-8") == pages(CARE)[TRIAGE]
    assert capsys.readouterr().out.splitlines()[1].endswith("SOURCES.md")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys) -> None:
    """A file in the way: one line, status 2."""
    (tmp_path / "docs").write_text("in the way", encoding="utf-8")
    assert cli.main(["content", "docs", "--out", str(tmp_path)]) == 2
    assert "name another with --out" in capsys.readouterr().err
