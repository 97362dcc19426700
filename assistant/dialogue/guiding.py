"""Walks a routine beat by beat: says the step, times it, asks what the step asks, goes on.

A beat is in one of three conditions: its sentence is being spoken (`Guide.prompt`), its timed part runs
(`Guide.since`), or neither, and then `settle` speaks the sentence again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import applying, asking, inquiring, noting, offering, scripts
from assistant.dialogue.content import Level
from assistant.dialogue.state import Floor, Guide, Purpose

if TYPE_CHECKING:
    from collections.abc import Collection

    from assistant.dialogue.beats import Beat
    from assistant.dialogue.content import Routine
    from assistant.dialogue.turn import Turn

CRAMP_LIMIT = 600
"""Seconds after which a cramp that does not ease is no longer for self-care (NHS Leg cramps; nidirect)."""
REMIND = 45
"""Seconds between reminders while a step waits for "done"; there are `REMINDERS` of them."""
REMINDERS = 3
_STALE = 1.5
"""Seconds by which a cue may be late; a later one would count wrongly."""
_STEP_PAUSE = 0.8
"""Seconds of silence after a step that is not timed, to do what it says."""


def begin(turn: Turn, routine: str) -> None:
    """Give the floor to a routine and say its first step."""
    turn.state.floor = Floor(guide=Guide(routine=routine, began=turn.now, held=sorted(turn.held)))
    turn.state.told = None
    turn.record("routine", routine=routine)
    go_to(turn, 0)


def beat_of(turn: Turn) -> Beat:
    """Return the beat that the routine on the floor has come to."""
    guide = turn.guide
    return turn.beats[guide.routine][guide.beat]


def speak(turn: Turn) -> None:
    """Say the step; what was done of its timed part is kept."""
    guide = turn.guide
    beat = beat_of(turn)
    guide.paused = False
    guide.since = None
    if guide.beat in guide.once:
        step_over(turn)
        return
    if beat.turns_to and not guide.spent:
        turn.say(turn.wording.prompt(beat.turns_to))
    if beat.opens and beat.round > 1 and not guide.spent:
        turn.say(turn.wording.prompt("round", n=turn.wording.number(beat.round)))
    guide.prompt = turn.tell(beat.step.say, pause=None if beat.seconds else _STEP_PAUSE)


def spoken(turn: Turn) -> None:
    """The step's sentence has ended: start its timed part, or go on."""
    guide = turn.guide
    guide.prompt = None
    if turn.asking:
        return
    beat = beat_of(turn)
    if beat.seconds or beat.step.confirm:
        guide.since = turn.now
        if beat.step.once:
            guide.once.append(guide.beat)
            turn.state.begun[guide.routine] = turn.now
            turn.record("once", routine=guide.routine, beat=guide.beat)
        if beat.step.screen:
            inquiring.ask_in_rest(turn)
    else:
        step_over(turn)


def due(turn: Turn) -> float | None:
    """Return when the routine on the floor wants to be woken, or None."""
    guide = turn.state.floor.guide
    if guide is None or guide.paused or turn.asking:
        return None
    times = []
    episode = turn.state.episode
    if episode and episode.eased is None and not episode.overdue:
        times.append(episode.onset + CRAMP_LIMIT)
    if guide.since is not None:
        times.append(_begun(guide) + _next_moment(turn))
    return min(times, default=None)


def _begun(guide: Guide) -> float:
    """Return when the timed part would have begun, had it never been interrupted."""
    assert guide.since is not None
    return guide.since - guide.spent


def _next_moment(turn: Turn) -> float:
    """Return the second of the timed part at which something is next said or done."""
    guide = turn.guide
    beat = beat_of(turn)
    if beat.step.confirm:
        return REMIND * (guide.cue + 1) if guide.cue < REMINDERS else float("inf")
    if guide.cue < len(beat.cues):
        return beat.cues[guide.cue][0]
    return beat.seconds


def tick(turn: Turn) -> None:
    """Do what is due in the routine on the floor."""
    episode = turn.state.episode
    guide = turn.guide
    if episode and episode.eased is None and not episode.overdue and turn.now >= episode.onset + CRAMP_LIMIT:
        give_up(turn)
    elif guide.since is not None:
        _tick_step(turn, _begun(guide))


def _tick_step(turn: Turn, begun: float) -> None:
    guide = turn.guide
    beat = beat_of(turn)
    if beat.step.confirm:
        guide.cue += 1
        turn.prompt("say_done")
        return
    while guide.cue < len(beat.cues) and begun + beat.cues[guide.cue][0] <= turn.now:
        at, name = beat.cues[guide.cue]
        guide.cue += 1
        if turn.now - begun - at < _STALE:
            turn.say(_cue(turn, name), pause=0)
    if begun + beat.seconds <= turn.now:
        step_over(turn)


def _cue(turn: Turn, cue: str | int) -> str:
    if isinstance(cue, int):
        return turn.wording.prompt("count", n=turn.wording.number(cue))
    return turn.wording.prompt(cue)


def step_over(turn: Turn) -> None:
    """Ask what the step asks, start the timer that it starts, and go on."""
    guide = turn.guide
    beat = beat_of(turn)
    guide.since = guide.prompt = None
    if beat.ask and not guide.ask_over:
        guide.ask_over = True
        asking.open_question(turn, beat.ask)
        return
    if beat.step.timer:
        applying.start(turn, beat.step.timer)
    go_to(turn, beat.exit if beat.again else guide.beat + 1)


def answered(turn: Turn, answer: str) -> None:
    """Go on after the question that the step asked."""
    if beat_of(turn).again and answer == "danger":
        go_to(turn, turn.guide.beat + 1)
    else:
        step_over(turn)


def asked_by_step(turn: Turn, question: str) -> bool:
    """Tell whether it is the step on the floor that asks this question."""
    guide = turn.state.floor.guide
    return guide is not None and guide.ask_over and beat_of(turn).ask == question


def go_to(turn: Turn, index: int) -> None:
    """Continue at another beat, or the next that may be done; behind the last one the routine is over."""
    guide = turn.guide
    beats = turn.beats[guide.routine]
    index = _open_from(turn, index)
    if index < len(beats) and beats[index].step.label == "close" and index > guide.beat and not _eased(turn):
        turn.say(turn.wording.prompt("go_round_again"))
        index = _labelled(turn, "start")
    if index >= len(beats):
        _finish(turn)
        return
    guide.beat = index
    guide.spent, guide.cue, guide.ask_over = 0, 0, False
    speak(turn)


def _open_from(turn: Turn, index: int) -> int:
    """Return the beat at this index, or the nearest beyond it in the direction of travel that may be done."""
    guide = turn.guide
    ahead = [n for n in _concerning(turn) if n not in guide.once]
    before = [n for n in ahead if n <= index]
    if index < guide.beat and before:
        return before[-1]
    return next((n for n in ahead if n >= index), len(turn.beats[guide.routine]))


def _concerning(turn: Turn) -> list[int]:
    """Return the indexes of the beats that this person goes through."""
    guide = turn.guide
    return [n for n, beat in enumerate(turn.beats[guide.routine]) if beat.concerns(guide.held)]


def jump(turn: Turn, label: str) -> None:
    """Continue at a labelled step; where the routine has no such step, at its first one."""
    guide = turn.guide
    guide.beat = _labelled(turn, label)
    go_to(turn, guide.beat)


def _labelled(turn: Turn, label: str) -> int:
    guide = turn.guide
    beats = turn.beats[guide.routine]
    return next((i for i, beat in enumerate(beats) if beat.step.label == label), 0)


def _eased(turn: Turn) -> bool:
    return turn.state.episode is None or turn.state.episode.eased is not None


def _finish(turn: Turn) -> None:
    guide = turn.guide
    turn.record("routine_over", routine=guide.routine)
    turn.state.floor = Floor()
    follows = turn.content.routines[guide.routine].then
    if follows:
        turn.prompt("next_is", name=turn.content.routines[follows].name)
        _pass_gate(turn, follows)
    else:
        turn.prompt("routine_over")
        noting.ended(turn)


def time_left(turn: Turn) -> list[str]:
    """Return the sentences that answer "how long left" for the routine on the floor."""
    guide = turn.state.floor.guide
    if guide is None:
        return []
    beat = beat_of(turn)
    answers = []
    if beat.seconds:
        done = guide.spent + (turn.now - guide.since if guide.since is not None else 0)
        seconds = turn.wording.duration(max(0.0, beat.seconds - done))
        answers.append(turn.wording.prompt("left_of_step", left=seconds))
    if beat.rounds > 1:
        n, total = turn.wording.number(beat.round), turn.wording.number(beat.rounds)
        answers.append(turn.wording.prompt("round_of", n=n, total=total))
    return answers or [_place(turn, guide)]


def _place(turn: Turn, guide: Guide) -> str:
    places = _concerning(turn)
    n = sum(place <= guide.beat for place in places)
    return turn.wording.prompt("step_of", n=turn.wording.number(n), total=turn.wording.number(len(places)))


def ease(turn: Turn) -> None:
    """It is better: note it, and come to the routine's end. "Better" answers no question of danger."""
    note_eased(turn)
    guide = turn.state.floor.guide
    if guide is None:
        turn.prompt("glad")
        noting.ended(turn)
        return
    guide.paused = False
    guide.ends = inquiring.minds_answer(turn)
    if guide.ends:
        turn.prompt("glad")
        return
    inquiring.postpone(turn)
    if any(beat.step.label == "close" for beat in turn.beats[guide.routine][guide.beat + 1 :]):
        jump(turn, "close")
    elif not any(beat.step.label == "close" for beat in turn.beats[guide.routine]):
        turn.state.floor = Floor()
        turn.prompt("glad")
        noting.ended(turn)


def note_eased(turn: Turn) -> None:
    """The cramp is over."""
    asking.note(turn, asking.CRAMP, "safe")
    noting.eased(turn)


def give_up(turn: Turn) -> None:
    """The routine does not help: put it aside and find out how soon somebody should be seen."""
    episode = turn.state.episode
    assert episode is not None
    episode.overdue = True
    turn.hush()
    turn.put_aside()
    turn.forget_safe_answers()
    turn.record("not_helping")
    turn.prompt("not_helping")
    triage = turn.content.triage
    late = episode.eased is None and turn.now >= episode.onset + CRAMP_LIMIT
    inquiring.inquire(turn, Purpose.REQUEST, triage.overdue if late else triage.failing)


def start(turn: Turn, routine: str) -> None:
    """Start a routine, behind its gate and its locks."""
    turn.hush()
    turn.put_aside()
    _pass_gate(turn, routine)


def _pass_gate(turn: Turn, routine: str) -> None:
    """Ask what has to be asked first; where it is locked already, only what the profile leads to."""
    wanted = turn.content.routines[routine]
    pending = inquiring.pending(turn, wanted.gate)
    led_to = inquiring.led_to(turn, wanted.gate) if turn.locked_by(wanted.locks, pending) else []
    if led_to or not refuse(turn, routine, pending):
        inquiring.inquire(turn, Purpose.GATE, led_to or wanted.gate, routine)


def refuse(turn: Turn, routine: str, to_be_asked: Collection[str] = ()) -> bool:
    """Say why a routine must not be done now, if that is so; what is about to be asked is no reason yet."""
    wanted = turn.content.routines[routine]
    lock = turn.locked_by(wanted.locks, to_be_asked)
    if lock is not None and routine not in turn.content.left_out:
        _say_locked(turn, routine, lock)
    elif why := _hindrance(turn, wanted):
        turn.tell(why)
    elif not (wanted.gate and turn.level is Level.EMERGENCY):  # then its script comes first
        return False
    if turn.level >= Level.URGENT or turn.locked_by(()) is not None:
        scripts.speak(turn)
    elif hurt := applying.hurt(turn, routine):
        turn.say(*hurt)
    elif _only_rests(turn, wanted):
        return True
    elif other := _alternative(turn, wanted):
        turn.say(turn.wording.prompt("instead", name=other.name))
        offering.make(turn, "start", routine=other.id)
    elif lock is not None:
        turn.say(turn.wording.prompt("nothing_instead"))
        offering.make(turn, "screen")
    return True


def _hindrance(turn: Turn, routine: Routine) -> str | None:
    """Return the sentence that says why it cannot be now, no answer being the reason, or None."""
    episode = turn.state.episode
    words = turn.wording
    if routine.id in turn.content.left_out:
        return words.prompt("switched_off", name=routine.name)
    if episode and turn.now - episode.onset < routine.settle_minutes * 60:
        return words.prompt("too_early", name=routine.name)
    if (wait := _again_in(turn, routine)) > 0:
        return words.prompt("wait_first", name=routine.name, left=words.duration(wait))
    if (wait := applying.resting(turn, routine.id)) > 0:
        return words.prompt("rest_first", name=routine.name, left=words.duration(wait))
    return words.prompt("enough_today", name=routine.name) if applying.used_up(turn, routine.id) else None


def _only_rests(turn: Turn, routine: Routine) -> bool:
    """Tell whether it is the skin that needs rest, and no cramp that needs something else meanwhile."""
    cramp = turn.present_episode is not None and not _eased(turn)
    return not cramp and (applying.resting(turn, routine.id) > 0 or applying.used_up(turn, routine.id))


def _alternative(turn: Turn, routine: Routine) -> Routine | None:
    """Return the first of what can be done instead, and instead of that, that nothing forbids."""
    seen = {routine.id}
    name = routine.instead
    while name and name not in seen:
        seen.add(name)
        other = turn.content.routines[name]
        if turn.locked_by(other.locks) is None and _hindrance(turn, other) is None:
            return other
        name = other.instead
    return None


def _again_in(turn: Turn, routine: Routine) -> float:
    """Return the seconds until it may be started again; 0 or less if it may."""
    begun = turn.state.begun.get(routine.id)
    return 0 if begun is None else begun + routine.again_minutes * 60 - turn.now


def _say_locked(turn: Turn, routine: str, lock: str) -> None:
    turn.record("locked", routine=routine, by=lock)
    turn.prompt("locked", name=turn.content.routines[routine].name)
    reason = (
        "not_sure" if lock in turn.state.answers and turn.state.answers[lock].unclear else "locked_because"
    )
    turn.say(turn.wording.prompt(reason, topic=turn.content.questions[lock].topic))
