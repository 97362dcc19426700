"""What people typed or said, made harmless to print: no control characters, no overlong lines."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
FIRST_STRONG, END = "\u2068", "\u2069"
"""Around text that runs from right to left, so that it does not turn what stands beside it."""
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that print nothing or order their surroundings about."""
JOINERS = {"\u200c", "\u200d"}
"""Unseen, but part of how words are written in some languages."""


def plain(text: str, most: int | None = None) -> str:
    """Return one line of visible characters, shortened to `most` of them with an ellipsis."""
    visible = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    line = " ".join(visible.split())
    if most is not None and len(line) > most:
        line = _shorten(line, most)
    return f"{FIRST_STRONG}{line}{END}" if _runs_from_the_right(line) else line


def _visible(character: str) -> str:
    if character in JOINERS or unicodedata.category(character) not in UNSEEN:
        return character
    return " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else ""


def _shorten(line: str, most: int) -> str:
    """Cut at a character, not before a mark that belongs to the one before it."""
    end = most - len(ELLIPSIS)
    while end > 0 and unicodedata.combining(line[end]):
        end -= 1
    return line[:end].rstrip() + ELLIPSIS


def _runs_from_the_right(line: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in line)
