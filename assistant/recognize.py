"""Decodes recordings under anybody's grammar: ``cramp-assistant recognize``. One line of JSON for each.

This is also how test sets are run: thousands of recordings in one process.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import EngineError, SettingsError
from assistant.runtime import parts
from assistant.sound import files
from assistant.sound.vad import VoiceDetector
from assistant.understanding.intent_files import any_graph, read_intents, values_of
from assistant.values import FRAME, RATE, Utterance
from assistant.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.config import Settings
    from assistant.hearing import Recognizer
    from assistant.values import Hypothesis, Samples, WordGraph

GRAMMARS = (".yaml", ".yml")
RECORDINGS = (".wav", ".flac")
STDIN = "-"
"""In the place of a recording: their names come line by line from the standard input."""

PERHAPS = 0.3
"""Probability of speech from which on a frame belongs to the command."""

BEFORE, BEHIND = RATE // 2, RATE * 2 // 5
"""Samples kept around the first and the last frame with speech."""


def recognize(settings: Settings, grammars: Sequence[Path], context: Sequence[str], sounds: list[str]) -> int:
    """Print what was said in each recording; return 2 if one of them could not be read or decoded.

    Raises `ContentError` for a grammar, `SettingsError` for a context or a folder that is none.
    """
    graph = read_graph(grammars, context)
    recognizer = parts.recognizer(settings)
    status = 0
    try:
        for path in recordings(sounds):
            try:
                line = decode(recognizer, graph, path)
            except (SettingsError, EngineError) as fault:
                print(fault, file=sys.stderr, flush=True)
                status = 2
            else:
                print(json.dumps(line, ensure_ascii=False), flush=True)
    finally:
        recognizer.close()
    return status


# --- the grammar --------------------------------------------------------------------------------------------


def read_graph(grammars: Sequence[Path], context: Sequence[str]) -> WordGraph:
    """Return all that the files, and the files in the folders, allow to say in a context of ``key=value``."""
    found = [path for given in grammars for path in _grammar_files(given)]
    intents = read_intents((str(path), YamlFile.read(path).value) for path in found)
    return any_graph(intents, dict(map(_context, context)))


def _grammar_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in GRAMMARS)
    if not found:
        raise SettingsError(f"there is no YAML file in {str(path)!r}: name a folder that has some")
    return found


def _context(text: str) -> tuple[str, object]:
    """Return a key and its value: a number, true or false where JSON reads it so, else text."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise SettingsError(f"the context {text!r} cannot be read: write it as key=value")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


# --- the recordings -----------------------------------------------------------------------------------------


def recordings(names: Iterable[str]) -> Iterator[Path]:
    """Yield the recordings that are named: files, those in folders, or ``-`` for lines of standard input."""
    for name in names:
        if name == STDIN:
            yield from recordings(line.rstrip("\r\n") for line in sys.stdin if line.strip())
        elif Path(name).is_dir():
            yield from sorted(path for path in Path(name).rglob("*") if path.suffix.lower() in RECORDINGS)
        else:
            yield Path(name)


def decode(recognizer: Recognizer, graph: WordGraph, path: Path) -> dict[str, Any]:
    """Return what was said in a recording; raise `SettingsError` if it cannot be read."""
    samples = files.read(path)
    started = time.perf_counter()
    found = recognizer.recognize(Utterance(samples=spoken(samples), started=0.0), graph)
    took = (time.perf_counter() - started) * 1000
    best = _said(found[0]) if found else {"intent": None, "slots": {}, "words": "", "score": None}
    return {
        "file": str(path),
        **best,
        "confidence": round(found[0].confidence, 4) if found else 0.0,
        "accepted": bool(found) and found[0].accepted,
        "milliseconds": round(took, 1),
        "alternatives": [_said(one) | {"confidence": round(one.confidence, 4)} for one in found[1:]],
    }


def _said(hypothesis: Hypothesis) -> dict[str, Any]:
    return {
        "intent": hypothesis.intent,
        "slots": values_of(hypothesis.slots),
        "words": hypothesis.words,
        "score": None if hypothesis.score is None else round(hypothesis.score, 3),
    }


def spoken(samples: Samples) -> Samples:
    """Return the part of a recording from the first to the last speech in it; all of it if there is none."""
    detector = VoiceDetector()
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    speech = np.flatnonzero([detector.probability(frame) >= PERHAPS for frame in frames])
    if not len(speech):
        return samples
    return samples[max(0, speech[0] * FRAME - BEFORE) : (speech[-1] + 1) * FRAME + BEHIND]
