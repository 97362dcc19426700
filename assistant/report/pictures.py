"""Which charts the page has, and what is counted in each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.report.charts import GRAYS, Bar, Chart, start, starts, unit
from assistant.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from assistant.journal.diary import Diary, Episode
    from assistant.report.facts import Facts
    from assistant.reportwords import ChartWords, Vocabulary

LABEL = 22
"""Most characters of a bar's name."""
ROWS = 5
"""Most bars of a lying chart."""
PAIN = ((7, "high"), (4, "middle"), (0, "low"))
"""Lowest pain of a shade."""
LENGTHS = (1, 2, 5, 10)
"""Minutes up to which a bar of the lengths goes; ten is where it stops being usual [NHS-LC][NID-LC]."""
HOURS = 24
NOON = 12
TICKS = 3
"""Hours between two that are named."""
MOST_TICKS = 10
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pictures:
    """The charts of one diary."""

    diary: Diary
    facts: Facts
    vocabulary: Vocabulary
    day: Callable[[date], str]
    """Says a date."""

    def days(self) -> Chart:
        """Cramps each day, week, month or year by their worst pain."""
        words = self.vocabulary.words.charts
        step = unit(self.facts.days)
        found = Counter(
            (start(episode.began.date(), step, self.facts.since), _pain(episode))
            for episode in self.diary.episodes
        )
        begins = starts(self.facts.since, self.facts.until, step)
        every = -(-len(begins) // MOST_TICKS)
        groups = ("high", "middle", "low", UNKNOWN)
        bars = tuple(
            Bar(
                label=self.day(begin),
                tick=self._tick(begin, step) if index % every == 0 else "",
                values=tuple(found[begin, group] for group in groups),
            )
            for index, begin in enumerate(begins)
        )
        titles = {"weeks": words.weeks, "months": words.months, "years": words.years}
        return self._chart("days", words.days, groups, bars, title=titles.get(step), width=360)

    def _tick(self, begin: date, step: str) -> str:
        month = self.vocabulary.words.short_months[begin.month - 1]
        if step in {"days", "weeks"}:
            return f"{begin.day} {month}"
        return f"{month} {begin.year}" if step == "months" else str(begin.year)

    def hours(self) -> Chart:
        """Cramps by the hour in which they began, from noon to noon, so that the night is whole."""
        found = Counter(episode.began.hour for episode in self.diary.episodes)
        order = [(hour + NOON) % HOURS for hour in range(HOURS)]
        bars = tuple(
            Bar(
                label=f"{hour}:00",
                tick=f"{hour}:00" if hour % TICKS == 0 else "",
                values=(found[hour],),
            )
            for hour in order
        )
        return self._chart("hours", self.vocabulary.words.charts.hours, ("cramps",), bars, height=68)

    def lengths(self) -> Chart:
        """Cramps by how long they took."""
        words = self.vocabulary.words.charts.lengths
        found = Counter(_length(episode) for episode in self.diary.episodes)
        bars = tuple(Bar(label=name, values=(found[key],)) for key, name in words.labels.items())
        return self._chart("lengths", words, ("cramps",), bars, lying=True, width=170)

    def sites(self) -> Chart:
        """Cramps by muscle and side."""
        groups = ("left", "right", "both", UNKNOWN)
        found = Counter(
            (episode.muscle, episode.side if episode.side in groups else UNKNOWN)
            for episode in self.diary.episodes
        )
        bars = tuple(
            Bar(
                label=self._name("muscle", count.name),
                values=tuple(found[count.name, group] for group in groups),
            )
            for count in self.facts.muscles[:ROWS]
        )
        return self._chart("sites", self.vocabulary.words.charts.sites, groups, bars, lying=True)

    def remedies(self) -> Chart:
        """What was tried, by what was said of it."""
        bars = tuple(
            Bar(
                label=self._name("remedy", remedy.name),
                values=(remedy.helped, remedy.judged - remedy.helped, remedy.times - remedy.judged),
            )
            for remedy in self.facts.remedies[:ROWS]
        )
        groups = ("helped", "not_helped", UNKNOWN)
        return self._chart("remedies", self.vocabulary.words.charts.remedies, groups, bars, lying=True)

    def _name(self, kind: str, key: str | None) -> str:
        words = self.vocabulary.words.page
        return plain(self.vocabulary.name(kind, key), LABEL) if key else words.not_recorded

    def _chart(  # noqa: PLR0913 (the last ones are the few ways in which charts differ)
        self,
        key: str,
        words: ChartWords,
        groups: tuple[str, ...],
        bars: Iterable[Bar],
        *,
        title: str | None = None,
        lying: bool = False,
        width: int = 260,
        height: int = 84,
    ) -> Chart:
        grays = {"both": GRAYS[1], "right": GRAYS[2], "not_helped": GRAYS[2], "cramps": GRAYS[1]}
        return Chart(
            key=key,
            title=title or words.title,
            rows=words.rows,
            groups=tuple(words.groups[group] for group in groups),
            grays=tuple(
                GRAYS[-1] if group == UNKNOWN else grays.get(group, GRAYS[index])
                for index, group in enumerate(groups)
            ),
            bars=tuple(bars),
            lying=lying,
            width=width,
            height=height,
        )


def _pain(episode: Episode) -> str:
    pain = episode.worst_pain
    return UNKNOWN if pain is None else next(name for least, name in PAIN if pain >= least)


def _length(episode: Episode) -> str:
    if episode.minutes is None:
        return UNKNOWN
    return next((str(most) for most in LENGTHS if episode.minutes <= most), "over")
