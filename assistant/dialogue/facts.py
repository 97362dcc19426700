"""The shape of what is asked about a person. Data only, read from ``content/<lang>/profile.yaml``."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (the validator reads the annotations)
from dataclasses import dataclass, field

from assistant.dialogue.content import STRICT, Outcome, Question, Review

KIND = "fact"
"""Of the questions about a person: they can be skipped, and silence means that nothing is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """A question about the person or their profile."""

    __pydantic_config__ = STRICT
    id: str
    say: tuple[str, ...]
    again: tuple[str, ...]
    topic: str
    """For the read-back: ``I heard yes to {topic}.``"""

    def question(self, locks: tuple[str, ...] = (), review: Review | None = None) -> Question:
        """Return it as the dialogue asks it."""
        return Question(
            id=self.id,
            say=self.say,
            again=self.again,
            kind=KIND,
            topic=self.topic,
            outcome=Outcome(locks=locks),
            unclear=Outcome(locks=locks),
            sources=("project-rule",),
            review=review or Review(),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact(About):
    """Something that a person may tell about themselves."""

    __pydantic_config__ = STRICT
    valid_days: float
    """How long a no counts for the questions that it covers."""
    group: str = ""
    """``condition``, ``medicine`` (its beginning is asked for), ``habit``, or nothing."""
    covers: str | None = None
    """Id of a question of the triage that a yes answers, and that all its facts together answer with no."""
    locks: tuple[str, ...] = ()
    """What a yes forbids, besides what the covered question's yes forbids."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Value -> as spoken; empty: it is answered with yes or no."""
    means: Mapping[str, str] = field(default_factory=dict)
    """Value -> id of a question of the triage whose danger it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """Everything that is asked about a person, in this order."""

    __pydantic_config__ = STRICT
    since: Mapping[str, str]
    """When something began -> as spoken. Months have their English names as ids."""
    facts: tuple[Fact, ...]
    questions: tuple[About, ...]
    """About the profile itself: ``since``, ``read_profile``, ``delete_profile``, ``forget_fact``."""
    review: Review
