"""The child process in which pyttsx3's espeak layer speaks into memory.

pyttsx3's own ``say`` plays through a shell command that nothing can interrupt, and its ``save_to_file`` can
hang; its driver layer gives the samples directly.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, TypeAlias

from assistant.child import serve

BUFFER = 100
"""Milliseconds of sound per callback."""


Hello: TypeAlias = "tuple[int, str, list[tuple[str, str, str]]] | str"
"""Samples per second, version, and id, name and language of every voice; or what is missing."""


class Engine:
    """The one espeak of this process."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        try:
            # Not at the top: it raises where libespeak-ng is missing, and the parent is to be told.
            from pyttsx3.drivers import _espeak  # noqa: PLC0415
            from pyttsx3.drivers.espeak import EspeakDriver  # noqa: PLC0415
        except (RuntimeError, ImportError) as fault:
            self._hello: Hello = str(fault)
            return
        self._library, self._driver = _espeak, EspeakDriver
        self._hello = self._load()

    def hello(self) -> Hello:
        return self._hello

    def speak(self, text: str, voice: str, rate: int) -> bytes | None:
        """Return a text as int16 PCM at full loudness; None if there is no such voice."""
        if not self._set_voice(voice):
            return None
        self._driver.setProperty("rate", rate)
        self._driver.setProperty("volume", 1.0)
        self._pcm.clear()
        self._library.Synth(text.encode(), flags=self._library.CHARS_UTF8)
        return bytes(self._pcm)

    def _load(self) -> Hello:
        rate: int = self._library.Initialize(self._library.AUDIO_OUTPUT_SYNCHRONOUS, BUFFER)
        if rate <= 0:
            return "the data of espeak-ng cannot be loaded"
        self._library.SetSynthCallback(self._take)
        voices = [
            (voice.id, voice.name, _cleaned(voice.languages[0] if voice.languages else ""))
            for voice in self._driver.getProperty("voices")
        ]
        return rate, "espeak-ng " + self._library.Info().decode(), voices

    def _set_voice(self, voice: str) -> bool:
        """Return whether espeak took the voice: one with an unknown variant it takes without the variant."""
        try:
            self._driver.setProperty("voice", voice)
        except ValueError:
            return False
        return str(self._driver.getProperty("voice")) == voice.lower()

    def _take(self, wave: Any, count: int, _events: Any) -> int:  # noqa: ANN401  (ctypes pointers)
        if wave and count > 0:
            self._pcm += ctypes.string_at(wave, count * 2)
        return 0


def _cleaned(language: str) -> str:
    """Return a language without the priority byte that espeak puts around it."""
    return "".join(character for character in language if character.isprintable())


if __name__ == "__main__":
    serve(int(sys.argv[1]), Engine)
