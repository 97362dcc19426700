"""The simulated bedroom does to sound what a bedroom does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.sound.room import Bedroom, Playback, Room, impulse_response
from assistant.values import FRAME, RATE, Samples

SILENCE = np.zeros(FRAME, np.int16)
NOISES = ("fan", "talk", "rain")


def recorded(room: Room, played: Samples) -> Samples:
    return np.concatenate([room.frame(frame) for frame in played.reshape(-1, FRAME)])


def noise(frames: int, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).integers(-6000, 6000, frames * FRAME).astype(np.int16)


def test_a_seed_is_a_room() -> None:
    """The same seed records the same samples, another seed does not."""
    bedroom = Bedroom(noise="rain", drops=60.0)
    once, again, other = (recorded(Room(bedroom, seed=s), noise(20)) for s in (4, 4, 5))
    assert (once == again).all()
    assert (once != other).any()


def test_the_echo_arrives_after_the_delay() -> None:
    """Nothing is heard before the driver's delay and the way through the air are over, then it is."""
    room = Room(Bedroom(delay=0.1, drift=0, floor=-200, loudspeaker_distance=0.15))
    click = np.zeros(8 * FRAME, np.int16)
    click[0] = 30_000
    heard = np.abs(recorded(room, click).astype(float))
    arrival = 0.1 * RATE + 0.15 / 343 * RATE
    assert heard[: int(arrival) - 20].max() < 0.01 * heard.max()
    assert abs(int(heard.argmax()) - arrival) <= 3


@pytest.mark.parametrize("ratio", [0.0, 18.0])
def test_the_ratio_of_echo_to_user_is_as_asked(ratio: float) -> None:
    """Equal samples at loudspeaker and user are recorded at levels that differ by the ratio."""
    room = Room(Bedroom(echo_over_user=ratio, saturation=0, floor=-200))
    hum = np.cumsum(np.random.default_rng(0).standard_normal(60 * FRAME))
    speech = (2000 * np.sin(hum)).astype(np.int16)
    parts = [room.parts(frame, frame) for frame in speech.reshape(-1, FRAME)]
    echo, voice = (np.sqrt(np.mean(np.concatenate(part) ** 2)) for part in zip(*parts, strict=True))
    assert 20 * np.log10(echo / voice) == pytest.approx(ratio, abs=2)


@pytest.mark.parametrize("reverberation", [0.2, 0.35, 0.5])
def test_reverberation_decays_as_long_as_asked(reverberation: float) -> None:
    """The decay between -5 and -25 dB, times three, is the reverberation time within a fifth."""
    places = np.array((1.0, 1.2, 0.6)), np.array((2.2, 1.6, 0.9))
    response = impulse_response(np.array((3.9, 3.1, 2.5)), *places, reverberation)
    left = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / (response @ response))
    seconds = (np.argmax(left < -25) - np.argmax(left < -5)) / RATE
    assert 3 * seconds == pytest.approx(reverberation, rel=0.2)


def test_the_loudspeaker_distorts_mildly() -> None:
    """A loud tone comes with a third harmonic of one to five percent, none when the loudspeaker is linear."""
    tone = 0.6 * np.sin(2 * np.pi * 1000 / RATE * np.arange(64 * FRAME))
    for saturation, least, most in ((1.0, 0.01, 0.05), (0.0, 0.0, 1e-6)):
        playback = Playback(Bedroom(saturation=saturation, drift=0), np.random.default_rng(0))
        left = np.concatenate([playback.frame(frame) for frame in tone.reshape(-1, FRAME)])
        power = np.abs(np.fft.rfft(left[-32 * FRAME :]))
        assert least <= power[3 * 1024] / power[1024] <= most


def test_clocks_drift_and_blocks_get_lost() -> None:
    """Ten seconds at 50 parts per million are 8 samples; lost blocks move the delay by 10 ms to and fro."""
    bedroom = Bedroom(delay=0.05, drift=50.0)
    delays: dict[float, list[float]] = {}
    for drops in (0.0, 120.0):
        playback = Playback(replace(bedroom, drops=drops), np.random.default_rng(0))
        for _ in range(10 * RATE // FRAME):
            playback.frame(np.zeros(FRAME))
            delays.setdefault(drops, []).append(playback.delay)
    assert delays[0.0][-1] - 0.05 * RATE == pytest.approx(8, abs=0.1)
    jumps = np.rint(np.diff(delays[120.0]))
    assert set(jumps) == {-160.0, 0.0, 160.0}


@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_as_loud_as_asked(kind: str) -> None:
    """Eight seconds of any noise have the asked level, and repeat without a click."""
    room = Room(Bedroom(noise=kind, noise_level=-40, floor=-200))  # type: ignore[arg-type]
    sound = np.concatenate([room.parts(SILENCE)[1] for _ in range(2 * 8 * RATE // FRAME)])
    assert 10 * np.log10(np.mean(sound**2)) == pytest.approx(-40, abs=0.1)
    seam = np.abs(np.diff(sound))[8 * RATE - 1]
    assert seam <= np.abs(np.diff(sound[: 8 * RATE])).max()


def test_a_shout_clips_without_wrapping() -> None:
    """Full-scale sound on both sides stays within int16 and keeps its sign."""
    loud = np.full(FRAME, 32_767, np.int16)
    loud[::2] = -32_768
    room = Room(Bedroom(echo_over_user=-30, user_distance=0.5))
    heard = np.concatenate([room.frame(loud, loud) for _ in range(20)])
    assert heard.dtype == np.int16
    assert heard.max() == 32_767
    assert heard.min() == -32_768
