"""``cramp-assistant recognize``: recordings under somebody's grammar, as lines of JSON."""

from __future__ import annotations

import io
import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
import soxr

from assistant.bench import kitchen, speak
from assistant.cli import main
from assistant.recognize import spoken
from assistant.values import RATE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("flite")), reason="needs the commands espeak-ng and flite"
)

HOME = """
language: en
intents:
  set_brightness:
    data:
      - sentences: ["[please] (set|dim) [the] {room} [light|lights] to {brightness} percent"]
  timer:
    data:
      - sentences: ["set a timer for {minutes} minute[s]"]
        requires_context: {place: kitchen}
        slots: {kind: cooking}
lists:
  room: {values: [{in: "living room", out: living_room}, bathroom, bedroom]}
  brightness: {range: {from: 0, to: 100, step: 5, type: percentage}}
  minutes: {range: {from: 1, to: 60}}
"""

Lines = list[dict[str, object]]


@pytest.fixture
def grammar(tmp_path: Path) -> Path:
    path = tmp_path / "home.yaml"
    path.write_text(HOME, encoding="utf-8")
    return path


def write(path: Path, text: str, rate: int = RATE, channels: int = 1, noise: float = 0.0) -> Path:
    """Write a recording with a second of the room around what is said."""
    speech = speak(text, ("flite", "slt")) / 32768
    sound = np.pad(speech, RATE) + noise * kitchen(len(speech) + 2 * RATE, np.random.default_rng(1))
    resampled = soxr.resample(sound, RATE, rate).clip(-1, 1)
    soundfile.write(path, np.stack([resampled] * channels, axis=1), rate)
    return path


def lines(captured: str) -> Lines:
    return [json.loads(line) for line in captured.splitlines()]


@pytest.mark.parametrize(
    ("name", "form"), [("a.wav", (16_000, 1)), ("a.wav", (8000, 1)), ("a.flac", (48_000, 2))]
)
def test_a_recording_of_any_format_gives_intent_and_typed_slots(
    tmp_path: Path, grammar: Path, capsys: pytest.CaptureFixture[str], name: str, form: tuple[int, int]
) -> None:
    """Numbers are numbers, values what the list says they stand for, and all that was promised is there."""
    path = write(tmp_path / name, "set the living room lights to fifty five percent", *form)
    assert main(["recognize", "--engine", "moonshine", "--grammar", str(grammar), str(path)]) == 0
    (found,) = lines(capsys.readouterr().out)
    assert found["file"] == str(path)
    assert (found["intent"], found["slots"]) == ("set_brightness", {"room": "living_room", "brightness": 55})
    assert (
        str(found["words"]).removeprefix("set the living room light").lstrip("s") == " to fifty five percent"
    )
    assert found["accepted"] is True
    assert isinstance(found["score"], float)
    assert found["score"] < 0
    assert {"confidence", "milliseconds", "alternatives"} <= found.keys()


def test_the_context_decides_what_can_be_said(
    tmp_path: Path, grammar: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A timer is set in the kitchen only; elsewhere it is not taken for another command."""
    path = write(tmp_path / "timer.wav", "set a timer for twelve minutes")
    common = ["recognize", "--engine", "moonshine", "--grammar", str(grammar)]
    assert main([*common, "--context", "place=kitchen", str(path)]) == 0
    assert main([*common, str(path)]) == 0
    kitchen_line, other = lines(capsys.readouterr().out)
    assert kitchen_line["slots"] == {"minutes": 12, "kind": "cooking"}
    assert other["accepted"] is False


def test_bad_recordings_are_named_and_the_others_done(
    tmp_path: Path, grammar: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names may come by the standard input; silence is no command; the exit status tells of the bad file."""
    good = write(tmp_path / "good.wav", "dim the bedroom light to twenty percent")
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(RATE), RATE)
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF, but not really")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{bad}\n\n{tmp_path / 'missing.wav'}\n{silent}\n{good}\n"))
    assert main(["recognize", "--engine", "moonshine", "--grammar", str(grammar), "-"]) == 2
    captured = capsys.readouterr()
    nothing, order = lines(captured.out)
    assert (nothing["intent"], nothing["accepted"], nothing["score"]) == (None, False, None)
    assert order["slots"] == {"room": "bedroom", "brightness": 20}
    assert [str(bad) in line or "missing.wav" in line for line in captured.err.splitlines()] == [True, True]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("language: en\nintents: {a: {data: [{sentences: ['{b}']}]}}\nlists: {b: {wildcard: true}}",
         "wildcard"),
        ("language: en\nintents: {a: [", "is not YAML"),
        ("intents: {a: {data: [{sentences: [b]}]}}", "'language' is missing"),
    ],
)  # fmt: skip
def test_a_grammar_that_cannot_be_used_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, what: str
) -> None:
    """One line, exit status 2, before any recording is touched."""
    path = tmp_path / "g.yaml"
    path.write_text(text, encoding="utf-8")
    assert main(["recognize", "--grammar", str(path), "nowhere.wav"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert what in captured.err
    assert captured.err.count("\n") == 1


def test_a_context_without_a_value_is_refused(grammar: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says how to write it."""
    assert main(["recognize", "--grammar", str(grammar), "--context", "place", "x.wav"]) == 2
    assert "key=value" in capsys.readouterr().err


def test_a_long_recording_is_cut_to_the_speech_in_it() -> None:
    """Of ten seconds with two of speech in the noise of a kitchen, little more than the speech is left."""
    speech = speak("dim the bedroom light to twenty percent", ("flite", "rms")) / 32768
    noise = kitchen(10 * RATE, np.random.default_rng(4)) * np.std(speech) / 4
    sound = ((np.pad(speech, (5 * RATE, 5 * RATE - len(speech))) + noise) * 16384).clip(-32768, 32767)
    cut = spoken(sound.astype(np.int16))
    assert len(speech) - RATE // 5 <= len(cut) <= len(speech) + 2 * RATE
