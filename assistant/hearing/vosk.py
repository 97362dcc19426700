"""The Vosk recognizer: the phrases of the moment are its grammar, and only whole phrases count."""

from __future__ import annotations

import json
import logging
import re
import shutil
from dataclasses import dataclass, replace
from tempfile import mkdtemp
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from assistant.child import Child
from assistant.errors import EngineError, InstallError
from assistant.hearing.calibration import load
from assistant.values import FRAME, RATE, Hypothesis
from assistant.wordgraph import continues, cover, parse, respelled, sentences, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from assistant.hearing.calibration import Calibration
    from assistant.values import Samples, Utterance, WordGraph
    from assistant.wordgraph import Reading

FILES = (
    "am/final.mdl",
    "conf/mfcc.conf",
    "conf/model.conf",
    "graph/Gr.fst",
    "graph/HCLr.fst",
    "graph/disambig_tid.int",
    "graph/phones/word_boundary.int",
    "ivector/final.dubm",
    "ivector/final.ie",
    "ivector/final.mat",
    "ivector/global_cmvn.stats",
    "ivector/online_cmvn.conf",
    "ivector/splice.conf",
)
"""Of a model that can take a grammar. Vosk itself ends its process if one is missing."""

QUIETEST = 30.0
"""Loudness (root mean square of int16 samples) of the loudest frame below which nobody can have spoken: 61 dB
under full scale. The engine writes words on silence."""

FLATTEST = 2.0
"""Loudness of the loudest frame over that of the background, below which it is a steady noise: 6 dB. Vosk is
sure to hear a command in some noises. 300 recorded words with white noise had 7.7 dB or more at a
signal-to-noise ratio of 6 dB, and 5.5 dB or more at 3 dB."""

REJECT = "[unk]"
"""The word by which English models name sounds that are no word of the grammar."""

MOST_PHRASES = 20_000
"""Beyond, phrases that cover all the words are enough: Vosk keeps no more of them than pairs of words."""

SPEAKABLE = re.compile(r"['\w][-'\w]*")
"""Of letters, apostrophes and hyphens; ``<eps>``, ``#0`` and ``!SIL`` mean something to Vosk."""

WORKER = "assistant.hearing.vosk_worker"

PATIENCE = 60.0
"""Seconds that loading a model or decoding an utterance may take."""

REMEDY = "fetch it again with `cramp-assistant models fetch`"

log = logging.getLogger(__name__)


class VoskRecognizer:
    """Decodes utterances under word graphs; calls from several threads wait for each other."""

    def __init__(self, folder: Path) -> None:
        """Load the model of a folder. Raises `InstallError` naming a file that is missing or damaged."""
        check_folder(folder)
        self._folder = folder
        self._calibration = load("vosk", FEATURES)
        self._lock = Lock()
        self._closed = False
        self._grammars: dict[str, Grammar] = {}
        self._known: dict[str, bool] = {}
        self._hearing: Hearing | None = None
        self._start()
        try:
            self._child.wait_until_ready()
        except EngineError as fault:
            self.close()
            what = f"the vosk model in {str(folder)!r} cannot be loaded ({fault})"
            raise InstallError(f"{what}: {REMEDY}") from fault

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:
        """Return the phrases that may have been said, best first. See `Recognizer`.

        Of an unfinished utterance, return the phrase that it is so far; accepted if its words have been
        steady and no longer phrase begins with them.
        """
        if silent(utterance.samples):
            return []
        with self._lock:
            self._check_open()
            try:
                grammar = self._grammar(graph)
                return self._hear(utterance, grammar) if grammar.phrases else []
            except EngineError:
                self._restart()
                raise

    def unheard(self, graph: WordGraph) -> list[str]:
        """Return the words of a graph that the model does not know, sorted."""
        with self._lock:
            self._check_open()
            return self._unknown(vocabulary(graph))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._end()

    def _hear(self, utterance: Utterance, grammar: Grammar) -> list[Hypothesis]:
        hearing = self._hearing
        if hearing is None or hearing.grammar is not grammar or not hearing.goes_on_in(utterance.samples):
            self._child.call("start", grammar.text)
            hearing = Hearing(grammar)
        self._hearing = None if utterance.complete else hearing
        more = hearing.take(utterance.samples)
        if utterance.complete:
            return judge(grammar.graph, self._child.call("finish", more), self._calibration)
        return judge_unfinished(grammar.graph, *hearing.note(self._child.call("listen", more)))

    def _grammar(self, graph: WordGraph) -> Grammar:
        grammar = self._grammars.get(graph.name)
        if grammar is None or (grammar.source is not graph and grammar.source != graph):
            self._report(self._unknown(vocabulary(graph)), graph.name)
            grammar = self._grammars[graph.name] = Grammar.of(graph, self._known)
        return grammar

    def _report(self, unknown: list[str], scope: str) -> None:
        if unknown:
            log.warning(
                "the vosk model in %r does not know %s: phrases of %r with them cannot be heard",
                str(self._folder), ", ".join(map(repr, unknown)), scope,
            )  # fmt: skip

    def _unknown(self, words: Iterable[str]) -> list[str]:
        """Ask the model about the words that it has not been asked about."""
        parts = {part for word in words for part in (word, *split(word))}
        asked = sorted(parts - self._known.keys())
        missing = set(self._child.call("unknown", asked)) if asked else set()
        self._known |= {word: word not in missing for word in asked}
        return sorted(word for word in words if not spelling(word, self._known))

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("the vosk recognizer was closed: make a new one")

    def _start(self) -> None:
        self._copy = mkdtemp(prefix="cramp-vosk-")
        self._child = Child(WORKER, str(self._folder), self._copy, patience=PATIENCE)

    def _end(self) -> None:
        self._child.end()
        shutil.rmtree(self._copy, ignore_errors=True)  # there only if the child ended while loading

    def _restart(self) -> None:
        """Start another child; it loads the model while the caller tells about the fault."""
        self._end()
        self._hearing = None
        self._start()


def check_folder(folder: Path) -> None:
    """Raise `InstallError` if a file of a model is missing."""
    missing = next((name for name in FILES if not (folder / name).is_file()), None)
    if missing:
        raise InstallError(f"the vosk model in {str(folder)!r} lacks {missing!r}: {REMEDY}")


# --- grammars -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grammar:
    """A word graph as Vosk takes it."""

    source: WordGraph
    graph: WordGraph
    """In words that the model knows."""
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, source: WordGraph, known: dict[str, bool]) -> Grammar:
        """Leave out what cannot be said in words that the model knows."""
        graph = respelled(source, lambda word: spelling(word, known))
        phrases = list(sentences(graph, MOST_PHRASES))
        if len(phrases) == MOST_PHRASES:
            phrases = cover(graph)
        return cls(source, graph, tuple(filter(None, phrases)))

    @property
    def text(self) -> str:
        """As JSON. An empty list, or what is no list of words, would kill the child."""
        assert self.phrases
        return json.dumps([*self.phrases, REJECT], ensure_ascii=False)


def split(word: str) -> tuple[str, ...]:
    """Return the pieces of ``half-way`` or ``calf's``, which models may know by their pieces only."""
    return tuple(word.replace("-", " ").replace("'", " '").split())


def spelling(word: str, known: dict[str, bool]) -> tuple[str, ...]:
    """Return a word in words that the model knows; empty if it cannot be said in them."""
    if not SPEAKABLE.fullmatch(word):
        return ()
    spellings = ((word,), split(word))
    return next((words for words in spellings if all(known[part] for part in words)), ())


# --- utterances ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Hearing:
    """An utterance as far as the child has it."""

    grammar: Grammar
    samples: Samples | None = None
    words: str = ""
    changed: int = 0
    """Samples after which the words were first what they are."""

    def goes_on_in(self, samples: Samples) -> bool:
        """Return whether these are the same samples and more."""
        assert self.samples is not None
        return np.array_equal(self.samples, samples[: len(self.samples)])

    def take(self, samples: Samples) -> bytes:
        """Return the samples that are new, as PCM."""
        old = 0 if self.samples is None else len(self.samples)
        self.samples = samples.copy()
        return samples[old:].astype("<i2").tobytes()

    def note(self, words: str) -> tuple[str, float]:
        """Return the words so far, and for how many seconds they have been the same."""
        assert self.samples is not None
        if words != self.words:
            self.words, self.changed = words, len(self.samples)
        return words, (len(self.samples) - self.changed) / RATE


def silent(samples: Samples) -> bool:
    """Return whether no frame of the samples stands out enough to be speech."""
    if len(samples) < FRAME:
        return True
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    loudness = np.sqrt(np.square(frames).mean(axis=1))
    return bool(loudness.max() < max(QUIETEST, FLATTEST * np.percentile(loudness, 10)))


# --- judging ------------------------------------------------------------------------------------------------

FEATURES = frozenset({"one", "margin", "loss"})
"""What the confidence depends on.

Accepted, right/wrong, on what `judge.toml` names:

    confidence             clean, of 145   at 10 dB, of 73   Korean   English   no speech
    any                    92/13           37/12             23       34        11
    0.5                    78/4            27/4              11       16        3
    0.7                    59/4            25/4              7        4         2
    0.75                   57/3            25/1              5        4         2

The least word confidence of Vosk itself gave 57/4 of 140 clean at 0.7, with 3 of 50, 10 and 5 false ones; at
0.9 it gave 51/1 with 3 of 50, 7 and 5. A hundred decoys, the commonest words of the language model, gave 57/3
with 4, 8 and 2, for a third more work. A beam of 13 instead of 10 gained nothing.
"""

WIDEST = 8.0
"""Margins beyond this count alike, and so does the absence of another reading."""

STEADY = 0.4
"""Seconds for which the words of an unfinished utterance must not have changed before we act on them.

Of 73 of the commands above right/wrong, and of 34 unrelated clips wrong: after 0.2 s 27/10 and 4, after 0.3 s
25/8 and 4, after 0.4 s 18/3 and 2; at the end of the utterance 25/4 and 3.
"""


def judge(
    graph: WordGraph, alternatives: list[tuple[str, float]], calibration: Calibration
) -> list[Hypothesis]:
    """Rank the readings of the alternatives that are whole phrases; only the first can be accepted.

    Alternatives come best first, with the natural log of their likelihood. Vosk lets the words of the grammar
    follow each other in any order: what it then finds likelier than any phrase speaks against the phrase.
    """
    readings = _readings(graph, alternatives)
    ranked = sorted(readings, key=lambda reading: -readings[reading][1])
    scores = [readings[reading][1] for reading in ranked]
    best = alternatives[0][1] if alternatives else 0.0
    sure = [calibration.confidence(features(scores, place, best)) for place in range(len(ranked))]
    accepted = bool(ranked) and calibration.accepts(ranked[0][0], sure[0])
    either = not accepted and _is_either(ranked[:2], scores, best, calibration)
    return [
        replace(
            _hypothesis(reading, readings[reading][0], sure[place], accepted and place == 0),
            either=either and place < 2,  # noqa: PLR2004 (the first and the second)
        )
        for place, reading in enumerate(ranked)
    ]


def _is_either(two: list[Reading], scores: list[float], best: float, calibration: Calibration) -> bool:
    """Tell whether each of the first two would be accepted were it not for the other."""
    alone = ([scores[place], *scores[2:]] for place in range(len(two)))
    sure = [calibration.confidence(features(rest, 0, best)) for rest in alone]
    return len(two) == 2 and all(map(calibration.accepts, (intent for intent, _ in two), sure))  # noqa: PLR2004


def features(scores: list[float], place: int, best: float) -> dict[str, float]:
    """Return the evidence for a ranked reading: its margin to the best other, its loss to anything else."""
    others = scores[:place] + scores[place + 1 :]
    margin = scores[place] - max(others, default=-np.inf)
    return {"one": 1.0, "margin": min(margin, WIDEST), "loss": best - scores[place]}


def judge_unfinished(graph: WordGraph, words: str, steady: float) -> list[Hypothesis]:
    """Return the readings of the words so far, which have been the same for so many seconds."""
    sure = min(1.0, steady / STEADY)
    accepted = sure == 1.0 and not continues(graph, words)
    return [_hypothesis(reading, words, sure, accepted) for reading in parse(graph, words)]


def _readings(graph: WordGraph, alternatives: list[tuple[str, float]]) -> dict[Reading, tuple[str, float]]:
    """Return the words and the score by which each reading is likeliest."""
    found: dict[Reading, tuple[str, float]] = {}
    for words, score in alternatives:
        for reading in parse(graph, words):
            if reading not in found or found[reading][1] < score:
                found[reading] = words, score
    return found


def _hypothesis(reading: Reading, words: str, sure: float, accepted: bool) -> Hypothesis:
    intent, slots = reading
    said = words.replace(" '", "'")
    return Hypothesis(words=said, intent=intent, slots=slots, confidence=sure, accepted=accepted)
