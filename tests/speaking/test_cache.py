"""What was spoken once is remembered."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant.speaking.cache import IN_MEMORY, CachedSynthesizer
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer
from assistant.values import Samples, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLENTY = 2**24


class Counting:
    """The real voice, and what it was asked to say."""

    def __init__(self, inner: Pyttsx3Synthesizer) -> None:
        self._inner = inner
        self.said: list[str] = []

    def forget(self) -> None:
        pass

    def synthesize(self, text: str, voice: Voice) -> Samples:
        self.said.append(text)
        return self._inner.synthesize(text, voice)

    def close(self) -> None:
        self._inner.close()


@pytest.fixture(scope="module")
def speaker() -> Iterator[Pyttsx3Synthesizer]:
    voice = Pyttsx3Synthesizer()
    yield voice
    voice.close()


@pytest.fixture
def voice(speaker: Pyttsx3Synthesizer) -> Counting:
    return Counting(speaker)


def test_a_sentence_is_made_once(voice: Counting, tmp_path: Path) -> None:
    """Said again, also after a restart, it is the same sound, and the voice was asked once."""
    first = CachedSynthesizer(voice, tmp_path / "speech", PLENTY)
    sound = first.synthesize("Left leg.", Voice())
    again = first.synthesize("Left leg.", Voice())
    restarted = CachedSynthesizer(voice, tmp_path / "speech", PLENTY).synthesize("Left leg.", Voice())
    np.testing.assert_array_equal(again, sound)
    np.testing.assert_array_equal(restarted, sound)
    assert voice.said == ["Left leg."]
    assert first.failing is None


def test_a_remembered_sentence_is_there_within_10_ms(voice: Counting, tmp_path: Path) -> None:
    """From memory and from disk, the best of five."""
    text = "Straighten your leg and pull your toes toward your shin."
    cached = CachedSynthesizer(voice, tmp_path, PLENTY)
    cached.synthesize(text, Voice())
    assert min(seconds(cached, text) for _ in range(5)) < 0.01
    assert min(seconds(CachedSynthesizer(voice, tmp_path, PLENTY), text) for _ in range(5)) < 0.01


def seconds(cached: CachedSynthesizer, text: str) -> float:
    begin = time.perf_counter()
    cached.synthesize(text, Voice())
    return time.perf_counter() - begin


def test_another_voice_rate_or_edition_is_another_sound(voice: Counting, tmp_path: Path) -> None:
    """Only the same voice, rate and engine share a sound; loudness and pauses are the player's."""
    cached = CachedSynthesizer(voice, tmp_path, PLENTY)
    for settings in (Voice(), Voice(rate=100), Voice(name="en-gb"), Voice(volume=0.1), Voice(pause=2)):
        cached.synthesize("Rest.", settings)
    assert len(voice.said) == 3
    CachedSynthesizer(voice, tmp_path, PLENTY, "another engine").synthesize("Rest.", Voice())
    assert len(voice.said) == 4


def test_a_remembered_sound_cannot_be_changed(voice: Counting, tmp_path: Path) -> None:
    """Whoever gets it cannot spoil it for the next, whether it was just made, remembered or read."""
    cached = CachedSynthesizer(voice, tmp_path, PLENTY)
    for again in (cached, cached, CachedSynthesizer(voice, tmp_path, PLENTY)):
        with pytest.raises(ValueError, match="read-only"):
            again.synthesize("Rest.", Voice())[0] = 1


def test_the_folder_stays_within_its_limit(voice: Counting, tmp_path: Path) -> None:
    """Beyond the limit the sentences that were written first go, and only those."""
    cached = CachedSynthesizer(voice, tmp_path, 100_000)
    texts = [f"Step {count}." for count in range(8)]
    for text in texts:
        cached.synthesize(text, Voice())
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100_000
    CachedSynthesizer(voice, tmp_path, PLENTY).synthesize(texts[-1], Voice())
    assert voice.said == texts


def test_memory_is_bounded(voice: Counting, tmp_path: Path) -> None:
    """However much is said, only the latest sentences stay in memory."""
    cached = CachedSynthesizer(voice, tmp_path, PLENTY)
    for count in range(IN_MEMORY + 5):
        cached.synthesize(str(count), Voice(rate=300))
    assert len(cached._memory) == IN_MEMORY


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_made_anew(voice: Counting, tmp_path: Path, damage: bytes) -> None:
    """After a power cut left an empty or broken file the sentence is spoken and kept again."""
    CachedSynthesizer(voice, tmp_path, PLENTY).synthesize("Rest.", Voice())
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    sound = CachedSynthesizer(voice, tmp_path, PLENTY).synthesize("Rest.", Voice())
    assert len(sound) > 1000
    assert len(np.load(path)) == len(sound)


def test_without_disk_it_goes_on_and_says_so(voice: Counting, tmp_path: Path) -> None:
    """Where no folder can be made sentences are still spoken and remembered, and the reason is told."""
    (tmp_path / "file").write_text("in the way")
    cached = CachedSynthesizer(voice, tmp_path / "file", PLENTY)
    assert len(cached.synthesize("Rest.", Voice()))
    assert len(cached.synthesize("Rest.", Voice()))
    assert voice.said == ["Rest."]
    assert str(tmp_path / "file") in str(cached.failing)


def test_a_full_disk_leaves_nothing_half_written(voice: Counting, tmp_path: Path) -> None:
    """When the disk takes only part of a sentence none of it stays, and it is spoken all the same."""
    cached = CachedSynthesizer(voice, tmp_path, PLENTY)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, limits[1]))
    try:
        assert len(cached.synthesize("Left leg.", Voice())) > 4_096
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "make room" in str(cached.failing)
    assert not list(tmp_path.iterdir())
