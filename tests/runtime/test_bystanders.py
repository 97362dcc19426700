"""What sounds like a command amid talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.runtime.bystanders import FOLLOWED, Bystanders
from assistant.runtime.ears import Heard
from assistant.sound.segmenter import SpeechOnset
from assistant.values import FRAME_SECONDS, Hypothesis, Scope


def heard(intent, at, scope="guiding", likeness=0.0):
    """Return a decision at a time; None is no command."""
    one = Hypothesis(words="words", intent=intent or "next", confidence=0.8, accepted=intent is not None)
    return Heard(hypotheses=[one], scope=Scope(name=scope), started=at - 0.5, ended=at, likeness=likeness)


def acted_on(script, until=20.0):
    """Let things be heard at their times, ``begins`` being an onset; return each decision and its time."""
    bystanders, found, now, left = Bystanders(), [], 0.0, list(script)
    while now < until:
        now += FRAME_SECONDS
        here = []
        while left and left[0][0] <= now:
            at, what, *scope = left.pop(0)
            here.append(SpeechOnset(started=at) if what == "begins" else heard(what, at, *scope))
        for one in bystanders.sift(here, now):
            if isinstance(one, Heard):
                best = one.hypotheses[0]
                found.append((best.intent if best.accepted else None, now - one.ended))
    assert not bystanders.waiting
    return found


def test_out_of_silence_a_command_counts_at_once():
    """Nobody spoke before, or not for ten seconds, or what they said was a command too."""
    for before in ([], [(1.0, None)], [(13.0, "next")]):
        *_, (intent, waited) = acted_on([*before, (14.0, "louder")])
        assert intent == "louder"
        assert waited < 2 * FRAME_SECONDS


def test_amid_talk_a_command_waits_for_silence():
    """Something that was no command came before: who falls silent now is heard, who talks on is not."""
    talk = [(5.0, None), (6.0, "begins"), (7.0, "next")]
    assert acted_on(talk)[1][0] == "next"
    assert FOLLOWED <= acted_on(talk)[1][1] < FOLLOWED + 2 * FRAME_SECONDS
    assert acted_on([*talk, (7.2, "begins"), (8.0, None)])[1][0] is None
    assert acted_on([*talk, (7.9, "begins"), (8.5, None)])[1][0] == "next"


def test_what_is_left_of_its_own_voice_is_no_talk():
    """A murmur that is like what was played, and then a command, which counts at once."""
    own = (5.0, None, "guiding", 0.8)
    assert acted_on([own, (6.0, "begins"), (7.0, "next")])[1][1] < 2 * FRAME_SECONDS


def test_who_was_not_understood_is_heard_when_they_say_it_again():
    """Missed twice, said a third time, and then silence."""
    said = [(1.0, "begins"), (2.0, None), (3.5, "begins"), (4.5, None), (6.0, "begins"), (7.0, "louder")]
    assert [intent for intent, _ in acted_on(said)] == [None, None, "louder"]


@pytest.mark.parametrize("intent", ["stop", "cramp", "help", "emergency", "yes"])
def test_what_is_urgent_and_what_is_an_answer_never_waits(intent):
    """Amid talk that goes on they count at once."""
    scope = "yes_no" if intent == "yes" else "guiding"
    found, waited = acted_on([(5.0, None), (7.0, intent, scope), (7.1, "begins"), (8.0, None)])[1]
    assert found == intent
    assert waited < FRAME_SECONDS


events = st.lists(
    st.tuples(st.floats(0.1, 3.0), st.sampled_from(["begins", None, "next", "stop"])), max_size=20
)


@given(events)
def test_whatever_is_heard_nothing_is_lost(steps):
    """As many decisions come out as went in, in their order."""
    now, script = 0.0, []
    for pause, what in steps:
        now += pause
        script.append((now, what))
    decided = [what for _, what in script if what != "begins"]
    found = [intent for intent, _ in acted_on(script, now + 2)]
    assert len(found) == len(decided)
    assert all(out in (None, put) for out, put in zip(found, decided, strict=True))
