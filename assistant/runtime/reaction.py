"""How quickly the whole assistant reacts, in real time and in its real threads."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import Settings
from assistant.runtime.driver import begin
from assistant.runtime.parts import opened
from assistant.runtime.stage import Stage
from assistant.runtime.work import worker
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer
from assistant.values import FRAME, FRAME_SECONDS, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.runtime.assistant import Assistant, Line
    from assistant.values import Samples

COMMANDS = ("louder please", "quieter please", "what can I say", "how long left", "can you repeat that")
"""Said into silence; each is answered without changing what is going on."""
URGENT = ("help me", "stop", "I have a cramp", "call an ambulance")
"""Said into silence; what follows is stopped."""
PERSON = Voice(name="en-gb", rate=145)
ROUNDS = 6
FLOOR = 3.0
"""Microphone noise, RMS of int16."""
_SETTLED = 1.5
"""Seconds into a prompt at which "stop" is said, and after which the next thing is tried."""
_READY = """
import os, sys, tempfile
from pathlib import Path
from assistant.config import Settings
from assistant.runtime.driver import begin
from assistant.runtime.parts import opened
from assistant.runtime.work import worker
folder = Path(sys.argv[1])
with opened(Settings(data_dir=folder, cache_dir=folder, engine="moonshine"), worker) as parts:
    assistant, _ = begin(parts, lambda line: None)
    print("ready", flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class Reaction:
    """Seconds, one entry for each try."""

    decisions: list[float] = field(default_factory=list)
    """From the end of a command to what was understood."""
    missed: int = 0
    """Commands that were not understood."""
    urgent: list[float] = field(default_factory=list)
    """The same for what counts in every state."""
    unheard: int = 0
    """Of these, the ones that were not understood."""
    silences: list[float] = field(default_factory=list)
    """From the end of "stop" to the first silent loudspeaker frame."""
    deaf: int = 0
    """Times that "stop" was not heard."""
    instructions: list[float] = field(default_factory=list)
    """From the end of "I have a cramp" to the first frame of what to do."""
    unhelped: int = 0
    """Times that nothing was said."""


def measure() -> Reaction:
    """Talk to an assistant for five minutes, in real time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(data_dir=folder, cache_dir=folder, engine="moonshine")
        lines: list[Line] = []
        with opened(settings, worker) as parts:
            assistant, now = begin(parts, lines.append)
            assistant.warm_up()
            return _Trial(assistant, now, lines).run()


class _Trial:
    """A stage in real time: a frame takes 32 ms."""

    def __init__(self, assistant: Assistant, now: float, lines: list[Line]) -> None:
        dice = np.random.default_rng(0)
        self._noise = (dice.standard_normal(FRAME * 31) * FLOOR).astype(np.int16).reshape(-1, FRAME)
        self._stage = Stage(assistant, now, self._microphone)
        self._offset = now - monotonic()
        self._lines = lines
        self._frames = 0
        self._voice = Pyttsx3Synthesizer()

    def run(self) -> Reaction:
        decisions = [self._decision(words) for words in COMMANDS * ROUNDS]
        urgent = [self._urgent_decision(words) for words in URGENT * ROUNDS]
        silences = [self._silence() for _ in range(len(COMMANDS) * ROUNDS // 2)]
        instructions = [self._instruction() for _ in range(2 * ROUNDS)]
        self._voice.close()
        return Reaction(
            decisions=[one for one in decisions if one is not None],
            missed=decisions.count(None),
            urgent=[one for one in urgent if one is not None],
            unheard=urgent.count(None),
            silences=[one for one in silences if one is not None],
            deaf=silences.count(None),
            instructions=[one for one in instructions if one is not None],
            unhelped=instructions.count(None),
        )

    def _microphone(self, _: Samples, person: Samples | None) -> Samples:
        self._frames += 1
        noise: Samples = self._noise[self._frames % len(self._noise)]
        return noise if person is None else noise + person // 2

    def _decision(self, words: str) -> float | None:
        """Say a command into silence; return the seconds to its line in the transcript."""
        self._hear_out()
        heard = self._count()
        self._say(words)
        ended = self._stage.now
        return self._until(ended, lambda: self._count() > heard)

    def _urgent_decision(self, words: str) -> float | None:
        taken = self._decision(words)
        self._stage.assistant.type("stop")
        return taken

    def _silence(self) -> float | None:
        """Say "stop" into a relief routine; return the seconds to silence."""
        self._stage.assistant.type("I have a cramp")
        for _ in range(round(_SETTLED / FRAME_SECONDS)):
            self._frame()
        self._say("stop")
        ended = self._stage.now
        return self._until(ended, lambda: not self._stage.assistant.busy)

    def _instruction(self) -> float | None:
        """Call for relief; return the seconds to the first sound of it."""
        self._hear_out()
        self._say("I have a cramp")
        taken = self._until(self._stage.now, lambda: bool(self._stage.played[-1].any()))
        self._stage.assistant.type("stop")
        return taken

    def _hear_out(self) -> None:
        """Wait until it has nothing more to say."""
        while self._stage.assistant.busy:
            self._frame()

    def _say(self, words: str) -> None:
        sound = self._voice.synthesize(words, PERSON)
        self._stage.speak(sound)
        for _ in range(-(-len(sound) // FRAME)):
            self._frame()

    def _until(self, ended: float, done: Callable[[], bool]) -> float | None:
        limit = ended + _SETTLED
        while self._stage.now < limit:
            self._frame()
            if done():
                return self._stage.now - ended
        return None

    def _count(self) -> int:
        return sum(line.who == "person" for line in self._lines)

    def _frame(self) -> None:
        self._stage.frame()
        sleep(max(0.0, self._stage.now - self._offset - monotonic()))


def start() -> tuple[float, float]:
    """Return the seconds from start to listening, and the mebibytes of the process and its children."""
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        command = [sys.executable, "-c", _READY, folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
            assert process.stdout is not None
            process.stdout.readline()
            took = perf_counter() - began
            return took, sum(_resident(pid) for pid in _family(process.pid))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text(encoding="ascii").split():
            yield from _family(int(child))


def _resident(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20
