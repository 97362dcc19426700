"""The real voice, in its real child process."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant.errors import EngineError, InstallError, SettingsError
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer
from assistant.values import RATE, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SENTENCE = "Flex your foot, and pull your toes toward your shin."


@pytest.fixture(scope="module")
def speaker() -> Iterator[Pyttsx3Synthesizer]:
    voice = Pyttsx3Synthesizer()
    yield voice
    voice.close()


def test_a_sentence_begins_at_once_and_ends_without_silence(speaker: Pyttsx3Synthesizer) -> None:
    """Sound within 40 dB of the loudest is there 20 ms from the start and 40 ms from the end."""
    sound = speaker.synthesize(SENTENCE, Voice())
    loud = np.flatnonzero(np.abs(sound.astype(int)) > np.abs(sound.astype(int)).max() / 100)
    assert loud[0] < 0.02 * RATE
    assert len(sound) - loud[-1] < 0.04 * RATE
    assert 2 < len(sound) / RATE < 5
    assert sound.dtype == np.int16


def test_a_prompt_is_there_within_50_ms(speaker: Pyttsx3Synthesizer) -> None:
    """The median of several sentences that were never said before; the first word of relief must not wait."""
    took = []
    for count in range(7):
        begin = time.perf_counter()
        speaker.synthesize(f"Straighten your leg slowly, {count}.", Voice())
        took.append(time.perf_counter() - begin)
    assert sorted(took)[3] < 0.05


def test_the_rate_is_that_of_the_voice(speaker: Pyttsx3Synthesizer) -> None:
    """Half the rate takes about twice as long, and rates out of range are held to 80 and 300."""
    lengths = {rate: len(speaker.synthesize(SENTENCE, Voice(rate=rate))) for rate in (10, 80, 160, 300, 900)}
    assert 1.7 < lengths[80] / lengths[160] < 2.3
    assert lengths[10] == pytest.approx(lengths[80], rel=0.02)
    assert lengths[900] == pytest.approx(lengths[300], rel=0.02)


def test_the_pitch_is_that_of_espeak_not_shifted(speaker: Pyttsx3Synthesizer) -> None:
    """Resampled from the rate espeak names, a vowel has a man's pitch, and a higher one for +f3."""
    man, woman = (pitch(speaker.synthesize("ahhhh", Voice(name=name))) for name in ("en-us", "en-us+f3"))
    assert 70 < man < 140 < woman < 260


def pitch(sound: np.ndarray) -> float:
    middle = sound[len(sound) // 3 : len(sound) // 3 + 2048].astype(float)
    middle -= middle.mean()
    likeness = np.correlate(middle, middle, "full")[2047:]
    lags = np.arange(RATE // 300, RATE // 60)
    return RATE / lags[np.argmax(likeness[lags])]


def test_the_voices_are_those_of_pyttsx3(speaker: Pyttsx3Synthesizer) -> None:
    """Every voice has an id, a name and a printable language; American English is among them."""
    voices = speaker.voices()
    assert ("gmw/en-us", "English (America)", "en-us") in voices
    assert all(voice.id and voice.name and voice.language.isprintable() for voice in voices)


@pytest.mark.parametrize("name", ["gmw/en-us", "en-us", "EN-US", "English (America)", "en-us+f3"])
def test_a_voice_goes_by_id_language_or_name(speaker: Pyttsx3Synthesizer, name: str) -> None:
    """Whatever `devices` lists can be set, in any case, with a variant of espeak-ng."""
    assert len(speaker.synthesize("Left leg.", Voice(name=name))) > RATE / 4


@pytest.mark.parametrize(("name", "similar"), [("en-uk", "en-gb"), ("en-us+nobody", "en-us"), ("", "en-us")])
def test_an_unknown_voice_is_refused_with_similar_ones(
    speaker: Pyttsx3Synthesizer, name: str, similar: str
) -> None:
    """The message names what was asked for and what there is; the voice goes on speaking."""
    with pytest.raises(SettingsError, match=similar) as caught:
        speaker.synthesize("Hello.", Voice(name=name))
    assert repr(name) in str(caught.value)
    assert len(speaker.synthesize("Hello.", Voice()))


@pytest.mark.parametrize("text", ["", "   ", "…", "\n"])
def test_nothing_to_say_is_no_sound(speaker: Pyttsx3Synthesizer, text: str) -> None:
    """A text without words gives no samples and no error."""
    assert len(speaker.synthesize(text, Voice())) == 0


@pytest.mark.parametrize("text", ["<speak>stop</speak>", "a & b < c", "naïve café", "%s {x} [[w@d]]"])
def test_any_text_is_spoken(speaker: Pyttsx3Synthesizer, text: str) -> None:
    """Markup, accents and brackets are text like any other."""
    assert len(speaker.synthesize(text, Voice())) > RATE / 10


def test_words_can_be_respelled() -> None:
    """A word of the dictionary, whatever its case and punctuation, sounds as respelled; others do not."""
    respelling, plain = Pyttsx3Synthesizer({"nhs": "n h s"}), Pyttsx3Synthesizer()
    try:
        assert respelling._spelled('Call the NHS, or "nhs".') == 'Call the n h s, or "n h s".'
        expected = len(plain.synthesize("Call the n h s.", Voice()))
        assert len(respelling.synthesize("Call the NHS.", Voice())) == pytest.approx(expected, rel=0.02)
        assert respelling.edition != plain.edition
    finally:
        respelling.close()
        plain.close()


def test_a_crashed_voice_speaks_again() -> None:
    """When its process is killed the sentence fails as an engine's fault, and the next is spoken."""
    voice = Pyttsx3Synthesizer()
    try:
        os.kill(voice._child.pid, signal.SIGKILL)
        with pytest.raises(EngineError):
            voice.synthesize(SENTENCE, Voice())
        assert len(voice.synthesize(SENTENCE, Voice())) > RATE
    finally:
        voice.close()


def test_a_hanging_voice_is_killed() -> None:
    """A process that does not answer is given up after the patience and replaced."""
    voice = Pyttsx3Synthesizer(patience=4)
    try:
        hanging = voice._child.pid
        os.kill(hanging, signal.SIGSTOP)
        begin = time.perf_counter()
        with pytest.raises(EngineError):
            voice.synthesize(SENTENCE, Voice())
        assert time.perf_counter() - begin < 6
        assert not os.path.exists(f"/proc/{hanging}")  # noqa: PTH110
        assert len(voice.synthesize(SENTENCE, Voice())) > RATE
    finally:
        voice.close()


def test_closing_twice_is_harmless() -> None:
    """After it was closed the process is gone; closing again changes nothing."""
    voice = Pyttsx3Synthesizer()
    pid = voice._child.pid
    voice.close()
    voice.close()
    assert not os.path.exists(f"/proc/{pid}")  # noqa: PTH110


def test_a_machine_without_espeak_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the library cannot be loaded the message holds the command that installs it."""
    (tmp_path / "libespeak-ng.so.1").write_text("not a library")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    with pytest.raises(InstallError, match="apt-get install espeak-ng"):
        Pyttsx3Synthesizer()
