"""The child process in which Vosk runs, because bad luck can abort the process that it is in.

``python -m assistant.hearing.vosk_worker FOLDER COPY FD`` loads the model of a folder by way of an empty one,
which it removes, and then answers calls that come over the socket FD: ``(method name, arguments)`` in, the
method's result out. It ends when the socket is closed or the parent has ended.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import vosk

LATTICE_BEAM = 6.0
"""Natural log of the likelihood down to which rivals are kept; the usual 2 leaves too few to judge by."""

ALTERNATIVES = 30
"""Sequences of words that are returned for an utterance."""

RATE = 16_000.0
PATIENCE = 5.0
"""Seconds between two looks at whether the parent is still there."""


class Engine:
    """One model and the utterance that is being decoded."""

    def __init__(self, folder: Path, copy: Path) -> None:
        vosk.SetLogLevel(-1)
        _tune(folder, copy)
        self._model = vosk.Model(str(copy))
        shutil.rmtree(copy)
        # A truncated graph is loaded without a word; only decoding finds that there is none.
        self._recognizer: Any = None
        self.start('["[unk]"]')
        self.finish(bytes(int(RATE)))

    def unknown(self, words: list[str]) -> list[str]:
        """Return those of the words that the model cannot hear."""
        # 0 is the empty word, which would abort us.
        return [word for word in words if self._model.vosk_model_find_word(word) <= 0]

    def start(self, grammar: str) -> None:
        """Forget the utterance so far; decode the next under a JSON list of phrases, not empty."""
        self._recognizer = vosk.KaldiRecognizer(self._model, RATE, grammar)
        self._recognizer.SetMaxAlternatives(ALTERNATIVES)

    def listen(self, pcm: bytes) -> str:
        """Decode more of the utterance; return its words so far."""
        self._accept(pcm)
        return str(json.loads(self._recognizer.PartialResult())["partial"])

    def finish(self, pcm: bytes) -> list[tuple[str, float]]:
        """Decode the rest of the utterance; return what it may be, best first, with log likelihoods."""
        self._accept(pcm)
        result = json.loads(self._recognizer.FinalResult())
        self._recognizer = None
        return [(one["text"], one["confidence"]) for one in result.get("alternatives", ())]

    def _accept(self, pcm: bytes) -> None:
        # An end of speech that Vosk detects is of no interest: the caller's voice detector decides that.
        if pcm:
            self._recognizer.AcceptWaveform(pcm)


def _tune(folder: Path, copy: Path) -> None:
    """Make a copy of links to a model, but for the beam in its settings, which no call can change."""
    for file in (file for file in folder.rglob("*") if file.is_file()):
        target = copy / file.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(file.resolve())
    settings = copy / "conf" / "model.conf"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.unlink()
    kept = [line for line in lines if not line.startswith("--lattice-beam=")]
    settings.write_text("\n".join([*kept, f"--lattice-beam={LATTICE_BEAM}", ""]), encoding="utf-8")


def _serve(connection: Connection[Any, Any], engine: Engine, parent: int) -> None:
    while os.getppid() == parent:
        if connection.poll(PATIENCE):
            name, arguments = connection.recv()
            connection.send(getattr(engine, name)(*arguments))


def main() -> None:
    """Load the model named on the command line, say so, and serve."""
    parent = os.getppid()
    folder, copy, socket = sys.argv[1:]
    connection: Connection[Any, Any] = Connection(int(socket))
    engine = Engine(Path(folder), Path(copy))
    try:
        connection.send("ready")
        _serve(connection, engine, parent)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent has closed its end: nobody needs us


if __name__ == "__main__":
    main()
