"""The voice: pyttsx3's espeak layer, in a child process that can be killed when it hangs."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import soxr

from assistant.child import Child
from assistant.errors import EngineError, InstallError, SettingsError
from assistant.values import RATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.speaking.pyttsx3_worker import Hello
    from assistant.values import Samples, Voice

WORKER = "assistant.speaking.pyttsx3_worker"
PATIENCE = 10.0
"""Seconds for one sentence, and for the start; an 18-word sentence takes 25 ms."""
SLOWEST, FASTEST = 80, 300
"""Words per minute; espeak-ng speaks no slower."""
AUDIBLE = 50
"""Of 32,768: a sentence begins and ends where it is louder. Its weakest sounds, "f" and "h", are at 100."""
EDGE = RATE // 200
"""Samples (5 ms) that are left in front of and behind the speech."""
PUNCTUATION = ".,;:!?()\"'"


class Voicing(NamedTuple):
    """A voice that can be chosen."""

    id: str
    name: str
    language: str


class Pyttsx3Synthesizer:
    """Speaks through espeak-ng with the voices that pyttsx3 lists. For one thread at a time."""

    def __init__(self, pronunciation: Mapping[str, str] | None = None, *, patience: float = PATIENCE) -> None:
        """Take words, in lower case, to be spoken otherwise than they are written, and the longest wait in s.

        Raises `InstallError` without espeak-ng, `EngineError` if the process of the voice does not start.
        """
        self._pronunciation = dict(pronunciation or {})
        self._patience = patience
        self._child: Child | None = Child(WORKER, patience=patience)
        self._rate, self._version, voices = self._load()
        self._voices = [Voicing(*voice) for voice in voices]

    def voices(self) -> list[Voicing]:
        """Return the voices there are. Any may be followed by a variant of espeak-ng: ``en-us+f3``."""
        return list(self._voices)

    @property
    def edition(self) -> str:
        """Whatever changes the sound besides voice, rate and text, for a cache that outlives this process."""
        return f"{self._version} {sorted(self._pronunciation.items())}"

    def synthesize(self, text: str, voice: Voice) -> Samples:
        """Return a sentence at 16 kHz, without the silence around it; the rate is held to 80 to 300.

        Raises `SettingsError` for a voice that does not exist. After an `EngineError` the next call starts
        the process again.
        """
        rate = min(max(voice.rate, SLOWEST), FASTEST)
        pcm = self._speak(self._spelled(text), self._id(voice.name), rate)
        if pcm is None:
            raise self._unknown(voice.name)
        samples = np.frombuffer(pcm, np.int16)
        return _trimmed(soxr.resample(samples, self._rate, RATE) if len(samples) else samples)

    def forget(self) -> None:
        """Keep nothing; there is nothing to erase."""

    def close(self) -> None:
        if self._child:
            self._child.end()
        self._child = None

    def _load(self) -> tuple[int, str, list[tuple[str, str, str]]]:
        assert self._child
        try:
            hello: Hello = self._child.call("hello")
        except EngineError:
            self._kill()
            raise
        if isinstance(hello, str):
            self.close()
            raise InstallError(f"the voice cannot speak ({hello}): run `sudo apt-get install espeak-ng`")
        return hello

    def _speak(self, text: str, voice: str, rate: int) -> bytes | None:
        self._child = self._child or Child(WORKER, patience=self._patience)
        try:
            pcm: bytes | None = self._child.call("speak", text, voice, rate)
        except EngineError:
            self._kill()
            raise
        return pcm

    def _kill(self) -> None:
        if self._child:
            self._child.end(leave=0)
        self._child = None

    def _spelled(self, text: str) -> str:
        return " ".join(self._respelled(word) for word in text.split())

    def _respelled(self, word: str) -> str:
        """Return a word as it is to be spoken, with the punctuation around it."""
        core = word.strip(PUNCTUATION)
        return word.replace(core, self._pronunciation.get(core.lower(), core), 1)

    def _id(self, name: str) -> str:
        """Return the id of a voice by its id, name or language, in any case; a variant (``+f3``) is kept."""
        base, plus, variant = name.partition("+")
        for voice in self._voices:
            short = voice.id.rpartition("/")[2]
            if base.lower() in {voice.id, short, voice.name.lower(), voice.language.lower()}:
                return voice.id + plus + variant
        raise self._unknown(name)

    def _unknown(self, name: str) -> SettingsError:
        known = {known for voice in self._voices for known in (voice.language, voice.name, voice.id)}
        near = get_close_matches(name, sorted(known), 3, 0.4) or ["en-us", "en-gb"]
        return SettingsError(f"no voice is called {name!r}: choose another, such as {', '.join(near)}")


def _trimmed(samples: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE)
    if not len(loud):
        return samples[:0]
    return samples[max(0, loud[0] - EDGE) : loud[-1] + EDGE]
