"""Barge-in on sound: who is heard over the assistant's own words, and that it does not hear itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.bench.barge import alone, over_its_words, recorded
from assistant.bench.bedside import PEAK, ROOMS, Bedside, commands, timeline
from assistant.config import Settings
from assistant.data import load_grammar
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.sound import files
from assistant.values import FRAME, RATE


@pytest.fixture(scope="module")
def bedside(tmp_path_factory):
    settings = Settings(cache_dir=tmp_path_factory.mktemp("cache"))
    recognizer = MoonshineRecognizer()
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


def test_words_are_laid_out_in_whole_frames_with_pauses():
    """Each sound is where its seconds say, and nothing is behind it for a while."""
    sound, spans = timeline([np.ones(1000, np.int16), np.ones(5000, np.int16)], seed=0)
    assert len(sound) % FRAME == 0
    for start, end in spans:
        assert sound[round(start * RATE) : round(end * RATE)].all()
        assert not sound[round(end * RATE) : round((end + 1) * RATE)].any()


def test_recorded_commands_are_those_of_the_manifest_that_work_over_its_words(tmp_path):
    """What has another meaning there, or none, is not said."""
    rows = ["path\tkind\tlabel"]
    for label in ("Stop", "seven", "hang on a second", "bicycle"):
        files.write(tmp_path / f"{label}.wav", np.full(RATE, 900, np.int16))
        rows.append(f"{label}.wav\tcommand\t{label}")
    (tmp_path / "manifest.tsv").write_text("\n".join(rows), encoding="utf-8")
    said = list(recorded(load_grammar("en"), tmp_path))
    assert [text for text, _ in said] == ["stop", "hang on a second"]
    assert all(sound.max() == PEAK for _, sound in said)
