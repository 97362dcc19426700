"""How the model may write what was said: capitals, figures, hyphens."""

from __future__ import annotations

PUNCTUATION = (".", ",", "?", "!")
"""May follow any word."""

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

VALUES = {word: value for value, word in enumerate(SMALL)}
VALUES |= {word: 10 * value for value, word in enumerate(TENS, start=2)}
VALUES |= {"hundred": 100}

LONGEST_FIGURE = 3
"""Words that may be written as one figure: ``nine one one``."""

OTHERWISE = {"okay": ("OK", "Ok", "ok")}


def written(word: str) -> list[str]:
    """Return the ways to write one word: ``five``, ``Five``, ``5``."""
    ways = [word, word[:1].upper() + word[1:], *OTHERWISE.get(word, ())]
    if word in VALUES:
        ways.append(str(VALUES[word]))
    return list(dict.fromkeys(ways))


def figure(words: tuple[str, ...]) -> str | None:
    """Return two or three number words as one figure (``25``, ``105``, ``911``); None if they make none."""
    match [VALUES.get(word) for word in words]:
        case [int(tens), int(ones)] if tens in range(20, 100, 10) and 0 < ones < 10:
            return str(tens + ones)
        case [int(ones), 100] if 0 < ones < 10:
            return str(ones * 100)
        case [int(ones), 100, int(rest)] if 0 < ones < 10 and 0 < rest < 100:
            return str(ones * 100 + rest)
        case [int(first), int(second), int(third)] if max(first, second, third) < 10:
            return f"{first}{second}{third}"
    return None
