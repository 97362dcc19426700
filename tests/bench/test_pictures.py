"""Pictures of what was measured can be looked at, and their text can be read."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from assistant.bench import curve, echo, reaction
from assistant.bench.bedside import Accepted, Moment
from assistant.errors import SettingsError
from assistant.runtime.reaction import Reaction
from assistant.values import FRAME, RATE, Hypothesis

MEASURED = Reaction(decisions=[0.2, 0.1, 0.3], missed=1, urgent=[0.1], silences=[0.2], instructions=[0.9])


def moments(count):
    """Return a loud hum of which the canceller leaves a tenth, and a decision in the last frame."""
    hum = (8000 * np.sin(np.arange(FRAME) / 5)).astype(np.int16)
    stop = Accepted(count * FRAME / RATE, 0.1, Hypothesis(words="stop", confidence=1.0, accepted=True))
    quiet = [Moment(hum, hum // 10, hum, onset=False, accepted=[])] * (count - 1)
    return [*quiet, Moment(hum, hum // 10, hum, onset=True, accepted=[stop])]


PICTURES = {
    "erle": lambda path: echo.draw_learning({"a room": np.full(30, 20.0)}, path),
    "barge-in": lambda path: echo.draw_barge_in(moments(64), (0.8, 1.2), path),
    "recall": lambda path: curve.draw(
        [curve.Curve(name="near", right=(0.9, 0.8), of=3, wrong=(0.85,), hours=2.0)], path
    ),
    "reaction": lambda path: reaction.draw(reaction.reactions(MEASURED), path),
}


def test_the_echo_taken_out_is_in_decibels():
    """A tenth of the sound is left: 20 dB, every second."""
    assert echo.enhancement(moments(64)) == pytest.approx([20.0] * 2, abs=0.1)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn(tmp_path, name):
    """Whole SVG."""
    PICTURES[name](tmp_path / f"{name}.svg")
    drawn = (tmp_path / f"{name}.svg").read_bytes()
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own
    assert len(list(tmp_path.iterdir())) == 1, "nothing half written is left"


def test_a_picture_may_be_png(tmp_path):
    """By its name."""
    PICTURES["barge-in"](tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG\r")


def test_a_picture_that_cannot_be_written_is_named(tmp_path):
    """With the remedy, and nothing is left."""
    with pytest.raises(SettingsError, match=r"one.svg' cannot be written .*give --docs another folder"):
        PICTURES["reaction"](tmp_path / "nowhere" / "one.svg")


def test_what_was_missed_counts_among_all_tries():
    """Of four commands three were decided: the line ends at three quarters."""
    [decisions, *_] = reaction.reactions(MEASURED)
    assert decisions.milliseconds == pytest.approx([200, 100, 300])
    assert reaction.parts(decisions) == [25, 50, 75]
