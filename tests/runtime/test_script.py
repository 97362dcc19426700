"""Scripts: what may stand in them, and the clock that they are played by."""

from __future__ import annotations

import time
from datetime import datetime

import numpy as np
import pytest
from test_talk import talk

from assistant.config import Settings
from assistant.errors import SettingsError
from assistant.hearing.typed import TypedRecognizer
from assistant.runtime.driver import begin
from assistant.runtime.parts import opened
from assistant.runtime.script import acts, begins_at, read_script
from assistant.runtime.stage import Stage
from assistant.runtime.staged_clock import StagedClock, staged_clock
from assistant.runtime.work import at_once


@pytest.fixture(autouse=True)
def london(monkeypatch):
    """Live where the clocks go forward on 2026-03-29 at one, and back on 2026-10-25 at two."""
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def script(tmp_path, text):
    path = tmp_path / "night.txt"
    path.write_text(text)
    return read_script(path)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), ("2.5 s", 2.5), ("90s", 90), ("4m", 240), ("7h", 25_200), ("1h30m", 5400)],
)
def test_a_wait_can_be_told_in_hours(tmp_path, said, seconds):
    """A night is written as it is told."""
    (cue,) = script(tmp_path, f"(wait {said})")
    assert cue.wait == seconds


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("(wait)", "is no pause: write"),
        ("(wait a bit)", "is no pause: write"),
        ("(sleep 4)", "is no pause: write"),
        ("(kill softly)", "is no power cut: write"),
        ("(clock 25:00)", "is no time of day: write"),
        ("(clock 2026-02-30 10:00)", "is no time of day: write"),
    ],
)
def test_what_is_no_direction_is_refused(tmp_path, line, remedy):
    """File, line and remedy."""
    with pytest.raises(SettingsError, match=rf"night\.txt:2: .*{remedy}"):
        script(tmp_path, f"stop\n{line}\n")


def test_a_script_is_cut_at_its_power_cuts(tmp_path):
    """Two cuts make three acts; when it begins is what stands first."""
    cues = script(tmp_path, "(clock 03:10)\nhelp\n(kill 4m)\n(kill 10)\nstop\n")
    assert begins_at(cues) == "03:10"
    assert [(len(act.cues), act.kill) for act in acts(cues)] == [(2, 240), (0, 10), (1, None)]
    assert begins_at(cues[1:]) is None


def said_by(clock):
    stamp = clock()
    local = datetime.fromtimestamp(clock.wall).astimezone()
    assert stamp.offset == local.utcoffset().total_seconds()
    return f"{local:%Y-%m-%d %H:%M}"


def test_the_clock_goes_forward_in_spring_and_back_in_autumn(tmp_path):
    """An hour of the stage is an hour, whatever the clock on the wall is turned by."""
    spring = staged_clock(tmp_path, "2026-03-29 00:30")
    spring.advance(3600)
    assert said_by(spring) == "2026-03-29 02:30"
    autumn = staged_clock(tmp_path, "2026-10-25 01:30")
    autumn.advance(3600)
    assert said_by(autumn) == "2026-10-25 01:30"


def test_the_clock_is_set_to_the_nearest_such_time(tmp_path):
    """Across midnight, too; and to a date that is named."""
    clock = staged_clock(tmp_path, "2026-01-10 23:50")
    clock.set("00:10")
    assert said_by(clock) == "2026-01-11 00:10"
    clock.set("23:00")
    assert said_by(clock) == "2026-01-10 23:00"
    clock.set("2026-05-01 12:00")
    assert said_by(clock) == "2026-05-01 12:00"


def test_a_script_without_a_time_begins_at_three_in_the_last_night(tmp_path):
    """It lies in the past, so that a report of today has it."""
    clock = staged_clock(tmp_path, None)
    assert said_by(clock).endswith("03:00")
    assert -86_400 <= clock.wall - time.time() <= 0


def test_the_next_script_on_the_same_journal_is_later(tmp_path, capsys):
    """Time never goes back between two scripts: the second night is the next night."""
    talk(tmp_path, capsys, "(clock 23:30)", "what can I say", "(wait 2h)", "what can I say")
    first = staged_clock(tmp_path / "elsewhere", "23:30")
    again = staged_clock(tmp_path / "data", "23:30")
    assert again.wall - first.wall == pytest.approx(86_400, abs=3700)
    early = staged_clock(tmp_path / "data", "03:10")
    assert 0 < early.wall - (first.wall + 7200) < 7200


def test_a_power_cut_is_said_with_its_length(tmp_path, capsys):
    """In the middle of a sentence; what was going on can be taken up again."""
    said = talk(
        tmp_path, capsys, "(clock 03:10)", "I have a cramp", "(wait 30)", "(kill 4m)", "! resume", "(wait 3)"
    )
    assert "assistant  The power was out for four minutes." in said
    assert said[said.index("person     resume") + 2] in said[: said.index("person     resume")]


def test_eight_hours_of_silence_take_seconds(tmp_path):
    """What is silent is left out of the sound, and the clock on the wall is right all the time."""
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")
    clock = StagedClock(wall=datetime(2026, 3, 28, 22, 0).astimezone().timestamp())
    with opened(settings, at_once, TypedRecognizer(), clock) as parts:
        stage = Stage(*begin(parts, lambda _: None), clock=clock)
        stage.until_quiet()
        began = time.monotonic()
        stage.wait(8 * 3600)
        assert time.monotonic() - began < 30
        assert stage.now == pytest.approx(8 * 3600, abs=60)
        local = stage.assistant.dialogue._turn(stage.now).local_time
        assert f"{local:%H:%M}" == "07:00"
    sound = len(np.concatenate(stage.played)) / 16_000
    assert sound < 120
    assert stage.place(stage.now) == pytest.approx(sound, abs=1)


def test_old_diagnostics_are_pruned_after_the_start(tmp_path, capsys):
    """In a quiet moment, batch by batch, whatever their number; what is new stays."""
    from assistant.journal.clock import Stamp
    from assistant.journal.store import Journal

    old = Stamp(wall=1_780_000_000.0, offset=0, boot="old", uptime=1.0)
    with Journal.open(tmp_path / "data", lambda: old) as journal:
        journal.write(
            [("fault", {"what": "old"})] * 700 + [("drank", {"milliliters": 200.0, "what": "tea"})], None, 0
        )
    talk(tmp_path, capsys, "(clock 2026-12-01 03:10)", "(wait 30)", "how much have I drunk today", "(wait 2)")
    entries = Journal(tmp_path / "data").events()
    assert not [entry for entry in entries if entry.kind == "fault"]
    assert [entry.kind for entry in entries].count("drank") == 1
