"""How the model may write what was said: capitals, figures, hyphens."""

from __future__ import annotations

PUNCTUATION = (".", ",", "?", "!")
"""May follow any word."""

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

VALUES = {word: value for value, word in enumerate((*DIGITS, *TEENS))}
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
    values = [str(VALUES.get(word, "")) for word in words]
    match words:
        case [tens, ones] if tens in TENS and ones in DIGITS[1:]:
            return values[0][0] + values[1]
        case [ones, "hundred"] if ones in DIGITS[1:]:
            return values[0] + "00"
        case [ones, "hundred", rest] if ones in DIGITS[1:] and rest in VALUES and rest != "hundred":
            return values[0] + values[2].zfill(2)
        case [_, _, _] if set(words) <= set(DIGITS):
            return "".join(values)
    return None
