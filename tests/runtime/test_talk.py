"""Conversations by keyboard, through the command line, as a person would have them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from assistant.cli import main
from assistant.values import RATE

ROOT = Path(__file__).parents[2]


def talk(tmp_path, capsys, *lines, arguments=()):
    """Play a script; return what was said and heard, without the times."""
    script = tmp_path / "script.txt"
    script.write_text("\n".join(lines))
    folders = ["--data-dir", str(tmp_path / "data"), "--cache-dir", str(tmp_path / "cache")]
    assert main(["talk", "--script", str(script), "--locale", "uk", *folders, *arguments]) == 0
    return [line[9:].strip() for line in capsys.readouterr().out.splitlines()]


def test_what_is_said_can_be_kept_as_sound(tmp_path, capsys):
    """The WAV is as long as the conversation, and speaks where the transcript says so."""
    wav = tmp_path / "said.wav"
    said = talk(tmp_path, capsys, "I have a cramp", "! stop", arguments=["--wav", str(wav)])
    assert "assistant  I am with you. If you felt a pop, or your chest hurts, say help." in said
    sound, rate = soundfile.read(wav)
    assert rate == RATE
    assert 12 < len(sound) / rate < 20
    assert abs(sound[: 2 * RATE]).max() > 0.05
    assert abs(sound[-RATE // 10 :]).max() < 0.001


def test_times_count_from_the_first_line_of_a_conversation(tmp_path, capsys):
    """Also on the next night, whose clock goes on from the first."""
    talk(tmp_path, capsys, "(clock 03:00)", "(wait 60)")
    script = tmp_path / "script.txt"
    script.write_text("(clock 05:00)\nlouder\n")
    folders = ["--data-dir", str(tmp_path / "data"), "--cache-dir", str(tmp_path / "cache")]
    assert main(["talk", "--script", str(script), "--locale", "uk", *folders]) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first.startswith(" 0:00.0  assistant  ")
    assert last.startswith(" 0:")


def test_typing_errors_are_forgiven_and_negations_are_not(tmp_path, capsys):
    """ "hlep me" is help; "don't stop" stops nothing."""
    said = talk(tmp_path, capsys, "I have a cramp", "(wait 8)", "! dont stop", "(wait 2)", "! hlep me plese")
    assert "note       silent" not in said[: said.index("person     hlep me plese")]
    assert any("I cannot make calls." in line for line in said)


def test_emergency_words_in_a_longer_sentence(tmp_path, capsys):
    """What people type in fear is understood; what they rule out is not."""
    said = talk(tmp_path, capsys, "I think I have chest pain and I feel awful")
    assert said.count("assistant  Call nine nine nine.") == 2
    assert "note       level: emergency" in said


def test_the_standing_stretch_waits_for_a_light_and_for_being_awake(tmp_path, capsys):
    """Just woken it is too early; in the dark it is left out, and the bed stretch is offered."""
    early = talk(tmp_path, capsys, "I have a cramp", "! stop", "standing stretch please")
    assert any("too early" in line for line in early)
    shutil.rmtree(tmp_path / "data")
    dark = talk(tmp_path, capsys, "standing stretch", "no thanks", "yes please", "yes please")
    assert any(line.startswith("assistant  I leave out the standing stretch") for line in dark)
    assert "assistant  We can do the bed stretch instead. Shall we?" in dark


def test_louder_quieter_and_faster_are_carried_out(tmp_path, capsys):
    """Each is answered in the new manner."""
    said = talk(tmp_path, capsys, "louder", "quieter", "slower please", "faster")
    like_this = {"assistant  I speak like this now.", "assistant  This is how I speak now."}
    assert sum(line in like_this for line in said) == 4


def test_what_can_i_say_names_three_things_that_can_be_said(tmp_path, capsys):
    """What it proposes is understood."""
    said = talk(tmp_path, capsys, "what can I say", "I have a cramp", "! what can I say", "! stop")
    offers = [line for line in said if line.startswith("assistant  You can say:")]
    assert len(offers) == 2
    assert all(len(re.split(", | or ", offer.partition(":")[2])) <= 4 for offer in offers)


@pytest.fixture
def copy(tmp_path):
    """The program and its data, where they may be spoilt."""
    for name in ("assistant", "grammars", "content", "models"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "grammars/en/stop.yaml",
            "stop",
            "stop {no_such_list}",
            r"grammars/en/stop\.yaml:\d+: .*no_such_list",
        ),
        ("grammars/en/stop.yaml", "intents:", "intentions:", r"grammars/en/stop\.yaml:\d+: "),
        (
            "content/en/routines/relief_bed.yaml",
            "Stay lying down.",
            "Stay lying down " + "for quite a while " * 4 + ".",
            r"content/en/routines/relief_bed\.yaml:\d+: .*words",
        ),
        (
            "content/en/routines/massage.yaml",
            "wait: 60",
            "wait: soon",
            r"massage\.yaml:\d+: .*must be a number",
        ),
        ("content/en/triage.yaml", "level: emergency", "level: quite bad", r"triage\.yaml:\d+: "),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_nothing_starts(copy, file, old, new, told):
    """A slip in a grammar or in the content: file, line, remedy, status 2."""
    path = copy / file
    text = path.read_text(encoding="utf-8")
    comments, body = text[: text.index("\n") + 1], text[text.index("\n") + 1 :]
    assert old in body
    path.write_text(comments + body.replace(old, new, 1), encoding="utf-8")
    command = [sys.executable, "-m", "assistant", "talk", "--data-dir", str(copy / "data")]
    run = subprocess.run(
        command, input="", capture_output=True, text=True, cwd=copy, env=os.environ, timeout=60, check=False
    )
    assert run.returncode == 2, run.stdout + run.stderr
    assert re.search(told, run.stderr), run.stderr
    assert run.stderr.count("\n") == 1
    assert not (copy / "data" / "journal").exists()
