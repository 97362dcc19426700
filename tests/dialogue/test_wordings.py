"""What a night repeats is said in other words, and what is known is not asked again."""

from __future__ import annotations

import pytest
from night import STATE, Night

from assistant.dialogue.state import Known

SCREENED = {"massage": (15, 8, 3), "foam_roller": (20, 13, 8), "warm_towel": (17, 10, 5), "ice": (18, 11, 6)}
"""Questions before a routine: of a stranger, behind a fresh quick screen, with the profile besides."""


def test_what_is_repeated_is_worded_in_turn(night: Night) -> None:
    """The wordings of a prompt follow one another and begin anew."""
    wordings = night.content.variants["glad"]
    told = [night.says("better")[0] for _ in range(len(wordings) + 1)]
    assert told == [*wordings, wordings[0]]


def test_a_restart_does_not_change_the_turn(night: Night) -> None:
    """The place in the wordings is written down with everything else."""
    night.says("better")
    assert STATE.validate_json(STATE.dump_json(night.dialogue.state)).worded == {"glad": 1}


def fill_profile(night: Night) -> None:
    for name, fact in night.content.facts.items():
        value = list(fact.options)[1] if fact.options else "no"
        night.dialogue.state.profile[name] = Known(value=value, at=night.now)


def asked_before(night: Night, routine: str) -> int:
    """Start a routine, answer safely, and return how many questions came first."""
    night.says("start", routine=routine)
    count = 0
    while night.mode == "asking":
        night.listens()
        night.answers("safe")
        night.listens()
        count += 1
    assert night.mode == "guiding"
    return count


@pytest.mark.parametrize("routine", SCREENED)
@pytest.mark.parametrize("known", range(3))
def test_what_is_known_is_not_asked_again(content, routine: str, known: int) -> None:
    """A fresh quick screen and the profile shorten the gate; what only this routine needs is always asked."""
    night = Night(content)
    if known:
        night.says("help")
        night.answers_safely()
    if known > 1:
        fill_profile(night)
    assert asked_before(night, routine) == SCREENED[routine][known]


def test_the_number_of_questions_is_told(night: Night) -> None:
    """Whoever asks for heat hears first how many questions come before it."""
    assert night.says("start", routine="warm_towel")[0] == "First about seventeen questions, to be careful."


@pytest.mark.parametrize(("left", "said"), [(15, "fifteen, one five, seconds"), (16, "sixteen seconds")])
def test_fifteen_is_not_heard_as_fifty(night: Night, left: int, said: str) -> None:
    """A number that another is heard for has its digits behind it."""
    night.says("start", routine="relief_calf")
    guide = night.dialogue.state.floor.guide
    assert guide is not None
    while guide.since is None:
        night.waits(0.1)
    night.waits(30 - left - (night.now - guide.since))
    assert night.says("how_long")[0] == f"There are {said} left."


def test_the_time_of_day_is_as_clear(night: Night) -> None:
    """Ten to four is fifty, five zero, minutes past three."""
    night.it_is("2026-03-01T03:50+01:00")
    assert night.says("what_time") == ["It is fifty, five zero, minutes past three at night."]
