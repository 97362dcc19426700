"""Plain values that cross the layers: no behaviour beyond reading themselves.

Sound is always mono, 16 kHz, int16; one frame is 512 samples, 32 ms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Samples per second, everywhere inside the assistant; devices are resampled at the edge."""

FRAME = 512
"""Samples per frame: the chunk that the voice detector takes (32 ms)."""

FRAME_SECONDS = FRAME / RATE

URGENT_INTENTS = frozenset({"stop", "pause", "cramp", "help", "emergency"})
"""What is acted on before the silence after it is over, whatever else might follow."""

Samples: TypeAlias = "NDArray[np.int16]"
"""Mono PCM, shape ``(n,)``. (A string, so that the pure layers need no numpy.)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Utterance:
    """A stretch of sound in which somebody seems to speak."""

    samples: Samples
    """With the pre-roll in front and the trailing silence behind."""
    started: float
    """When the speech began, in seconds of the assistant's clock."""
    complete: bool = True
    """False while the person is still speaking: what has been heard so far."""


@dataclass(frozen=True, slots=True)
class Arc:
    """One word of a word graph."""

    to: int
    """State that it leads to."""
    word: str = ""
    """Lower-case word as spoken; empty for a step without sound."""
    slot: tuple[str, str] | None = None
    """Slot name and value that are known once this arc is taken."""


@dataclass(frozen=True)
class WordGraph:
    """Everything that can be said in one scope. State 0 is the start."""

    name: str
    """Of the scope, for messages and caches."""
    arcs: tuple[tuple[Arc, ...], ...]
    """Outgoing arcs by state."""
    finals: Mapping[int, str]
    """State in which a sentence is complete, and the intent it stands for."""

    @cached_property
    def by_word(self) -> tuple[dict[str, list[Arc]], ...]:
        """Outgoing arcs by state and word, in the order of ``arcs``."""
        index: tuple[dict[str, list[Arc]], ...] = tuple({} for _ in self.arcs)
        for ways, outgoing in zip(index, self.arcs, strict=True):
            for arc in outgoing:
                ways.setdefault(arc.word, []).append(arc)
        return index


@dataclass(frozen=True, kw_only=True, slots=True)
class Hypothesis:
    """What may have been said. Recognizers return them ranked, best first."""

    words: str
    """Lower case, no punctuation: ``i have a cramp``."""
    intent: str | None = None
    """Known when the recognizer decodes under a grammar; None for open or typed text."""
    slots: tuple[tuple[str, str], ...] = ()
    confidence: float
    """In [0, 1]; comparable within one recognizer only."""
    accepted: bool
    """Whether the recognizer itself would act on it."""
    score: float | None = None
    """Natural log of the probability of all ways to write it, where the recognizer knows that."""
    either: bool = False
    """Whether it would be accepted, or the other one marked so, were it not for that other: it was one of the
    two, and only asking tells which. Of two hypotheses, the first two, or of none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """How the assistant speaks."""

    name: str = "en-us"
    """A voice that pyttsx3 lists, by id or language."""
    rate: int = 150
    """Words per minute, 80 to 300. 150 suits young and old listeners (Sutton 1995)."""
    volume: float = 0.6
    """Loudness in [0.05, 1] of full scale."""
    pause: float = 0.35
    """Seconds of silence after each sentence, 0 to 3."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What can be said now: the context under which the grammar's templates apply."""

    name: str
    """``idle``, ``guiding``, ``paused``, or the kind of answer that is awaited."""

    @property
    def context(self) -> dict[str, str]:
        """In hassil's words: the value of ``requires_context: {scope: ...}``."""
        return {"scope": self.name}


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What was understood."""

    name: str
    slots: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    """As recognized, for the transcript and the read-back."""
    confidence: float = 1.0
