"""Whether what was heard is what we ourselves were saying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from assistant.values import Hypothesis

_ALIKE = 88
"""Of 100, rapidfuzz ``ratio``: what was heard, and as many words somewhere in what was spoken."""
UNLIKE = 0.45
"""Likeness below which it was not our own voice: other speech often comes so near by chance."""
_SURER, _SURER_IF_SAME_WORDS = 0.3, 0.6
"""By how much it has to be surer that these words were said than what was heard is like our own voice: in
general, and if the words are ours. docs/sound.md has the counts."""


def not_ours(found: list[Hypothesis], spoken: str, likeness: float) -> list[Hypothesis]:
    """Return what was found without what would be acted on although it was rather our own voice.

    ``spoken``: our words meanwhile; ``likeness``: of all that was heard to what was played, 0 if nothing was
    (`assistant.sound.own_voice`).

    >>> from assistant.values import Hypothesis
    >>> ten = Hypothesis(words="ten", confidence=0.9, accepted=True)
    >>> [len(not_ours([ten], "how bad is it", likeness)) for likeness in (0.5, 0.7)]
    [1, 0]
    >>> [len(not_ours([ten], "from zero to ten", likeness)) for likeness in (0.2, 0.5)]
    [1, 0]
    """
    if likeness < UNLIKE:
        return found
    return [one for one in found if not one.accepted or one.confidence - likeness >= _needed(one, spoken)]


def _needed(one: Hypothesis, spoken: str) -> float:
    return _SURER_IF_SAME_WORDS if resembles(one.words, spoken) else _SURER


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
