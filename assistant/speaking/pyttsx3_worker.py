"""The child process in which pyttsx3's espeak layer speaks into memory.

pyttsx3's own ``say`` plays through a shell command that nothing can interrupt, and its ``save_to_file`` can hang;
its driver layer gives the samples directly.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from pyttsx3.drivers import _espeak
from pyttsx3.drivers.espeak import EspeakDriver

from assistant.child import serve

BUFFER = 100
"""Milliseconds of sound per callback."""


class Engine:
    """The one espeak of this process."""

    def __init__(self) -> None:
        self._rate: int = _espeak.Initialize(_espeak.AUDIO_OUTPUT_SYNCHRONOUS, BUFFER)
        self._pcm = bytearray()
        _espeak.SetSynthCallback(self._take)

    def voices(self) -> list[tuple[str, str, str]]:
        """Return id, name and language of every voice, as pyttsx3 lists them."""
        return [
            (voice.id, voice.name, ",".join(_cleaned(language) for language in voice.languages))
            for voice in EspeakDriver.getProperty("voices")
        ]

    def speak(self, text: str, voice: str, rate: int) -> tuple[int, bytes]:
        """Return samples per second and int16 PCM of a text."""
        self._pcm.clear()
        EspeakDriver.setProperty("voice", voice)
        EspeakDriver.setProperty("rate", rate)
        _espeak.Synth(text.encode(), flags=_espeak.ENDPAUSE | _espeak.CHARS_UTF8)
        return self._rate, bytes(self._pcm)

    def _take(self, wave: Any, count: int, _events: Any) -> int:  # noqa: ANN401  (ctypes pointers)
        if wave and count > 0:
            self._pcm += ctypes.string_at(wave, count * 2)
        return 0


def _cleaned(language: str) -> str:
    """Return a language without the priority byte that espeak puts around it."""
    return "".join(character for character in language if character.isprintable())


if __name__ == "__main__":
    serve(int(sys.argv[1]), Engine)
