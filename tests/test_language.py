"""Another language is a folder: German is laid beside English, and the program converses in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
GERMAN = ROOT / "tests" / "data" / "de"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def write(path: Path, value: object) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the program with German; what nobody has translated yet is as in English."""
    root = tmp_path_factory.mktemp("german")
    for name in ("assistant", "content", "grammars", "models"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    content = shutil.copytree(root / "content" / "en", root / "content" / "de")
    write(content / "prompts.yaml", read(content / "prompts.yaml") | read(GERMAN / "prompts.yaml"))
    triage, questions = read(content / "triage.yaml"), read(GERMAN / "questions.yaml")
    triage["questions"] = [question | questions.get(question["id"], {}) for question in triage["questions"]]
    write(content / "triage.yaml", triage)
    write(content / "pronunciation.yaml", {})
    places = read(content / "locales.yaml")
    write(
        content / "locales.yaml", {name: old | read(GERMAN / "locale.yaml") for name, old in places.items()}
    )
    shutil.copytree(GERMAN / "routines", content / "routines", dirs_exist_ok=True)
    grammars = root / "grammars" / "de"
    for path in (ROOT / "grammars" / "en").glob("*.yaml"):
        grammars.mkdir(exist_ok=True)
        write(grammars / path.name, read(path) | {"language": "de"})
    shutil.copytree(GERMAN / "grammars", grammars, dirs_exist_ok=True)
    return root


def converse(program: Path, folder: Path, *lines: str) -> list[str]:
    """Play a script in German with the copied program; return what was said, without the times."""
    script = folder / "script.txt"
    script.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "assistant", "talk", "--script", str(script), "--language", "de"]
    folders = ["--locale", "eu", "--data-dir", str(folder / "data"), "--cache-dir", str(folder / "cache")]
    done = subprocess.run(
        [*command, *folders, "--voice-name", "de"],
        cwd=program,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(program), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [line[9:].strip() for line in done.stdout.splitlines()]


def test_a_german_cramp_is_relieved_in_german(program: Path, tmp_path: Path) -> None:
    """A cramp told in German brings German steps, counts and a question, and its answer is understood."""
    said = converse(program, tmp_path, "Ich habe einen Krampf", "(wait 40)", "nein danke", "! stopp")
    assert "assistant  Ich bin bei Ihnen. Bei Schmerzen in der Brust sagen Sie Hilfe." in said
    assert "assistant  Drücken Sie die Kniekehle sanft in die Matratze." in said
    assert "assistant  Die Hälfte." in said
    assert "assistant  Haben Sie Schmerzen in der Brust, oder fällt Ihnen das Atmen schwer?" in said


def test_german_words_of_danger_are_heard_and_denied(program: Path, tmp_path: Path) -> None:
    """The rules for danger and denial hold in any language: its words are data."""
    said = converse(
        program, tmp_path, "ich habe keine schmerzen in der brust", "Hilfe, ich bekomme keine Luft"
    )
    danger = [line for line in said if "This needs emergency help now." in line]
    assert len(danger) == 2


def test_without_its_folder_there_is_no_german(tmp_path: Path) -> None:
    """What is not there is said, with what is."""
    command = [sys.executable, "-m", "assistant", "talk", "--language", "de", "--data-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "there is no content in the language 'de': choose one of en" in done.stderr
