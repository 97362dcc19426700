"""Mends what was just understood: "no, I said yes". What was confirmed is not taken back by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.dialogue import asking, interviewing
from assistant.dialogue.state import Stage
from assistant.values import Intent

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn


def correct(turn: Turn, intent: Intent) -> None:
    """Take "no, I said ..." for what is being read back, or else for the answer before."""
    asked, question = turn.asked
    said, score = intent.slots.get("answer"), intent.slots.get("score")
    on_skin = turn.state.running is not None and turn.state.running.asking is asked
    if interview := interviewing.interview_of(turn):
        interviewing.corrected(turn, interview, _meant(intent))
    elif "side" in intent.slots:
        _correct_side(turn, _meant(intent))
    elif score is not None and question.kind in ("pain", "count"):
        asked.score = int(score)
        asking.advance(turn, Stage.CONFIRM)
    elif said and (asked.stage is Stage.CONFIRM or on_skin or not _correct_last(turn, said)):
        meant = Intent(name="yes" if said == question.danger else "no", words=intent.words)
        is_read_back = asked.stage is Stage.CONFIRM and question.kind == "yes_no"
        asking.heard(turn, meant if is_read_back else replace(intent, name=said))
    elif not said:
        asking.unclear(turn)


def _meant(intent: Intent) -> Intent:
    """Return what it would have been, said at first."""
    slots = intent.slots
    name = slots.get("answer") or ("side" if "side" in slots else "pain")
    return replace(intent, name=name)


def note_side(turn: Turn, intent: Intent) -> None:
    """Write down that the cramp is in another leg than was told with it; what is being done goes on."""
    episode, side = turn.state.episode, intent.slots.get("side")
    if episode and side and turn.present_episode is not None:
        episode.side = side
        turn.record("told", about="side", value=side)
        turn.say(turn.wording.prompt("noted"))


def _correct_side(turn: Turn, meant: Intent) -> None:
    """Write down the other leg, and ask again what is open; where the leg is asked for, it is the answer."""
    asked, question = turn.asked
    inquiry = turn.state.floor.inquiry
    last = inquiry.answered[-1] if inquiry and inquiry.answered else None
    if question.kind == "side":
        asking.heard(turn, meant)
    elif turn.state.floor.guide and asked is turn.state.floor.asking:
        note_side(turn, meant)
        asking.ask(turn)
    elif last and turn.content.questions[last].kind == "side" and asked is turn.state.floor.asking:
        turn.record("answer", question=last, answer=meant.slots["side"], score=None)
        asking.ask(turn)
    else:
        asking.unclear(turn, spoken=True)


def _correct_last(turn: Turn, said: str) -> bool:
    """Go back to the answer before: a danger is read back, anything else asked again."""
    floor = turn.state.floor
    inquiry, asked = floor.inquiry, floor.asking
    if asked is None or inquiry is None or not inquiry.answered:
        return False
    last = turn.content.questions[inquiry.answered[-1]]
    if last.kind != "yes_no" or _is_confirmed(turn, last.id):
        return False
    inquiry.queue.insert(0, asked.question)
    inquiry.answered.pop()
    asking.open_question(turn, last.id, Stage.CONFIRM if said == last.danger else Stage.AGAIN)
    return True


def _is_confirmed(turn: Turn, name: str) -> bool:
    return turn.stands(name) and turn.state.answers[name].danger
