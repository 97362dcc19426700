"""What somebody tells about themselves: asked one by one or told in passing, read out, changed, forgotten.

It is kept with the state and written to the journal as a whole whenever it changes. What it means for the
triage and the locks is in `Turn`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from assistant.dialogue import asking, inquiring
from assistant.dialogue.state import Floor, Inquiry, Known, Purpose, Stage

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_DAYS_AGO = {"this_week": 0, "last_week": 7}
_SINCE, _READ, _DELETE, _FORGET = "since", "read_profile", "delete_profile", "forget_fact"


# What is said unasked


def set_up(turn: Turn, _: Intent) -> None:
    """Ask for what is not known yet, or, when all of it is, for all of it again."""
    facts = turn.content.facts
    _begin(turn, [name for name in facts if name not in turn.state.profile] or list(facts))
    inquiry = turn.state.floor.inquiry
    assert inquiry is not None
    inquiry.total = len(inquiry.queue)
    turn.prompt("set_up", n=turn.wording.number(inquiry.total))
    inquiring.next_question(turn)


def told(turn: Turn, intent: Intent) -> None:
    """Read back what was told, before it counts."""
    _begin(turn, [], since=intent.slots.get("since"))
    asking.open_question(turn, intent.slots["fact"], Stage.CONFIRM)


def denied(turn: Turn, intent: Intent) -> None:
    """Ask it, because a no takes back what may have locked something."""
    _begin(turn, [])
    turn.prompt("to_be_sure")
    asking.open_question(turn, intent.slots["fact"])


def chosen(turn: Turn, intent: Intent) -> None:
    """Note an age, or the leg and the muscle that cramp most, and read it back."""
    turn.hush()
    for name, value in _choices(turn, intent):
        _note(turn, name, value)
        turn.prompt("noted_as", fact=turn.content.facts[name].options[value])


def read(turn: Turn, _: Intent) -> None:
    """Ask before reading aloud: others may hear."""
    turn.hush()
    if turn.state.profile:
        _ask(turn, _READ)
    else:
        turn.prompt("nothing_known")


def delete(turn: Turn, _: Intent) -> None:
    _ask(turn, _DELETE)


def forget(turn: Turn, intent: Intent) -> None:
    """Ask whether one thing that was told shall be forgotten."""
    turn.hush()
    name = intent.slots["known"]
    if name in turn.state.profile:
        _ask(turn, _FORGET, name)
    else:
        turn.prompt("never_told", fact=turn.content.facts[name].topic)


def _ask(turn: Turn, name: str, fact: str | None = None) -> None:
    _begin(turn, [])
    asking.open_question(turn, name, choice=fact)


def _begin(turn: Turn, queue: list[str], since: str | None = None) -> None:
    turn.hush()
    turn.put_aside()
    turn.state.floor.inquiry = Inquiry(purpose=Purpose.PROFILE, queue=queue, since=since)


# What is answered


def heard(turn: Turn, intent: Intent) -> None:
    """Take the answer to a question about the person."""
    _, question = turn.asked
    known = turn.content.facts.get(question.id)
    choices = [value for name, value in _choices(turn, intent) if name == question.id]
    if question.id == _FORGET and intent.name in ("yes", "no", "skip", "unsure"):
        _heard_forget(turn, intent.name)
    elif intent.name in ("skip", "unsure"):
        asking.resolve(turn, "skipped")
    elif question.id == _SINCE:
        _heard_since(turn, intent)
    elif question.id == _READ and intent.name in ("yes", "no"):
        _heard_read(turn, intent.name)
    elif known and known.options:
        _heard_choice(turn, question.id, choices)
    else:
        asking.heard_yes_or_no(turn, question, intent.name)


def _heard_choice(turn: Turn, name: str, choices: list[str]) -> None:
    if choices:
        _note(turn, name, choices[0])
        turn.say(turn.wording.prompt("noted_as", fact=turn.content.facts[name].options[choices[0]]))
        asking.resolve(turn, "safe")
    else:
        asking.unclear(turn)


def _heard_since(turn: Turn, intent: Intent) -> None:
    inquiry = turn.state.floor.inquiry
    since = intent.slots.get("since")
    if since and inquiry:
        _note(turn, inquiry.answered[-1], "yes", since)
        asking.resolve(turn, "safe")
    else:
        asking.unclear(turn)


def _heard_read(turn: Turn, answer: str) -> None:
    if answer == "yes":
        turn.tell(*_sheet(turn))
    asking.resolve(turn, "safe")


def _heard_forget(turn: Turn, answer: str) -> None:
    """Forget it; what it locked is asked about again where it matters."""
    name = turn.asked[0].choice
    if answer == "yes" and name in turn.state.profile:
        del turn.state.profile[name]
        _record(turn)
        _unmean(turn, name)
        turn.prompt("forgotten_fact", fact=turn.content.facts[name].topic)
    else:
        turn.prompt("left_as_it_is")
    asking.resolve(turn, "skipped")


def _choices(turn: Turn, intent: Intent) -> list[tuple[str, str]]:
    """Return the facts with options that an intent fills, and their values."""
    facts = turn.content.facts
    pairs = [(name, intent.slots.get(name)) for name in facts if facts[name].options]
    return [(name, value) for name, value in pairs if value is not None]


def learn(turn: Turn, name: str, answer: str) -> None:
    """Take what follows for the profile when a question about the person is closed."""
    inquiry = turn.state.floor.inquiry
    known = turn.content.facts.get(name)
    if name == _DELETE and answer == "danger":
        turn.state.profile.clear()
        _record(turn)
        turn.prompt("forgotten")
    if known is None or known.options or answer not in ("safe", "danger"):
        return
    since = inquiry.since if inquiry else None
    _note(turn, name, "yes" if answer == "danger" else "no", since if answer == "danger" else None)
    if inquiry and answer == "danger" and known.group == "medicine" and since is None:
        inquiry.queue.insert(0, _SINCE)


def rests(turn: Turn) -> bool:
    """Put the set-up aside when nobody answers; no other run of questions waits."""
    inquiry, question = turn.state.floor.inquiry, turn.state.floor.asking
    if inquiry is None or question is None or inquiry.purpose is not Purpose.PROFILE:
        return False
    if question.question == _FORGET:
        turn.state.floor = Floor()
        turn.prompt("left_as_it_is")
        return True
    question.stage, question.tries, question.unheard = Stage.FIRST, 1, 0
    turn.put_aside()
    turn.prompt("profile_later")
    return True


def finish(turn: Turn, inquiry: Inquiry) -> None:
    """Say that it is noted, unless nothing was to be."""
    if inquiry.answered and inquiry.answered[-1] not in (_READ, _DELETE, _FORGET):
        turn.prompt("noted")


# What is kept


def _note(turn: Turn, name: str, value: str, since: str | None = None) -> None:
    began = _date(turn, since) if since else None
    turn.state.profile[name] = Known(value=value, at=turn.now, since=since, began=began)
    _record(turn)
    _unmean(turn, name)
    meant = turn.content.facts[name].means.get(value)
    if meant:
        asking.note(turn, meant, "danger")
        turn.say(*turn.content.questions[meant].outcome.say)


def _unmean(turn: Turn, name: str) -> None:
    """What the value before has meant for the triage does not hold any more."""
    for meant in turn.content.facts[name].means.values():
        turn.state.answers.pop(meant, None)


def _date(turn: Turn, since: str) -> str | None:
    """Return when something began as an ISO date, as exact as it was told; None where that is not known."""
    now = turn.local_time
    if now is None:
        return None
    if since in _MONTHS:
        month = _MONTHS.index(since) + 1
        return f"{now.year - (month > now.month):04}-{month:02}"
    if since in _DAYS_AGO:
        return (now - timedelta(days=_DAYS_AGO[since])).date().isoformat()[:7]
    if since == "last_month":
        return (date(now.year, now.month, 1) - timedelta(days=1)).isoformat()[:7]
    return {"this_year": f"{now.year:04}", "last_year": f"{now.year - 1:04}"}.get(since)


def _record(turn: Turn) -> None:
    """Write the whole profile down: keys are ``group.id`` or ``id``, with ``.since`` for when it began."""
    details: dict[str, str | float | None] = {}
    for name, known in turn.state.profile.items():
        key = ".".join(filter(None, (turn.content.facts[name].group, name)))
        details[key] = known.value
        if known.began:
            details[f"{key}.since"] = known.began
    turn.record("profile", **details)


def _sheet(turn: Turn) -> list[str]:
    """Return what is known, in sentences."""
    facts, profile = turn.content.facts, turn.state.profile
    told = [(facts[name], profile[name]) for name in facts if name in profile]
    lines = []
    for fact, known in told:
        name = fact.options.get(known.value) or (fact.topic if known.value == "yes" else None)
        since = turn.content.since.get(known.since or "")
        if name and since:
            lines.append(turn.wording.prompt("known_since", fact=name, since=since))
        elif name:
            lines.append(turn.wording.prompt("known", fact=name))
    noes = sum(known.value == "no" for _, known in told)
    return [*lines, *([turn.wording.prompt("known_noes", n=turn.wording.number(noes))] if noes else [])]


def usual_muscle(turn: Turn) -> str | None:
    """Return the muscle that usually cramps; None: nobody told."""
    known = turn.state.profile.get("usual_muscle")
    return known.value if known else None
