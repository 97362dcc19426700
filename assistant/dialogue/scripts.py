"""Which disposition script follows from the answers, how soon somebody should be seen; and says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import offering
from assistant.dialogue.content import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.dialogue.state import Inquiry
    from assistant.dialogue.turn import Turn

_OF_LEVEL = {
    Level.NONE: "self_care",
    Level.SELF_CARE: "self_care",
    Level.DOCTOR: "doctor",
    Level.URGENT: "urgent",
    Level.EMERGENCY: "emergency",
}
_WATCH = "watch"
"""Instead of "I heard no warning signs", where something was answered that asks for care."""
_UNFINISHED = "unfinished"
_MOST_NAMED = 2
"""How many of the questions that were not asked are named; one cannot keep more in mind."""
_SLOWLY = 0.8
"""Seconds of silence between the sentences of a disposition script."""


def speak(turn: Turn, name: str | None = None) -> None:
    """Say how soon somebody should be seen, twice, slowly; then only listen."""
    name = name or due(turn)
    turn.state.floor.inquiry = turn.state.floor.asking = None
    turn.put_aside()
    turn.record("level", level=turn.level.name.lower(), script=name)
    texts = turn.wording.script(name)
    turn.say(*texts, pause=_SLOWLY)
    turn.state.script = name
    turn.state.script_prompt = turn.say(*texts, pause=_SLOWLY)
    turn.state.said = list(texts)
    if offered := turn.content.triage.offers.get(name):
        offering.make(turn, offered)


def due(turn: Turn, *, finished: bool = True) -> str:
    """Return the id of the script that all the answers lead to together.

    It is the most urgent of what reached the highest level, or what stands for it in this person.
    """
    name = _of_level(turn)
    if turn.level < Level.DOCTOR and not finished:
        name = _UNFINISHED
    return in_place_of(turn, name)


def in_place_of(turn: Turn, name: str) -> str:
    """Return the script that is spoken in place of another one, to this person."""
    for _, outcome in turn.outcomes():
        name = outcome.replaces.get(name, name)
    return name


def _of_level(turn: Turn) -> str:
    level = turn.level
    reached = [outcome for _, outcome in turn.outcomes() if outcome.level is level]
    if level is Level.NONE and reached:
        return _WATCH
    names = [outcome.script or _OF_LEVEL[level] for outcome in reached]
    if turn.is_alarmed or not names:
        names.append(_OF_LEVEL[level])
    return min(names, key=list(turn.content.triage.scripts).index)


def unasked(turn: Turn, inquiry: Inquiry, names: Iterable[str]) -> list[str]:
    """Return the sentences that say what a run that was ended early did not ask, the dangerous first."""
    questions = [turn.content.questions[name] for name in names]
    turn.record("unfinished", purpose=inquiry.purpose.value, questions=" ".join(q.id for q in questions))
    questions.sort(key=lambda question: -question.outcome.level)
    told = [turn.wording.prompt("not_asked", topic=question.topic) for question in questions[:_MOST_NAMED]]
    if (more := len(questions) - _MOST_NAMED) > 0:
        told.append(turn.wording.prompt("not_asked_more", n=turn.wording.number(more)))
    return told
