"""The command line: every command has help and is in the README; mistakes get one clear line and status 2."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant import cli, models
from assistant.journal.store import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).with_name("cramp-assistant")


def commands(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command that does something, by its full name."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for group in groups:
        for word, inner in group.choices.items():
            yield from commands(inner, f"{name} {word}".strip())
    if not groups:
        yield name, parser


COMMANDS = dict(commands(cli.parser()))


def test_the_commands_are_these() -> None:
    """Nothing is hidden and nothing is missing."""
    assert " ".join(name.replace(" ", "-") for name in COMMANDS) == (
        "run talk simulate devices check recognize bench models-list models-fetch models-verify journal-list "
        "journal-show journal-export journal-import journal-backup journal-delete journal-verify "
        "content-check content-docs content-new-routine report"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_help_and_is_in_the_readme(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--help tells what it does and every argument; the README shows how it is called."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*name.split(), "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: cramp-assistant {name} " in shown
    assert str(COMMANDS[name].description) in " ".join(shown.split())
    assert all(action.help for action in COMMANDS[name]._actions)
    assert f"cramp-assistant {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_help_does_not_wait_for_the_engines() -> None:
    """Building the whole command line imports none of the heavy libraries."""
    heavy = "{'numpy', 'pydantic', 'onnxruntime', 'vosk', 'sounddevice', 'hassil', 'yaml', 'sqlite3'}"
    text = f"import sys; from assistant import cli; cli.parser(); sys.exit(str({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert run.stderr == "set()\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "cramp-assistant: the following arguments are required: COMMAND: see cramp-assistant --help"),
        ("sing", "cramp-assistant: argument COMMAND: invalid choice: 'sing'"),
        ("models", "cramp-assistant models: the following arguments are required: COMMAND"),
        ("run --loud", "cramp-assistant: unrecognized arguments: --loud: see cramp-assistant --help"),
        ("run --engine", "cramp-assistant run: argument --engine: expected one argument"),
        ("run --engine kaldi", "cramp-assistant: --engine: engine is 'kaldi': give 'auto', 'vosk' or"),
        ("run --voice-rate 10", "cramp-assistant: --voice-rate: voice.rate is '10': give a number from 80"),
        ("run --config missing.toml", "cramp-assistant: missing.toml: there is no such settings file: check"),
        (
            "talk --script missing.txt",
            "cramp-assistant talk: argument --script: there is no file 'missing.txt'",
        ),
        ("simulate", "cramp-assistant simulate: the following arguments are required: FILE"),
        ("simulate missing.wav", "cramp-assistant simulate: argument FILE: there is no file 'missing.wav'"),
    ],
)
def test_a_wrong_command_line_is_answered_in_one_line(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2, nothing on standard output, one line on standard error."""
    try:
        status: object = cli.main(words.split())
    except SystemExit as ended:
        status = ended.code
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.startswith(message)
    assert printed.err.count("\n") == 1
    assert printed.err.endswith("\n")


def test_journal_list_prints_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line per entry, with local time and offset; --kind chooses."""
    arguments = ["journal", "list", "--data-dir", str(tmp_path)]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out == f"nothing was written down yet in {tmp_path}\n"
    with Journal.open(tmp_path) as journal:
        journal.record("cramp", {"side": "left", "pain": 7.0}, 0)
        journal.record("eased", {}, 60)
        times = [entry.time for entry in journal.events()]
    assert cli.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    told = f"      1  {times[0]:%Y-%m-%d %H:%M:%S %z}  cramp             side: left, pain: 7.0"
    assert lines[0].removesuffix("  (the clock was not set)") == told
    assert len(lines) == 2
    assert cli.main([*arguments, "--kind", "eased"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_journal_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2 and the name of the file."""
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal/journal.sqlite").write_bytes(b"no database" * 1000)
    assert cli.main(["journal", "list", "--data-dir", str(tmp_path)]) == 2
    assert str(tmp_path / "journal/journal.sqlite") in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    """`cramp-assistant journal list | head -1` prints one line and complains about nothing."""
    with Journal.open(tmp_path) as journal:
        journal.write([("cramp", {"number": float(number)}) for number in range(3000)], None, 0)
    piped = f"set -o pipefail; {PROGRAM} journal list --data-dir {tmp_path} | head -1"
    run = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("\n") == 1


def test_devices_lists_them_or_says_that_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 0 with at least one line per device, or 1 with what to do."""
    status = cli.main(["devices"])
    printed = capsys.readouterr().out
    if status:
        assert status == 1
        assert printed.startswith("no sound device was found: connect one")
    else:
        assert all(line.startswith(("microphone", "loudspeaker")) for line in printed.splitlines())


def test_ctrl_c_ends_a_conversation_quietly(tmp_path: Path) -> None:
    """Status 130, no traceback, and what was said so far is in the journal's state."""
    command: list[str | Path] = [PROGRAM, "talk", "--data-dir", tmp_path, "--cache-dir", tmp_path / "cache"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as talk:
        assert talk.stdout is not None
        assert talk.stderr is not None
        assert "assistant" in talk.stdout.readline()
        talk.send_signal(signal.SIGINT)
        assert talk.wait(30) == 130
        assert talk.stderr.read() == ""
    assert Journal(tmp_path).load_state() is not None


def test_models_are_listed_verified_and_named_when_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """The embedded model is there and as published; an unknown one is told with those there are."""
    assert cli.main(["models", "list"]) == 0
    assert "moonshine-tiny-en" in capsys.readouterr().out
    assert cli.main(["models", "verify", "moonshine-tiny-en"]) == 0
    assert capsys.readouterr().out == "moonshine-tiny-en is as published\n"
    for words in ("models fetch nonesuch", "models verify nonesuch"):
        assert cli.main(words.split()) == 2
        assert "there is no model 'nonesuch': take one of vosk-model-small-en-us" in capsys.readouterr().err
    assert cli.main(["models", "fetch", "--language", "xx"]) == 2
    assert "no model to download for 'xx'" in capsys.readouterr().err


def test_a_damaged_model_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 2, with the file that is wrong and what to do."""
    (installed,) = [folder for model, folder in models.list_models() if model.name == "moonshine-tiny-en"]
    assert installed
    shutil.copytree(installed, tmp_path / "moonshine-tiny-en")
    tokens = tmp_path / "moonshine-tiny-en/tokenizer.bin"
    tokens.write_bytes(tokens.read_bytes()[:-1] + b"?")
    monkeypatch.setenv("CRAMP_MODELS", str(tmp_path))
    assert cli.main(["models", "verify", "moonshine-tiny-en"]) == 2
    told = capsys.readouterr().err
    assert "'tokenizer.bin'" in told
    assert "is not what was published" in told
    assert told.count("\n") == 1
