# ruff: noqa: INP001 - a program, not a module
"""Fits the weights of the recognizer's judge on recordings, and prints what each bar would come to.

    nice python tools/fit_judge.py FOLDER [--every N] [--write]

FOLDER has a ``manifest.tsv`` with the columns path, kind, label and speaker, as ``cramp-assistant bench
--audio`` takes it. Needs ``espeak-ng`` and ``flite``. ``--every 5`` takes a fifth of the sounds; ``--write``
puts the weights into ``assistant/hearing/judge.toml``, whose bars are set by hand from the table. Voices,
recordings and, where they are known, speakers are in one half only: *tuning* gives the weights, *judging* the
table.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import zlib
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice, product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.bench.recordings import manifest, segments
from assistant.bench.speech import (
    FAR,
    SCOPES,
    UNRELATED,
    VOICES,
    heard,
    in_room,
    readings_of,
    shuffled_sentences,
    speak,
)
from assistant.data import load_grammar
from assistant.hearing import judge
from assistant.hearing.calibration import FILE, load
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.sound import files
from assistant.sound.room import Bedroom
from assistant.values import RATE, Scope
from assistant.wordgraph import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.bench.speech import Readings
    from assistant.hearing.calibration import Calibration
    from assistant.understanding.grammar import Grammar
    from assistant.values import Samples, WordGraph

VOICES_BY_HALF = {
    "tuning": (
        ("espeak-ng", "en-us"),
        ("espeak-ng", "en-gb+f2"),
        ("espeak-ng", "en-029+m2"),
        ("flite", "rms"),
        ("flite", "kal16"),
    ),
    "judging": VOICES,
}
COMMANDS = 12
"""Sentences of each scope, each said in every place."""

SHORT = 2
"""Words."""

WORDS = {"command": 120, "word_negative": 120, "noise": 60, "human_nonspeech": 22}
"""Recordings of each kind in each half."""

WITHIN = 0.6
"""Of the recorded commands, so many are tried where they mean something, the others elsewhere."""

TALK = {"tuning": 30, "judging": 1000}
"""Recordings of talk in each half; each is cut to several utterances."""

PLACES: dict[str, float | None] = {"dry": None, "20 dB": 20.0, "10 dB": 10.0, "room": None}
"""Decibels of the voice over the noise of a kitchen."""

FAR_PLACES = {
    "0.35 s, 1 m": FAR,
    "0.5 s, 2 m": Bedroom(reverberation=0.5, user_distance=2.0, size=(5.1, 4.2, 2.6)),
}
COMMON = (
    "i have a cramp",
    "i've got a cramp",
    "help",
    "help me please",
    "stop",
    "stop please",
    "pause",
    "next",
    "repeat",
    "go back",
    "slower",
    "louder",
    "quieter",
    "it's better",
    "how long left",
    "other leg",
)

PRESENT = load("moonshine", judge.FEATURES)

RIDGE = 1.0
STEPS = 50
BARS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


class Sound(NamedTuple):
    """One utterance and what it means."""

    kind: str
    place: str
    scope: str
    samples: Samples
    text: str
    readings: Readings = frozenset()
    """Empty: it must be rejected."""


class Judged(NamedTuple):
    """What was found in a sound."""

    kind: str
    place: str
    scope: str
    seconds: float
    text: str
    readings: Readings
    ranked: list[judge.Candidate]

    @property
    def right(self) -> bool:
        if not self.ranked:
            return False
        reading = self.ranked[0].reading
        return (reading.intent, frozenset(reading.slots)) in self.readings

    @property
    def features(self) -> dict[str, float]:
        return judge.features(self.ranked[0], self.ranked)


# --- what is said -------------------------------------------------------------------------------------------


class Half:
    """All sounds of one half."""

    def __init__(self, name: str, grammar: Grammar, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.graphs = {scope: grammar.graph(Scope(name=scope)) for scope in SCOPES}
        self._grammar = grammar
        self._dice = random.Random(name)  # noqa: S311 - a sample, not a secret
        self._noise = np.random.default_rng(zlib.crc32(name.encode()))
        self._voices = cycle(VOICES_BY_HALF[name])
        self._recordings = manifest(folder)

    def sounds(self) -> Iterator[Sound]:
        yield from self._commands()
        yield from self._short()
        yield from self._common()
        yield from self._unrelated()
        for kind, number in WORDS.items():
            for row in islice(self._rows(kind), number):
                yield from self._recorded(kind, row)
        yield from self._talk()

    def _commands(self) -> Iterator[Sound]:
        """Yield commands in their scope, and in one where they mean nothing."""
        for scope in SCOPES:
            for _, text, readings in islice(shuffled_sentences(self._grammar, scope, self._dice), COMMANDS):
                speech = speak(text, next(self._voices))
                for place in PLACES:
                    yield Sound("command", place, scope, self._at(place, speech), text, readings)
                other = self._dice.choice(SCOPES)
                if not readings_of(self.graphs[other], text):
                    yield from self._foreign("other command", [other], speech, text)

    def _short(self) -> Iterator[Sound]:
        """Yield commands of one or two words, which are hardest to tell from something else."""
        for scope, graph in self.graphs.items():
            short = [text for text in sentences(graph, 100_000) if len(text.split()) <= SHORT]
            for text in self._dice.sample(short, COMMANDS):
                speech, readings = speak(text, next(self._voices)), readings_of(graph, text)
                for place in PLACES:
                    yield Sound("short command", place, scope, self._at(place, speech), text, readings)

    def _common(self) -> Iterator[Sound]:
        """Yield what will be said most, by every voice, also from a far bed."""
        graph = self.graphs["guiding"]
        for voice, text in product(VOICES_BY_HALF[self.name], COMMON):
            speech, readings = speak(text, voice), readings_of(graph, text)
            for place in ("dry", "room", *FAR_PLACES):
                yield Sound("common command", place, "guiding", self._at(place, speech), text, readings)

    def _unrelated(self) -> Iterator[Sound]:
        """Yield every second unrelated sentence in every scope."""
        for text in UNRELATED[self.name == "judging" :: 2]:
            yield from self._foreign("sentence", SCOPES, speak(text, next(self._voices)), text)

    def _foreign(self, kind: str, scopes: Sequence[str], speech: Samples, text: str) -> Iterator[Sound]:
        for scope in scopes:
            for place in ("dry", "room"):
                yield Sound(kind, place, scope, self._at(place, speech), text)

    def _recorded(self, kind: str, row: dict[str, str]) -> Iterator[Sound]:
        """Yield a recording where it means something, or where it does not."""
        label, speech = row["label"].lower(), files.read(self.folder / row["path"])[: 5 * RATE]
        meanings = {scope: readings_of(graph, label) for scope, graph in self.graphs.items()}
        within = [scope for scope in SCOPES if meanings[scope] and kind == "command"]
        without = [scope for scope in SCOPES if not meanings[scope] or kind in ("noise", "human_nonspeech")]
        if within and (not without or self._dice.random() < WITHIN):
            scope = self._dice.choice(within)
            for place in ("dry", "10 dB", "room"):
                yield Sound("human word", place, scope, self._at(place, speech), label, meanings[scope])
        elif without:
            name = "other word" if kind in ("command", "word_negative") else kind
            yield from self._foreign(name, [self._dice.choice(without)], speech, label)

    def _talk(self) -> Iterator[Sound]:
        """Yield human talk cut as the microphone's sound is, half of it in a room."""
        for number, row in enumerate(islice(self._rows("speech_negative"), TALK[self.name])):
            place = ("dry", "room")[number % 2]
            sound = files.read(self.folder / row["path"])
            for piece in segments(self._at(place, sound) if place == "room" else sound):
                for scope in ("idle", "guiding"):
                    yield Sound("talk", place, scope, piece, row["path"])

    def _rows(self, kind: str) -> Iterator[dict[str, str]]:
        """Yield this half's recordings of a kind, shuffled."""
        rows = self._recordings[kind]
        speakers = defaultdict(set)
        for row in rows:
            speakers[Path(row["path"]).parent].add(row["speaker"])
        for row in self._dice.sample(rows, len(rows)):
            known = len(speakers[Path(row["path"]).parent]) > 1
            even = zlib.crc32(row["speaker" if known else "path"].encode()) % 2
            if even == (self.name == "judging"):
                yield row

    def _at(self, place: str, speech: Samples) -> Samples:
        if place in PLACES and place != "room":
            return heard(speech, PLACES[place], self._noise)
        return in_room(speech, FAR_PLACES.get(place), self._noise)


# --- what is found ------------------------------------------------------------------------------------------


class Ear:
    """The embedded recognizer up to its judge."""

    def __init__(self) -> None:
        self._recognizer = MoonshineRecognizer(threads=1)

    def hear(self, half: Half, every: int) -> Iterator[Judged]:
        for kind, place, scope, samples, text, readings in islice(half.sounds(), 0, None, every):
            ranked = self._ranked(samples, half.graphs[scope])
            yield Judged(kind, place, scope, len(samples) / RATE, text, readings, ranked)

    def _ranked(self, samples: Samples, graph: WordGraph) -> list[judge.Candidate]:
        spelled = self._recognizer.spelled(graph)
        found = self._recognizer.search(samples, spelled)
        return judge.rank(judge.candidates(found, spelled)[: judge.MOST_CANDIDATES], self._recognizer.unheard)


def found_in(folder: Path, every: int, name: str) -> list[Judged]:
    """Return what is found in the sounds of a half."""
    return list(Ear().hear(Half(name, load_grammar("en"), folder), every))


# --- the fit ------------------------------------------------------------------------------------------------


def fit(features: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the weights of a logistic regression in which wrong and right count alike."""
    weights = np.zeros(features.shape[1])
    share = np.where(right, 0.5 / right.mean(), 0.5 / (~right).mean())
    penalty = RIDGE * np.eye(len(weights))
    penalty[0, 0] = 0
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (share * (right - likely)) - penalty @ weights
        curve = (features * (share * likely * (1 - likely))[:, None]).T @ features + penalty
        weights += np.linalg.solve(curve, slope)
    return weights


def confidences(judged: list[Judged], calibration: Calibration) -> list[float]:
    return [calibration.confidence(one.features) if one.ranked else 0.0 for one in judged]


def table(judged: list[Judged], calibration: Calibration) -> None:
    """Print for each kind and place how many there are, are ranked right, and at each bar are accepted."""
    rows: dict[tuple[str, str], list[tuple[float, Judged]]] = defaultdict(list)
    for sure, one in zip(confidences(judged, calibration), judged, strict=True):
        rows[one.kind, one.place].append((sure, one))
    print(f"{'':24}{'of':>6}{'ranked':>8}" + "".join(f"{bar:>11}" for bar in (*BARS, "as set")))
    for (kind, place), row in rows.items():
        right = [sure for sure, one in row if one.right]
        wrong = [sure for sure, one in row if not one.right]
        cells = [f"{_over(right, bar):>6} /{_over(wrong, bar):>3}" for bar in BARS]
        believed = [one.right for sure, one in row if one.ranked and _is_believed(sure, one)]
        cells.append(f"{sum(believed):>6} /{len(believed) - sum(believed):>3}")
        print(f"{kind + ', ' + place:24}{len(row):>6}{len(right):>8}" + "".join(cells))


def _is_believed(sure: float, one: Judged) -> bool:
    best = one.ranked[0]
    close = judge.margin(best, one.ranked) < PRESENT.least_margin
    return PRESENT.accepts(best.reading.intent, sure) and not close


def _over(values: list[float], bar: float) -> int:
    return sum(value >= bar for value in values)


def write(weights: dict[str, float]) -> None:
    """Put weights and the day into the data file; the rest of it stays."""
    text = FILE.read_text(encoding="utf-8")
    begin = text.index("[moonshine]")
    day = datetime.now(tz=UTC).date()
    old = text[begin : text.index("[vosk]")]
    lines = "".join(
        f"{json.dumps(name) if ' ' in name else name} = {one:.3f}\n" for name, one in weights.items()
    )
    new = re.sub(r"(?<=\[moonshine\.weights\]\n).*?(?=\[)", lines, old, flags=re.DOTALL)
    new = re.sub(r'(?<=fitted = ").*(?=")', f"{day}, tools/fit_judge.py", new)
    FILE.write_text(text.replace(old, new), encoding="utf-8")
    load("moonshine", judge.FEATURES)


def main() -> None:
    flags = argparse.ArgumentParser(description="Fit the weights of the recognizer's judge.")
    flags.add_argument("folder", type=Path, help="recordings with a manifest.tsv")
    flags.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth sound")
    flags.add_argument("--write", action="store_true", help="write the weights into the data file")
    chosen = flags.parse_args()
    with ProcessPoolExecutor() as pool:
        tuning, judging = pool.map(partial(found_in, chosen.folder, chosen.every), VOICES_BY_HALF)
    heard_something = [one for one in tuning if one.ranked]
    names = list(heard_something[0].features)
    features = np.array([list(one.features.values()) for one in heard_something])
    weights = dict(zip(names, fit(features, np.array([one.right for one in heard_something])), strict=True))
    talk = sum(one.seconds for one in judging if one.kind == "talk") / 3600
    print(f"talk in the judging half: {talk:.2f} h, half of it in each of two scopes")
    print("fitted:", {name: round(float(one), 3) for name, one in weights.items()})
    for title, calibration in (("present", PRESENT), ("fitted", replace(PRESENT, weights=weights))):
        print(f"\njudging half, {title} weights; accepted: right / wrong")
        table(judging, calibration)
    if chosen.write:
        write(weights)


if __name__ == "__main__":
    main()
