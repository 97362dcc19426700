"""Somebody awake in the dark: is anybody there, who is it, what time is it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from night import Night


def test_somebody_is_there(night: Night) -> None:
    """A voice in the dark answers, and says what it cannot do."""
    assert night.says("are_you_there") == ["I am here.", "I cannot call, see or examine you."]
    assert "I cannot call, see or examine you." in night.says("who_are_you")


def test_the_time_is_told_only_where_it_is_known(night: Night) -> None:
    """Without a clock nothing is made up."""
    assert night.says("what_time") == ["I do not know what time it is."]
    night.it_is("2026-03-01T03:30+01:00")
    assert night.says("what_time") == ["It is half past three at night."]


def test_who_else_hears_it_is_told(night: Night) -> None:
    """No sound is kept, notes are, and how to erase them can be said."""
    told = night.says("privacy")
    assert "no sound is kept" in told[0]
    assert told[-1] == "To erase them, say: forget everything."
    assert night.says("forget_all") == ["Shall I forget everything? All my notes would be erased."]
