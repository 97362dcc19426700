"""Fills the content's sentences with numbers, times and names. Knows no language: the words are data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.dialogue.content import Content

_MINUTE = 60
_QUARTER = 15


class Wording:
    """The content's words for what a sentence has to name."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def prompt(self, prompt: str, /, **values: object) -> str:
        """Return a prompt by id; raises `KeyError` for one that the content lacks."""
        return self._content.prompts[prompt].format(**values)

    def number(self, value: float) -> str:
        """Return a whole number in words, rounded; digits where the content has no word."""
        words = self._content.numbers
        whole = round(value)
        return words[whole] if 0 <= whole < len(words) else str(whole)

    def duration(self, seconds: float) -> str:
        """Return a time as a person would say it: seconds below one minute and a half, else minutes.

        A quarter of an hour is named so, because fifteen is easily heard as fifty.
        """
        if seconds < 1.5 * _MINUTE:
            whole = max(0, round(seconds))
            return self.prompt("second" if whole == 1 else "seconds", n=self.number(whole))
        minutes = round(seconds / _MINUTE)
        if minutes == _QUARTER:
            return self.prompt("quarter_hour")
        if minutes < 2 * _MINUTE:
            return self.prompt("minutes", n=self.number(minutes))
        return self.prompt("hours", n=self.number(minutes / _MINUTE))

    def script(self, name: str) -> tuple[str, ...]:
        """Return a disposition script with the emergency numbers of the locale."""
        locale = self._content.locale
        return tuple(
            text.format(number=locale.number, urgent=locale.urgent)
            for text in self._content.triage.scripts[name]
        )
