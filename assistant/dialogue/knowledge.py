"""The shape of what can be asked about cramps. Data only, read from ``content/<lang>/teaching.yaml``."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (the validator reads the annotations)
from dataclasses import dataclass, field, replace

from assistant.dialogue.content import STRICT, Proposal, Review


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Some sentences and where they come from."""

    __pydantic_config__ = STRICT
    say: tuple[str, ...]
    """One to three; ``{number}`` and ``{urgent}`` are filled by locale."""
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """Something that can be asked about, and its answer."""

    __pydantic_config__ = STRICT
    id: str
    say: tuple[str, ...]
    """The answer: one to three sentences."""
    sources: tuple[str, ...]
    """Of the answer and of what goes before it or stands in its place."""
    caution: tuple[str, ...] = ()
    """Said first."""
    brief: str | None = None
    """The answer in the middle of a cramp; None: it waits until the cramp has eased."""
    more: tuple[Passage, ...] = ()
    """What "tell me more" goes through."""
    places: Mapping[str, Passage] = field(default_factory=dict)
    """Locale -> what is said there instead."""
    gate: tuple[str, ...] = ()
    """Ids of the questions that must have a safe answer first."""
    instead: tuple[str, ...] = ()
    """What is said where a question of the gate has no safe answer."""
    offer: Proposal | None = None
    """What can be done about it."""

    def at(self, locale: str) -> Topic:
        """Return the topic as it is told at a place."""
        here = self.places.get(locale)
        return replace(self, say=here.say, sources=here.sources) if here else self


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaching:
    """All topics."""

    __pydantic_config__ = STRICT
    topics: tuple[Topic, ...]
    review: Review
