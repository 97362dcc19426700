"""How the model may write what was said: capitals, figures, abbreviations, hyphens, other spellings.

A *run* is several words that are written as one: ``25``, ``911``, ``50%``, ``7:30``, ``21st``, ``TV``.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import product

PUNCTUATION = (".", ",", "?", "!")
"""May follow any word."""

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    *("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth"),
    *("fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
)

VALUES = {word: value for value, word in enumerate((*DIGITS, *TEENS))}
VALUES |= {word: 10 * value for value, word in enumerate(TENS, start=2)}
VALUES |= {"hundred": 100, "thousand": 1000}

RANKS = {word: value for value, word in enumerate(ORDINALS)} | {"twentieth": 20, "thirtieth": 30}

OTHERWISE = {
    "okay": ("OK", "Ok", "ok"),
    "ok": ("OK", "okay", "Okay"),
    "mister": ("Mr", "Mr."),
    "missus": ("Mrs", "Mrs."),
    "doctor": ("Dr", "Dr."),
    "saint": ("St", "St."),
    "percent": ("%",),
    "wifi": ("Wi-Fi", "wi-fi", "WiFi"),
    "ac": ("AC",),
    "led": ("LED",),
    "usb": ("USB",),
    "alright": ("all right", "All right"),
}

SPELLINGS = (
    *(("color", "colour"), ("favorite", "favourite"), ("neighbor", "neighbour"), ("flavor", "flavour")),
    *(("center", "centre"), ("theater", "theatre"), ("meter", "metre"), ("liter", "litre")),
    *(("gray", "grey"), ("program", "programme"), ("tire", "tyre"), ("donut", "doughnut")),
    *(("yogurt", "yoghurt"), ("whiskey", "whisky"), ("practice", "practise"), ("pajamas", "pyjamas")),
)
"""American and British."""

VOWELS = frozenset("aeiouy")
LONGEST_ACRONYM = 4
"""Letters: ``TV``, ``HDMI``."""


# --- one word -----------------------------------------------------------------------------------------------


def written(word: str) -> list[str]:
    """Return the ways to write one word: ``five``, ``Five``, ``5``."""
    ways = [word, *_respelled(word)]
    ways += [way[:1].upper() + way[1:] for way in ways]
    ways += OTHERWISE.get(word, ())
    if word in VALUES:
        ways.append(str(VALUES[word]))
    if word in RANKS:
        ways.append(_ranked(RANKS[word]))
    if word.isalpha() and len(word) <= LONGEST_ACRONYM and not VOWELS & set(word):
        ways.append(word.upper())
    return list(dict.fromkeys(ways))


def _respelled(word: str) -> list[str]:
    """Return a word without accents, with and without its hyphens, and as it is spelled elsewhere."""
    ways = {"".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))}
    if "-" in word.strip("-"):
        ways |= {word.replace("-", " "), word.replace("-", "")}
    for one, other in SPELLINGS:
        for ours, theirs in ((one, other), (other, one)):
            if word in (ours, ours + "s"):
                ways.add(word.replace(ours, theirs))
    return sorted(ways - {word})


def _ranked(number: int) -> str:
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


# --- runs of words ------------------------------------------------------------------------------------------

_KINDS = (
    dict.fromkeys(DIGITS[1:], "o")
    | dict.fromkeys(TEENS, "e")
    | dict.fromkeys(TENS, "t")
    | dict.fromkeys(ORDINALS[1:10], "r")
    | {"zero": "z", "oh": "z", "hundred": "h", "thousand": "k", "and": "a", "point": "p"}
    | {"percent": "%", "minus": "-"}
)
"""A letter for the part that a word can have in a run."""

_BELOW_100 = ("o", "e", "t", "to")
_BELOW_1000 = (*_BELOW_100, "oh", *(f"oh{a}{rest}" for a, rest in product(("", "a"), _BELOW_100)))
_CARDINALS = (
    "z", *_BELOW_1000, "ok", "ek", "tk", "tok",
    *(f"{head}k{a}{rest}" for head, a, rest in product(("o", "e", "t", "to"), ("", "a"), _BELOW_1000)),
)  # fmt: skip
_CLOCK = tuple(f"{hour}{minute}" for hour, minute in product("oe", ("t", "to", "e", "zo")))
_SPELLED_OUT = tuple("".join(digits) for count in (3, 4) for digits in product("oz", repeat=count))
_SHAPES = frozenset(
    {
        *_CARDINALS,
        *(f"{whole}p{part}" for whole, part in product(_CARDINALS, ("o", "z", "oo", "zo"))),
        *(f"-{whole}" for whole in _CARDINALS),
        *(f"{whole}%" for whole in _CARDINALS),
        *_CLOCK,
        *_SPELLED_OUT,
        "tr",
        *("l" * count for count in range(2, LONGEST_ACRONYM + 1)),
    }
)
_BEGINNINGS = frozenset(shape[:end] for shape in _SHAPES for end in range(1, len(shape)))


@cache
def opens(words: tuple[str, ...]) -> bool:
    """Return whether words may be the beginning of a longer run."""
    return _shape(words) in _BEGINNINGS


@cache
def runs(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ways to write several words as one: ``1,000``, ``1000``; none if there is none."""
    shape = _shape(words)
    if len(words) < 2 or shape not in _SHAPES:  # noqa: PLR2004 - a run is of several
        return ()
    if shape[0] == "l":
        letters = "".join(words)
        return letters, letters.upper(), "".join(f"{letter}." for letter in words)
    ways: list[str] = []
    if shape in _SPELLED_OUT:
        ways.append("".join(str(VALUES.get(word, 0)) for word in words))
    if shape in _CLOCK:
        minutes = f"{cardinal(words[1:]):02}"
        ways += (f"{VALUES[words[0]]}{mark}{minutes}" for mark in (":", ".", ""))
    return tuple(ways) or _figures(words, shape)


def _figures(words: tuple[str, ...], shape: str) -> tuple[str, ...]:
    match shape:
        case "tr":
            return (_ranked(VALUES[words[0]] + RANKS[words[1]]),)
        case _ if shape[0] == "-":
            return tuple(f"-{figure}" for figure in _cardinals(words[1:]))
        case _ if shape[-1] == "%":
            return tuple(f"{figure}%" for figure in _cardinals(words[:-1]))
        case _ if "p" in shape:
            point = words.index("point")
            part = "".join(str(VALUES.get(word, 0)) for word in words[point + 1 :])
            return tuple(f"{figure}.{part}" for figure in _cardinals(words[:point]))
    return _cardinals(words)


def _cardinals(words: tuple[str, ...]) -> tuple[str, ...]:
    number = cardinal(words)
    return tuple(dict.fromkeys((str(number), f"{number:,}")))


def cardinal(words: tuple[str, ...]) -> int:
    """Return the value of the words of a number: ``two``, ``hundred``, ``and``, ``five``."""
    total = below = 0
    for word in words:
        if word == "hundred":
            below *= 100
        elif word == "thousand":
            total, below = below * 1000, 0
        else:
            below += VALUES.get(word, 0)
    return total + below


def _shape(words: tuple[str, ...]) -> str:
    letters = all(len(word) == 1 for word in words)
    return "l" * len(words) if letters else "".join(_KINDS.get(word, "?") for word in words)
