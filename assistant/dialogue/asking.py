"""Asks questions so that no answer is made up: silence, noise and a weak "no" are not "no".

A clear safe answer closes a question. A dangerous one is read back and counts once confirmed. Anything
else is asked once more in other words, and then counts as the content's `Question.unclear` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import applying, guiding, inquiring, interviewing, placing, profiling, scripts
from assistant.dialogue.content import Level, Outcome
from assistant.dialogue.facts import KIND as FACT
from assistant.dialogue.state import Answer, Asking, Stage

if TYPE_CHECKING:
    from assistant.dialogue.content import Question
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

PATIENCE = 8.0
"""Seconds of silence after a question before it is asked in other words."""
SPEECH_PATIENCE = 6.0
"""Seconds that somebody who began to speak is given at least."""
WAIT_PATIENCE = 60.0
"""Seconds that "wait" gives."""
CRAMP = "cramp_there"
"""Id of the question whether the cramp is still there; who said that it eased is not asked."""
_TRIES = 2
"""How often a question is asked when nothing clear comes back."""
_DENIALS = 3
"""How often it is asked when read-backs are denied: people and recognizers err once."""
_BANDS = {"none": 0, "mild": 2, "medium": 5, "strong": 8, "worst": 10}
"""The number that a word for pain is read back as (project rule)."""


# One question


def open_question(turn: Turn, name: str, stage: Stage = Stage.FIRST, *, choice: str | None = None) -> None:
    """Put a question to the person; ``choice`` is the fact that it is about, if it names one."""
    turn.state.floor.asking = Asking(question=name, stage=stage, opened=turn.now, choice=choice)
    ask(turn)


def ask(turn: Turn) -> None:
    """Say the open question in the words of its stage."""
    asking, question = turn.asked
    asking.since = None
    if asking.stage is Stage.CONFIRM:
        asking.prompt = _read_back(turn, asking, question)
    else:
        texts = question.say if asking.stage is Stage.FIRST else question.again
        about = turn.content.facts.get(asking.choice or "")
        asking.prompt = turn.tell(*turn.wording.local(texts, fact=about.topic if about else ""))


def _read_back(turn: Turn, asking: Asking, question: Question) -> int:
    if asking.score is not None:
        return turn.prompt("read_back_number", n=turn.wording.number(asking.score))
    if asking.choice is not None:
        place = turn.content.locales[asking.choice]
        turn.say(turn.wording.prompt("read_back_place", place=place.name))
        return turn.prompt("number_there", number=place.number)
    return turn.prompt(f"read_back_{question.danger}", topic=question.topic)


def heard(turn: Turn, intent: Intent) -> None:
    """Take an answer: yes, no, a number, "the same", "it is off", or "I don't know"."""
    asking, question = turn.asked
    turn.hush()
    interview = interviewing.interview_of(turn)
    if interview:
        interviewing.heard(turn, interview, intent)
    elif question.kind == "off":
        applying.answered(turn, intent.name)
    elif asking.stage is Stage.CONFIRM:
        _heard_confirmation(turn, asking, intent.name)
    elif question.kind in ("pain", "count"):
        _heard_number(turn, asking, intent)
    elif question.kind == "place":
        unclear(turn)  # a place is no answer but its own intent: see `placing.told`
    elif question.kind == "side":
        _heard_side(turn, asking, intent)
    elif question.kind == "progress":
        resolve(turn, "safe") if intent.name == "same" else unclear(turn)
    elif question.kind == "posture":
        _heard_posture(turn, question, intent.name)
    elif question.kind == FACT:
        profiling.heard(turn, intent)
    else:
        heard_yes_or_no(turn, question, intent.name)


def _heard_side(turn: Turn, asking: Asking, intent: Intent) -> None:
    """Note the side; whoever does not know, or does not say, is not asked again."""
    asking.choice = intent.slots.get("side")
    if asking.choice is not None:
        resolve(turn, "safe")
    elif intent.name in ("unsure", "skip"):
        resolve(turn, "unclear")
    else:
        unclear(turn)


def _heard_posture(turn: Turn, question: Question, answer: str) -> None:
    if answer in ("sitting", "standing"):
        resolve(turn, "danger" if answer == question.danger else "safe")
    else:
        unclear(turn)


def heard_yes_or_no(turn: Turn, question: Question, answer: str) -> None:
    """Read back what is dangerous; take a clear answer that is not."""
    if answer.removeprefix("weak_") == question.danger:
        if turn.state.running and turn.state.running.asking:
            resolve(turn, "danger")  # off the skin first; there is nothing to lose by it
        else:
            advance(turn, Stage.CONFIRM)
    elif answer in ("yes", "no"):
        resolve(turn, "safe")
    else:
        unclear(turn)


def _heard_confirmation(turn: Turn, asking: Asking, answer: str) -> None:
    if answer in ("yes", "weak_yes"):
        _confirmed(turn, asking)
    elif answer != "no":
        unclear(turn)
    elif asking.other is not None:
        asking.score, asking.other = asking.other, None
        advance(turn, Stage.CONFIRM)
    elif asking.tries < _DENIALS:
        asking.score = asking.choice = None
        advance(turn, Stage.AGAIN)
    else:
        resolve(turn, "unclear")


def _confirmed(turn: Turn, asking: Asking) -> None:
    _, question = turn.asked
    if asking.score is None or _is_dangerous(turn, question, asking.score):
        resolve(turn, "danger")
    else:
        resolve(turn, "safe")


def _is_dangerous(turn: Turn, question: Question, score: int) -> bool:
    """Tell whether a number is above the limit, or above the one before where that matters."""
    episode = turn.state.episode
    before = episode.pain if episode else None
    if episode and question.kind == "pain":
        episode.pain = score
    rising = question.minds_rising and before is not None and score > before
    return score > question.most or rising


def score_of(intent: Intent) -> int | None:
    """Return the number from zero to ten that was said, in figures or as a word for pain; None: neither."""
    score = intent.slots.get("score", _BANDS.get(intent.slots.get("band", "")))
    return None if score is None else int(score)


def _heard_number(turn: Turn, asking: Asking, intent: Intent) -> None:
    score = score_of(intent)
    if score is None:
        unclear(turn)
        return
    asking.score, asking.other = score, None
    advance(turn, Stage.CONFIRM)


def half_heard(turn: Turn, either: tuple[Intent, Intent]) -> bool:
    """Read back the likelier of two numbers, or the dangerous one of two answers; False if neither.

    What is read back counts only once confirmed. A denied number leads to the other.
    """
    asking, question = turn.asked
    scores = [intent.slots.get("score") for intent in either if intent.name == "pain"]
    numbers = question.kind == "pain" and all(scores) and len(scores) == len(either)
    on_skin = turn.state.running is not None and turn.state.running.asking is not None
    for_diary = interviewing.interview_of(turn) is not None
    if for_diary or asking.stage is Stage.CONFIRM or on_skin or not (numbers or _differ(question, either)):
        return False
    turn.hush()
    if numbers:
        asking.score, asking.other = (int(score) for score in scores if score)
    advance(turn, Stage.CONFIRM)
    return True


def _differ(question: Question, either: tuple[Intent, Intent]) -> bool:
    """Tell whether one of two answers is the dangerous one and the other its opposite."""
    answers = {intent.name.removeprefix("weak_") for intent in either}
    return question.kind == "yes_no" and answers == {"yes", "no"}


def advance(turn: Turn, stage: Stage) -> None:
    """Ask the open question in the words of another stage."""
    asking, _ = turn.asked
    asking.stage = stage
    asking.unheard = 0
    asking.opened = turn.now
    asking.tries += stage is Stage.AGAIN
    ask(turn)


def unclear(turn: Turn, *, spoken: bool = False) -> None:
    """Nothing clear came back, or silence: ask once more, then let it count as unclear."""
    asking, _ = turn.asked
    turn.hush()
    interview = interviewing.interview_of(turn)
    if interview:
        interviewing.unheard(turn, interview, spoken=spoken)
        return
    asking.unheard += 1
    if asking.stage is Stage.CONFIRM and asking.unheard < _TRIES:
        ask(turn)
    elif asking.stage is not Stage.CONFIRM and asking.tries < _TRIES:
        advance(turn, Stage.AGAIN)
    else:
        resolve(turn, "unclear")


def due(turn: Turn) -> float | None:
    """Return when silence after the floor's question counts, or None."""
    asking = turn.state.floor.asking
    running = turn.state.running
    if asking is None or asking.since is None or turn.state.deaf or (running and running.asking):
        return None
    return asking.since + PATIENCE


def extend(turn: Turn, seconds: float) -> None:
    """Somebody has begun to speak, or wants to think: wait at least this long from now.

    Not with something hot on the skin: snoring must not put off its alarm.
    """
    asking = turn.state.floor.asking
    if asking and asking.since is not None:
        asking.since = max(asking.since, turn.now + seconds - PATIENCE)


# What follows from an answer


def resolve(turn: Turn, answer: str) -> None:
    """Close the open question as ``safe``, ``danger`` or ``unclear``, and go on with what it was for.

    One about the person may also be ``skipped``.
    """
    asking, question = turn.asked
    if question.kind == FACT and answer == "unclear" and profiling.rests(turn):
        return
    told = asking.choice if question.kind == "side" and asking.choice else answer
    turn.record("answer", question=question.id, answer=told, score=asking.score)
    outcome = {"danger": question.outcome, "unclear": question.unclear}.get(answer, Outcome())
    if turn.state.running and turn.state.running.asking:
        if answer != "safe":
            note(turn, question.id, answer)
        applying.resolved(turn, answer, outcome)
        return
    if question.id in (placing.RIGHT, placing.WHERE):
        placing.resolved(turn, question.id, answer, asking.choice)
        return
    turn.state.floor.asking = None
    _remember(turn, question, answer)
    if answer == "unclear" and outcome != Outcome():
        turn.say(turn.wording.prompt("not_sure", topic=question.topic), turn.wording.prompt("to_be_safe"))
    if outcome.level is Level.EMERGENCY:
        turn.say(*outcome.say)
        scripts.speak(turn, outcome.script)
    elif guiding.asked_by_step(turn, question.id):
        turn.say(*outcome.say)
        guiding.answered(turn, answer)
    else:
        inquiring.go_on(turn, question.id, outcome)


def _remember(turn: Turn, question: Question, answer: str) -> None:
    if question.kind == FACT:
        profiling.learn(turn, question.id, answer)
    elif question.kind != "progress":
        note(turn, question.id, answer)
    if question.id == CRAMP and answer == "safe":
        guiding.note_eased(turn)


def note(turn: Turn, name: str, answer: str) -> None:
    """Remember an answer; a dangerous one is not replaced by a milder one while it stands."""
    if answer == "danger" or not is_danger(turn, name):
        turn.state.answers[name] = Answer(at=turn.now, danger=answer == "danger", unclear=answer == "unclear")


def is_danger(turn: Turn, name: str) -> bool:
    """Tell whether a question has a dangerous answer that still holds."""
    return turn.stands(name) and turn.state.answers[name].danger
