"""The lid of the laptop is closed in the middle of the night: time goes on all the same."""

from __future__ import annotations

import time

from assistant.dialogue import applying
from assistant.hearing.typed import TypedRecognizer
from assistant.journal.clock import uptime
from assistant.runtime.live import converse

HOURS = 3 * 3600


class Deaf:
    """A sound card that was asleep too: it gives nothing for some seconds."""

    def read(self, _timeout):
        return None

    def write(self, frame):
        pass

    def changes(self):
        return []


def test_heat_is_over_time_the_moment_the_machine_wakes(enact):
    """A tick of the clock that is three hours long is not gone through frame by frame: it is said at once."""
    ticks = [0.05 * tick for tick in range(20)] + [HOURS + 0.05 * tick for tick in range(30)]
    clock, going = iter([0.0, *ticks]), iter([True] * len(ticks))
    with enact(recognizer=TypedRecognizer()) as scene:
        scene.stage.assistant.type("stop")
        scene.stage.until_quiet()
        assistant, now = scene.stage.assistant, scene.stage.now
        applying.start(assistant.dialogue._turn(now), "heat")
        began = time.monotonic()
        converse(Deaf(), assistant, now, lambda: next(going, False), lambda: next(clock))
        assert time.monotonic() - began < 20
        woke = now + HOURS
        said = [line for line in scene.lines if line.who == "assistant" and line.at > woke - 1]
        assert said[0].text == "The time for your heat is over. Take it off now."
        assert said[0].at < woke + 1


def test_the_clock_counts_the_sleep_of_the_machine():
    """It is the one that Linux says since the start, sleep included."""
    assert abs(uptime() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1
