"""The child process in which Vosk runs, because bad luck can abort the process that it is in.

``python -m assistant.hearing.vosk_worker FD FOLDER COPY`` loads the model of a folder by way of an empty one,
which it removes, and then serves calls (`assistant.child`).
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import vosk

from assistant.child import serve

LATTICE_BEAM = 6.0
"""Natural log of the likelihood down to which rivals are kept; the usual 2 leaves too few to judge by."""

ALTERNATIVES = 30
"""Sequences of words that are returned for an utterance."""

RATE = 16_000.0


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


if __name__ == "__main__":
    socket, folder, copy = sys.argv[1:]
    serve(int(socket), lambda: Engine(Path(folder), Path(copy)))
