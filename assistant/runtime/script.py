"""Conversations written down: what a person says, and when.

One line is said once the assistant is silent. ``!`` in front says it into the assistant's words,
``(wait 30)`` lets thirty seconds pass, ``#`` begins a comment::

    I have a cramp
    (wait 20)
    ! stop
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

INTERRUPT_AFTER = 0.8
"""Seconds into the assistant's words at which somebody interrupts."""
_WAIT = re.compile(r"\(wait\s+(\d+(?:\.\d+)?)\s*s?\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """One line of a script."""

    words: str = ""
    """What is said; empty for a wait."""
    wait: float = 0.0
    """Seconds to let pass."""
    interrupts: bool = False


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


def _cue(path: Path, number: int, line: str) -> Cue | None:
    if not line:
        return None
    if line.startswith("("):
        wait = _WAIT.fullmatch(line)
        if not wait:
            raise SettingsError(f"{path}:{number}: {line!r} is no pause: write (wait 30)")
        return Cue(wait=float(wait[1]))
    words = line.removeprefix("!").strip()
    if not words:
        raise SettingsError(f"{path}:{number}: nothing is said after '!': write the words")
    return Cue(words=words, interrupts=line.startswith("!"))
