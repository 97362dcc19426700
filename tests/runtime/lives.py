"""A typed night that is killed again and again: ``python lives.py FOLDER LIVES [LIMIT]``.

Every life is a process of its own, forked from one that has loaded everything: the real journal, dialogue
and mouth. It sets timers, waits, answers, cancels on a fast clock, until SIGKILL. What is left on disk is
printed as JSON for the test; what was said is in the file ``transcript``.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import resource
import signal
import sqlite3
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from assistant.data import load_content, load_grammar, load_vocabulary
from assistant.dialogue.state import Habits
from assistant.hearing.typed import TypedRecognizer
from assistant.journal.store import Journal
from assistant.runtime.assistant import Parts, load_state
from assistant.runtime.driver import begin
from assistant.runtime.stage import Stage
from assistant.runtime.staged_clock import StagedClock
from assistant.runtime.work import at_once
from assistant.values import Scope

CONTENT, GRAMMAR = load_content("en", "uk"), load_grammar("en")
VOCABULARY = load_vocabulary("en")
LENGTHS = {
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    10: "ten",
    12: "twelve",
}
"""Minutes of the timers; each length names one timer."""
OFF = 240.0
"""Seconds for which the power is off after each life."""
SHORT, LONG = 0.6, 2.5
"""Seconds of real time that a life lasts at most; and one on a bad disk."""
EVENING = 1_790_000_000.0


class Hum:
    """A voice that is made at once: a tenth of a second a word."""

    def synthesize(self, text, _voice):
        return np.zeros(1600 * len(text.split()), np.int16)

    def close(self):
        pass


class Deaf:
    """Ears by the bed of somebody who types: nothing is heard, and no time is spent on it."""

    hearing = False

    def frame(self, *_, **__):
        return []

    def listen_for(self, scope):
        pass


class WatchedJournal(Journal):
    """Shows in shared memory whether it is writing."""

    writing: mmap.mmap

    def write(self, *arguments):
        self.writing[0] = 1
        done = super().write(*arguments)
        self.writing[0] = 0
        return done


def live(folder, writing, life):
    """Be born, and greet or say what happened; every line is in the transcript before the next is begun."""
    journal = WatchedJournal(folder)
    journal.writing = writing
    saved = journal.load_state()
    journal.clocks = StagedClock(wall=EVENING if saved is None else saved.stamp.wall + OFF, starts=life)
    out = os.open(folder / "transcript", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    had_timers = saved is not None and bool(load_state(saved.json).timers)

    def tell(who, what):
        with suppress(OSError):  # the limit of a bad disk holds for this file too
            os.write(out, (json.dumps([life, who, what]) + "\n").encode())

    tell("born", had_timers)
    parts = Parts(
        content=CONTENT,
        grammar=GRAMMAR,
        recognizer=TypedRecognizer(),
        synthesizer=Hum(),
        journal=journal,
        vocabulary=VOCABULARY,
        habits=Habits(),
        worker=at_once,
    )

    def note(line):
        tell(line.who, line.text)

    stage = Stage(*begin(parts, note), clock=journal.clocks)
    stage.assistant.dialogue.state.place = "uk"
    stage.assistant._ears = Deaf()
    stage.lull = 0.1
    return stage


def converse(stage, chance):
    """Say one thing that fits, and let some time pass."""
    running = {round(timer.length / 60) for timer in stage.assistant.dialogue.state.timers}
    free = sorted(LENGTHS.keys() - running)
    said = ["how long left", "thank you", "what can I say"]
    said += [f"set a timer for {LENGTHS[minutes]} minutes" for minutes in free[:3]]
    said += [
        f"cancel the {LENGTHS[minutes]} minute timer" for minutes in sorted(running & LENGTHS.keys())[:1]
    ]
    stage.assistant.type(chance.choice(said))
    stage.until_quiet()
    stage.wait(chance.choice([1, 20, 45, 100, 200]))


def child(folder, writing, life, limit):
    """Live for ever."""
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    chance = random.Random(life)  # noqa: S311 (nothing secret)
    stage = live(folder, writing, life)
    stage.until_quiet()
    while True:
        converse(stage, chance)


def kill(folder, writing, life, limit=0):
    """Let somebody live for a moment; return whether it died while it was writing."""
    pid = os.fork()
    if pid == 0:
        try:
            child(folder, writing, life, limit)
        finally:
            os._exit(1)
    time.sleep(LONG if limit else random.Random(-life).uniform(0.0, SHORT))  # noqa: S311 (nothing secret)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "the assistant ended by itself"
    died_writing, writing[0] = writing[0], 0
    return bool(died_writing)


def whole(folder):
    """Tell whether the file is sound."""
    path = Journal(folder).path
    if not path.exists():
        return True
    with closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def main(folder, lives, limit):
    writing = mmap.mmap(-1, 1)
    for intent in (None, "emergency"):
        GRAMMAR.graph(Scope(name="idle"), intent)  # made once for all lives
    died_writing = sound = 0
    for life in range(1, lives + 1):
        died_writing += kill(folder, writing, life, limit)
        sound += whole(folder)
    journal = Journal(folder)
    saved = journal.load_state()
    events = [[entry.kind, dict(entry.details), entry.wall] for entry in journal.events()]
    left = [timer.length for timer in load_state(saved.json).timers] if saved else []
    print(json.dumps({"died_writing": died_writing, "sound": sound, "events": events, "left": left}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 0)
