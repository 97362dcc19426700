"""Manners of the night: how softly it answers, and how it is called without words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bench import bangs
from assistant.errors import InstallError
from assistant.hearing.typed import TypedRecognizer
from assistant.runtime.button import button
from assistant.runtime.manners import Softness, loudness
from assistant.runtime.mouth import Mouth
from assistant.runtime.work import at_once
from assistant.values import FRAME, RATE, Voice

SECOND = 31


class Hum:
    """A voice that hums each sentence at the same loudness."""

    def synthesize(self, _text, _voice):
        return (8000 * np.sin(np.arange(4 * FRAME * SECOND) / 5)).astype(np.int16)

    def close(self):
        pass


def spoken(mouth):
    """Return how loud the next half a second is, in decibels of full scale."""
    return loudness(np.concatenate([mouth.frame(0.0) for _ in range(SECOND // 2)]))


@pytest.fixture
def mouth():
    from assistant.dialogue.actions import Say

    with at_once("speaking") as worker:
        mouth = Mouth(Hum(), worker)
        mouth.set_voice(Voice(volume=0.6))
        mouth.say(Say(id=1, text="Breathe in slowly."))
        yield mouth


def test_a_whisper_is_answered_softly_and_an_alarm_never_is(mouth):
    """Somebody who speaks 16 dB below their own voice is answered 6 dB more softly, up to the next alarm."""
    usual = spoken(mouth)
    softness = Softness(softest=0.5)
    mouth.soften(softness.after(-20.0))
    assert spoken(mouth) == pytest.approx(usual, abs=0.5)
    mouth.soften(softness.after(-36.0))
    spoken(mouth)
    assert spoken(mouth) == pytest.approx(usual - 6.0, abs=0.5)
    mouth.tone("alarm")
    spoken(mouth)
    assert spoken(mouth) == pytest.approx(usual, abs=0.5)


@given(st.lists(st.floats(-90, 0), min_size=1, max_size=30), st.floats(0.1, 1))
def test_it_never_answers_louder_than_asked_nor_below_the_limit(levels, softest):
    """Whatever is heard, the factor stays between the limit of the settings and one."""
    softness = Softness(softest)
    assert all(softest <= softness.after(level) <= 1 for level in levels)


def test_without_a_button_nobody_calls():
    """No pin in the settings: the queue stays empty, and no library of pins is needed."""
    with button(None) as presses:
        assert presses.empty()


def test_a_button_calls_once_for_each_press(monkeypatch):
    """A contact that closes twice is two calls."""
    from gpiozero import Device
    from gpiozero.pins.mock import MockFactory

    pins = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", pins)
    with button(17) as presses:
        for _ in range(2):
            pins.pin(17).drive_low()
            pins.pin(17).drive_high()
        assert presses.qsize() == 2


def test_a_machine_without_pins_is_told_so(monkeypatch):
    """A pin in the settings of a machine that has none: the message names the setting."""
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "native")
    with pytest.raises(InstallError, match="'button'"), button(17):
        pass


def two_claps():
    """Return two claps half a second apart, int16."""
    dice = np.random.default_rng(3)
    clap, sound = bangs.claps(dice), np.zeros(2 * RATE)
    for start in (RATE // 10, RATE // 2):
        sound[start : start + bangs.LENGTH] += clap()
    return (20_000 * sound).astype(np.int16)


def test_two_claps_are_a_cramp_where_the_setting_says_so(enact):
    """Nobody speaks: two claps begin relief within a second and a half; claps over its words do nothing."""
    with enact(recognizer=TypedRecognizer(), claps="claps") as scene:
        scene.stage.assistant.type("stop")
        scene.waits(2)
        scene.stage.speak(two_claps())
        clapped = scene.stage.now + 0.5
        assert scene.waits_for("I am with you.", limit=5) - clapped < 1.5
        scene.stage.speak(two_claps())
        scene.waits(3)
        said = [line.text for line in scene.lines if line.who == "person"]
        assert said == ["stop", "(two claps)"], scene.transcript()
