"""What lies between the sound card's clock and the assistant's frames, without a sound card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant.sound.buffers import Framer, Resampler
from assistant.sound.card_process import CUSHION, DEEP, FULL, Opened, Queue
from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from assistant.values import Samples

FRAME_BYTES = 2 * FRAME


def taken(frames: Framer) -> list[Samples]:
    """Take all frames that are complete."""
    out = []
    while (frame := frames.pop()) is not None:
        out.append(frame)
    return out


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000, 96_000])
def test_resampling_there_and_back_keeps_a_tone(rate: int) -> None:
    """A tone that goes out and comes in by blocks of 10 ms keeps its pitch and level, 30 ms late at most."""
    tone = (8192 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE)).astype(np.int16)
    outwards, inwards, frames = Resampler(RATE, rate), Resampler(rate, RATE), Framer()
    for block in tone.reshape(-1, 160):
        frames.push(inwards(outwards(block)))
    heard = np.concatenate(taken(frames))
    assert len(tone) - len(heard) <= 0.03 * RATE + FRAME
    second = heard[RATE // 2 : RATE // 2 + RATE].astype(float)
    assert np.argmax(np.abs(np.fft.rfft(second))) == 1000
    assert np.std(second) == pytest.approx(8192 / np.sqrt(2), rel=0.01)


def test_frames_are_whole() -> None:
    """Blocks of any length come out as frames of 512 samples, in order and without loss."""
    frames, sound = Framer(), np.arange(5000, dtype=np.int16)
    whole = []
    for block in np.split(sound, [7, 700, 701, 3000]):
        frames.push(block)
        whole += taken(frames)
    assert {frame.shape for frame in whole} == {(FRAME,)}
    assert np.array_equal(np.concatenate(whole), sound[: 9 * FRAME])


def queue() -> Queue:
    return Queue(Opened(rate=RATE, channels=1, names="none"))


def test_queue_begins_with_a_cushion() -> None:
    """The first sound is preceded by one frame of silence, so that the second may come a little late."""
    played = queue()
    played.put(b"\1" * FRAME_BYTES)
    assert played.take(CUSHION * FRAME_BYTES) == bytes(CUSHION * FRAME_BYTES)
    assert played.take(FRAME_BYTES) == b"\1" * FRAME_BYTES
    assert played.late == 0


def test_queue_plays_silence_where_sound_is_late() -> None:
    """Where too little is held, the rest is silence, and it is counted; before the first sound it is not."""
    played = queue()
    assert played.take(100) == bytes(100)
    assert played.late == 0
    played.put(b"\1" * 60)
    played.take(CUSHION * FRAME_BYTES)
    assert played.take(100) == b"\1" * 60 + bytes(40)
    assert played.late == 1


def test_queue_stays_short() -> None:
    """Silence is dropped beyond a few frames, sound only when far too much is held; forgetting drops all."""
    played = queue()
    for _ in range(20):
        played.put(bytes(FRAME_BYTES))
    assert len(played.held) <= (DEEP + 1) * FRAME_BYTES
    for _ in range(20):
        played.put(b"\1" * FRAME_BYTES)
    assert len(played.held) == FULL * FRAME_BYTES
    played.forget()
    assert played.take(100) == bytes(100)
    assert played.late == 0
