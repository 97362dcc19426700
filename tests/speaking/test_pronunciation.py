"""Words that the voice would speak wrongly are written for it otherwise."""

from __future__ import annotations

import subprocess

import pytest

from assistant.config import Settings
from assistant.data import load_pronunciation
from assistant.runtime.parts import synthesizer

RESPELLED = load_pronunciation("en")


def phonemes(text: str) -> str:
    done = subprocess.run(
        ["espeak-ng", "-v", "en-us", "-q", "-x", text], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("word", RESPELLED)
def test_respelling_changes_how_a_word_sounds(word: str) -> None:
    """A word is respelled only where that makes a difference to espeak-ng."""
    assert phonemes(RESPELLED[word]) != phonemes(word)


@pytest.mark.parametrize(
    ("word", "sound"),
    [("towel", "t'aU@L"), ("hamstring", "h'amstrIN"), ("calf", "k'af"), ("shin", "S'In"), ("thigh", "T'aI"),
     ("wound", "w'u:nd"), ("N H S", "'En 'eItS 'Es"), ("one five", "w'Vn f'aIv"), ("drowzy", "dr'aUzi")],
)  # fmt: skip
def test_what_must_be_understood_is_spoken_right(word: str, sound: str) -> None:
    """Words on which a step hangs sound as they should."""
    assert phonemes(word) == sound


def test_the_assistant_s_voice_knows_them(tmp_path) -> None:
    """The voice that is opened for a conversation respells what it is given."""
    voice = synthesizer(Settings(cache_dir=tmp_path))
    try:
        assert voice._inner._spelled("Are you drowsy?") == f"Are you {RESPELLED['drowsy']}?"
    finally:
        voice.close()
