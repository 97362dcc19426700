"""Whether what was heard is what we ourselves were saying."""

from __future__ import annotations

from rapidfuzz import fuzz

_ALIKE = 88
"""Of 100, rapidfuzz ``partial_ratio``: the whole of what was heard, somewhere in what was spoken."""


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
