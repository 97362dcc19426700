"""Looks at what is being said while it is still going on: who cries for help need not pause to be heard.

What follows "I have a cramp" without a pause would spoil the whole as a sentence, so its beginning
counts, once it stays what it is. In 912 s of recorded talk (731 glances) nothing urgent was sure and
stayed so but "one moment, please", which was said; the nearest was "press one to" as "one one two", 0.72.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.values import Hypothesis

FIRST, EVERY = 0.9, 0.45
"""Seconds of speech until the first glance, and between two."""

MOST, AT_LEAST = 4, 2
"""Glances at one utterance; and at one in which nothing urgent is seen."""

SURE, STAYS = 0.9, 0.4
"""Confidence that is wanted once, and that is wanted each time."""

TIMES, TIMES_IF_OPEN = 2, 3
"""Glances in a row that must see the same; and where what may follow would change it."""


@dataclass(slots=True)
class Glances:
    """At one utterance."""

    taken: int = 0
    seen: list[list[Hypothesis]] = field(default_factory=list)
    """What the last glances in a row found, the best of each being the same and urgent."""

    def due(self, spoken: float) -> bool:
        """Return whether it is time for another, after so many seconds of speech."""
        return spoken >= FIRST + self.taken * EVERY and self.taken < (MOST if self.seen else AT_LEAST)

    def note(self, found: list[Hypothesis], urgent: frozenset[str]) -> None:
        """Take what a glance found, best first."""
        best = next(iter(found), None)
        if self.seen and (best is None or _meaning(best) != _meaning(self.seen[-1][0])):
            self.seen.clear()
        if best is not None and best.intent in urgent and best.confidence >= STAYS:
            self.seen.append(found)
        else:
            self.seen.clear()

    def clear(self, *, settled: bool) -> list[Hypothesis] | None:
        """Return what was seen if it is certain: ``settled`` if nothing that may follow would change it."""
        if len(self.seen) < (TIMES if settled else TIMES_IF_OPEN):
            return None
        surest = max(self.seen, key=lambda found: found[0].confidence)
        return surest if surest[0].accepted and surest[0].confidence >= SURE else None


def _meaning(one: Hypothesis) -> tuple[object, ...]:
    return one.intent, one.slots
