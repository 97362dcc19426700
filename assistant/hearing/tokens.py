"""The tokens of the Moonshine models: their file, and how a word is spelled in them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.errors import InstallError
from assistant.hearing.written import runs, written

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WORD = "\u2581"
"""Marks the beginning of a word."""

START = 1
END = 2

LONG = 128
"""A length from here on takes two bytes."""

FIRST_PIECE = 259
"""Ids below are control tokens and raw bytes, which would shadow the real single characters."""


class Tokens:
    """A byte-pair vocabulary: texts by id, and the merges that spell a word."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self._ids = {text: number for number, text in enumerate(texts) if number >= FIRST_PIECE}
        self._ways: dict[str, list[tuple[int, ...]]] = {}

    @classmethod
    def read(cls, path: Path) -> Tokens:
        """Read ``tokenizer.bin``; raise `InstallError` if it is damaged."""
        try:
            return cls([piece.decode(errors="replace") for piece in _pieces(path.read_bytes())])
        except (OSError, IndexError) as fault:
            raise InstallError(f"{path} cannot be read ({fault}): install the model again") from fault

    def ways(self, words: str) -> list[tuple[int, ...]]:
        """Return every way to write a word, or a run of words, behind a space or a hyphen."""
        if words not in self._ways:
            ways = runs(tuple(words.split())) or written(words)
            texts = [f"{mark}{way.replace(' ', WORD)}" for way in ways for mark in (WORD, "-")]
            self._ways[words] = [path for text in texts if (path := self.spell(text))]
        return self._ways[words]

    def spell(self, text: str) -> tuple[int, ...] | None:
        """Return the ids of a text, as the model itself would write it; None if it cannot be written.

        Neighbours are joined in the order of the ids of what they make, lowest first.
        """
        parts = list(text)
        while joins := [(self._ids[both], place) for place, both in _pairs(parts) if both in self._ids]:
            _, place = min(joins)
            parts[place : place + 2] = ["".join(parts[place : place + 2])]
        if not all(part in self._ids for part in parts):
            return None
        return tuple(self._ids[part] for part in parts)

    def text(self, ids: Iterable[int]) -> str:
        """Return the text of ids, words apart by spaces."""
        return "".join(self.texts[number] for number in ids).replace(WORD, " ").strip()


def _pairs(parts: list[str]) -> list[tuple[int, str]]:
    return [(place, left + right) for place, (left, right) in enumerate(pairwise(parts))]


def _pieces(data: bytes) -> list[bytes]:
    """Split the file: each piece follows its length, one byte, or two from `LONG` on (low bits first)."""
    pieces: list[bytes] = []
    place = 0
    while place < len(data):
        length = data[place]
        place += 1
        if length >= LONG:
            length += (data[place] - 1) * LONG
            place += 1
        if place + length > len(data):
            raise IndexError(f"it ends within piece {len(pieces)!r}")
        pieces.append(data[place : place + length])
        place += length
    return pieces
