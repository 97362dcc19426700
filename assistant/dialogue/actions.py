"""What the dialogue wants done. Imperative; carried out in the order given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.dialogue.recall import Request
    from assistant.values import Scope, Voice


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """Speak one sentence after those already queued."""

    id: int
    """Answered by `PromptFinished` when it has ended; never answered when it was stopped."""
    text: str
    pause: float | None = None
    """Seconds of silence after it; None: the voice's own pause."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopSpeaking:
    """Be silent within one frame and forget what was queued."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayTone:
    """Play a short tone in front of what is said next."""

    name: str
    """``ready`` or ``alarm``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listen:
    """From now on this is what can be said."""

    scope: Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class SetVoice:
    """Speak like this from now on, also the sentence being spoken."""

    voice: Voice


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Write this to the journal."""

    kind: str
    details: Mapping[str, str | float | None]
    """``episode``: when the cramp that it belongs to began, in seconds of the assistant's clock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recall:
    """Ask the journal, behind all that was recorded before; speech goes on meanwhile."""

    id: int
    """Answered by `events.Recalled`."""
    request: Request


Action: TypeAlias = Say | StopSpeaking | PlayTone | Listen | SetVoice | Record | Recall
