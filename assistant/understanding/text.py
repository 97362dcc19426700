"""Spells typed and open text as graphs do: lower case, no punctuation, numbers in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.understanding.graph import number_words

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLAUSE_END = re.compile(r"[.,;:!?]+(?=\s|$)")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LARGEST = 100
"""Longer numbers are said digit by digit: 911."""


def visible(text: str) -> str:
    """Return a text without what would steer a terminal or begin a line of a log: that is escaped."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


class Speller:
    """Spells text as a grammar does."""

    def __init__(self, vocabulary: Iterable[str], language: str) -> None:
        known = frozenset(vocabulary)
        self._language = language
        bare = {word.replace("'", ""): word for word in known if "'" in word}
        self._apostrophes = {word: whole for word, whole in bare.items() if word not in known}

    def spell(self, text: str) -> str:
        """Return the words of a text.

        >>> Speller(["it's"], "en").spell("Its a 6 out of 10!")
        "it's a six out of ten"
        """
        said = _WORD.findall(text.lower().replace("\u2019", "'"))
        return " ".join(self._apostrophes.get(word, self._number(word)) for word in said)

    def _number(self, word: str) -> str:
        if not word.isdecimal():
            return word
        numbers = [int(word)] if int(word) <= _LARGEST else [int(digit) for digit in word]
        return " ".join(number_words(number, self._language)[0] for number in numbers)


def clauses(text: str) -> list[str]:
    """Return the parts of a text between its marks.

    >>> clauses("No, my chest hurts.")
    ['No', ' my chest hurts']
    """
    return [part for part in _CLAUSE_END.split(text) if part.strip()]
