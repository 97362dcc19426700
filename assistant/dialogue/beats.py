"""Lays a routine out flat, so that a place in it is one number."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from assistant.dialogue.content import Block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from assistant.dialogue.content import Routine, Step

_LONG_HOLD = 20
"""Seconds from which a hold has room for a counted breath in and out."""
_LONG_WAIT = 10
"""Seconds from which a wait is worth a half-way cue."""
_MOVEMENT = 4
"""Seconds for one movement of those that are counted: there and back, without haste (project rule)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """One step, in one of its rounds."""

    step: Step
    round: int
    """From 1."""
    rounds: int
    opens: bool
    """It is the first step of its round."""
    turns_to: str | None
    """Id of the prompt that goes before it, where the other leg begins."""
    ask: str | None
    """Id of the question that is asked when it is over."""
    again: bool
    """A confirmed yes to that question leads to the next round; anything else to `exit`."""
    exit: int
    """Index of the beat behind its block."""
    conditions: tuple[tuple[str, bool], ...]
    """Locks, and whether each must have held when the routine began."""
    cues: tuple[tuple[float, str | int], ...]
    """Seconds into the timed part, and the id of the prompt to say then, or the count, in order."""

    @property
    def seconds(self) -> float:
        """Length of the timed part; 0 if there is none."""
        return self.step.hold or self.step.rest or self.step.wait or self.step.count * _MOVEMENT

    def concerns(self, held: Collection[str]) -> bool:
        """Tell whether it is gone through by somebody for whom these locks held."""
        return all((lock in held) is wanted for lock, wanted in self.conditions)


def beats(routine: Routine) -> tuple[Beat, ...]:
    """Return the routine with its repetitions written out."""
    laid: list[Beat] = []
    for part in routine.steps:
        block = part if isinstance(part, Block) else Block(steps=(part,))
        laid += _unroll(block, start=len(laid))
    return tuple(laid)


def _unroll(block: Block, start: int) -> Iterator[Beat]:
    sides = 2 if block.each else 1
    places = [
        (side, n, index)
        for side, n, index in product(range(sides), range(1, block.repeat + 1), range(len(block.steps)))
        if n == 1 or not block.steps[index].first
    ]
    for before, (side, n, index) in zip([None, *places], places, strict=False):
        step = block.steps[index]
        ends = index == len(block.steps) - 1
        again = ends and n < block.repeat and block.again_if is not None
        ask = block.again_if if again else block.ask if (side, n, index) == places[-1] else None
        yield Beat(
            step=step,
            round=n,
            rounds=block.repeat,
            opens=before is None or before[1] != n,
            turns_to=f"other_{block.each}" if before and before[0] != side else None,
            ask=step.ask or ask,
            again=again,
            exit=start + len(places),
            conditions=_conditions(block) + _conditions(step),
            cues=_cues(step),
        )


def _conditions(part: Step | Block) -> tuple[tuple[str, bool], ...]:
    named = (part.if_locked, True), (part.unless_locked, False)
    return tuple((lock, wanted) for lock, wanted in named if lock)


def _cues(step: Step) -> tuple[tuple[float, str | int], ...]:
    """Return what is said while a step is timed: breath, half-way, the last three seconds; or the count."""
    if step.count:
        return tuple((float(n * _MOVEMENT - 1), n) for n in range(1, step.count + 1))
    seconds = step.hold or step.wait
    if not seconds:
        return ()
    breath: tuple[tuple[float, str], ...] = ()
    if step.hold >= _LONG_HOLD:
        breath = ((1.0, "breathe_in"), (5.0, "breathe_out"))
    elif step.hold:
        breath = ((1.0, "breathe"),)
    half = ((seconds / 2, "half_way"),) if seconds >= _LONG_WAIT else ()
    return (*breath, *half, (seconds - 3, "three"), (seconds - 2, "two"), (seconds - 1, "one"))
