"""What every way of driving the assistant shares: how it begins, and how its transcript reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue import events
from assistant.dialogue.state import State, WallClock
from assistant.runtime.assistant import Assistant
from assistant.runtime.parts import resumed
from assistant.understanding.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.runtime.assistant import Line, Parts

ASLEEP = 2.0
"""Seconds that pass at once only when the machine slept: they are not gone through frame by frame."""


def begin(parts: Parts, transcript: Callable[[Line], None]) -> tuple[Assistant, float]:
    """Return an assistant that has begun to greet, or to say what it came back to, and its time."""
    state, now, happened = resumed(parts.journal) or (State(), 0.0, events.Started())
    stamp = parts.journal.clocks()
    state.clock = WallClock(ahead=stamp.wall - now, offset=stamp.offset, vouched=stamp.vouched)
    state.habits = parts.habits
    assistant = Assistant(parts, state=state, transcript=transcript)
    assistant.now = now
    assistant.happen(happened)
    return assistant, now


class Printer:
    """Prints the transcript; its times count from the first line, not from the first start of all."""

    def __init__(self) -> None:
        self._since: float | None = None

    def __call__(self, line: Line) -> None:
        if self._since is None:
            self._since = line.at
        print(written(line, self._since), flush=True)


def written(line: Line, since: float = 0.0) -> str:
    """Return a line of the transcript as people read it.

    >>> from assistant.runtime.assistant import Line
    >>> written(Line(at=75.5, who="assistant", text="Half way."))
    ' 1:15.5  assistant  Half way.'
    """
    minutes, seconds = divmod(line.at - since, 60)
    return f"{int(minutes):2d}:{seconds:04.1f}  {line.who:<9}  {visible(line.text)}"
