"""Conversations written down: what a person says, and when.

One line is said once the assistant is silent. ``!`` in front says it into the assistant's words, ``#`` begins
a comment, and what stands in brackets is done to the assistant::

    (clock 03:10)       the clock on the wall; first of all: when it begins; also (clock 2026-03-29 00:50)
    I have a cramp
    (wait 20)           seconds; also 90s, 4m, 7h or 1h30m
    ! stop
    (kill 4m)           the power fails, and is back after four minutes
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.runtime.staged_clock import is_clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

INTERRUPT_AFTER = 0.8
"""Seconds into the assistant's words at which somebody interrupts."""
_DIRECTION = re.compile(r"\((\w+)\s+(.+?)\s*\)")
_DURATION = re.compile(r"(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+(?:\.\d+)?)\s*s?)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """One line of a script."""

    words: str = ""
    """What is said; empty for what is done to the assistant."""
    wait: float = 0.0
    """Seconds to let pass."""
    interrupts: bool = False
    clock: str | None = None
    """What the clock on the wall is set to."""
    kill: float | None = None
    """Seconds for which the power is off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """What happens between two power cuts."""

    cues: tuple[Cue, ...]
    kill: float | None
    """Seconds for which the power is off afterwards; None: it is the last act."""


def read_script(path: Path) -> list[Cue]:
    """Return the cues of a file; raises `SettingsError` naming file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path}: is no script ({fault}): name a text or a sound file") from fault
    cues = [_cue(path, number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1)]
    found = [cue for cue in cues if cue]
    if not found:
        raise SettingsError(f"{path}: nobody says anything: write one line for each thing that is said")
    return found


def begins_at(cues: Iterable[Cue]) -> str | None:
    """Return what the clock on the wall says when a script begins; None: it does not matter."""
    return next((cue.clock for cue in cues), None)


def acts(cues: Iterable[Cue]) -> list[Act]:
    """Return a script cut at its power cuts."""
    found: list[Act] = []
    now: list[Cue] = []
    for cue in cues:
        if cue.kill is None:
            now.append(cue)
        else:
            found.append(Act(cues=tuple(now), kill=cue.kill))
            now = []
    return [*found, Act(cues=tuple(now), kill=None)]


def _cue(path: Path, number: int, line: str) -> Cue | None:
    if not line:
        return None
    if line.startswith("("):
        return _direction(f"{path}:{number}", line)
    words = line.removeprefix("!").strip()
    if not words:
        raise SettingsError(f"{path}:{number}: nothing is said after '!': write the words")
    return Cue(words=words, interrupts=line.startswith("!"))


def _direction(place: str, line: str) -> Cue:
    found = _DIRECTION.fullmatch(line)
    what, value = found.groups() if found else ("", "")
    seconds = _seconds(value)
    if what == "clock" and is_clock(value):
        return Cue(clock=value)
    if what == "kill" and seconds is not None:
        return Cue(kill=seconds)
    if what == "wait" and seconds is not None:
        return Cue(wait=seconds)
    if what == "kill":
        raise SettingsError(f"{place}: {line!r} is no power cut: write (kill 4m)")
    if what == "clock":
        raise SettingsError(f"{place}: {line!r} is no time of day: write (clock 03:10)")
    raise SettingsError(f"{place}: {line!r} is no pause: write (wait 30)")


def _seconds(text: str) -> float | None:
    """Return ``1h30m``, ``4m`` or ``30`` in seconds."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
