"""What can happen to the dialogue. Past tense; nothing else moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from assistant.dialogue.recall import Facts
    from assistant.values import Intent


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechHeard:
    """A command or an answer was understood."""

    intent: Intent
    started: float
    """When the person began to speak; an answer from before its question is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechNotUnderstood:
    """Somebody spoke, and it was none of what can be said now."""

    started: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechHalfHeard:
    """One of two things was said, and nobody but the person can tell which."""

    either: tuple[Intent, Intent]
    """The likelier first."""
    started: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechStarted:
    """Somebody began to speak: whoever waits for an answer waits longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptFinished:
    """The last sample of a prompt has left the loudspeaker."""

    id: int
    """Of the `Say` action."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineReached:
    """The time that `Dialogue.deadline` named has come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """The assistant was switched on and knows of no earlier state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restarted:
    """The assistant is back, with the state it had when it went away."""

    away: float | None
    """Seconds; None if nobody can tell (no clock survived)."""
    power_cut: bool = False
    """The machine itself was off, not the assistant alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockRead:
    """The clock on the wall was read: at the start, and whenever it differs from what was expected."""

    wall: float
    """Seconds since 1970, UTC."""
    offset: int
    """Of local time from UTC, seconds, positive east."""
    vouched: bool
    """Whether the network or a real-time clock vouches for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recalled:
    """The journal has answered."""

    id: int
    """Of the `actions.Recall`."""
    facts: Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceLost:
    """The microphone or the loudspeaker went away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceFound:
    """It is back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineFailed:
    """The recognizer crashed and was started again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiskFailed:
    """Nothing can be written any more."""


Event: TypeAlias = (
    SpeechHeard
    | SpeechNotUnderstood
    | SpeechHalfHeard
    | SpeechStarted
    | PromptFinished
    | DeadlineReached
    | Started
    | Restarted
    | ClockRead
    | Recalled
    | DeviceLost
    | DeviceFound
    | EngineFailed
    | DiskFailed
)
