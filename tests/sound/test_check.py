"""`check` tries what the night needs and says "ready", or what is wrong and what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from null_sinks import NullSinks

PROGRAM = Path(sys.executable).with_name("cramp-assistant")


def run(environment: Mapping[str, str], *words: str | Path) -> tuple[int, list[str]]:
    """Run a command; return its status and the lines that it printed."""
    ended = subprocess.run(
        [PROGRAM, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout.splitlines()


def test_with_a_loudspeaker_that_the_microphone_hears_it_is_ready(
    null_sinks: NullSinks, tmp_path: Path
) -> None:
    """Every part is fine: content, disk, clock, voice, recognizer, and the tone through the card."""
    null_sinks.echo()
    status, lines = run(
        null_sinks.environment, "check", "--data-dir", tmp_path, "--cache-dir", tmp_path, "--locale", "uk"
    )
    parts = [line.split()[0] for line in lines if " ok " in line]
    assert parts == ["content", "disk", "clock", "voice", "recognizer", "sound"], lines
    assert (status, lines[-1]) == (0, "ready")
    status, listed = run(null_sinks.environment, "devices")
    assert status == 0
    assert any(line.startswith("microphone ") and "default" in line for line in listed)


def test_a_loudspeaker_that_is_not_heard_is_told(null_sinks: NullSinks, tmp_path: Path) -> None:
    """The microphone hears only the noise of the room: no voice conversation is possible."""
    status, lines = run(null_sinks.environment, "check", "--data-dir", tmp_path, "--cache-dir", tmp_path)
    assert status == 1
    assert lines[-2].startswith("sound      wrong")
    assert "did not hear the tone" in lines[-2]
    assert lines[-1] == "ready to converse by keyboard (`cramp-assistant talk`), not by voice"


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """A fault of one part does not hide those of the others."""
    (tmp_path / "data").write_text("a file where the folder should be")
    status, lines = run(
        os.environ, "check", "--locale", "atlantis", "--data-dir", tmp_path / "data", "--cache-dir", tmp_path,
        "--voice-name", "no-such-voice", "--microphone", "no such device",
    )  # fmt: skip
    assert status == 1
    wrong = {line.split()[0]: line for line in lines if " wrong " in line}
    assert list(wrong) == ["content", "disk", "voice", "recognizer", "sound"]
    assert "'atlantis'" in wrong["content"]
    assert str(tmp_path / "data") in wrong["disk"]
    assert "'no-such-voice'" in wrong["voice"]
    assert lines[-1] == "not ready: see content, disk, voice, recognizer, sound above"
