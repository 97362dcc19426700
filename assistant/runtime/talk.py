"""By keyboard: the same assistant, with typed lines for a microphone."""

from __future__ import annotations

import sys
from queue import Empty, SimpleQueue
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING

import numpy as np

from assistant.hearing.typed import TypedRecognizer
from assistant.journal.clock import uptime
from assistant.runtime.driver import Printer, begin
from assistant.runtime.parts import opened
from assistant.runtime.script import acts, begins_at, read_script
from assistant.runtime.stage import Stage
from assistant.runtime.staged_clock import staged_clock
from assistant.runtime.work import at_once, worker
from assistant.sound import files

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.config import Settings
    from assistant.runtime.script import Cue
    from assistant.values import Samples


def talk(settings: Settings, *, wav: Path | None, script: Path | None) -> int:
    """Converse by keyboard until the input ends, or play a script at full speed; return the exit status."""
    cues = read_script(script) if script else None
    if cues is None:
        with opened(settings, worker, TypedRecognizer()) as parts:
            stage = Stage(*begin(parts, Printer()))
            _converse(stage)
        sound = stage.played
    else:
        sound = _perform(settings, cues)
    if wav:
        files.write(wav, np.concatenate(sound))
    return 0


def _perform(settings: Settings, cues: list[Cue]) -> list[Samples]:
    """Play a script on a clock of its own; return the sound."""
    clock = staged_clock(settings.data_dir, begins_at(cues))
    sound: list[Samples] = []
    printer = Printer()
    for act in acts(cues):
        with opened(settings, at_once, TypedRecognizer(), clock) as parts:
            stage = Stage(*begin(parts, printer), clock=clock)
            stage.perform(act, stage.assistant.type)
        sound += stage.played
    return sound


def _converse(stage: Stage) -> None:
    """Take lines as they are typed, in real time; the end of the input ends it, once all is said."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    Thread(target=_read, args=(lines,), daemon=True, name="keyboard").start()
    offset = stage.now - uptime()
    ended = False
    while not ended or stage.assistant.busy:
        line = _next(lines)
        ended = ended or line is None
        if line:
            stage.assistant.type(line)
        stage.catch_up(uptime() + offset)
        stage.frame()
        sleep(max(0.0, stage.now - offset - uptime()))


def _read(lines: SimpleQueue[str | None]) -> None:
    for line in sys.stdin:
        lines.put(line.strip())
    lines.put(None)


def _next(lines: SimpleQueue[str | None]) -> str | None:
    """Return the next line, None for the end of the input, an empty one for nothing yet."""
    try:
        return lines.get_nowait()
    except Empty:
        return ""
