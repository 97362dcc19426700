"""Asks what the diary wants to know, and for the leave to do what cannot be undone.

Little at night, the rest in the morning. Nothing must be answered: "I don't know" and "skip" go on, silence
ends it, and what was not asked comes in the morning. Only a clear "yes" is leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import asking, inquiring, remembering
from assistant.dialogue.state import Due, Floor, Interest, Interview, Mode

if TYPE_CHECKING:
    from assistant.dialogue.state import Episode
    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

_NIGHT = 12 * 3600
"""Seconds for which the questions of one night are counted, and a refused offer is not repeated."""
_DAY = 24 * 60
"""Minutes."""
_FORGOTTEN = 48 * 3600
"""Seconds after which nobody is asked about a cramp any more (project rule)."""
_JUST_NOW = 1800
"""Seconds after a cramp in which nobody is asked about the night (project rule)."""
_ANSWERS = {"yes": "yes", "weak_yes": "yes", "no": "no", "weak_no": "no"}


def interview_of(turn: Turn) -> Interview | None:
    """Return the interview whose question is open, if it is one of the diary."""
    floor = turn.state.floor
    return floor.interview if floor.asking and turn.asking is floor.asking else None


# When it is asked


def ask_at_night(turn: Turn, episode: Episode) -> None:
    """Ask what was not told, as long as few enough were asked this night."""
    state, diary = turn.state, turn.content.diary
    state.asked_at_night = [at for at in state.asked_at_night if turn.now - at < _NIGHT]
    room = diary.most_at_night - len(state.asked_at_night)
    names = [name for name in diary.night if not (name == "side" and episode.side)][:room]
    queue = [Due(question=name, cramp=episode.onset) for name in names]
    if queue and turn.mode is Mode.IDLE and state.script is None:
        state.floor.interview = Interview(interest=Interest.NIGHT, queue=queue)
        _next(turn)


def good_morning(turn: Turn, _: Intent) -> None:
    """Ask the rest about the night, without asking for leave; an open question of danger goes before."""
    turn.hush()
    if turn.mode is Mode.IDLE and inquiring.ask_late(turn):
        return
    turn.put_aside()
    _drop_forgotten(turn)
    if turn.state.dues:
        turn.prompt("good_morning_questions")
        _ask_rest(turn)
    else:
        turn.prompt("good_morning")


def resume(turn: Turn) -> bool:
    """Go on with the questions about the night; return False if none are left."""
    _drop_forgotten(turn)
    if turn.state.dues and _is_awake(turn):
        turn.hush()
        _ask_rest(turn)
        return True
    return False


def offer(turn: Turn) -> None:
    """At the first talk of the day: ask for leave to ask about the night."""
    state = turn.state
    waits = state.speaking and state.script is not None
    busy = turn.mode is not Mode.IDLE or state.offer or state.awaits is not None or waits
    if busy or not _is_awake(turn):
        return
    _drop_forgotten(turn)
    lately = state.offered is not None and turn.now - state.offered < _NIGHT
    if state.dues and not lately and turn.now - state.dues[-1].cramp > _JUST_NOW:
        state.offered = turn.now
        ask_leave(turn, Interest.OFFER, "morning_offer")


def ask_leave(turn: Turn, interest: Interest, question: str, entry: int | None = None) -> None:
    """Ask whether something may be done."""
    turn.put_aside()
    turn.state.floor.interview = Interview(interest=interest, entry=entry)
    asking.open_question(turn, question)


def _is_awake(turn: Turn) -> bool:
    """Tell whether the clock on the wall shows a waking hour, as far as anybody knows."""
    time = turn.local_time
    if time is None:
        return False
    began, ends = turn.state.habits.waking
    return (time.hour * 60 + time.minute - began) % _DAY < (ends - began) % _DAY


def _drop_forgotten(turn: Turn) -> None:
    turn.state.dues = [due for due in turn.state.dues if turn.now - due.cramp < _FORGOTTEN]


def _ask_rest(turn: Turn) -> None:
    turn.state.floor = Floor(interview=Interview(interest=Interest.MORNING))
    _next(turn)


# How it goes on


def _next(turn: Turn) -> None:
    """Ask the next question, or come to the end."""
    floor = turn.state.floor
    interview = floor.interview
    assert interview is not None
    floor.asking = None
    queue = interview.queue if interview.interest is Interest.NIGHT else turn.state.dues
    if not queue:
        _end(turn, "noted_all")
        return
    due = queue[0]
    if interview.interest is Interest.NIGHT:
        interview.queue = queue[1:]
        turn.state.asked_at_night.append(turn.now)
    elif interview.asked is None or interview.asked.cramp != due.cramp:
        _say_which(turn, due.cramp)
    interview.asked, interview.again = due, False
    asking.open_question(turn, due.question)


def _say_which(turn: Turn, cramp: float) -> None:
    clock, now = turn.state.clock, turn.local_time
    if clock is None or now is None:
        return
    then = turn.local(cramp)
    assert then is not None
    turn.say(turn.wording.prompt("about_the_cramp", when=turn.wording.moment(then, now)))


def _end(turn: Turn, prompt: str | None) -> None:
    turn.state.floor = Floor()
    if prompt:
        turn.prompt(prompt)


def heard(turn: Turn, interview: Interview, intent: Intent) -> None:
    """Take an answer, or "I don't know", or "skip"."""
    if interview.asked is None:
        _heard_leave(turn, interview, intent)
        return
    _, question = turn.asked
    value = _value(question.kind, intent)
    if intent.name == question.kind == "hours" and value is None:  # it is still sore
        value = round((turn.now - interview.asked.cramp) / 3600, 1)
    if intent.name not in ("unsure", "skip") and value is None:
        unheard(turn, interview)
        return
    _note(turn, interview, interview.asked, value)
    _next(turn)


def corrected(turn: Turn, interview: Interview, meant: Intent) -> None:
    """Take "no, I said five" for the last answer if it can be one, else for the open question."""
    last = interview.last
    value = _value(turn.content.questions[last.question].kind, meant) if last else None
    if last is None or value is None:
        heard(turn, interview, meant)
        return
    _note(turn, interview, last, value)
    interview.again = False
    asking.ask(turn)


def _note(turn: Turn, interview: Interview, due: Due, value: str | float | None) -> None:
    """Write an answer down, and say a number back."""
    interview.last = due
    _tell(turn, due, value)
    if turn.content.questions[due.question].kind == "pain" and value is not None:
        turn.say(turn.wording.prompt("noted_number", n=turn.wording.number(float(value))))


def _heard_leave(turn: Turn, interview: Interview, intent: Intent) -> None:
    _end(turn, None)
    if intent.name == "yes" and interview.interest is Interest.OFFER:
        _ask_rest(turn)
    elif intent.name == "yes":
        remembering.do(turn, interview)
    elif interview.interest is not Interest.OFFER:
        turn.prompt("left_as_it_is")


def thanks(turn: Turn, _: Intent) -> None:
    """Whoever says so is done: let it be. It is no answer to any other question: that is asked again."""
    interview = interview_of(turn)
    if interview is None:
        asking.unclear(turn, spoken=True)
        return
    turn.hush()
    if interview.interest is Interest.NIGHT:
        _end(turn, "glad")
    else:
        _let_be(turn, interview)


def unheard(turn: Turn, interview: Interview, *, spoken: bool = True) -> None:
    """Silence, or nothing clear: ask once more, at night only who spoke; then let it be."""
    is_awake = interview.interest is Interest.MORNING or (interview.asked is not None and spoken)
    if is_awake and not interview.again:
        interview.again = True
        asking.open_question(turn, turn.asked[0].question)
    else:
        _let_be(turn, interview)


def _let_be(turn: Turn, interview: Interview) -> None:
    if interview.interest is Interest.MORNING:
        _end(turn, "ask_later")
    elif interview.asked is None and interview.interest is not Interest.OFFER:
        _end(turn, "left_as_it_is")
    else:
        _end(turn, None)


def _tell(turn: Turn, due: Due, value: str | float | None) -> None:
    """Note an answer, or that there is none; it is not asked again."""
    state = turn.state
    state.dues = [one for one in state.dues if one != due]
    if value is not None:
        turn.record("told", about=due.question, value=value, episode=due.cramp)
    if due.question == "woke" and value == "yes":
        turn.record("told", about="onset", value="sleep", episode=due.cramp)
    elif due.question == "woke" and value == "no":
        state.dues[:0] = [Due(question=name, cramp=due.cramp) for name in turn.content.diary.unless_woke]


def _value(kind: str, intent: Intent) -> str | float | None:
    """Return what an intent says in answer to a kind of question, or None."""
    if kind == "yes_no":
        return _ANSWERS.get(intent.name)
    if kind == "pain":
        score = asking.score_of(intent)
        return None if score is None else float(score)
    if kind == "hours" and "hours" in intent.slots:
        return float(intent.slots["hours"])
    return intent.slots.get(kind) if intent.name == kind else None
