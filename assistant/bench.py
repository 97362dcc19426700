"""Measures the recognizer on speech that is made here, or on recordings: ``cramp-assistant bench``.

Needs the commands ``espeak-ng`` and ``flite``. The voices are not those that set the recognizer's thresholds.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from assistant.data import load_grammar
from assistant.errors import InstallError, SettingsError
from assistant.runtime import reaction as reacting
from assistant.sound import files
from assistant.sound.segmenter import Segmenter
from assistant.values import FRAME, RATE, Scope, Utterance
from assistant.wordgraph import parse, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from assistant.config import Settings
    from assistant.hearing import Recognizer
    from assistant.understanding.grammar import Grammar
    from assistant.values import Hypothesis, Samples, WordGraph

    Readings: TypeAlias = frozenset[tuple[str, frozenset[tuple[str, str]]]]

VOICES = (
    ("flite", "slt"),
    ("flite", "awb"),
    ("espeak-ng", "en-gb-scotland"),
    ("espeak-ng", "en-us+f4"),
    ("espeak-ng", "en-gb-x-rp+m5"),
    ("espeak-ng", "en-gb"),
)
"""Program and voice."""

SCOPES = ("idle", "guiding", "paused", "yes_no", "progress", "pain", "count", "off", "posture")

COMMANDS = 210
"""Different commands that are tried at each level of noise."""

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


class Trial(NamedTuple):
    """One utterance and what it means."""

    scope: str
    samples: Samples
    readings: Readings = frozenset()
    """Each intent with slots that is right; empty: none is, it must be rejected."""


class Tried(NamedTuple):
    """What a recognizer made of a trial."""

    trial: Trial
    accepted: Hypothesis | None
    seconds: float
    """That it took."""

    @property
    def right(self) -> bool:
        return self.accepted is not None and _reading(self.accepted) in self.trial.readings

    @property
    def wrong(self) -> bool:
        return self.accepted is not None and not self.right


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    figure: str
    bar: str = ""
    """What it should be; empty: no bar."""
    held: bool = True


class Bench:
    """What the measurements share."""

    def __init__(self, engine: str, language: str = "en", audio: Path | None = None) -> None:
        self.grammar: Grammar = load_grammar(language)
        self.audio = audio
        before, started = resident(), time.perf_counter()
        self.recognizer: Recognizer = make(engine)
        self.load = time.perf_counter() - started
        """Seconds."""
        self.memory_before = before
        """Mebibytes, without the model."""
        self.tried: list[Tried] = []
        """Everything so far, for the figures about speed."""

    def run(self, trials: Iterator[Trial]) -> list[Tried]:
        """Recognize one after the other."""
        tried = [self._one(trial) for trial in trials]
        self.tried += tried
        return tried

    def _one(self, trial: Trial) -> Tried:
        graph = self.grammar.graph(Scope(name=trial.scope))
        started = time.perf_counter()
        found = self.recognizer.recognize(Utterance(samples=trial.samples, started=0.0), graph)
        accepted = found[0] if found and found[0].accepted else None
        return Tried(trial, accepted, time.perf_counter() - started)


def make(engine: str) -> Recognizer:
    """Return a recognizer by its name."""
    if engine not in ("auto", "moonshine"):
        raise SettingsError(f"the engine {engine!r} cannot be measured: use 'moonshine'")
    from assistant.hearing.moonshine import MoonshineRecognizer  # noqa: PLC0415 - loads its engine

    return MoonshineRecognizer()


# --- measurements -------------------------------------------------------------------------------------------


def accuracy(bench: Bench) -> Iterator[Row]:
    """Commands of every scope, clean and in the noise of a kitchen."""
    spoken = list(commands(bench.grammar))
    for name, ratio, least in (("clean", None, 0.98), ("20 dB", 20.0, None), ("10 dB", 10.0, None)):
        noise = np.random.default_rng(len(name))
        tried = bench.run(trial._replace(samples=heard(trial.samples, ratio, noise)) for trial in spoken)
        yield share(f"commands right, {name}", [one.right for one in tried], least=least)
        wrong = [one.wrong for one in tried]
        yield share(f"commands taken for another, {name}", wrong, most=0.005 if least else None)


def unrelated(bench: Bench) -> Iterator[Row]:
    """Sentences that are none of ours, in every scope."""
    noise = np.random.default_rng(1)
    voices = cycle(VOICES)
    said = [heard(speak(text, next(voices)), 20.0, noise) for text in UNRELATED]
    tried = bench.run(Trial(scope, samples) for scope in SCOPES for samples in said)
    yield share("unrelated sentences accepted", [one.wrong for one in tried], most=0.005)


def recordings(bench: Bench) -> Iterator[Row]:
    """Recordings of a folder whose ``manifest.tsv`` gives path, kind and label.

    Kind ``command``: right where the label is a sentence of the scope. All other kinds must not be accepted;
    talk is cut as the microphone's sound is.
    """
    if bench.audio is None:
        return
    for kind, rows in sorted(_manifest(bench.audio).items()):
        tried = bench.run(chain.from_iterable(_trials(bench, kind, row) for row in rows))
        said = [one for one in tried if one.trial.readings]
        other = [one for one in tried if not one.trial.readings]
        if said:
            yield share(f"{kind}: right", [one.right for one in said])
            yield share(f"{kind}: taken for another", [one.wrong for one in said])
        if other:
            yield share(f"{kind}: accepted though it is none", [one.wrong for one in other])


def speed(bench: Bench) -> Iterator[Row]:
    """Time from the end of an utterance to the decision, over everything tried."""
    took = sorted(one.seconds * 1000 for one in bench.tried)
    sound = sum(len(one.trial.samples) for one in bench.tried) / RATE
    last = statistics.quantiles(took, n=20)[-1]
    yield Row(what="decision, median", figure=f"{statistics.median(took):.0f} ms")
    yield _below("decision, 95th percentile", last, 120, "ms")
    yield Row(what="real-time factor", figure=f"{sum(took) / 1000 / sound:.3f}")


def size(bench: Bench) -> Iterator[Row]:
    """Load time and memory."""
    yield _below("load", bench.load * 1000, 1000, "ms")
    yield _below("resident, recognizer", resident() - bench.memory_before, 220, "MiB")
    yield _below("resident, process", resident(), 400, "MiB")


def reaction(_: Bench) -> Iterator[Row]:
    """The whole assistant, in real time: from the end of speech to what it does."""
    measured = reacting.measure()
    for what, times, missed, most in (
        ("end of speech to decision", measured.decisions, measured.missed, 400),
        ("end of 'stop' to silence", measured.silences, measured.deaf, 500),
    ):
        took = [seconds * 1000 for seconds in times]
        yield Row(what=f"{what}, median", figure=f"{statistics.median(took):.0f} ms")
        yield _below(f"{what}, 95th percentile", statistics.quantiles(took, n=20)[-1], most, "ms")
        yield Row(what=f"{what}: not understood", figure=f"{missed} of {missed + len(took)}")
    seconds, memory = reacting.start()
    yield _below("start to listening", seconds * 1000, 5000, "ms")
    yield _below("resident, the whole assistant", memory, 400, "MiB")


MEASUREMENTS: tuple[Callable[[Bench], Iterator[Row]], ...] = (
    accuracy,
    unrelated,
    recordings,
    speed,
    size,
    reaction,
)
"""In the order of the table; those about speed come after what they time."""


# --- speech -------------------------------------------------------------------------------------------------


def commands(grammar: Grammar) -> Iterator[Trial]:
    """Yield clean commands: every intent with slots of every scope in turn, in random words and voices."""
    dice = random.Random(7)  # noqa: S311 - a sample, not a secret
    by_scope = [_shuffled_sentences(grammar, scope, dice) for scope in SCOPES]
    voices = cycle(VOICES)
    for scope, text, readings in islice(chain.from_iterable(zip(*by_scope, strict=False)), COMMANDS):
        yield Trial(scope, speak(text, next(voices)), readings)


def _shuffled_sentences(
    grammar: Grammar, scope: str, dice: random.Random
) -> Iterator[tuple[str, str, Readings]]:
    """Yield sentences of a scope without end, each meaning as often as the others."""
    graph = grammar.graph(Scope(name=scope))
    by_reading: dict[Readings, list[str]] = defaultdict(list)
    for text in sentences(graph, 100_000):
        by_reading[_readings(graph, text)].append(text)
    while True:
        for readings in dice.sample(list(by_reading), len(by_reading)):
            yield scope, dice.choice(by_reading[readings]), readings


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


# --- recordings ---------------------------------------------------------------------------------------------


def _manifest(folder: Path) -> dict[str, list[dict[str, str]]]:
    path = folder / "manifest.tsv"
    try:
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except OSError as fault:
        raise SettingsError(f"{str(path)!r} cannot be read ({fault}): name a folder that has one") from fault
    by_kind: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    by_kind.pop("rir", None)
    return by_kind


def _trials(bench: Bench, kind: str, row: dict[str, str]) -> Iterator[Trial]:
    assert bench.audio
    samples = files.read(bench.audio / row["path"])
    if kind != "command":
        yield from (Trial("idle", piece) for piece in segments(samples))
        return
    for scope in SCOPES:
        readings = _readings(bench.grammar.graph(Scope(name=scope)), row["label"].lower())
        if readings or scope == "idle":
            yield Trial(scope, heard(samples, None, np.random.default_rng(0)), readings)


def segments(samples: Samples) -> Iterator[Samples]:
    """Yield the utterances of a recording, cut as the microphone's sound is."""
    segmenter = Segmenter()
    quiet = np.zeros(RATE, dtype=np.int16)
    sound = np.concatenate([samples, quiet])
    for start in range(0, len(sound) - FRAME + 1, FRAME):
        for happened in segmenter.push(sound[start : start + FRAME]):
            if isinstance(happened, Utterance):
                yield happened.samples


# --- table --------------------------------------------------------------------------------------------------


def share(what: str, yes: list[bool], *, least: float | None = None, most: float | None = None) -> Row:
    """Return a row with a part of a whole, and whether it is in its bounds."""
    part = sum(yes) / len(yes)
    bar = f">= {least:.1%}" if least is not None else f"<= {most:.1%}" if most is not None else ""
    held = (least is None or part >= least) and (most is None or part <= most)
    return Row(what=what, figure=f"{part:.1%} of {len(yes)}", bar=bar, held=held)


def _below(what: str, value: float, most: float, unit: str) -> Row:
    return Row(what=what, figure=f"{value:.0f} {unit}", bar=f"<= {most:g} {unit}", held=value <= most)


def resident() -> float:
    """Return the memory of this process in mebibytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def _readings(graph: WordGraph, text: str) -> Readings:
    return frozenset((intent, frozenset(slots)) for intent, slots in parse(graph, text))


def _reading(hypothesis: Hypothesis) -> tuple[str, frozenset[tuple[str, str]]]:
    return hypothesis.intent or "", frozenset(hypothesis.slots)


def report(rows: Iterator[Row]) -> bool:
    """Print rows as they come; return whether every bar held."""
    held = True
    for row in rows:
        mark = "" if not row.bar else "ok" if row.held else "MISSED"
        print(f"{row.what:<44}{row.figure:>16}  {row.bar:<12}{mark}".rstrip(), flush=True)
        held = held and row.held
    return held


def bench(settings: Settings, audio: Path | None = None) -> int:
    """Print the table; return 1 if a bar was missed."""
    shared = Bench(settings.engine, settings.language, audio)
    rows = chain.from_iterable(measure(shared) for measure in MEASUREMENTS)
    held = report(rows)
    shared.recognizer.close()
    return 0 if held else 1


def main() -> int:
    from assistant.config import Settings  # noqa: PLC0415 - only needed when run as a program

    flags = argparse.ArgumentParser(prog="python -m assistant.bench", description="Measure the recognizer.")
    flags.add_argument("--engine", default="auto", help="auto or moonshine")
    flags.add_argument("--audio", type=Path, metavar="FOLDER", help="recordings with a manifest.tsv")
    chosen = flags.parse_args()
    return bench(Settings(engine=chosen.engine), chosen.audio)


if __name__ == "__main__":
    sys.exit(main())
