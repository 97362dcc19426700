"""Barge-in on sound: who is heard over the assistant's own words, and that it does not hear itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.bench.barge import ROOMS, Bedside, alone, commands, over_its_words
from assistant.config import Settings
from assistant.data import load_grammar
from assistant.hearing.moonshine import MoonshineRecognizer


@pytest.fixture(scope="module")
def bedside(tmp_path_factory):
    settings = Settings(cache_dir=tmp_path_factory.mktemp("cache"))
    recognizer = MoonshineRecognizer(threads=1)
    yield Bedside(settings, load_grammar("en"), recognizer)
    recognizer.close()


def test_commands_are_heard_over_its_own_words(bedside):
    """With the echo twice as loud as the person, nine of eleven commands are right, one wrong at most."""
    said = list(commands(bedside.grammar, 32))[::3]
    spoken = over_its_words(bedside, replace(ROOMS[0], echo_over_user=6.0), said)
    assert sum(one.right for one in spoken) >= 9
    assert sum(one.wrong for one in spoken) <= 1


def test_it_does_not_act_on_its_own_words(bedside):
    """A quarter of a minute of instructions into a room with nobody else in it: nothing is acted on."""
    assert alone(bedside, replace(ROOMS[1], echo_over_user=12.0), minutes=0.25) == []
