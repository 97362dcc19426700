"""What is left of the assistant's own voice is known by its sound; a person over it is not taken for it."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.bench import speak
from assistant.sound.delay import LONGEST
from assistant.sound.own_voice import likeness
from assistant.sound.room import Bedroom, Room
from assistant.values import FRAME, RATE

LATE = LONGEST // FRAME * FRAME
"""Samples by which an echo may be late."""
WORDS = speak("breathe in slowly and breathe out longer than you breathed in", ("espeak-ng", "en-us"))
OURS = np.pad(WORDS, (LATE, -len(WORDS) % FRAME))
ROOMS = [Bedroom(reverberation=0.2, delay=0.02), Bedroom(reverberation=0.4, delay=0.145, drift=200.0)]


def recorded(bedroom, played, person):
    """Return what a microphone hears of both."""
    room = Room(bedroom, seed=1)
    pairs = zip(played.reshape(-1, FRAME), person.reshape(-1, FRAME), strict=True)
    return np.concatenate([room.frame(*pair) for pair in pairs])


@pytest.mark.parametrize("bedroom", ROOMS, ids=["near", "far"])
@pytest.mark.parametrize("second", [0.6, 1.2, 1.8])
def test_what_a_room_makes_of_our_voice_is_known(bedroom, second):
    """Any 0.8 s of it, whatever the delay and however soft."""
    start, end = LATE + int(second * RATE), LATE + int((second + 0.8) * RATE)
    heard = recorded(bedroom, OURS, np.zeros_like(OURS))[start:end] // 8
    assert likeness(heard, OURS[start - LATE : end]) > 0.62


@pytest.mark.parametrize("words", ["stop", "no", "seven", "i have a cramp", "please help me"])
@pytest.mark.parametrize("person", [("flite", "slt"), ("espeak-ng", "en-gb")], ids="-".join)
def test_a_person_who_speaks_over_us_is_not_taken_for_us(words, person):
    """Where the canceller left of our voice what is 15 dB softer than the person."""
    theirs = speak(words, person).astype(float)
    theirs = np.pad(theirs * 20_000 / np.abs(theirs).max(), (LATE, len(WORDS) - len(theirs)))
    theirs = np.pad(theirs, (0, -len(theirs) % FRAME))
    nobody = np.zeros_like(OURS)
    echo = recorded(ROOMS[0], OURS, nobody).astype(float)
    voice = recorded(ROOMS[0], nobody, theirs.astype(np.int16)).astype(float)
    rest = echo * 10 ** (-15 / 20) * np.std(voice) / np.std(echo)
    assert likeness((voice + rest).astype(np.int16)[LATE:], OURS) < 0.5


def test_where_nothing_plays_nothing_is_ours():
    assert likeness(OURS, np.zeros_like(OURS)) == 0.0
