"""Remembers what was spoken, in memory and on disk: a sentence that was said before starts at once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
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

    def __init__(self, inner: Synthesizer, folder: Path, limit_bytes: int, edition: str = "") -> None:
        """Keep sentences in a folder; of more than ``limit_bytes`` those go that were written first.

        ``edition`` names whatever changes the sound besides voice, rate and text.
        """
        self.failing: str | None = None
        """Why nothing more is kept on disk; None while all is well."""
        self._inner = inner
        self._folder = folder
        self._limit = limit_bytes
        self._edition = edition
        self._memory: dict[str, Samples] = {}

    def synthesize(self, text: str, voice: Voice) -> Samples:
        """Return the sentence as it was spoken the first time; it cannot be written to."""
        key = self._key(text, voice)
        sound = self._memory.pop(key, None)
        if sound is None:
            sound = self._read(key)
        if sound is None:
            sound = self._inner.synthesize(text, voice)
            self._write(key, sound)
        sound.setflags(write=False)
        self._memory[key] = sound
        if len(self._memory) > IN_MEMORY:
            del self._memory[next(iter(self._memory))]
        return sound

    def close(self) -> None:
        self._inner.close()

    def forget(self) -> None:
        """Erase every sentence that was kept: some tell what somebody said of themselves."""
        self._memory.clear()
        for path in self._folder.glob("*"):
            path.unlink(missing_ok=True)

    def _key(self, text: str, voice: Voice) -> str:
        what = "\0".join((self._edition, voice.name, str(voice.rate), text))
        return hashlib.sha256(what.encode()).hexdigest()

    def _read(self, key: str) -> Samples | None:
        """Return what is on disk; None if it is not there or was damaged, as by a power cut."""
        try:
            sound: Samples = np.load(self._folder / f"{key}.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return sound if sound.dtype == np.int16 and sound.ndim == 1 else None

    def _write(self, key: str, sound: Samples) -> None:
        if self.failing:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self._folder / f"{key}.npy", sound)
            self._make_room()
        except OSError as fault:
            self.failing = f"sentences are not kept in {str(self._folder)!r} ({fault}): make room there"

    def _make_room(self) -> None:
        """Remove the sentences that were written first, when there are too many."""
        kept: list[tuple[float, int, str]] = []
        with suppress(FileNotFoundError):  # another assistant makes room too
            kept.extend((e.stat().st_mtime, e.stat().st_size, e.path) for e in os.scandir(self._folder))
        excess = sum(size for _, size, _ in kept) - self._limit
        for _, size, path in sorted(kept):
            if excess <= 0:
                return
            Path(path).unlink(missing_ok=True)
            excess -= size


def _write_whole(path: Path, sound: Samples) -> None:
    """Write a file or nothing."""
    handle, part = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, sound)
        Path(part).replace(path)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise
