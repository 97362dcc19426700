"""Notes the course of a cramp for the diary: its beginning, what helped, its end, what is to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import inquiring, interviewing
from assistant.dialogue.state import Due, Episode, Helped, Mode

if TYPE_CHECKING:
    from assistant.dialogue.turn import Turn

_SAME_NIGHT = 12 * 3600
"""Seconds between two cramps of one night at most."""


def begin(turn: Turn, words: str, muscle: str | None = None, side: str | None = None) -> None:
    """A cramp has begun."""
    state, diary = turn.state, turn.content.diary
    state.episode = Episode(onset=turn.now, side=side)
    turn.record("cramp", muscle=muscle, side=side, words=words, episode=None)
    state.dues = [
        due
        for due in state.dues
        if due.question not in diary.morning_once or turn.now - due.cramp > _SAME_NIGHT
    ]
    state.dues += [Due(question=name, cramp=turn.now) for name in (*diary.morning, *diary.morning_once)]


def told_again(turn: Turn, words: str, muscle: str | None, side: str | None) -> None:
    """The present cramp was reported once more."""
    episode = turn.state.episode
    assert episode is not None
    episode.again = side is None
    episode.side = side or episode.side
    turn.record("cramp", muscle=muscle, side=side, words=words)


def only_leg_is_new(turn: Turn, muscle: str | None, side: str | None) -> bool:
    """Tell whether relief of that muscle is on the floor already, and which leg it is was not yet told."""
    episode, guide = turn.state.episode, turn.state.floor.guide
    if episode is None or guide is None or muscle is None or side is None:
        return False
    is_new = episode.eased is None and episode.side is None
    return is_new and turn.content.relief[muscle] == guide.routine


def eased(turn: Turn) -> None:
    """The present cramp is over: what is being done, or was put aside just now, has helped."""
    state = turn.state
    if state.episode is None or state.episode.eased is not None:
        return
    state.episode.eased = turn.now
    turn.record("eased", seconds=turn.now - state.episode.onset)
    guide = state.floor.guide or (state.aside and state.aside.guide)
    if guide and guide.began >= state.episode.onset:
        state.helped = Helped(routine=guide.routine, seconds=turn.now - guide.began)


def ended(turn: Turn) -> None:
    """Relief has come to its end: if the cramp has eased, ask the little that is asked at night.

    An emergency that silence has made, and nobody has answered since, is asked about instead.
    """
    episode = turn.state.episode
    if episode and episode.eased is not None and turn.present_episode is not None:
        turn.record("ended")
        if turn.unanswered and turn.mode is Mode.IDLE:
            inquiring.ask_once_more(turn)
        else:
            interviewing.ask_at_night(turn, episode)


def first_relief(turn: Turn, muscle: str | None, usual: str) -> str:
    """Return the routine to begin with: that of the muscle that was named, else what helped last."""
    relief, helped = turn.content.relief, turn.state.helped
    if muscle is not None or helped is None or helped.routine not in relief.values():
        return relief[muscle or usual]
    locked = turn.locked_by(turn.content.routines[helped.routine].locks) is not None
    return relief[usual] if locked else helped.routine


def say_it_helped(turn: Turn, routine: str) -> None:
    """Say that what was just begun is what helped last, behind its first sentence."""
    helped = turn.state.helped
    if helped and helped.routine == routine:
        name = turn.content.routines[routine].name
        time = turn.wording.duration(helped.seconds)
        turn.say(turn.wording.prompt("helped_in", name=name, time=time))
