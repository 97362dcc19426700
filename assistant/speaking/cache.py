"""Remembers what was spoken, in memory and on disk, so that a sentence that was said before starts at once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from assistant.speaking import Synthesizer
    from assistant.values import Samples, Voice

IN_MEMORY = 64
"""Sentences; some 6 MB."""


class CachedSynthesizer:
    """A synthesizer that synthesizes each sentence once. Without a disk it goes on without one."""

    def __init__(self, inner: Synthesizer, folder: Path, limit_bytes: int) -> None:
        self.failing: str | None = None
        """Why nothing is kept on disk; None while all is well."""
        self._inner = inner
        self._folder = folder
        self._limit = limit_bytes
        self._memory: dict[str, Samples] = {}

    def synthesize(self, text: str, voice: Voice) -> Samples:
        """Return the sentence as it was spoken the first time."""
        key = _key(text, voice)
        sound = self._memory.pop(key, None)
        if sound is None:
            sound = self._read(key)
        if sound is None:
            sound = self._inner.synthesize(text, voice)
            self._write(key, sound)
        self._memory[key] = sound
        if len(self._memory) > IN_MEMORY:
            del self._memory[next(iter(self._memory))]
        return sound

    def close(self) -> None:
        self._inner.close()

    def _read(self, key: str) -> Samples | None:
        try:
            pcm = (self._folder / key).read_bytes()
        except OSError:
            return None
        # Written in one piece or not at all; an odd length means that somebody else wrote it.
        return np.frombuffer(pcm, np.int16) if len(pcm) % 2 == 0 else None

    def _write(self, key: str, sound: Samples) -> None:
        if self.failing:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as part:
                part.write(sound.tobytes())
            Path(part.name).rename(self._folder / key)
            self._make_room()
        except OSError as fault:
            self.failing = f"spoken sentences are not kept in {str(self._folder)!r} ({fault}): make room there"

    def _make_room(self) -> None:
        """Forget the sentences that were written first, when there are too many."""
        files = sorted(os.scandir(self._folder), key=lambda entry: entry.stat().st_mtime)
        total = sum(entry.stat().st_size for entry in files)
        for entry in files:
            if total <= self._limit:
                return
            total -= entry.stat().st_size
            Path(entry.path).unlink(missing_ok=True)


def _key(text: str, voice: Voice) -> str:
    return hashlib.sha256(f"{voice.name}\n{voice.rate}\n{text}".encode()).hexdigest()
