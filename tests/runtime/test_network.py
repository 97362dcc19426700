"""Nothing leaves the machine: a whole night with the network cut off, and nothing that even tries."""

from __future__ import annotations

import subprocess
import sys

import pytest

NIGHT = """
(clock 22:30)
what can I say
set a timer for ten minutes
remind me of the bedtime set every night at eleven
(wait 40m)
thank you
(wait 3h)
I have a cramp
(wait 60)
! stop
(kill 4m)
how long left
should I see a doctor
no thanks
! stop
how many cramps have I had this week
go to sleep
(wait 4h)
I think I have chest pain
"""
GUARDED = """
import sys
def guard(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__":
        print("TRIED", event, arguments, flush=True)
sys.addaudithook(guard)
{before}
from assistant.cli import main
sys.exit(main(sys.argv[1:]))
"""
ATTEMPT = """
import socket
try:
    socket.create_connection(("192.0.2.1", 9), timeout=0.1)
except OSError:
    pass
"""


def spend_the_night(tmp_path, *, before="", around=()):
    (tmp_path / "night.txt").write_text(NIGHT)
    command = [*around, sys.executable, "-c", GUARDED.format(before=before), "talk", "--script"]
    command += [str(tmp_path / "night.txt"), "--locale", "uk"]
    command += ["--data-dir", str(tmp_path / "data"), "--cache-dir", str(tmp_path / "cache")]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


def test_nothing_tries_to_reach_anybody_in_a_whole_night(tmp_path):
    """Timers, relief, a power cut, questions, sleep, an emergency: no socket connects, no name is looked up."""
    said = spend_the_night(tmp_path)
    assert "Your timer of ten minutes is over." in said
    assert "The power was out for" in said
    assert "Call nine nine nine." in said
    assert "TRIED" not in said


def test_the_guard_sees_an_attempt(tmp_path):
    """What would be found is found."""
    assert "TRIED socket.connect" in spend_the_night(tmp_path, before=ATTEMPT)


def test_the_night_is_the_same_without_a_network(tmp_path):
    """In a network namespace of its own, where there is not even a loopback."""
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        alone = ["unshare", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("network namespaces are not permitted here")
    said = spend_the_night(tmp_path, around=alone)
    assert "Your timer of ten minutes is over." in said
    assert "TRIED" not in said
