"""Timers and reminders: several at once, set, asked, paused, extended and ended by voice.

What was set is of the assistant's own clock, so no change of the wall's can shorten it; only what rings every
day at a time of day follows the wall. It rings until any word is understood: what is for safety without end,
louder and louder; everything else three times, and then it is told later. In the quiet hours only what is for
safety rings, and what was set in them by somebody who was awake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import applying, inquiring
from assistant.dialogue.state import Mode, Running, Stage, Timer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from assistant.dialogue.turn import Turn
    from assistant.values import Intent

    Target: TypeAlias = Timer | Running

_MINUTE, _HALF_DAY, _DAY = 60, 12 * 3600, 24 * 3600
_AGAIN = 30
"""Seconds after which what nobody answers rings again (project rule)."""
_TIMES = 3
"""How often it does, if it is not for safety."""
_LOUDER = 0.15
"""Of full scale, by which each call for safety is louder than the last."""
_LATE = 90
"""Seconds from which it is said how late it is."""
_MISSED = 2 * 3600
"""Seconds after which a daily reminder is no longer worth doing."""
_MOST = 12
"""Timers and reminders at once."""
_SHOWN = 3
"""Of those between which somebody has to choose."""
_EXTENSION = 5
"""Minutes that "longer" means."""
_CLEAR = 20
"""Minutes: up to here only those in "teen" sound like another number."""


# Setting


def set_timer(turn: Turn, intent: Intent) -> None:
    """Call them once, in so many minutes."""
    minutes = intent.slots.get("minutes")
    turn.hush()
    if _refused(turn, intent):
        return
    if minutes is None:
        turn.prompt("say_how_long")
        return
    timer = _timer(turn, intent, int(minutes) * _MINUTE)
    prompt = "timer_set" if timer.about == "timer" else "reminder_set"
    _add(turn, timer, prompt, length=_length(turn, timer))


def set_interval(turn: Turn, intent: Intent) -> None:
    """Call them again and again."""
    turn.hush()
    if _refused(turn, intent):
        return
    timer = _timer(turn, intent, int(intent.slots["minutes"]) * _MINUTE)
    timer.every = True
    _add(turn, timer, "interval_set", length=_length(turn, timer))


def set_daily(turn: Turn, intent: Intent) -> None:
    """Call them every day at a time of day."""
    turn.hush()
    if _refused(turn, intent):
        return
    local = turn.local_time
    if local is None:
        turn.prompt("time_unknown")
        return
    hours, minutes = map(int, intent.slots["at"].split(":"))
    timer = _timer(turn, intent, 0)
    timer.daily = hours * 60 + minutes
    timer.due = turn.now - _HALF_DAY
    if turn.state.clock and not turn.state.clock.vouched:
        turn.say(turn.wording.prompt("clock_guessed", time=turn.wording.time(local.hour * 60 + local.minute)))
    _add(turn, timer, "daily_set", time=turn.wording.time(timer.daily))


def _refused(turn: Turn, intent: Intent) -> bool:
    """Say why nothing is set, if that is so. Medicine is never reminded of."""
    if intent.slots.get("about") == "medicine":
        turn.tell(turn.wording.prompt("no_medicine"), turn.wording.prompt("ask_about_medicine"))
    elif len(turn.state.timers) >= _MOST:
        turn.prompt("too_many_timers", n=turn.wording.number(_MOST))
    else:
        return False
    return True


def _timer(turn: Turn, intent: Intent, length: float) -> Timer:
    quiet = _after_quiet(turn, turn.now) > turn.now
    about = intent.slots.get("about", "timer")
    return Timer(about=about, length=length, due=turn.now + length, awake=quiet)


def _add(turn: Turn, timer: Timer, prompt: str, **values: str) -> None:
    """Keep it, in place of one that is repeated alike, and say so."""
    state = turn.state
    repeated = timer.every or timer.daily is not None
    state.timers = [t for t in state.timers if not (repeated and _alike(t, timer))] + [timer]
    turn.record("timer_set", about=timer.about, seconds=timer.length, daily=timer.daily)
    texts = [turn.wording.prompt(prompt, name=name_of(turn, timer), **values)]
    minutes = round(timer.length / _MINUTE)
    if _sounds_alike(minutes):
        texts.append(turn.wording.prompt("that_is", digits=turn.wording.digits(minutes)))
    if (rings := _rings(turn, timer)) is not None and _is_held(turn, timer):
        texts.append(turn.wording.prompt("held_back", time=turn.wording.time(_minute_of_day(turn, rings))))
    turn.tell(*texts, *turn.content.reminders[timer.about].also)


def _alike(one: Timer, other: Timer) -> bool:
    return one.about == other.about and (one.every, one.daily is None) == (other.every, other.daily is None)


def _sounds_alike(minutes: int) -> bool:
    """Tell whether a number is easily heard as another one: thirteen and thirty."""
    return 13 <= minutes < _CLEAR or (minutes in range(30, 100, 10) and minutes != 60)  # noqa: PLR2004


def _length(turn: Turn, timer: Timer) -> str:
    return turn.wording.duration(timer.length, spelled=False)


def name_of(turn: Turn, timer: Timer) -> str:
    """Return what it is called: ``your timer of ten minutes``."""
    return turn.content.reminders[timer.about].name.format(length=_length(turn, timer))


# Time


def due(turn: Turn) -> float | None:
    """Return when the next one rings, or None. Nothing rings into a question or an emergency script."""
    if turn.asking or turn.state.script:
        return None
    times = [_rings(turn, timer) for timer in turn.state.timers]
    return min((time for time in times if time is not None), default=None)


def tick(turn: Turn) -> None:
    """Call them for what is due; whoever has not answered often enough is told later."""
    for timer in list(turn.state.timers):
        time = _rings(turn, timer)
        if time is None or time > turn.now:
            continue
        if timer.rung >= _TIMES and not turn.content.reminders[timer.about].safety:
            turn.state.unanswered.append(name_of(turn, timer))
            _over(turn, timer, "timer_unanswered")
        else:
            _ring(turn, timer)


def _rings(turn: Turn, timer: Timer) -> float | None:
    """Return when a timer rings next, or None."""
    at = timer.rang + _AGAIN if timer.rung else _nominal(turn, timer)
    if at is None or timer.left is not None:
        return None
    return _after_quiet(turn, at) if _keeps_quiet(turn, timer) else at


def _keeps_quiet(turn: Turn, timer: Timer) -> bool:
    return not (timer.awake or turn.content.reminders[timer.about].safety)


def _is_held(turn: Turn, timer: Timer) -> bool:
    at = _nominal(turn, timer)
    return at is not None and _keeps_quiet(turn, timer) and _after_quiet(turn, at) > at


def _nominal(turn: Turn, timer: Timer) -> float | None:
    """Return when it was set for; of a daily one, the first such time of day since it may ring again.

    Half a day lies between two of them, however the clocks are changed: it rings once a night.
    """
    if timer.daily is None:
        return timer.due
    if turn.state.clock is None:
        return None
    earliest = timer.due + _HALF_DAY
    return earliest + (timer.daily * _MINUTE - _second_of_day(turn, earliest)) % _DAY


def _second_of_day(turn: Turn, at: float) -> float:
    clock = turn.state.clock
    assert clock is not None
    return (at + clock.ahead + clock.offset) % _DAY


def _minute_of_day(turn: Turn, at: float) -> int:
    return round(_second_of_day(turn, at) / _MINUTE) % (_DAY // _MINUTE)


def _after_quiet(turn: Turn, at: float) -> float:
    """Return a moment, or the end of the quiet hours that it falls into; their first minute is not quiet."""
    quiet = turn.state.habits.quiet
    if quiet is None or turn.state.clock is None:
        return at
    began, ends = (minute * _MINUTE for minute in quiet)
    since = (_second_of_day(turn, at) - began) % _DAY
    length = (ends - began) % _DAY
    return at + length - since if _MINUTE <= since < length else at


# Ringing


def _ring(turn: Turn, timer: Timer) -> None:
    reminder = turn.content.reminders[timer.about]
    texts = _first_words(turn, timer) if timer.rung == 0 else []
    if texts is None:
        return
    timer.rung += 1
    timer.rang = turn.now
    turn.record("timer_rang", about=timer.about, seconds=timer.length, times=timer.rung)
    if reminder.safety:
        turn.set_voice(turn.louder_voice(_LOUDER * (timer.rung - 1)))
    turn.tone("alarm" if reminder.safety or timer.about == "timer" else "ready")
    turn.tell(*texts, *(text.format(length=_length(turn, timer)) for text in reminder.ring))


def _first_words(turn: Turn, timer: Timer) -> list[str] | None:
    """Say that it is late, if it is; None: it is too late to do what it reminds of, and that was said."""
    nominal = _nominal(turn, timer)
    assert nominal is not None
    late = turn.now - nominal
    name = name_of(turn, timer)
    if timer.daily is not None:
        timer.due = nominal
        if late >= _MISSED:
            turn.record("timer_missed", about=timer.about, late=round(late))
            turn.prompt("missed", name=name, time=turn.wording.time(timer.daily))
            return None
    if timer.unsure:
        return [turn.wording.prompt("maybe_over", name=name)]
    return [turn.wording.prompt("late", late=turn.wording.duration(late))] if late >= _LATE else []


def answered(turn: Turn, started: float) -> None:
    """Somebody spoke, and was understood: what rang before is over."""
    for timer in list(turn.state.timers):
        if timer.rung and started >= timer.rang:
            if turn.content.reminders[timer.about].safety:
                turn.set_voice(turn.state.voice)
            _over(turn, timer, "timer_answered")


def _over(turn: Turn, timer: Timer, kind: str) -> None:
    """It has rung enough: begin anew, or end."""
    turn.record(kind, about=timer.about, seconds=timer.length)
    timer.rung = 0
    timer.unsure = False
    if timer.every:
        timer.due = turn.now + timer.length
    elif timer.daily is None:
        turn.state.timers.remove(timer)


def after_restart(turn: Turn, away: float | None) -> None:
    """Nobody can tell how long it was off: what ran may be over, so it rings now."""
    if away is not None:
        return
    for timer in turn.state.timers:
        if timer.daily is not None:
            timer.due = min(timer.due, turn.now - _HALF_DAY)
        elif timer.left is None and not timer.rung:
            timer.due, timer.unsure = turn.now, True


# Asking


def time_left(turn: Turn) -> list[str]:
    """Return the sentences that answer "how long left", most urgent first; daily ones are not awaited."""
    waiting = [timer for timer in turn.state.timers if timer.daily is None]
    return [_state(turn, timer) for timer in sorted(waiting, key=lambda timer: timer.due)]


def list_timers(turn: Turn, _: Intent) -> None:
    """Say everything that is set, and what was not answered."""
    turn.hush()
    daily = [timer for timer in turn.state.timers if timer.daily is not None]
    texts = [*applying.time_left(turn), *time_left(turn), *(_state(turn, timer) for timer in daily)]
    turn.tell(*unanswered(turn), *(texts or [turn.wording.prompt("nothing_is_timed")]))


def thanks(turn: Turn, _: Intent) -> None:
    """Who says so is there, and may hear what was not answered, or be asked it again."""
    turn.hush()
    if turn.mode is Mode.IDLE and inquiring.ask_late(turn):
        return
    turn.tell(*(unanswered(turn) or [turn.wording.prompt("glad")]))


def unanswered(turn: Turn) -> list[str]:
    names, turn.state.unanswered = turn.state.unanswered, []
    return [turn.wording.prompt("called_earlier", name=name) for name in dict.fromkeys(names)]


def _state(turn: Turn, timer: Timer) -> str:
    wording, name = turn.wording, name_of(turn, timer)
    if timer.rung:
        return wording.prompt("timer_over", name=name)
    if timer.left is not None:
        return wording.prompt("is_paused", name=name, left=wording.duration(timer.left))
    if timer.daily is not None:
        return wording.prompt("is_daily", name=name, time=wording.time(timer.daily))
    return wording.prompt("left_of_timer", name=name, left=wording.duration(max(0.0, timer.due - turn.now)))


# Ending, pausing, extending


def cancel(turn: Turn, intent: Intent) -> None:
    """End one of them, or all; what is on the skin is first taken off."""
    turn.hush()
    if intent.slots.get("about") == "all":
        turn.state.timers.clear()
        turn.record("timer_cancelled", about="all")
        turn.prompt("all_cancelled")
        if turn.state.running:
            applying.ask_off(turn, Stage.AGAIN)
        return
    _with_one(turn, _meant(turn, intent.slots), _cancel)


def _cancel(turn: Turn, target: Target) -> None:
    if isinstance(target, Running):
        applying.ask_off(turn, Stage.AGAIN)
        return
    turn.state.timers.remove(target)
    turn.record("timer_cancelled", about=target.about, seconds=target.length)
    turn.prompt("cancelled", name=name_of(turn, target))


def pause(turn: Turn, intent: Intent) -> None:
    turn.hush()
    _with_one(turn, _timed(_meant(turn, intent.slots)), _pause)


def _pause(turn: Turn, target: Target) -> None:
    if isinstance(target, Running):
        turn.prompt("skin_goes_on", name=applying.application_of(turn).name)
    elif target.daily is not None:
        turn.prompt("daily_goes_on", name=name_of(turn, target))
    else:
        if target.left is None:
            target.left = max(0.0, target.due - turn.now)
            target.rung = 0
        turn.tell(_state(turn, target))


def go_on(turn: Turn, intent: Intent) -> None:
    """Let one run again."""
    turn.hush()
    _with_one(turn, _timed(_meant(turn, intent.slots)), _go_on)


def _go_on(turn: Turn, target: Target) -> None:
    if isinstance(target, Running):
        turn.tell(*applying.time_left(turn))
        return
    if target.left is not None:
        target.due, target.left = turn.now + target.left, None
    turn.tell(_state(turn, target))


def extend(turn: Turn, intent: Intent) -> None:
    """Give one more time; also one that rings. Heat and cold never beyond what the skin bears."""
    turn.hush()
    seconds = int(intent.slots.get("minutes", _EXTENSION)) * _MINUTE
    slots = {name: value for name, value in intent.slots.items() if name != "minutes"}
    _with_one(turn, _timed(_meant(turn, slots)), lambda turn, target: _extend(turn, target, seconds))


def _extend(turn: Turn, target: Target, seconds: float) -> None:
    if isinstance(target, Running):
        if applying.extend(turn, seconds):
            turn.tell(*applying.time_left(turn))
        else:
            most = turn.wording.duration(applying.application_of(turn).hard_stop * _MINUTE)
            turn.prompt("not_longer", most=most, name=applying.application_of(turn).name)
        return
    if target.daily is not None:
        turn.prompt("daily_goes_on", name=name_of(turn, target))
        return
    if target.left is not None:
        target.left += seconds
    else:
        target.due = (turn.now if target.rung else target.due) + seconds
    target.rung = 0
    turn.record("timer_extended", about=target.about, seconds=seconds)
    turn.tell(_state(turn, target))


def _with_one(turn: Turn, found: list[Target], do: Callable[[Turn, Target], None]) -> None:
    """Do something to the one that is meant; ask which, where several can be."""
    names = dict.fromkeys(_name(turn, target) for target in found)
    if not found:
        turn.prompt("nothing_is_timed")
    elif len(names) == 1:
        do(turn, found[0])
    else:
        there = [turn.wording.prompt("there_is", name=name) for name in list(names)[:_SHOWN]]
        turn.tell(turn.wording.prompt("which_one"), *there)


def _meant(turn: Turn, slots: Mapping[str, str]) -> list[Target]:
    """Return what fits the words: those that ring go before all others."""
    about, minutes = slots.get("about"), slots.get("minutes")
    timers: list[Target] = [
        timer
        for timer in turn.state.timers
        if about in (None, timer.about) and (minutes is None or timer.length == int(minutes) * _MINUTE)
    ]
    ringing = [timer for timer in timers if isinstance(timer, Timer) and timer.rung]
    running = turn.state.running
    if ringing or running is None or minutes is not None:
        return [*ringing] or timers
    group = applying.application_of(turn).group
    named = about in (None, group) or (about == "timer" and not timers)
    return ([running] if named else []) + timers


def _timed(found: list[Target]) -> list[Target]:
    """Return those that have a length; all, if none has."""
    return [one for one in found if isinstance(one, Running) or one.daily is None] or found


def _name(turn: Turn, target: Target) -> str:
    return applying.application_of(turn).name if isinstance(target, Running) else name_of(turn, target)
