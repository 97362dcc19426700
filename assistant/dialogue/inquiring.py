"""Goes through runs of questions: which are still to ask, in what order, and what follows from all of them.

How one question is asked and answered is in `asking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import asking, guiding, profiling, scripts, sleeping, telling
from assistant.dialogue.content import Level, Outcome
from assistant.dialogue.state import Floor, Inquiry, Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.dialogue.turn import Turn

NIGHT = "at_night"
"""Id of the question whether it is night; where a trusted clock shows day, it is not asked."""
_DAY = (7, 22)
"""First and last hour of the day, for what is only done by day (project rule)."""
_FEW = 3
"""Questions before a routine that need no number."""
_MANY = 12
"""Questions from which on one wants to know how many are left."""


def inquire(turn: Turn, purpose: Purpose, names: Iterable[str], routine: str | None = None) -> None:
    """Ask those of the questions whose answers do not count any more, then do what they are for."""
    inquiry = Inquiry(purpose=purpose, queue=pending(turn, names), routine=routine)
    turn.state.floor.inquiry = inquiry
    if purpose is Purpose.GATE and inquiry.queue:
        n = len(inquiry.queue)
        name = "first_questions" if n > _FEW else "a_few_questions"
        turn.say(turn.wording.prompt(name, n=turn.wording.clear(n)))
    next_question(turn)


def inquire_at_length(turn: Turn, names: Iterable[str]) -> None:
    """Ask what may be many questions: say how many, how to end them, and later that half of them are over."""
    queue = [] if turn.is_emergency else pending(turn, names)
    many = len(queue) >= _MANY
    if many:
        turn.tell(
            turn.wording.prompt("many_questions", n=turn.wording.clear(len(queue))),
            turn.wording.prompt("say_enough"),
        )
    elif queue:
        turn.prompt("a_few_questions")
    inquire(turn, Purpose.REQUEST, names)
    if turn.state.floor.inquiry and many:
        turn.state.floor.inquiry.total = len(queue)


def break_off(turn: Turn) -> None:
    """End the run on the floor with what is known, and say what was not asked."""
    floor = turn.state.floor
    inquiry = floor.inquiry
    assert inquiry is not None
    left = [*([floor.asking.question] if floor.asking else []), *inquiry.queue]
    if floor.asking:
        turn.mind_unconfirmed(floor.asking)
    if inquiry.routine and turn.level < Level.DOCTOR:
        turn.prompt("locked", name=turn.content.routines[inquiry.routine].name)
        turn.put_aside()
        return
    turn.say(*scripts.unasked(turn, inquiry, left))
    scripts.speak(turn, scripts.due(turn, finished=False))


def pending(turn: Turn, names: Iterable[str]) -> list[str]:
    """Return those of the questions that have no answer that counts."""
    known = {NIGHT} if _is_day(turn) else set[str]()
    queue: list[str] = []
    for name in names:
        if turn.told(name):  # of that the person need not be asked again, but of what follows from it
            queue += pending(turn, turn.content.questions[name].outcome.ask)
        elif name not in known and not turn.is_clear(name) and not asking.is_danger(turn, name):
            queue.append(name)
    return list(dict.fromkeys(queue))


def led_to(turn: Turn, names: Iterable[str]) -> list[str]:
    """Return what may be urgent, and is to be asked because the profile answers a question with yes."""
    told = [turn.content.questions[name] for name in names if turn.told(name)]
    asks = [name for question in told for name in question.outcome.ask]
    return pending(turn, [name for name in asks if _is_red_flag(turn, name)])


def ask_in_rest(turn: Turn) -> None:
    """Ask one question of the screen, if one is left and it is not an emergency already."""
    if turn.is_emergency:
        return
    floor, episode = turn.state.floor, turn.state.episode
    if floor.inquiry is None:
        floor.inquiry = Inquiry(purpose=Purpose.REST, queue=pending(turn, turn.content.triage.screen))
        if episode and episode.again:
            episode.again = False
            floor.inquiry.queue.append("other_leg")
    floor.inquiry.queue = pending(turn, floor.inquiry.queue)
    if floor.inquiry.queue:
        asking.open_question(turn, floor.inquiry.queue.pop(0))


def ask_late(turn: Turn) -> bool:
    """Ask again what silence has made an emergency of, because somebody is there; return whether it did."""
    if not turn.unanswered:
        return False
    turn.hush()
    ask_once_more(turn)
    return True


def ask_once_more(turn: Turn) -> None:
    """Ask what silence has made an emergency of, behind what is being said.

    What was said late answers nothing by itself. Relief that waits goes on behind a safe answer.
    """
    state, screen, names = turn.state, turn.content.triage.screen, turn.unanswered
    turn.prompt("late_answer")
    if not _relief_waits(turn):
        inquire(turn, Purpose.REQUEST, [*names, *screen])
        return
    state.floor, state.aside = state.aside or Floor(), None
    turn.guide.paused = False
    queue = [name for name in pending(turn, [*names, *screen]) if name != names[0]]
    state.floor.inquiry = Inquiry(purpose=Purpose.REST, queue=queue)
    asking.open_question(turn, names[0])


def _relief_waits(turn: Turn) -> bool:
    """Tell whether relief of a cramp that has not eased was put aside, and may go on."""
    guide, episode = turn.state.aside and turn.state.aside.guide, turn.state.episode
    if not guide or episode is None or episode.eased is not None:
        return False
    return bool(turn.content.routines[guide.routine].relieves) and not _is_locked(turn, guide.routine)


def go_back(turn: Turn) -> None:
    """Ask the last question of the run again; what was answered dangerously stands."""
    floor = turn.state.floor
    inquiry, asked = floor.inquiry, floor.asking
    assert asked is not None
    if inquiry and inquiry.answered and not asking.is_danger(turn, inquiry.answered[-1]):
        inquiry.queue.insert(0, asked.question)
        asking.open_question(turn, inquiry.answered.pop())
    else:
        asking.ask(turn)


def postpone(turn: Turn) -> None:
    """Take back the open question; one of a run of questions comes again later."""
    floor = turn.state.floor
    if floor.asking and floor.inquiry and floor.asking.question != "progress":
        floor.inquiry.queue.insert(0, floor.asking.question)
    floor.asking = None


def minds_answer(turn: Turn) -> bool:
    """Tell whether the open question of a run must not be left: unanswered, too, it has an outcome."""
    asked = turn.state.floor.asking
    if asked is None or guiding.asked_by_step(turn, asked.question):
        return False
    return turn.content.questions[asked.question].unclear != Outcome()


def next_question(turn: Turn) -> None:
    """Ask the next question of the run, or come to its end."""
    inquiry = turn.state.floor.inquiry
    assert inquiry is not None
    if turn.is_emergency:
        inquiry.queue = []
    elif inquiry.routine and _is_locked(turn, inquiry.routine, inquiry.queue):
        inquiry.queue = [name for name in inquiry.queue if _is_worth_asking(turn, inquiry, name)]
    if inquiry.purpose is Purpose.GATE:
        inquiry.queue = [name for name in inquiry.queue if _matters(turn, name)]
    if inquiry.queue:
        _say_half_way(turn, inquiry)
        asking.open_question(turn, inquiry.queue.pop(0))
    else:
        _finish(turn, inquiry)


def _say_half_way(turn: Turn, inquiry: Inquiry) -> None:
    if inquiry.total and len(inquiry.queue) * 2 <= inquiry.total:
        inquiry.total = 0
        turn.say(turn.wording.prompt("half_of_the_questions"))


def left(turn: Turn) -> list[str]:
    """Tell how many questions of a run are left, with the open one; in a rest there is one at a time."""
    inquiry = turn.state.floor.inquiry
    if inquiry is None or inquiry.purpose is Purpose.REST or turn.state.floor.asking is None:
        return []
    if not inquiry.queue:
        return [turn.wording.prompt("last_question")]
    return [turn.wording.prompt("questions_left", n=turn.wording.clear(len(inquiry.queue) + 1))]


def _is_locked(turn: Turn, routine: str, to_be_asked: Iterable[str] = ()) -> bool:
    return turn.locked_by(turn.content.routines[routine].locks, tuple(to_be_asked)) is not None


def _matters(turn: Turn, name: str) -> bool:
    """Tell whether an answer could do more than lock what is locked already."""
    question = turn.content.questions[name]
    if question.unclear.level or question.outcome.level or question.outcome.ask:
        return True
    locks = {*question.outcome.locks, *question.unclear.locks}
    return not locks or bool(locks - turn.held)


def _is_worth_asking(turn: Turn, inquiry: Inquiry, name: str) -> bool:
    """Tell whether it is asked although the routine is off: an answer led to it, or it may be urgent."""
    known = [q for q in turn.content.questions.values() if q.id in inquiry.answered or turn.told(q.id)]
    led_to = any(name in question.outcome.ask for question in known)
    return led_to or (turn.level >= Level.URGENT and _is_red_flag(turn, name))


def _is_red_flag(turn: Turn, name: str) -> bool:
    """Tell whether a yes is urgent, or asks for something that may be."""
    outcome = turn.content.questions[name].outcome
    return outcome.level >= Level.URGENT or any(_is_red_flag(turn, other) for other in outcome.ask)


def go_on(turn: Turn, name: str, outcome: Outcome) -> None:
    """Continue the run after an answer."""
    floor = turn.state.floor
    inquiry = floor.inquiry
    assert inquiry is not None
    inquiry.answered.append(name)
    followups = [q for q in pending(turn, outcome.ask) if q not in inquiry.queue and not _told(turn, q)]
    inquiry.queue = followups + inquiry.queue
    if inquiry.purpose is not Purpose.REST:
        turn.say(*outcome.say)
        next_question(turn)
    elif outcome.level >= Level.URGENT or followups or _is_locked(turn, turn.guide.routine):
        # A red flag breaks in: the stretch rests until it is clear how soon somebody should look.
        turn.say(*outcome.say)
        floor.inquiry = None
        turn.put_aside()
        inquiry.purpose = Purpose.REQUEST
        turn.state.floor = Floor(inquiry=inquiry)
        next_question(turn)
    elif turn.guide.ends:
        guiding.ease(turn)
    elif turn.guide.sleeps:
        sleeping.leave(turn)


def _told(turn: Turn, name: str) -> bool:
    """Write down the leg, if the question asks for it and it was named with the sign; tell whether it was."""
    inquiry = turn.state.floor.inquiry
    side = inquiry.side if inquiry and turn.content.questions[name].kind == "side" else None
    if side:
        turn.record("answer", question=name, answer=side)
    return side is not None


def _finish(turn: Turn, inquiry: Inquiry) -> None:
    turn.state.floor.inquiry = None
    if inquiry.purpose is Purpose.REST:
        return
    if inquiry.topic is not None:
        telling.tell(turn, inquiry.topic)
    elif inquiry.purpose is Purpose.PROFILE:
        profiling.finish(turn, inquiry)
    elif inquiry.routine is None:
        scripts.speak(turn)
    else:
        _begin(turn, inquiry.routine)


def _is_day(turn: Turn) -> bool:
    """Tell whether a clock that can be trusted shows day."""
    clock, time = turn.state.clock, turn.local_time
    return clock is not None and clock.vouched and time is not None and _DAY[0] <= time.hour < _DAY[1]


def _begin(turn: Turn, routine: str) -> None:
    """Begin what the gate was for, or say why not; and that somebody should be seen soon, if that is so."""
    script = turn.wording.script(scripts.due(turn))
    if turn.level is Level.DOCTOR:
        turn.say(*script)
    if not guiding.refuse(turn, routine):
        if turn.level > Level.DOCTOR:
            turn.say(*script)
        guiding.begin(turn, routine)
