"""What the assistant remembers of its own voice, so as to know it again."""

from __future__ import annotations

import pytest

from assistant.dialogue.actions import Say
from assistant.runtime.mouth import Mouth
from assistant.runtime.work import at_once
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer
from assistant.understanding.echo import resembles
from assistant.values import FRAME_SECONDS


@pytest.fixture
def asked():
    """A mouth that has asked a question, and when its sound ended."""
    voice = Pyttsx3Synthesizer()
    mouth = Mouth(voice, at_once("speaking"))
    mouth.say(Say(id=1, text="I heard nine. Yes or no?", pause=0.35))
    now, ended = 0.0, 0.0
    while mouth.busy:
        if mouth.frame(now).any():
            ended = now + FRAME_SECONDS
        now += FRAME_SECONDS
    voice.close()
    return mouth, ended


def test_an_answer_that_follows_the_question_is_not_taken_for_its_echo(asked):
    """ "Yes" 0.3 s after "yes or no?" is the person's."""
    mouth, ended = asked
    assert mouth.spoken(ended + 0.3, ended + 0.8) == ""


def test_its_own_words_are_known_while_they_sound(asked):
    """ "Yes" in the middle of "yes or no?" is more likely the echo."""
    mouth, ended = asked
    assert resembles("yes", mouth.spoken(ended - 0.5, ended))
    assert not resembles("stop", mouth.spoken(ended - 0.5, ended))
