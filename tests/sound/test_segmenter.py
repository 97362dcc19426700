"""The segmenter on synthesized speech, silence and noise."""

from __future__ import annotations

import subprocess
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from assistant.sound import files
from assistant.sound.segmenter import PRE_ROLL_FRAMES, Segmenter, SpeechOnset
from assistant.values import FRAME, RATE, Samples, Utterance

COMMANDS = ["i have a cramp", "stop", "other leg", "how long left", "no thanks"]
VOICES = ["en-us", "en-gb+f3", "slt"]


@cache
def speech(text: str, voice: str = "en-us") -> Samples:
    """Speak with espeak-ng or, for its voices, flite, without the silence around it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        command = ["espeak-ng", "-v", voice, "-s", "140", "-w", path, text]
        if voice in {"slt", "rms"}:
            command = ["flite", "-voice", voice, "-t", text, "-o", path]
        subprocess.run(command, check=True)
        sound = files.read(path)
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 300)
    return sound[loud[0] : loud[-1] + 1]


def to_int16(sound: np.ndarray) -> Samples:
    return np.clip(sound, -32_768, 32_767).astype(np.int16)


def quiet(seconds: float) -> Samples:
    """Return the hiss of a quiet room."""
    return to_int16(np.random.default_rng(int(seconds * 1000)).normal(size=int(seconds * RATE)) * 5)


def joined(*parts: Samples) -> Samples:
    sound = np.concatenate(parts)
    return np.concatenate([sound, quiet(1)[: -len(sound) % FRAME]])


def heard(sound: Samples, segmenter: Segmenter | None = None) -> list[SpeechOnset | Utterance]:
    segmenter = segmenter or Segmenter()
    return [found for frame in sound.reshape(-1, FRAME) for found in segmenter.push(frame)]


def utterances(sound: Samples, segmenter: Segmenter | None = None) -> list[Utterance]:
    return [found for found in heard(sound, segmenter) if isinstance(found, Utterance)]


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_utterance(command: str, voice: str) -> None:
    """Onset and utterance come once each, and tell when the speech began to within 0.2 s."""
    onset, utterance = heard(joined(quiet(1), speech(command, voice), quiet(1)))
    assert isinstance(onset, SpeechOnset)
    assert isinstance(utterance, Utterance)
    assert utterance.complete
    assert onset.started == utterance.started == pytest.approx(1, abs=0.2)


def test_an_utterance_holds_the_sound_from_before_it_was_noticed() -> None:
    """The samples are those of the stream, from half a second before the speech to its end."""
    sound = joined(quiet(1), speech("i have a cramp"), quiet(1))
    (utterance,) = utterances(sound)
    begin = round(utterance.started * RATE) - PRE_ROLL_FRAMES * FRAME
    np.testing.assert_array_equal(utterance.samples, sound[begin : begin + len(utterance.samples)])
    assert begin + len(utterance.samples) > RATE + len(speech("i have a cramp"))


def test_two_commands_a_second_apart_are_two_utterances() -> None:
    """Neither swallows the other."""
    first, second = speech("stop"), speech("i have a cramp", "slt")
    found = utterances(joined(quiet(0.7), first, quiet(1), second, quiet(1)))
    assert len(found) == 2
    assert found[1].started == pytest.approx(1.7 + len(first) / RATE, abs=0.2)


def test_patience_decides_how_long_a_pause_may_be() -> None:
    """A pause of half a second ends a command, but not an answer for which we wait longer."""
    halting = joined(quiet(0.7), speech("half an"), quiet(0.5), speech("hour"), quiet(1.5))
    assert len(utterances(halting)) == 2
    assert len(utterances(halting, Segmenter(patience=0.9))) == 1


def test_patience_can_change_in_mid_utterance() -> None:
    """More patience that comes while somebody hesitates keeps the utterance open."""
    segmenter = Segmenter()
    first = joined(quiet(0.7), speech("half an"))
    assert not utterances(first, segmenter)
    segmenter.patience = 0.9
    assert len(utterances(joined(quiet(0.5), speech("hour"), quiet(1.5)), segmenter)) == 1


def test_an_utterance_ends_within_its_patience() -> None:
    """The end comes 0.1 to 0.4 s after the speech when the patience is 0.2 s."""
    sound = joined(quiet(0.7), speech("other leg"), quiet(1))
    segmenter = Segmenter(patience=0.2)
    ends = [
        segmenter.now
        for frame in sound.reshape(-1, FRAME)
        if any(isinstance(found, Utterance) for found in segmenter.push(frame))
    ]
    assert ends == [pytest.approx(0.95 + len(speech("other leg")) / RATE, abs=0.15)]


def test_what_was_heard_so_far_can_be_taken() -> None:
    """During speech there is an utterance that grows; taken, it is complete and does not come again."""
    segmenter = Segmenter()
    assert segmenter.so_far() is None
    assert segmenter.take() is None
    sound = joined(quiet(0.7), speech("i have a cramp"))
    lengths = []
    for frame in sound.reshape(-1, FRAME):
        segmenter.push(frame)
        so_far = segmenter.so_far()
        if so_far:
            assert not so_far.complete
            lengths.append(len(so_far.samples))
    assert np.all(np.diff(lengths) == FRAME)
    taken = segmenter.take()
    assert taken
    assert taken.complete
    assert not utterances(joined(quiet(1)), segmenter)


def test_silence_within_an_utterance_is_counted() -> None:
    """The trailing silence grows frame by frame and is 0 outside an utterance."""
    segmenter = Segmenter(patience=0.9)
    heard(joined(quiet(0.7), speech("stop")), segmenter)
    heard(quiet(0.512)[: 16 * FRAME], segmenter)
    assert 0.3 < segmenter.silence <= 0.6
    heard(quiet(0.64)[: 20 * FRAME], segmenter)
    assert segmenter.silence == 0


def test_an_endless_talker_is_cut_after_eight_seconds() -> None:
    """Speech without a pause comes in pieces of at most 8.6 s."""
    talk = speech("take your time and breathe and keep the leg long and rest and " * 5)
    found = utterances(joined(quiet(0.7), talk, quiet(1)), Segmenter(patience=2))
    assert len(found) >= 2
    assert all(len(utterance.samples) <= 8.6 * RATE for utterance in found)


def test_the_clock_can_be_set() -> None:
    """Utterances tell the assistant's time, also when it was set between them, as after lost frames."""
    segmenter = Segmenter(offset=100)
    sound = joined(quiet(1), speech("stop"), quiet(1))
    assert utterances(sound, segmenter)[0].started == pytest.approx(101, abs=0.2)
    segmenter.now = 500
    assert utterances(sound, segmenter)[0].started == pytest.approx(501, abs=0.2)


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.02])
def test_speech_is_heard_at_any_loudness(gain: float) -> None:
    """A command is noticed from shouted to 34 dB softer, the level of somebody across the room."""
    loud = speech("i have a cramp", "slt") * (12_000 / np.abs(speech("i have a cramp", "slt")).max())
    assert len(utterances(joined(quiet(1), to_int16(loud * gain), quiet(1)))) == 1


def test_whispered_commands_are_heard() -> None:
    """Of five whispered commands three are noticed, though the network was made for voices."""
    found = [utterances(joined(quiet(1), speech(text, "en-us+whisper"), quiet(1))) for text in COMMANDS]
    assert sum(bool(each) for each in found) >= 3


def fan(seconds: float, loudness: float) -> Samples:
    """Return a low rush, like a fan's."""
    white = np.random.default_rng(7).normal(size=int(seconds * RATE))
    spectrum = np.fft.rfft(white)
    spectrum /= 1 + np.arange(len(spectrum)) / seconds / 150
    rush = np.fft.irfft(spectrum, len(white))
    return to_int16(rush / rush.std() * loudness)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_heard_beside_a_fan(command: str) -> None:
    """With noise 15 dB below the voice there is one utterance, and it begins with the speech."""
    spoken = joined(quiet(1.5), speech(command), quiet(1)).astype(float)
    noise = fan(len(spoken) / RATE, speech(command).std() * 10 ** (-15 / 20))
    (utterance,) = utterances(to_int16(spoken + noise[: len(spoken)]))
    assert utterance.started == pytest.approx(1.5, abs=0.2)


def clicks() -> Samples:
    """Return a click every 0.4 s in a quiet room."""
    sound = quiet(5).astype(float)
    for start in range(4_000, len(sound) - 400, 6_400):
        sound[start : start + 40] += np.random.default_rng(start).normal(size=40) * 8_000
    return to_int16(sound)


NOTHING = {
    "digital silence": np.zeros(10 * RATE, np.int16),
    "a muted microphone with an offset": np.full(10 * RATE, 700, np.int16),
    "the hiss of a dead microphone": to_int16(np.random.default_rng(1).normal(size=5 * RATE) * 2),
    "a quiet room": quiet(5),
    "a fan": fan(5, 300),
    "a loud fan": fan(5, 5_000),
    "white noise": to_int16(np.random.default_rng(2).normal(size=5 * RATE) * 1_000),
    "clicks": clicks(),
    "mains hum": to_int16(3_000 * np.sin(2 * np.pi * 50 * np.arange(5 * RATE) / RATE)),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_not_speech_begins_nothing(name: str) -> None:
    """Silence, hiss, fans, hum and clicks give no onset and no utterance."""
    assert heard(joined(NOTHING[name])) == []


def test_a_replay_is_exact() -> None:
    """The same frames give the same utterances after a reset, whatever was heard before."""
    sound = joined(quiet(0.7), speech("other leg"), quiet(1))
    segmenter = Segmenter()
    (first,) = utterances(sound, segmenter)
    heard(joined(speech("stop")), segmenter)
    segmenter.reset()
    assert segmenter.so_far() is None
    segmenter.now = 0
    (again,) = utterances(sound, segmenter)
    assert again.started == pytest.approx(first.started)
    np.testing.assert_array_equal(again.samples, first.samples)


@pytest.mark.parametrize("room", [np.zeros(600 * RATE, np.int16), quiet(600)], ids=["muted", "quiet"])
@pytest.mark.parametrize("voice", VOICES)
def test_a_quiet_night_costs_nothing_and_ends_with_the_first_word(voice: str, room: Samples) -> None:
    """Ten minutes without sound cost next to nothing, and a command right behind them is one utterance."""
    began = time.process_time()
    (utterance,) = utterances(joined(room, speech("other leg", voice), quiet(1)))
    assert utterance.started == pytest.approx(600, abs=0.2)
    assert time.process_time() - began < 20  # it takes a second, and more than fifty with the network asked
