"""Measures the recognizer on speech that is made here, or on recordings: ``cramp-assistant bench``.

Needs the commands ``espeak-ng`` and ``flite``. The voices are not those that set the recognizer's thresholds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import chain, cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.bench import curve, pages, reaction
from assistant.bench.endurance import endure
from assistant.bench.pages import Row, Table, below, share
from assistant.bench.recordings import manifest, segments
from assistant.bench.speech import (
    SCOPES,
    UNRELATED,
    VOICES,
    heard,
    kitchen,
    names,
    readings_of,
    speak,
)
from assistant.bench.trials import Trial, Tried, commands
from assistant.config import Settings
from assistant.data import load_grammar
from assistant.runtime import parts
from assistant.runtime.reaction import start
from assistant.sound import files
from assistant.values import RATE, Scope, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.hearing import Recognizer
    from assistant.understanding.grammar import Grammar

__all__ = ["SCOPES", "UNRELATED", "VOICES", "Bench", "bench", "heard", "kitchen", "main", "speak"]

TABLE = Table(page="recognition.md", name="recognition", command="cramp-assistant bench")
PICTURE = "recall.svg"
COMMANDS = 210
"""Different commands that are tried at each level of noise."""

UTTERANCES = 2000
"""One after the other in one process, to see whether memory grows."""

ABOUT = (
    f"{COMMANDS} commands sampled evenly over all meanings of {len(SCOPES)} scopes in six voices "
    f"({names(VOICES)}), and as many unrelated sentences as there are, in each scope"
)


class Bench:
    """What the measurements share."""

    def __init__(self, settings: Settings, audio: Path | None = None, docs: Path | None = None) -> None:
        self.grammar: Grammar = load_grammar(settings.language)
        self.audio = audio
        self.docs = docs
        started = time.perf_counter()
        self.recognizer: Recognizer = parts.recognizer(settings)
        self.load = time.perf_counter() - started
        """Seconds."""
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
        return Tried(trial, found[0] if found else None, time.perf_counter() - started)


# --- measurements -------------------------------------------------------------------------------------------


def accuracy(bench: Bench) -> Iterator[Row]:
    """Commands of every scope, clean and in the noise of a kitchen."""
    spoken = list(commands(bench.grammar, COMMANDS))
    for name, ratio, least in (("clean", None, 0.98), ("20 dB", 20.0, None), ("10 dB", 10.0, None)):
        noise = np.random.default_rng(len(name))
        tried = bench.run(trial._replace(samples=heard(trial.samples, ratio, noise)) for trial in spoken)
        yield share(f"commands right, {name}", [one.right for one in tried], least=least)
        yield share(f"commands ranked first, {name}", [one.first for one in tried])
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
    for kind, rows in sorted(manifest(bench.audio).items()):
        tried = bench.run(chain.from_iterable(_trials(bench, kind, row) for row in rows))
        said = [one for one in tried if one.trial.readings]
        other = [one for one in tried if not one.trial.readings]
        if said:
            yield share(f"{kind}: right", [one.right for one in said])
            yield share(f"{kind}: taken for another", [one.wrong for one in said])
        if other:
            yield share(f"{kind}: accepted though it is none", [one.wrong for one in other])


def recall(bench: Bench) -> Iterator[Row]:
    """Recall against false accepts: commands in three places, and recorded talk."""
    if bench.audio is None:
        return
    talk = bench.run(iter(curve.talk(bench.grammar, bench.audio)))
    hours = sum(len(one.trial.samples) for one in talk) / RATE / 3600
    alarms = [one.accepted.intent for one in talk if one.accepted and not one.first]
    urgent = sum(intent in curve.ALWAYS_ON for intent in alarms)
    yield Row(what="hours of talk, each in two scopes", figure=f"{hours / len(curve.TALKED_AT):.2f}")
    for what, count, most in (("accepted", len(alarms), 2.0), ("of that, what counts always", urgent, 0.5)):
        rate = count / hours
        yield Row(what=f"{what}, an hour", figure=f"{rate:.2f}", bar=f"<= {most:g}", held=rate <= most)
    drawn = []
    for place in curve.PLACES:
        said = bench.run(iter(curve.said(bench.grammar, bench.audio, place)))
        drawn.append(curve.curve(place, said, talk))
        yield share(f"{place}: right and accepted", [one.right for one in said])
        yield share(f"{place}: taken for another", [one.wrong for one in said])
        for allowed in curve.ALLOWED:
            what = f"{place}: one bar, {allowed:g} an hour accepted"
            yield Row(what=what, figure=f"{drawn[-1].at(allowed):.1%}")
    if bench.docs:
        curve.draw(drawn, bench.docs / PICTURE)


def speed(bench: Bench) -> Iterator[Row]:
    """Time from the end of an utterance to the decision, over everything tried."""
    took = sorted(one.seconds * 1000 for one in bench.tried)
    sound = sum(len(one.trial.samples) for one in bench.tried) / RATE
    last = statistics.quantiles(took, n=20)[-1]
    yield Row(what="decision, median", figure=f"{statistics.median(took):.0f} ms")
    yield below("decision, 95th percentile", last, 120, "ms")
    yield Row(what="real-time factor", figure=f"{sum(took) / 1000 / sound:.3f}")


def loading(bench: Bench) -> Iterator[Row]:
    """How soon the recognizer is ready, and the whole assistant listens."""
    yield below("load", bench.load * 1000, 1000, "ms")
    seconds, memory = start()
    yield below("start to listening", seconds * 1000, 5000, "ms")
    yield below("resident, the whole assistant", memory, 400, "MiB")


def endurance(_: Bench) -> Iterator[Row]:
    """Thousands of utterances in a process that does nothing else: what memory the embedded engine costs."""
    memory = endure(UTTERANCES)
    yield below(f"resident, at most in {UTTERANCES} utterances", memory.most, 220, "MiB")
    yield Row(what="after the last", figure=f"{memory.last:.0f} MiB")
    yield below("grown after the first 200", memory.grown, 30, "MiB")


MEASUREMENTS: tuple[Callable[[Bench], Iterator[Row]], ...] = (
    accuracy,
    unrelated,
    recordings,
    recall,
    speed,
    loading,
    endurance,
)
"""In the order of the table; those about speed come after what they time."""


def _trials(bench: Bench, kind: str, row: dict[str, str]) -> Iterator[Trial]:
    assert bench.audio
    samples = files.read(bench.audio / row["path"])
    if kind != "command":
        yield from (Trial("idle", piece) for piece in segments(samples))
        return
    for scope in SCOPES:
        readings = readings_of(bench.grammar.graph(Scope(name=scope)), row["label"].lower())
        if readings or scope == "idle":
            yield Trial(scope, heard(samples, None, np.random.default_rng(0)), readings)


# --- command ------------------------------------------------------------------------------------------------


def bench(settings: Settings, audio: Path | None = None, docs: Path | None = None) -> int:
    """Print the tables, and put them into the pages of a folder; return 1 if a bar was missed."""
    if docs:
        reaction.TABLE.around(docs)
    shared = Bench(settings, audio, docs)
    rows = chain.from_iterable(measure(shared) for measure in MEASUREMENTS)
    held = pages.report(TABLE, rows, ABOUT, docs)
    shared.recognizer.close()
    times = reaction.rows(docs and docs / reaction.PICTURE)
    return 0 if pages.report(reaction.TABLE, times, reaction.ABOUT, docs) and held else 1


def main() -> int:
    flags = argparse.ArgumentParser(prog="python -m assistant.bench", description="Measure the recognizer.")
    flags.add_argument("--engine", default="auto", help="auto, moonshine or vosk")
    flags.add_argument("--audio", type=Path, metavar="FOLDER", help="recordings with a manifest.tsv")
    pages.add_docs(flags)
    chosen = flags.parse_args()
    return bench(Settings(engine=chosen.engine), chosen.audio, chosen.docs)
