"""The voice: pyttsx3's espeak layer, in a child process that can be killed when it hangs."""

from __future__ import annotations

import ctypes.util
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import soxr

from assistant.child import Child
from assistant.errors import EngineError, InstallError, SettingsError
from assistant.values import RATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.values import Samples, Voice

WORKER = "assistant.speaking.pyttsx3_worker"
PATIENCE = 10.0
"""Seconds for one sentence, and for the start; a 15-word sentence takes 5 ms."""
QUIET = 100
"""Of 32768: what espeak puts before and after a sentence stays below it."""
EDGE = RATE // 100
"""Samples (10 ms) that are left in front of and behind the speech."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voicing:
    """A voice that can be chosen."""

    id: str
    name: str
    language: str


class Pyttsx3Synthesizer:
    """Speaks through espeak-ng. For one thread at a time."""

    def __init__(self, pronunciation: Mapping[str, str] | None = None) -> None:
        """Take words to be spoken otherwise than they are written; raise `InstallError` without espeak-ng."""
        if ctypes.util.find_library("espeak-ng") is None:
            raise InstallError("espeak-ng is missing: install it with `sudo apt-get install espeak-ng`")
        self._pronunciation = dict(pronunciation or {})
        self._child = Child(WORKER, patience=PATIENCE)
        self._closed = False
        self._ids: dict[str, str] = {}

    def voices(self) -> list[Voicing]:
        """Return the voices there are; raises `EngineError` if the voice process fails."""
        listed = self._call("voices")
        return [Voicing(id=key, name=name, language=language) for key, name, language in listed]

    def synthesize(self, text: str, voice: Voice) -> Samples:
        """Return a sentence at 16 kHz, without silence around it; raises `EngineError`, `SettingsError`."""
        rate, pcm = self._call("speak", self._spelled(text), self._id(voice.name), voice.rate)
        samples = np.frombuffer(pcm, np.int16)
        return _trimmed(soxr.resample(samples, rate, RATE) if len(samples) else samples)

    def close(self) -> None:
        self._closed = True
        self._child.end()

    def _call(self, method: str, *arguments: object) -> object:
        if self._closed:
            raise EngineError("the voice was closed: make another")
        try:
            return self._child.call(method, *arguments)
        except EngineError:
            self._child.end(leave=0)
            self._child = Child(WORKER, patience=PATIENCE)
            raise

    def _spelled(self, text: str) -> str:
        return " ".join(self._pronunciation.get(word, word) for word in text.split(" "))

    def _id(self, name: str) -> str:
        """Return the id of a voice by its id, name or language; a variant (``+f3``) is kept."""
        if name not in self._ids:
            base, plus, variant = name.partition("+")
            self._ids[name] = _found(base, self.voices()) + plus + variant
        return self._ids[name]


def _found(name: str, voices: list[Voicing]) -> str:
    wanted = name.lower()
    for voice in voices:
        if wanted in (voice.id, voice.name.lower(), *voice.language.split(",")):
            return voice.id
    known = [known for voice in voices for known in (voice.id, voice.name, voice.language)]
    near = get_close_matches(wanted, known, 3, 0.4)
    raise SettingsError(f"no voice is called {name!r}: choose another, such as {', '.join(near) or 'en-us'}")


def _trimmed(samples: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    if not len(loud):
        return samples[:0]
    return samples[max(0, loud[0] - EDGE) : loud[-1] + EDGE]
