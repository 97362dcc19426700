"""Clocks that jump, time zones that change, restarts: no timer is shortened, and a night has one bedtime."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from night import Night

from assistant.data import load_content
from assistant.dialogue import events

CONTENT = load_content("en", "uk")
HOUR, DAY = 3600.0, 86_400.0
MIDNIGHT = 1_780_272_000.0
"""A midnight, UTC."""
jump = st.tuples(st.just("jump"), st.floats(-3 * DAY, 3 * DAY))
zone = st.tuples(st.just("zone"), st.sampled_from([-3600, 0, 3600, 7200]))
wait = st.tuples(st.just("wait"), st.floats(1, 10 * HOUR))
off = st.tuples(st.just("off"), st.floats(1, 3 * HOUR))
unhurried = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))


class Clocked(Night):
    """A night with a clock on the wall that can be wrong."""

    def __init__(self) -> None:
        super().__init__(CONTENT)
        self.dialogue.state.place = "uk"
        self.ahead, self.offset = MIDNIGHT, 0
        self.rang: list[float] = []
        """When a reminder was called, or told to be missed."""
        self.called: list[float] = []
        """When one was called."""
        self.read()

    def read(self):
        self.happens(events.ClockRead(wall=self.now + self.ahead, offset=self.offset, vouched=True))

    def happens(self, event):
        before = len(self.records)
        told = super().happens(event)
        kinds = ("timer_rang", "timer_missed")
        new = [r for r in self.records[before:] if r.kind in kinds and r.details.get("times", 1) == 1]
        self.rang += [self.now for _ in new]
        self.called += [self.now for r in new if r.kind == "timer_rang"]
        return told

    def goes(self, move):
        what, value = move
        if what == "jump":
            self.ahead += value
            self.read()
        elif what == "zone":
            self.offset = value
            self.read()
        elif what == "off":
            self.restarts(value)
        else:
            self.waits(value)


@unhurried
@given(st.lists(st.one_of(jump, zone, wait, off), max_size=12), st.sampled_from([1, 10, 60, 120]))
def test_no_clock_change_shortens_a_timer_or_makes_it_late(moves, minutes):
    """It rings at its second, or as soon as the power is back: whatever the clock on the wall does."""
    night = Clocked()
    night.says("set_timer", minutes=str(minutes))
    due, was_off = minutes * 60.0, []
    for move in moves:
        before = night.now
        night.goes(move)
        if move[0] == "off":
            was_off.append((before, night.now))
            night.waits(1)
    night.waits(DAY)
    back = next((end for start, end in was_off if start <= due < end), due)
    assert abs(night.rang[0] - back) <= 1
    assert len(night.rang) == 1


@unhurried
@given(st.lists(st.one_of(zone, wait, off), max_size=20), st.integers(0, 23))
def test_a_night_has_one_bedtime_however_the_clocks_are_changed(moves, hour):
    """Between two calls lies a day, more or less what the clocks were changed by and the power was off.

    What is two hours late is only told to be missed; a call less late than that comes nearer to the next.
    """
    night = Clocked()
    night.says("set_daily", about="bedtime", at=f"{hour:02}:00")
    for move in moves:
        night.goes(move)
    night.waits(DAY)
    assert all(later - earlier <= DAY + 6 * HOUR for earlier, later in pairwise(night.rang))
    assert all(later - earlier >= 10 * HOUR for earlier, later in pairwise(night.called))
    assert len(night.rang) >= int((night.now - 6 * HOUR) / DAY)


def test_a_bedtime_in_the_hour_that_is_left_out_comes_at_once_and_in_the_doubled_one_comes_once():
    """Half past one, in London in March and in October."""
    for before, after in ((0, 3600), (3600, 0)):
        night = Clocked()
        night.goes(("zone", before))
        night.says("set_daily", about="bedtime", at="01:30")
        night.goes(("wait", HOUR + 60 if before == 0 else 1.9 * HOUR))
        night.goes(("zone", after))
        night.goes(("wait", 5 * HOUR))
        assert len(night.rang) == 1
        night.goes(("wait", 20 * HOUR))
        assert len(night.rang) == 2
