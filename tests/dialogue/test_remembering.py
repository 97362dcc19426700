"""What the journal is asked by voice, and what it answers."""

from __future__ import annotations

import pytest


@pytest.fixture
def remembered(night):
    """Three in the morning; two hours ago a cramp was eased by the bed stretch in two minutes."""
    night.it_is("2026-03-08T01:00+00:00")
    night.says("cramp", muscle="calf")
    night.waits(120)
    night.says("better")
    night.listens()
    night.says("stop")
    night.waits(7080)
    return night


def test_cramps_are_counted(remembered):
    """One is counted for tonight, for the week and for the month that it is of."""
    assert remembered.says("count_cramps", period="tonight") == ["I have noted one cramp since this evening."]
    remembered.waits(86_400)
    assert remembered.says("count_cramps", period="tonight") == ["I have noted no cramp since this evening."]
    remembered.says("cramp")
    remembered.says("stop")
    assert remembered.says("count_cramps") == ["I have noted two cramps in the last seven days."]
    remembered.waits(8 * 86_400)
    assert remembered.says("count_cramps", period="month") == [
        "I have noted two cramps in the last thirty days."
    ]


def test_the_same_cramp_told_again_is_counted_once(night):
    """ "I have a cramp" in the middle of relief is no second cramp."""
    night.it_is("2026-03-08T01:00+00:00")
    night.says("cramp")
    night.waits(30)
    night.says("cramp")
    night.says("stop")
    assert night.says("count_cramps", period="tonight") == ["I have noted one cramp since this evening."]


def test_the_last_cramp_is_told_with_how_long_it_took(remembered):
    """To the hour, and to the minute."""
    assert remembered.says("last_cramp") == [
        "Your last cramp was today, around one in the morning.",
        "It took two minutes to ease.",
    ]


def test_what_helped_is_told(remembered):
    """The routine during which it was called better, and after how long."""
    assert remembered.says("what_helped") == ["Last time the calf stretch helped in two minutes."]


def test_nothing_is_made_up(night):
    """Without notes, and without a clock, it says so."""
    assert night.says("what_helped") == ["I have not noted yet what helped."]
    assert night.says("last_cramp") == ["I have no cramp in my notes."]
    assert night.says("count_cramps") == ["I do not know what time it is, so I cannot tell."]


def test_drinks_of_today_are_added_up(night):
    """Nothing is told as nothing."""
    night.it_is("2026-03-08T23:00+00:00")
    assert night.says("drunk_today") == ["I have noted no drink today."]


def test_an_answer_that_nobody_waits_for_is_not_said(content):
    """ "Stop" while the journal is being asked: silence."""
    from assistant.dialogue import Dialogue, actions, events
    from assistant.dialogue.recall import LastCramp
    from assistant.values import Intent

    dialogue = Dialogue(content)

    def hear(name):
        return dialogue.handle(events.SpeechHeard(intent=Intent(name=name), started=1), 1)

    (asked,) = [action for action in hear("last_cramp") if isinstance(action, actions.Recall)]
    hear("stop")
    assert dialogue.handle(events.Recalled(id=asked.id, facts=LastCramp(at=None)), 2) == []
