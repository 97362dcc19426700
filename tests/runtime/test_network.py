"""Nothing leaves the machine: in a whole night nothing even tries."""

from __future__ import annotations

import subprocess
import sys

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


def talk(tmp_path, script, *, before=""):
    (tmp_path / "night.txt").write_text(script)
    command = [sys.executable, "-c", GUARDED.format(before=before), "talk", "--script"]
    command += [str(tmp_path / "night.txt"), "--locale", "uk"]
    command += ["--data-dir", str(tmp_path / "data"), "--cache-dir", str(tmp_path / "cache")]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


def test_nothing_tries_to_reach_anybody_in_a_whole_night(tmp_path):
    """Timers, relief, a power cut, questions, sleep, an emergency: no socket is used, no name looked up."""
    said = talk(tmp_path, NIGHT)
    assert "Your timer of ten minutes is over." in said
    assert "The power was out for" in said
    assert "Call nine nine nine." in said
    assert "TRIED" not in said


def test_the_guard_sees_an_attempt(tmp_path):
    """What would be found is found."""
    assert "TRIED socket.connect" in talk(tmp_path, "stop", before=ATTEMPT)
