"""Many utterances in a process that only recognizes, no two alike, and what memory it takes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.bench.speech import SCOPES, UNRELATED, VOICES, kitchen, speak
from assistant.runtime.reaction import COMMANDS, URGENT
from assistant.values import RATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from assistant.values import Samples

WARM = 200
"""Utterances in which every scope is spelled and the C library takes what it keeps."""

SENTENCES = (*COMMANDS, *UNRELATED[:20], *URGENT)
"""Spoken once, then heard in ever other noise."""

PART = 0.1
"""Of the utterances that are of any length, with more talk behind; and that are noise alone."""

LONGEST = 10 * RATE
"""Samples of an utterance."""

BEHIND = 20
"""Sentences of the talk behind an utterance: at least as long as the longest."""

_ALONE = """
import sys
import numpy as np
from assistant.data import load_grammar
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.values import Scope, Utterance
grammar, recognizer = load_grammar(), MoonshineRecognizer()
for line in sys.stdin.buffer:
    scope, length = line.decode().split()
    samples = np.frombuffer(sys.stdin.buffer.read(int(length)), np.int16)
    recognizer.recognize(Utterance(samples=samples, started=0.0), grammar.graph(Scope(name=scope)))
    print(flush=True)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endured:
    """Memory of the process, in mebibytes: Python, its libraries, grammar and recognizer."""

    most: float
    """At any time, also while an utterance was at work."""
    last: float
    """After the last utterance."""
    grown: float
    """Most after an utterance, over the most after one of the first."""


def endure(number: int, warm: int = WARM) -> Endured:
    """Have a new process recognize so many utterances, which it is handed one at a time."""
    command = [sys.executable, "-c", _ALONE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdin
        assert process.stdout
        after = []
        for samples, scope in zip(islice(_sounds(), number), cycle(SCOPES), strict=False):
            _hand(process.stdin, samples, scope)
            process.stdout.readline()
            after.append(_memory(process.pid, "VmRSS"))
        most = _memory(process.pid, "VmHWM")
    return Endured(most=most, last=after[-1], grown=max(after) - max(after[:warm]))


def _hand(pipe: IO[bytes], samples: Samples, scope: str) -> None:
    pipe.write(f"{scope} {samples.nbytes}\n".encode() + samples.tobytes())
    pipe.flush()


def _sounds() -> Iterator[Samples]:
    """Yield commands and other sentences without end, none twice in the same noise."""
    dice = np.random.default_rng(11)
    noise = kitchen(2 * LONGEST, dice)
    said, say = list(zip(SENTENCES, cycle(VOICES), strict=False)), cache(speak)
    talk = np.concatenate([say(*one) for one in said[:BEHIND]])
    for speech in (say(*one) for one in cycle(said)):
        length = int(dice.integers(RATE // 2, LONGEST)) if dice.random() < PART else len(speech)
        level = 0.0 if dice.random() < PART else 1.0
        at = int(dice.integers(LONGEST))
        sound = level * np.append(speech, talk)[:length] + dice.uniform(10, 1500) * noise[at : at + length]
        yield sound.clip(-32768, 32767).astype(np.int16)


def _memory(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024
