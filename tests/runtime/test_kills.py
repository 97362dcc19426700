"""The power fails at any moment, also in the middle of a write: no timer is lost, and none rings twice.

``KILLS=200`` sets how often; `make bench` does, and prints the count.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

LIVES = Path(__file__).parent / "lives.py"
KILLS = int(os.environ.get("KILLS", "25"))
OFF = 240.0
"""Seconds for which the power is off, of `lives`."""
WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
}
ENDS = ("timer_answered", "timer_unanswered", "timer_cancelled")


def lived(folder, lives, limit=0):
    """Return what is left on disk after so many lives, and the transcript."""
    folder.mkdir()
    command = [sys.executable, str(LIVES), str(folder), str(lives), str(limit)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60 + 5 * lives, check=True)
    lines = (folder / "transcript").read_text().splitlines()
    return json.loads(run.stdout), [json.loads(line) for line in lines if line.endswith("]")]


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    left, transcript = lived(tmp_path_factory.mktemp("kills") / "data", KILLS)
    kinds = Counter(kind for kind, _, _ in left["events"])
    print(f"\n{KILLS} kills, {left['died_writing']} of them in the middle of a write; {dict(kinds)}")
    return left, transcript


def test_the_night_was_worth_killing(night):
    """There was something to lose: timers were set and rang, and some kills hit a write."""
    left, _ = night
    kinds = Counter(kind for kind, _, _ in left["events"])
    assert left["sound"] == KILLS
    assert left["died_writing"] > 0
    assert kinds["restarted"] > KILLS / 4
    assert kinds["timer_set"] > 4
    assert kinds["timer_rang"] > 4


def test_every_timer_goes_its_way_once(night):
    """Set, rung one, two, three times in order, ended: no step of a timer is missing or comes twice."""
    left, _ = night
    running: dict[float, int] = {}
    for kind, details, _ in left["events"]:
        seconds = details.get("seconds")
        if kind == "timer_set":
            assert seconds not in running
            running[seconds] = 0
        elif kind == "timer_rang":
            assert details["times"] == running[seconds] + 1 <= 3
            running[seconds] += 1
        elif kind in ENDS:
            del running[seconds]
    assert sorted(running) == sorted(left["left"])


def test_no_timer_rings_early_or_late_without_a_power_cut(night):
    """From its setting to its first ring it is its length, and more only by the time the power was off."""
    left, _ = night
    due: dict[float, float] = {}
    cuts = Counter()
    for kind, details, wall in left["events"]:
        seconds = details.get("seconds")
        if kind == "restarted":
            cuts.update(due.keys())
        elif kind == "timer_set":
            due[seconds], cuts[seconds] = wall + seconds, 0
        elif kind == "timer_rang" and details["times"] == 1:
            assert wall >= due[seconds] - 1
            assert wall <= due[seconds] + 30 + (OFF + 30) * cuts[seconds]


def test_nothing_was_said_that_was_not_on_disk(night):
    """Every announcement that was begun has its entry in the journal, and as many as were said."""
    left, transcript = night
    said = Counter(text for _, who, text in transcript if who == "assistant")
    written = Counter((kind, details.get("seconds")) for kind, details, _ in left["events"])
    for kind, pattern in (
        ("timer_set", r"I have set your timer of (\w+) minutes"),
        ("timer_rang", r"Your timer of (\w+) minutes is over"),
        ("timer_cancelled", r"I have cancelled your timer of (\w+) minutes"),
    ):
        found = {match[1]: n for text, n in said.items() if (match := re.match(pattern, text))}
        assert found
        for word, times in found.items():
            assert times <= written[kind, WORDS[word] * 60.0]


def test_it_says_what_happened(night):
    """The first sentence of every life with timers is that the power was out, and for how long."""
    _, transcript = night
    first = {life: text for life, who, text in reversed(transcript) if who == "assistant"}
    cut_off = [first[life] for life, who, had in transcript if who == "born" and had and life in first]
    assert len(cut_off) > KILLS / 10
    assert set(cut_off) == {"The power was out for four minutes."}


def test_a_disk_that_takes_no_more_stops_nobody(tmp_path):
    """With files limited in size timers ring all the same, and it is said that nothing is kept."""
    _, transcript = lived(tmp_path / "data", 2, limit=40_000)
    said = [text for _, who, text in transcript if who == "assistant"]
    assert "I cannot write my notes. I go on all the same." in said
    assert any(text.startswith("Your timer of") for text in said)
