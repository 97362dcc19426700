"""Talk that is not for us, people in the room or a television, and what sounds like a command in it.

A fragment of talk has talk on both sides of it. A command that comes after talk is mostly followed by
silence: whoever has said what they want waits for it. docs/sound.md has the counts.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from assistant.sound.segmenter import SpeechOnset
from assistant.understanding.echo import UNLIKE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.runtime.ears import Heard

RECENT = 10.0
"""Seconds for which something that was no command makes talk of what follows it."""
FOLLOWED = 0.4
"""Seconds after a command amid talk within which more talk makes a fragment of it."""
AT_ONCE = frozenset({"stop", "cramp", "help", "emergency"})
"""What is worth a false alarm, and is not waited for."""


class Bystanders:
    """Holds back what was heard amid talk until it is known whether the talk goes on."""

    def __init__(self) -> None:
        self._talked = self._began = -inf
        """When something was heard last that was no command; when somebody last began to speak."""
        self._held: Heard | None = None

    @property
    def waiting(self) -> bool:
        """Whether something is held back."""
        return self._held is not None

    def sift(self, found: Iterable[SpeechOnset | Heard], now: float) -> list[SpeechOnset | Heard]:
        """Return what can be acted on, or is known to be none of ours; to be called for each frame."""
        sifted: list[SpeechOnset | Heard] = []
        for one in found:
            if isinstance(one, SpeechOnset):
                self._began = now
                sifted += [*self._release(now), one]
                continue
            sifted += [self._held] if self._held else []
            self._held = one if self._doubtful(one) else None
            if self._held is None:
                self._talked = now if _talk(one) else self._talked
                sifted.append(one)
        return sifted + self._release(now)

    def _doubtful(self, heard: Heard) -> bool:
        """Tell whether something is a command, but comes after talk and can wait."""
        command = _command(heard)
        recent = heard.started - self._talked < RECENT
        return command is not None and recent and not heard.answer and command not in AT_ONCE

    def _release(self, now: float) -> list[Heard]:
        """Let go what was held: as a command when it was silent for long enough, as talk when it was not."""
        held = self._held
        if held is None or (self._began <= held.ended and now < held.ended + FOLLOWED):
            return []
        self._held = None
        if self._began <= held.ended:
            return [held]
        self._talked = now
        return [replace(held, hypotheses=[replace(one, accepted=False) for one in held.hypotheses])]


def _talk(heard: Heard) -> bool:
    """Tell whether people spoke, but not to us: what is left of our own voice is no talk."""
    return _command(heard) is None and heard.likeness < UNLIKE


def _command(heard: Heard) -> str | None:
    """Return the intent that would be acted on."""
    return next((one.intent for one in heard.hypotheses if one.accepted), None)
