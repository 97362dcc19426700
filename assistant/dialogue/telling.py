"""Answers what is asked about cramps, goes on when more is wanted, and names where it comes from.

In the middle of a cramp an answer is one sentence, and relief goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import inquiring, offering, scripts
from assistant.dialogue.content import Level
from assistant.dialogue.state import Inquiry, Mode, Purpose, Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.dialogue.knowledge import Passage, Topic
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

_WHOM = "emergency_number"
"""Id of the topic whom to call: once it is known how soon, that is said instead."""
_NAMED = 3
"""How many sources are named at once, the first ones; more cannot be kept in mind."""


def topic(turn: Turn, intent: Intent) -> None:
    """Answer, behind the questions that have to come first."""
    asked = turn.content.topics[intent.slots["topic"]]
    turn.hush()
    turn.record("topic", topic=asked.id)
    if asked.id == _WHOM and turn.level >= Level.URGENT:
        scripts.speak(turn)
    elif _is_open(turn, asked) or any(turn.stands(name) or turn.told(name) for name in asked.gate):
        tell(turn, asked.id)
    else:
        turn.put_aside()
        queue = inquiring.pending(turn, asked.gate)
        turn.state.floor.inquiry = Inquiry(purpose=Purpose.TOPIC, queue=queue, topic=asked.id)
        inquiring.next_question(turn)


def _is_open(turn: Turn, asked: Topic) -> bool:
    """Tell whether every question that has to come first has a safe answer."""
    return all(map(turn.is_clear, asked.gate))


def topic_in_pain(turn: Turn, intent: Intent) -> None:
    """Answer in one sentence, or put it off: relief goes on."""
    asked = turn.content.topics[intent.slots["topic"]]
    turn.hush()
    turn.record("topic", topic=asked.id)
    brief = (asked.brief,) if asked.brief else (turn.wording.prompt("when_it_has_eased"),)
    turn.say(*turn.wording.local(brief))


def tell(turn: Turn, name: str) -> None:
    """Say the answer, or what stands in its place for somebody whom it might harm."""
    asked = turn.content.topics[name].at(turn.place)
    withheld = not _is_open(turn, asked)
    turn.state.told = Told(topic=name, withheld=withheld)
    answer = asked.instead if withheld else asked.say
    offer = () if withheld else offering.propose(turn, asked.offer)
    turn.tell(*turn.wording.local((*asked.caution, *answer, *offer)))


def more(turn: Turn, _: Intent) -> None:
    """Go on with what was told last."""
    turn.hush()
    told = turn.state.told
    if told and (parts := _untold(turn)):
        turn.tell(*turn.wording.local(parts[0].say))
        told.parts += 1
    else:
        turn.prompt("no_more" if told else "ask_me")


def has_more(turn: Turn) -> bool:
    """Tell whether there is more to what was told last."""
    return bool(_untold(turn))


def _untold(turn: Turn) -> Sequence[Passage]:
    told = turn.state.told
    return () if told is None or told.withheld else turn.content.topics[told.topic].more[told.parts :]


def source(turn: Turn, _: Intent) -> None:
    """Name where the question, the step or the answer comes from that was said last."""
    turn.hush()
    names = _sources(turn)
    turn.say(*(_named(turn, name) for name in names[:_NAMED]))
    if not names:
        turn.prompt("no_source")


def _sources(turn: Turn) -> Sequence[str]:
    guide, told = turn.state.floor.guide, turn.state.told
    if turn.asking:
        return turn.asked[1].sources
    if guide and (turn.mode is Mode.GUIDING or told is None):
        return turn.content.routines[guide.routine].sources
    if told is None:
        return ()
    known = turn.content.topics[told.topic].at(turn.place)
    return known.more[told.parts - 1].sources if told.parts else known.sources


def _named(turn: Turn, name: str) -> str:
    known = turn.content.sources[name]
    if known.year is None:
        return turn.wording.prompt("source", name=known.name)
    return turn.wording.prompt("source_of_year", name=known.name, year=turn.content.years[known.year])
