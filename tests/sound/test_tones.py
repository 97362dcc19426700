"""Generated tones, and finding one in a recording."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.sound import tones
from assistant.values import RATE

DICE = np.random.default_rng(3)


def recording(loudness: float, noise: float, start: int = 10_000) -> np.ndarray:
    sound = DICE.normal(size=3 * RATE) * noise
    probe = tones.probe()
    sound[start : start + len(probe)] += probe * loudness
    return sound.clip(-32_768, 32_767).astype(np.int16)


@pytest.mark.parametrize("name", list(tones.TONES))
def test_a_tone_begins_and_ends_without_a_click(name: str) -> None:
    """No step between two samples at the edges of a tone is larger than those within it."""
    tone = tones.TONES[name]().astype(int)
    steps = np.abs(np.diff(np.concatenate([[0], tone, [0]])))
    assert max(steps[:20].max(), steps[-20:].max()) < 0.25 * steps.max()


def test_ready_is_soft_and_short_and_the_alarm_insists() -> None:
    """The alarm is longer and at least 10 dB louder than the ready tone, and neither is clipped."""
    ready, alarm = tones.ready(), tones.alarm()
    assert len(ready) < RATE * 0.3 < len(alarm)
    assert np.std(alarm) > 10 ** (6 / 20) * np.std(ready)
    assert np.abs(alarm.astype(int)).max() < 20_000


@pytest.mark.parametrize(("loudness", "noise", "least"), [(1.0, 0, 0.99), (0.01, 0.5, 0.9), (0.05, 500, 0.7)])
def test_the_probe_is_found_where_it_was_played(loudness: float, noise: float, least: float) -> None:
    """Loud, soft or in noise, the probe is found to the millisecond."""
    likeness, seconds = tones.find_probe(recording(loudness, noise))
    assert likeness > least
    assert seconds == pytest.approx(10_000 / RATE, abs=0.001)


def test_the_probe_is_found_through_echoes() -> None:
    """Reverberation of a quarter of a second leaves the probe recognizable."""
    tail = DICE.normal(size=RATE // 4) * np.exp(-np.arange(RATE // 4) / RATE / 0.05) * 0.04
    tail[0] = 1
    room = np.convolve(recording(0.3, 20).astype(float), tail)[: 3 * RATE]
    assert tones.find_probe(room.astype(np.int16)).likeness > 0.5


@pytest.mark.parametrize("noise", [0, 1, 300, 10_000])
def test_no_probe_is_found_in_silence_or_noise(noise: float) -> None:
    """Silence and noise of any loudness are nothing like the probe."""
    assert tones.find_probe(recording(0, noise)).likeness < 0.2


def test_a_recording_shorter_than_the_probe_holds_none() -> None:
    """A recording that ended too early is no match and no error."""
    assert tones.find_probe(tones.probe()[:-1]) == (0, 0)
