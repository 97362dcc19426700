"""Fills the content's sentences with numbers, times and names. Knows no language: the words are data."""

from __future__ import annotations

from bisect import bisect
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from assistant.dialogue.content import Content, Locale

_MINUTE = 60
_QUARTER = 15
_NOON = 12
_HALF_HOUR = timedelta(minutes=30)
_PARTS_FROM, _PARTS = (0, 12, 18), ("morning", "afternoon", "evening")
"""Hours from which a part of the day goes on, and its name in the prompts."""
_FEW_DAYS, _MANY_DAYS, _MONTH = 2, 60, 30.4
"""Days: below it is today or yesterday; above, months are counted."""
_DAY = 24 * 60
"""Minutes."""
_TIMES_OF_DAY = (
    (5, "at_night"),
    (12, "in_the_morning"),
    (17, "in_the_afternoon"),
    (22, "in_the_evening"),
    (24, "at_night"),
)
"""Hour before which a part of the day ends, and its prompt."""


class Wording:
    """The content's words for what a sentence has to name."""

    def __init__(self, content: Content, locale: Locale, worded: dict[str, int]) -> None:
        """Take the content, the place whose numbers are spoken, and the counts of `State.worded`."""
        self._content = content
        self.locale = locale
        self._worded = worded

    def prompt(self, prompt: str, /, **values: object) -> str:
        """Return a prompt by id, in its next wording; raises `KeyError` for one that the content lacks."""
        wordings = self._content.variants.get(prompt)
        if wordings is None:
            return self._content.prompts[prompt].format(**values)
        turn = self._worded.get(prompt, 0) % len(wordings)
        self._worded[prompt] = turn + 1
        return wordings[turn].format(**values)

    def number(self, value: float) -> str:
        """Return a whole number in words, rounded; digits where the content has no word."""
        words = self._content.numbers
        whole = round(value)
        return words[whole] if 0 <= whole < len(words) else str(whole)

    def clear(self, value: float) -> str:
        """Return a number that no other is heard for: ``fifteen, one five,``."""
        word = self.number(value)
        digits = self._content.spelled.get(word)
        return f"{word}, {digits}," if digits else word

    def duration(self, seconds: float, *, spelled: bool = True) -> str:
        """Return a time as a person would say it: seconds below one minute and a half, else minutes.

        A quarter of an hour is named so, because fifteen is easily heard as fifty. Where something else
        spells the digits it need not be ``spelled``.
        """
        say = self.clear if spelled else self.number
        if seconds < 1.5 * _MINUTE:
            whole = max(0, round(seconds))
            return self.prompt("second" if whole == 1 else "seconds", n=say(whole))
        minutes = round(seconds / _MINUTE)
        if minutes == _QUARTER:
            return self.prompt("quarter_hour")
        if minutes < 2 * _MINUTE:
            return self.prompt("minutes", n=say(minutes))
        return self.prompt("hours", n=say(minutes / _MINUTE))

    def moment(self, then: datetime, now: datetime) -> str:
        """Return when something was, to the hour, as seen from now: both of the clock on the wall."""
        days = (now.date() - then.date()).days
        hour = (then + _HALF_HOUR).hour
        part = "midnight" if hour == 0 else "noon" if hour == _NOON else _PARTS[bisect(_PARTS_FROM, hour) - 1]
        at = self.prompt(f"hour_{part}", n=self.number((hour - 1) % _NOON + 1))
        if days < _FEW_DAYS:
            return self.prompt(("moment_today", "moment_yesterday")[days > 0], at=at)
        if days <= _MANY_DAYS:
            return self.prompt("moment_days", n=self.number(days), at=at)
        return self.prompt("moment_months", n=self.number(days / _MONTH))

    def digits(self, value: int) -> str:
        """Return a number digit by digit: ``one five``."""
        return " ".join(self.number(int(digit)) for digit in str(value))

    def time(self, minutes: int) -> str:
        """Return a time of day, given in minutes after midnight: ``half past nine in the evening``."""
        hour, minute = divmod(minutes % _DAY, _MINUTE)
        name = {0: "time_full", 30: "time_half"}.get(minute, "time_past")
        part = self.prompt(next(part for until, part in _TIMES_OF_DAY if hour < until))
        return self.prompt(name, hour=self.number((hour - 1) % 12 + 1), minute=self.clear(minute), part=part)

    def script(self, name: str) -> tuple[str, ...]:
        """Return a disposition script with the emergency numbers of the locale."""
        return self.local(self._content.triage.scripts[name])

    def local(self, texts: Iterable[str], **values: str) -> tuple[str, ...]:
        """Return sentences with whom to call in this place, and what else they name."""
        whom = {"number": self.locale.number, "urgent": self.locale.urgent}
        return tuple(text.format(**whom, **values) for text in texts)
