"""Writing content without code: every fault is told at once; a new routine is valid as it is."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from assistant import data
from assistant.authoring import every_fault, new_routine, signatures
from assistant.cli import main
from assistant.data import check_content_file, content_faults, folder
from assistant.errors import SettingsError

DRAFT = """\
id: chair_strech
name: the chair stretch
locks: [stretch, legs]
gate: [stand_steady]
sources: [AAOS, DREAMS]
review: {by: null, date: null}
steps:
  - say: Sit on a chair edge.
    label: start
    hold: 90
  - say: This will cure the cramp in 10 seconds
"""


@pytest.fixture
def english(tmp_path, monkeypatch):
    """Return a copy of the English content and grammar that is taken for the shipped one."""
    for name in ("content", "grammars"):
        shutil.copytree(folder(name), tmp_path / name)
    monkeypatch.setattr(data, "folder", lambda name: tmp_path / name)
    return tmp_path / "content" / "en"


def test_every_fault_of_a_file_is_told_with_line_and_remedy(tmp_path):
    """A draft with seven slips gets seven lines, each with its place and what to do."""
    path = tmp_path / "chair_stretch.yaml"
    path.write_text(DRAFT)
    told = [fault.removeprefix(f"{path}:") for fault in content_faults(folder("content") / "en", [path])]
    for line in (
        "1: the id 'chair_strech' is not the file's name: call the file chair_strech.yaml",
        "3: no lock is called 'legs': known are ",
        "5: no source is called 'DREAMS': ",
        "10: 90.0 seconds of hold: write zero to 60",
        "11: 'cure' promises or orders too much: word it differently",
        "11: a figure is not spoken alike by all voices: write the number in words",
        "11: the sentence has no end: put a full stop or a question mark",
    ):
        assert [fault for fault in told if fault.startswith(line)], line
    assert len(told) == 7


def test_every_key_that_does_not_fit_is_told(tmp_path):
    """Two misspelled keys are two lines; what is only missing because of them is none."""
    path = tmp_path / "massage.yaml"
    text = (folder("content") / "en" / "routines" / "massage.yaml").read_text()
    path.write_text(text.replace("instead:", "insted:").replace("hold: 10", "hodl: 10"))
    told = content_faults(folder("content") / "en", [path])
    assert len(told) == 2
    assert all("mend its spelling or take it out" in fault for fault in told)


def test_two_broken_files_are_both_told(tmp_path):
    """Nobody has to mend one file to hear about the next."""
    for name in ("massage", "ice"):
        (tmp_path / f"{name}.yaml").write_text("steps: [")
    told = content_faults(folder("content") / "en", [tmp_path / "massage.yaml", tmp_path / "ice.yaml"])
    assert len(told) == 2
    assert all("is not YAML" in fault for fault in told)


def test_what_is_shipped_has_no_fault_and_is_called_a_draft(capsys):
    """The command is satisfied, and names every file that no clinician has signed off."""
    assert main(["content", "check"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "no fault was found"
    drafts = [line for line in told if "not reviewed by a clinician" in line]
    assert {line.split(":")[0] for line in drafts} > set(
        map(str, (folder("content") / "en" / "routines").glob("*.yaml"))
    )


def test_a_fault_is_the_exit_status(tmp_path, capsys):
    """A broken file: its faults on standard error, and status 2."""
    path = tmp_path / "chair_stretch.yaml"
    path.write_text(DRAFT)
    assert main(["content", "check", str(path)]) == 2
    told = capsys.readouterr()
    assert f"{path}:10: 90.0 seconds of hold" in told.err
    assert told.out == ""


def test_an_old_signature_is_asked_to_be_renewed(english):
    """After twenty-four months a sign-off is named with its line; a day before it is not."""
    path = english / "routines" / "ice.yaml"
    path.write_text(
        path.read_text().replace("{by: null, date: null}", '{by: Dr. A. Nurse, date: "2025-06-30"}')
    )
    assert not any("Nurse" in line for line in signatures("en", date(2027, 6, 29)))
    [line] = [line for line in signatures("en", date(2027, 6, 30)) if "Nurse" in line]
    assert line.startswith(f"{path}:")
    assert "ice was reviewed on 2025-06-30, more than 24 months ago" in line


def test_a_new_routine_is_valid_and_can_be_asked_for_by_its_name(english):
    """What is written checks clean as it is, and "start the ankle circles" begins it."""
    path = new_routine("ankle_circles", english / "routines")
    check_content_file(path)
    assert every_fault("en", []) == []
    from assistant.understanding.interpret import Interpreter
    from assistant.values import Hypothesis, Scope

    typed = Hypothesis(words="start the ankle circles", confidence=1.0, accepted=True)
    heard = Interpreter(data.load_grammar("en")).interpret([typed], Scope(name="idle"))
    assert (heard.name, heard.slots) == ("start", {"routine": "ankle_circles"})


@pytest.mark.parametrize("name", ["Chair", "chair-stretch", "../chair", "", "chair stretch", "1chair"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path, name):
    """It says what a name looks like, and writes nothing."""
    with pytest.raises(SettingsError, match="write small letters, like chair_stretch"):
        new_routine(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path, capsys):
    """A routine that is there stays as it is, and the command says so with status 2."""
    path = tmp_path / "ankle_circles.yaml"
    path.write_text("mine")
    assert main(["content", "new", "routine", "ankle_circles", "--to", str(tmp_path)]) == 2
    assert "is there already: choose another name" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert main(["content", "new", "routine", "ankle_circles", "--to", str(tmp_path / "nowhere")]) == 2
    assert "name another folder with --to" in capsys.readouterr().err


def test_the_list_of_locks_is_the_one_in_the_guide():
    """The names that answers, routines and the profile share are explained in one place."""
    from assistant.rules import LOCKS

    guide = (Path(__file__).parents[1] / "docs" / "writing-content.md").read_text(encoding="utf-8")
    for lock, meaning in LOCKS.items():
        assert f"| `{lock}` | {meaning} |" in guide
