"""Speech that is made here, as a microphone hears it in a quiet room, a kitchen, or across a bedroom.

Needs the commands ``espeak-ng`` and ``flite``.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from assistant.errors import InstallError
from assistant.sound import files
from assistant.sound.room import Bedroom, Room
from assistant.values import FRAME, RATE, Scope
from assistant.wordgraph import meanings, parse

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from assistant.understanding.grammar import Grammar
    from assistant.values import Samples, WordGraph
    from assistant.wordgraph import Reading

Readings: TypeAlias = "frozenset[tuple[str, frozenset[tuple[str, str]]]]"
"""Each intent with its slots that is right."""

VOICES = (
    ("flite", "slt"),
    ("flite", "awb"),
    ("espeak-ng", "en-gb-scotland"),
    ("espeak-ng", "en-us+f4"),
    ("espeak-ng", "en-gb-x-rp+m5"),
    ("espeak-ng", "en-gb"),
)
"""Program and voice."""

SCOPES = ("idle", "guiding", "paused", "yes_no", "progress", "pain", "count", "place", "off", "posture",
          "side", "onset", "trigger", "hours")  # fmt: skip

UNRELATED = (
    "the weather is lovely today",
    "we should paint the kitchen next spring",
    "did you remember to lock the back door",
    "my sister arrives on thursday",
    "i think the bus was late again",
    "put the milk back in the fridge",
    "the football starts at half past seven",
    "where did you put my glasses",
    "have you read the paper this morning",
    "turn the television down a little",
    "he works in an office near the river",
    "we had fish and chips for dinner",
    "the children are asleep upstairs",
    "call your mother when you have time",
    "it rained all night",
    "how much did that cost",
    "i like the blue one better than the red one",
    "the garden needs some water",
    "let me think about it",
    "the neighbours are making a noise again",
    "could you pass the salt please",
    "i was reading when you came in",
    "open the window it is warm in here",
    "the train leaves from platform four",
    "is there any coffee left",
    "the cat is on the bed again",
    "who was that on the phone",
    "ten people came to the party",
    "the heating has stopped working",
    "he stopped at the corner shop",
    "no one knows where she went",
    "that is not what i meant",
    "stop by the store on your way home",
    "i have a camera in my bag",
    "help yourself to some cake",
    "she has a cold",
)
"""Said to somebody else. Several begin like a command, or hold one."""


def shuffled_sentences(
    grammar: Grammar, scope: str, dice: random.Random
) -> Iterator[tuple[str, str, Readings]]:
    """Yield sentences of a scope without end, each meaning as often as the others."""
    by_reading: dict[Readings, list[str]] = defaultdict(list)
    for text, found in meanings(grammar.graph(Scope(name=scope))).items():
        if readings := _ours(found):
            by_reading[readings].append(text)
    while True:
        for readings in dice.sample(list(by_reading), len(by_reading)):
            yield scope, dice.choice(by_reading[readings]), readings


def names(voices: Iterable[tuple[str, str]]) -> str:
    """Return voices as pages name them.

    >>> names([("flite", "slt"), ("espeak-ng", "en-gb")])
    'flite slt, espeak-ng en-gb'
    """
    return ", ".join(" ".join(voice) for voice in voices)


def speak(text: str, voice: tuple[str, str]) -> Samples:
    """Return a sentence said by a voice; raise `InstallError` if its program is missing."""
    program, name = voice
    if shutil.which(program) is None:
        raise InstallError(f"the command {program!r} is missing: apt-get install espeak-ng flite")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        flags = {"espeak-ng": ["-v", name, "-w", str(path)], "flite": ["-voice", name, "-o", str(path), "-t"]}
        subprocess.run([program, *flags[program], text], check=True, capture_output=True)  # noqa: S603
        return files.read(path)


def heard(speech: Samples, ratio: float | None, dice: np.random.Generator) -> Samples:
    """Return speech as a segmenter cuts it, in the noise of a kitchen.

    ``ratio`` of speech to noise in decibels; None: a quiet room, 60.
    """
    level = 0.1 / float(np.std(speech) or 1)
    padded = np.pad(speech * level, (RATE // 2, RATE * 3 // 10))
    noise = kitchen(len(padded), dice) * 0.1 * 10 ** (-(60.0 if ratio is None else ratio) / 20)
    return np.asarray(np.clip(padded + noise, -1, 1) * 32767, dtype=np.int16)


def kitchen(length: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Return noise of unit power: a hum and its octave, a rush that falls off to high tones, and clatter."""
    seconds = np.arange(length) / RATE
    tones = np.fft.rfftfreq(length, 1 / RATE)
    rush = np.fft.irfft(np.fft.rfft(dice.standard_normal(length)) / np.sqrt(np.maximum(tones, 60)), length)
    noise = rush / rush.std() + np.sin(2 * np.pi * 100 * seconds) / 2 + np.sin(2 * np.pi * 200 * seconds) / 3
    for start in dice.integers(0, length, 1 + length // RATE):
        noise[start:] += _clatter(length - start, dice)
    return np.asarray(noise / noise.std())


def _clatter(length: int, dice: np.random.Generator) -> NDArray[np.float64]:
    """Return a dish that is put down: a few high tones that die away."""
    seconds = np.arange(length) / RATE
    tones = dice.uniform(900, 6000, (5, 1))
    return np.asarray(np.sin(2 * np.pi * tones * seconds).sum(axis=0) * np.exp(-50 * seconds) / 2)


def readings_of(graph: WordGraph, text: str) -> Readings:
    """Return what a text means in a scope; empty also for what only sounds like ours."""
    return _ours(parse(graph, text))


def _ours(found: Iterable[Reading]) -> Readings:
    return frozenset((intent, frozenset(slots)) for intent, slots in found if intent != "other")


FAR = Bedroom(reverberation=0.35, user_distance=1.0)
"""Out of reach of the bedside table."""


def in_room(speech: Samples, bedroom: Bedroom | None, dice: np.random.Generator) -> Samples:
    """Return speech as the microphone of a bedside table hears it; without a bedroom, in a near one."""
    bedroom = bedroom or Bedroom(
        reverberation=dice.uniform(0.15, 0.4),
        user_distance=dice.uniform(0.4, 1.2),
        echo_over_user=dice.uniform(0, 6),
    )
    room = Room(bedroom, seed=int(dice.integers(1 << 30)))
    level = 0.1 * 32768 / float(np.std(speech) or 1)
    loud = np.clip(speech * level, -32768, 32767).astype(np.int16)
    padded = np.pad(loud, (RATE // 2, RATE // 2 + -len(loud) % FRAME))
    frames = padded[: len(padded) // FRAME * FRAME].reshape(-1, FRAME)
    silence = np.zeros(FRAME, dtype=np.int16)
    return np.concatenate([room.frame(silence, frame) for frame in frames])
