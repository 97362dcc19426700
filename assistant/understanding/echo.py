"""Whether what was heard is what we ourselves were saying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from assistant.values import Hypothesis

_ALIKE = 88
"""Of 100, rapidfuzz ``partial_ratio``: the whole of what was heard, somewhere in what was spoken."""

_OURS, _OURS_IF_SAME_WORDS = 0.62, 0.45
"""Likeness from which on it was our own voice, whatever the words, and if they are ours: of what was accepted
of our own voice the least was 0.64, of what was accepted of people over our words the most 0.60."""


def not_ours(found: list[Hypothesis], spoken: str, likeness: float) -> list[Hypothesis]:
    """Return what may have been said by somebody else, of what was found while we said something ourselves.

    ``likeness``: to what was played, see `assistant.sound.own_voice`.

    >>> from assistant.values import Hypothesis
    >>> ten = Hypothesis(words="ten", confidence=0.9, accepted=True)
    >>> [len(not_ours([ten], "from zero to ten", likeness)) for likeness in (0.3, 0.5)]
    [1, 0]
    >>> [len(not_ours([ten], "how bad is it", likeness)) for likeness in (0.5, 0.7)]
    [1, 0]
    """
    return [
        one for one in found if likeness < (_OURS_IF_SAME_WORDS if resembles(one.words, spoken) else _OURS)
    ]


def resembles(heard: str, spoken: str) -> bool:
    """Tell whether a hypothesis is contained in the words that sounded at the time.

    >>> resembles("say help", "if you felt a pop or your chest hurts say help")
    True
    >>> resembles("stop", "let go and rest")
    False
    """
    if not spoken or not heard:
        return False
    words = spoken.split()
    count = len(heard.split())
    windows = (" ".join(words[i : i + count]) for i in range(len(words) - count + 1))
    return any(fuzz.ratio(heard, window) >= _ALIKE for window in windows)
