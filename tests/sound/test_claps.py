"""Two claps call, and nothing else does: made sounds in simulated bedrooms."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bench import bangs, speak
from assistant.sound.claps import CLAPS, FLOOR, KNOCKS, QUIET, Claps
from assistant.sound.delay import ECHO_FRAMES
from assistant.values import FRAME, FRAME_SECONDS

SILENCE = np.zeros(FRAME, np.int16)
TONE = np.full(FRAME, 1000, np.int16)


def calls(frames, limits=CLAPS):
    """Return the seconds at which frames, shape (n, 512), call for relief."""
    ears = Claps(limits)
    return [at * FRAME_SECONDS for at, frame in enumerate(frames, 1) if ears.push(frame, SILENCE)]


def in_bedrooms(make, distances=(0.5, 1.0, 2.0)):
    """Yield a series of bangs in each of three bedrooms from each distance, soft and hard in turn."""
    for seed, (distance, reverberation) in enumerate(product(distances, (0.2, 0.3, 0.4))):
        dice = np.random.default_rng(seed)
        sound = bangs.heard(make(dice), distance, reverberation, dice, level=(0.1, 0.4)[seed % 2])
        yield bangs.recorded(sound, dice)


def dry(sounds, level=0.3):
    """Return bangs as they are, 1 s into the sound, with 2 s behind."""
    sound = np.zeros(int((3 + sounds[-1][0]) * bangs.RATE) + bangs.LENGTH)
    for time, hit in sounds:
        start = int((time + 1) * bangs.RATE)
        sound[start : start + bangs.LENGTH] += level * hit
    return bangs.recorded(sound, np.random.default_rng(0))


def two(gap, make=bangs.claps):
    dice = np.random.default_rng(3)
    return bangs.series(make(dice), (0, gap), 1, dice)


def test_two_claps_are_heard_across_three_bedrooms():
    """From half a meter to two, soft and hard: at least eight of nine call, each once."""
    found = [len(calls(frames)) for frames in in_bedrooms(lambda dice: bangs.pair(bangs.claps(dice), dice))]
    assert found.count(1) >= 8
    assert max(found) == 1


def test_two_knocks_are_heard_where_they_may_be():
    """Knuckles on wood nearby: most call where the setting is knocks, and hardly any where it is claps."""
    sounds = list(
        in_bedrooms(lambda dice: bangs.pair(bangs.hits(bangs.KNUCKLES, dice), dice), distances=(0.3, 0.5))
    )
    assert sum(len(calls(frames, KNOCKS)) for frames in sounds) >= 5
    assert sum(len(calls(frames, CLAPS)) for frames in sounds) <= 1


@pytest.mark.parametrize(("gap", "heard"), [(0.1, 0), (0.25, 1), (0.55, 1), (0.75, 0)])
def test_the_two_are_neither_together_nor_far_apart(gap, heard):
    """A quarter to half a second is two claps, less or more is not."""
    assert len(calls(dry(two(gap)))) == heard


def test_it_answers_when_it_is_sure_that_no_third_follows():
    """The call comes `QUIET` seconds after the second clap."""
    assert calls(dry(two(0.4))) == [pytest.approx(1.4 + QUIET, abs=2 * FRAME_SECONDS)]


@pytest.mark.parametrize("noise", bangs.HOUSE)
def test_what_bangs_in_a_house_does_not_call(noise):
    """One clap, three and more, applause, typing, doors, coughs, dishes, steps: three of each, nearby."""
    dice = np.random.default_rng(11)
    for _ in range(3):
        sound = bangs.heard(bangs.HOUSE[noise](dice), 1.0, 0.3, dice)
        assert calls(bangs.recorded(sound, dice)) == []


@pytest.mark.parametrize("text", ["stop stop", "tick tock", "Peter, could you pick it up?"])
def test_talk_does_not_call(text):
    """Hard consonants, and the same word twice."""
    spoken = np.pad(speak(text, ("flite", "slt")) / 32_768, 16_000)
    for limits in (CLAPS, KNOCKS):
        assert calls(bangs.recorded(spoken / np.abs(spoken).max(), np.random.default_rng(0)), limits) == []


@given(st.integers(0, 1000), st.floats(0.0, 0.95))
@settings(max_examples=15, deadline=None)
def test_what_is_soft_never_calls(seed, part):
    """Two perfect claps below the floor, however near to it, are nothing."""
    dice = np.random.default_rng(seed)
    frames = dry(bangs.pair(bangs.claps(dice), dice)).astype(float)
    frames *= part * FLOOR / (frames.max() - frames.min())
    assert calls(frames.astype(np.int16), KNOCKS) == []


def test_its_own_sound_is_no_clap():
    """While it plays, and until the last of that is in the microphone, nothing counts; after that it does."""
    ears, frames = Claps(), dry(two(0.4))
    assert not any(ears.push(frame, TONE) for frame in frames)
    assert not any(ears.push(SILENCE, SILENCE) for _ in range(ECHO_FRAMES))
    assert sum(ears.push(frame, SILENCE) for frame in frames) == 1
