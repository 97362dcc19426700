"""The Vosk recognizer: the phrases of the moment are its grammar, and only whole phrases count."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from multiprocessing import Pipe
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import EngineError, InstallError
from assistant.values import FRAME, RATE, Hypothesis
from assistant.wordgraph import continues, cover, parse, respelled, sentences, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from assistant.values import Samples, Utterance, WordGraph

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

ACCEPTED = 0.9
"""Confidence of a phrase's least sure word from which on we act on it."""

STEADY = 0.3
"""Seconds for which the words of an unfinished utterance must not have changed before we act on them."""

QUIETEST = 30.0
"""Loudness (root mean square of int16 samples) of the loudest frame below which nobody can have spoken: 61 dB
under full scale. The engine writes words on silence."""

REJECT = "[unk]"
"""The word by which English models name sounds that are no word of the grammar."""

MOST_PHRASES = 20_000
"""Beyond, phrases that cover all the words are enough: Vosk keeps no more of them than pairs of words."""

PATIENCE = 60.0
"""Seconds that loading a model or decoding an utterance may take."""

LEAVE = 6.0
"""Seconds in which a worker that is no longer needed may end by itself."""

WORKER = "assistant.hearing.vosk_worker"

REMEDY = "fetch it again with `cramp-assistant models fetch`"

log = logging.getLogger(__name__)


class VoskRecognizer:
    """Decodes utterances under word graphs; calls from several threads wait for each other."""

    def __init__(self, folder: Path) -> None:
        """Load the model of a folder. Raises `InstallError` naming a file that is missing or damaged."""
        check_folder(folder)
        self._folder = folder
        self._lock = Lock()
        self._worker = Worker(folder)
        self._grammars: dict[str, Grammar] = {}
        self._known: dict[str, bool] = {REJECT: False}
        self._hearing: Hearing | None = None
        self._closed = False
        try:
            self._worker.wait_until_ready()
        except EngineError as fault:
            self._worker.end()
            what = f"the vosk model {folder.name!r} cannot be loaded: {fault}"
            raise InstallError(f"{what}; {REMEDY}") from fault

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:
        """Return the readings of the one phrase that was said, or nothing. See `Recognizer`.

        Of an unfinished utterance, return those of the phrase that it is so far; accepted if the words have
        been steady and no longer phrase begins with them.
        """
        if silent(utterance.samples):
            return []
        with self._lock:
            self._assert_open()
            try:
                grammar = self._grammar(graph)
                return self._hear(utterance, grammar) if grammar.phrases else []
            except EngineError:
                self._restart()
                raise

    def unheard(self, graph: WordGraph) -> list[str]:
        """Return the words of a graph that the model does not know, sorted."""
        with self._lock:
            self._assert_open()
            return self._unknown(vocabulary(graph))

    def close(self) -> None:
        with self._lock:
            self._worker.end()
            self._closed = True

    def _assert_open(self) -> None:
        if self._closed:
            raise EngineError("the vosk recognizer was closed: make a new one")

    def _hear(self, utterance: Utterance, grammar: Grammar) -> list[Hypothesis]:
        hearing = self._hearing
        if hearing is None or hearing.grammar is not grammar or not hearing.goes_on_in(utterance.samples):
            self._worker.call("start", grammar.text)
            hearing = Hearing(grammar)
        self._hearing = None if utterance.complete else hearing
        more = hearing.take(utterance.samples)
        if utterance.complete:
            words, sure = self._worker.call("finish", more)
            return grammar.hypotheses(words, min(sure, default=0.0), ACCEPTED)
        steady = hearing.note(self._worker.call("listen", more))
        bar = 2.0 if continues(grammar.graph, hearing.words) else 1.0
        return grammar.hypotheses(hearing.words, min(1.0, steady / STEADY), bar)

    def _grammar(self, graph: WordGraph) -> Grammar:
        grammar = self._grammars.get(graph.name)
        if grammar is None or (grammar.source is not graph and grammar.source != graph):
            unknown = self._unknown(vocabulary(graph))
            grammar = self._grammars[graph.name] = Grammar.of(graph, self._known)
            if unknown:
                log.warning("the vosk model %r does not know %s: phrases of %r with them cannot be heard",
                            self._folder.name, ", ".join(map(repr, unknown)), graph.name)  # fmt: skip
        return grammar

    def _unknown(self, words: Iterable[str]) -> list[str]:
        """Ask the model about the words that it has not been asked about."""
        parts = {part for word in words for part in (word, *split(word))}
        asked = sorted(parts - self._known.keys())
        missing = set(self._worker.call("unknown", asked)) if asked else set()
        self._known |= {word: word not in missing for word in asked}
        return sorted(word for word in words if not spelling(word, self._known))

    def _restart(self) -> None:
        """Start another worker; it loads the model while the caller tells about the fault."""
        self._worker.end()
        self._hearing = None
        self._worker = Worker(self._folder)


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
        graph = respelled(source, lambda word: spelling(word, known))
        phrases = list(sentences(graph, MOST_PHRASES))
        if len(phrases) == MOST_PHRASES:
            phrases = cover(graph)
        return cls(source, graph, tuple(filter(None, phrases)))

    @property
    def text(self) -> str:
        """As JSON. An empty list, or what is no list of words, would kill the worker."""
        if not self.phrases:
            raise AssertionError(self.source.name)
        return json.dumps([*self.phrases, REJECT], ensure_ascii=False)

    def hypotheses(self, words: str, confidence: float, bar: float) -> list[Hypothesis]:
        """Return the readings of the words, if they are a whole phrase."""
        said, accepted = words.replace(" '", "'"), confidence >= bar
        return [
            Hypothesis(words=said, intent=intent, slots=slots, confidence=confidence, accepted=accepted)
            for intent, slots in parse(self.graph, words)
        ]


def split(word: str) -> tuple[str, ...]:
    """Return the pieces of ``half-way`` or ``calf's``, which models may know by their pieces only."""
    return tuple(word.replace("-", " ").replace("'", " '").split())


def spelling(word: str, known: dict[str, bool]) -> tuple[str, ...]:
    """Return a word in words that the model knows; empty if it cannot be said in them."""
    spellings = ((word,), split(word))
    return next((words for words in spellings if all(known[part] for part in words)), ())


# --- utterances ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Hearing:
    """An utterance as far as the worker has it."""

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

    def note(self, words: str) -> float:
        """Remember the words so far; return for how many seconds they have been the same."""
        assert self.samples is not None
        if words != self.words:
            self.words, self.changed = words, len(self.samples)
        return (len(self.samples) - self.changed) / RATE


def silent(samples: Samples) -> bool:
    """Return whether no frame of the samples is loud enough to be speech."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    return bool(np.sqrt(np.square(frames).mean(axis=1)).max(initial=0.0) < QUIETEST)


# --- the child process --------------------------------------------------------------------------------------


class Worker:
    """A child process with the model loaded, or loading."""

    def __init__(self, folder: Path) -> None:
        self._connection, theirs = Pipe()
        # Appending: what is printed after a truncation begins at the front again.
        self._printed = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed by `end`
        command = [sys.executable, "-P", "-m", WORKER, str(folder), str(theirs.fileno())]
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=self._printed,
            stderr=self._printed, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        self._ready = False

    def wait_until_ready(self) -> None:
        """Raise `EngineError` if the model does not load."""
        if not self._ready:
            self._answer()
            self._ready = True

    def call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - as different as the methods
        """Return what a method of the worker's engine returns; raise `EngineError` if the worker died."""
        self.wait_until_ready()
        try:
            self._connection.send((method, arguments))
        except OSError as fault:
            raise self._fault("has ended") from fault
        return self._answer()

    def end(self) -> None:
        """Let the process end, or kill it if it does not; harmless when called twice."""
        self._connection.close()
        try:
            # While it loads, it has links to the model in a temporary folder, which it should remove.
            self._process.wait(LEAVE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._printed.close()

    def _answer(self) -> Any:  # noqa: ANN401
        try:
            if not self._connection.poll(PATIENCE):
                raise self._fault(f"has not answered for {PATIENCE:.0f} seconds")
            answer = self._connection.recv()
        except (EOFError, OSError) as fault:
            raise self._fault("has ended") from fault
        self._printed.truncate(0)
        return answer

    def _fault(self, what: str) -> EngineError:
        self._printed.seek(0)
        lines = self._printed.read().decode(errors="replace").strip().splitlines()
        return EngineError(f"the vosk process {what} (its last words: {lines[-1] if lines else ''!r})")


def check_folder(folder: Path) -> None:
    """Raise `InstallError` if a file of a model is missing."""
    missing = next((name for name in FILES if not (folder / name).is_file()), None)
    if missing:
        raise InstallError(f"the vosk model {folder.name!r} lacks {missing!r} in {str(folder)!r}: {REMEDY}")
