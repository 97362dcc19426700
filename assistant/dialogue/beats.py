"""Lays a routine out flat, so that a place in it is one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.dialogue.content import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.dialogue.content import Routine, Step

_LONG_HOLD = 20
"""Seconds from which a hold has room for a counted breath in and out."""
_LONG_WAIT = 10
"""Seconds from which a wait is worth a half-way cue."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One step, in one of its rounds."""

    step: Step
    round: int
    """From 1."""
    rounds: int
    opens: bool
    """It is the first step of its round."""
    ask: str | None
    """Id of the question that is asked when it is over."""
    cues: tuple[tuple[float, str], ...]
    """Seconds into the timed part, and the id of the prompt to say then, in order."""

    @property
    def seconds(self) -> float:
        """Length of the timed part; 0 if there is none."""
        return self.step.hold or self.step.rest or self.step.wait


def beats(routine: Routine) -> tuple[Beat, ...]:
    """Return the routine with its repetitions written out."""
    return tuple(_unroll(routine))


def _unroll(routine: Routine) -> Iterator[Beat]:
    for part in routine.steps:
        block = part if isinstance(part, Block) else Block(repeat=1, steps=(part,))
        for n in range(1, block.repeat + 1):
            for index, step in enumerate(block.steps):
                last = n == block.repeat and index == len(block.steps) - 1
                ask = step.ask or (block.ask if last else None)
                yield Beat(step, n, block.repeat, index == 0, ask, _cues(step))


def _cues(step: Step) -> tuple[tuple[float, str], ...]:
    """Return what is said while a step is timed: breath, half-way, the last three seconds."""
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
