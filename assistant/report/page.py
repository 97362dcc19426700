"""The page as plain values: twelve items with their words, shortened so that one sheet holds them.

Everything that somebody typed or said has been made plain here; a renderer still escapes it for its format.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from assistant.report.dates import Told
from assistant.report.facts import summarize
from assistant.report.pictures import Pictures
from assistant.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from assistant.journal.diary import Diary
    from assistant.report.charts import Chart
    from assistant.report.facts import Count, Facts, First, Remedy, Sign, Started
    from assistant.reportwords import PageWords, Vocabulary

WORRY, TOPIC, NAME = 240, 60, 42
"""Most characters of the worry, of what a question is about, and of anything else that was typed."""
NAMES, DATES, SIGNS, REMEDIES, MEDICINES = 5, 3, 5, 5, 5
"""How many of each are on the page; then it says how many more there are."""
SAFE_SIGNS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A label and what is to be said about it."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One of the twelve items."""

    key: str
    heading: str
    """With its number."""
    lines: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    figures: tuple[Row, ...] = ()
    """The same as rows, to be seen at a glance: the text is a short figure."""
    head: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    """As wide as its head."""
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Everything that stands on the sheet."""

    language: str
    title: str
    range: str
    made: str
    figures: str
    """Heading of the table below a chart."""
    items: tuple[Item, ...]
    footer: str
    not_recorded: str


def compose(diary: Diary, vocabulary: Vocabulary, today: date) -> Page:
    """Return the page of a diary; ``today`` is the day on which it is made."""
    author = _Author(summarize(diary), vocabulary)
    words = vocabulary.words.page
    pictures = Pictures(diary, author.facts, vocabulary, author.day)
    begin, end = author.day(author.facts.since), author.day(author.facts.until)
    return Page(
        language=vocabulary.language,
        title=words.title,
        range=words.range.format(since=begin, until=end, days=author.facts.days),
        made=words.made.format(date=author.day(today)),
        figures=words.figures,
        items=tuple(author.items(pictures)),
        footer=words.footer,
        not_recorded=words.not_recorded,
    )


@dataclass(frozen=True, slots=True)
class _Author:
    """Writes the items, one method each."""

    facts: Facts
    vocabulary: Vocabulary

    @property
    def words(self) -> PageWords:
        return self.vocabulary.words.page

    def items(self, pictures: Pictures) -> Iterator[Item]:
        words, facts = self.words, self.facts
        yield self._item("worry", lines=(plain(facts.worry or words.not_recorded, WORRY),))
        yield self._item("onset", rows=self._onset(), charts=self._drawn(pictures.hours))
        days = self._drawn(pictures.days, pictures.lengths)
        yield replace(self._item("counts", lines=self._nothing(), charts=days), figures=self._counts())
        thigh = (words.thigh,) if facts.mainly_thigh else ()
        yield self._item("site", lines=thigh, rows=self._site(), charts=self._drawn(pictures.sites))
        charts = (pictures.remedies(),) if facts.remedies else ()
        yield self._item("triggers", rows=self._triggers(), charts=charts)
        yield self._signs()
        yield self._item("conditions", rows=self._conditions())
        yield self._item("medicines", lines=self._medicines())
        yield self._item("habits", rows=self._habits())
        yield self._care()
        yield self._levels()
        yield self._item("questions", lines=self.vocabulary.words.questions)

    def _item(
        self,
        key: str,
        *,
        lines: tuple[str, ...] = (),
        rows: tuple[Row, ...] = (),
        charts: tuple[Chart, ...] = (),
    ) -> Item:
        """Return an item under its heading with its number, which is its place among the headings."""
        headings = self.vocabulary.words.headings
        number = [one.name for one in fields(headings)].index(key) + 1
        heading = f"{number}. {getattr(headings, key)}"
        return Item(key=key, heading=heading, lines=lines, rows=rows, charts=charts)

    def _drawn(self, *charts: Callable[[], Chart]) -> tuple[Chart, ...]:
        """Return charts, if there is anything to draw."""
        return tuple(chart() for chart in charts) if self.facts.cramps else ()

    def _nothing(self) -> tuple[str, ...]:
        return () if self.facts.cramps else (self.words.no_cramps,)

    def _onset(self) -> tuple[Row, ...]:
        first = self._first(self.facts.first) if self.facts.first else self.words.not_recorded
        return (
            Row(label=self.words.first, text=first),
            Row(label=self.words.pattern, text=self._counted("onset", self.facts.onsets)),
        )

    def _first(self, first: First) -> str:
        told = [self.words.told.format(date=self._told(first.told))] if first.told else []
        recorded = [self.words.recorded.format(date=self.day(first.recorded))] if first.recorded else []
        return self._joined([*told, *recorded])

    def _counts(self) -> tuple[Row, ...]:
        words, facts = self.words, self.facts
        unknown = words.not_recorded
        worst = unknown
        if facts.worst:
            pain = words.of_ten.format(n=facts.worst.pain)
            worst = words.on.format(what=pain, date=self.day(facts.worst.day))
        return (
            Row(label=words.cramps, text=f"{facts.cramps:,}"),
            Row(label=words.per_week, text=unknown if facts.per_week is None else f"{facts.per_week:,.1f}"),
            Row(label=words.median, text=self._minutes(facts.minutes.median) if facts.minutes else unknown),
            Row(label=words.longest, text=self._minutes(facts.minutes.longest) if facts.minutes else unknown),
            Row(label=words.worst, text=worst),
            Row(label=words.woken, text=unknown if facts.nights_woken is None else f"{facts.nights_woken:,}"),
        )

    def _site(self) -> tuple[Row, ...]:
        return (
            Row(label=self.words.muscle, text=self._counted("muscle", self.facts.muscles)),
            Row(label=self.words.side, text=self._counted("side", self.facts.sides)),
        )

    def _triggers(self) -> tuple[Row, ...]:
        eased = [self._eased(remedy) for remedy in self.facts.remedies if remedy.helped]
        return (
            Row(label=self.words.trigger, text=self._counted("trigger", self.facts.triggers)),
            Row(label=self.words.eased_by, text=self._listed(eased, 3)),
        )

    def _eased(self, remedy: Remedy) -> str:
        name = self._name("remedy", remedy.name)
        return self.words.helped.format(name=name, helped=f"{remedy.helped:,}", judged=f"{remedy.judged:,}")

    def _signs(self) -> Item:
        """Return every question that was not answered as harmless, and which of the usual ones were."""
        order = {question: index for index, question in enumerate(self.vocabulary.words.signs)}
        asked = [sign for sign in self.facts.signs if sign.question not in self.vocabulary.passing]
        found = sorted(asked, key=lambda sign: (not sign.danger, order.get(sign.question, len(order))))
        told = [sign for sign in found if sign.danger or sign.unclear]
        safe = [self._safe(sign) for sign in found if sign not in told and sign.question in order]
        rows = [self._sign(sign) for sign in told[:SIGNS]]
        if safe:
            rows.append(Row(label=self.words.answered_no, text=self._listed(safe, SAFE_SIGNS)))
        more = (self.words.more.format(n=len(told) - SIGNS),) if len(told) > SIGNS else ()
        return self._item("signs", rows=tuple(rows), lines=more if rows else (self.words.not_recorded,))

    def _sign(self, sign: Sign) -> Row:
        said = [
            template.format(dates=self._dates(days))
            for template, days in (
                (self.words.yes, sign.danger),
                (self.words.unclear, sign.unclear),
                (self.words.no, sign.safe[-1:]),
            )
            if days
        ]
        sides = ", ".join(self._name("side", side) for side in sign.sides)
        label = _capital(self._name("topic", sign.question))
        return Row(label=f"{label} ({sides})" if sides else label, text="; ".join(said))

    def _safe(self, sign: Sign) -> str:
        return f"{self._name('topic', sign.question)} ({self.day(sign.safe[-1])})"

    def _conditions(self) -> tuple[Row, ...]:
        words, profile = self.words, self.facts.profile
        named = [self._name("condition", key) for key in profile.conditions]
        pregnant = {True: words.pregnant, False: words.not_pregnant, None: words.not_recorded}
        age = self._name("age", profile.age) if profile.age else words.not_recorded
        allergies = words.not_recorded if profile.allergies is None else self._answer(profile.allergies)
        return (
            Row(label=words.age, text=age),
            Row(label=words.conditions, text=self._listed(named, NAMES)),
            Row(label=words.allergies, text=allergies),
            Row(label=words.pregnancy, text=pregnant[profile.pregnant]),
            Row(label=words.family, text=words.not_recorded),
        )

    def _medicines(self) -> tuple[str, ...]:
        """Return those that a doctor looks for first: the ones started shortly before the first cramp."""
        ranks = {"yes": 0, "perhaps": 1}
        found = sorted(self.facts.medicines, key=lambda medicine: ranks.get(medicine.before_first or "", 2))
        lines = [self._medicine(medicine) for medicine in found[:MEDICINES]]
        if len(found) > MEDICINES:
            lines.append(self.words.more.format(n=len(found) - MEDICINES))
        return tuple(lines) or (self.words.not_recorded,)

    def _medicine(self, medicine: Started) -> str:
        name = self._name("medicine", medicine.name)
        notes = {"yes": self.words.before_first, "perhaps": self.words.perhaps_before_first}
        line = self.words.since.format(name=name, date=self._told(medicine.since)) if medicine.since else name
        note = notes.get(medicine.before_first or "")
        return f"{line} ({note})" if note else line

    def _habits(self) -> tuple[Row, ...]:
        words, facts = self.words, self.facts
        unknown = words.not_recorded
        limit = facts.profile.fluid_limit
        fluid_limit = words.limit.get(limit, plain(limit, NAME)) if limit else unknown
        drunk = unknown
        if facts.fluids:
            drunk = words.drunk.format(n=f"{facts.fluids.milliliters:,.0f}", days=facts.fluids.days)
        named = next((count.count for count in facts.triggers if count.name == "alcohol"), 0)
        alcohol = [words.alcohol_as_trigger.format(n=f"{named:,}")] if named else []
        return (
            Row(label=words.activity, text=self._lived("activity")),
            Row(label=words.fluids, text=drunk),
            Row(label=words.fluid_limit, text=fluid_limit),
            Row(label=words.diet, text=unknown),
            Row(label=words.alcohol, text=self._lived("alcohol", alcohol)),
        )

    def _lived(self, row: Literal["activity", "alcohol"], more: Sequence[str] = ()) -> str:
        """Return what was told of the habits of a row, yes or no."""
        told = {habit.name: habit.holds for habit in self.facts.profile.habits}
        said = [
            self.words.habit.format(name=self._name("habit", key), answer=self._answer(told[key]))
            for key in self.vocabulary.words.habits[row]
            if key in told
        ]
        return self._listed([*said, *more], NAMES)

    def _answer(self, holds: bool) -> str:
        return self.words.limit["yes" if holds else "no"]

    def _care(self) -> Item:
        words, found = self.words, self.facts.remedies
        if not found:
            return self._item("care", lines=(words.not_recorded,))
        more = (words.more.format(n=len(found) - REMEDIES),) if len(found) > REMEDIES else ()
        head = (words.remedy, words.times, words.typical, words.result)
        table = tuple(self._remedy(remedy) for remedy in found[:REMEDIES])
        return replace(self._item("care", lines=more), head=head, table=table)

    def _remedy(self, remedy: Remedy) -> tuple[str, ...]:
        unknown = self.words.not_recorded
        result = self.words.result_helped.format(helped=f"{remedy.helped:,}", judged=f"{remedy.judged:,}")
        return (
            _capital(self._name("remedy", remedy.name)),
            f"{remedy.times:,}",
            unknown if remedy.minutes is None else self._minutes(remedy.minutes),
            result if remedy.judged else unknown,
        )

    def _levels(self) -> Item:
        rows = tuple(
            Row(label=self._name("level", advice.level), text=self._dates(advice.days))
            for advice in self.facts.levels
        )
        return self._item("levels", rows=rows, lines=() if rows else (self.words.not_recorded,))

    def _counted(self, kind: str, found: Sequence[Count]) -> str:
        """Return names with their counts; what was not recorded is said last."""
        said = [f"{self._name(kind, count.name)} {count.count:,}" for count in found if count.name]
        if not said:
            return self.words.not_recorded
        unknown = [f"{self.words.not_recorded} {count.count:,}" for count in found if not count.name]
        more = [self.words.more.format(n=len(said) - NAMES)] if len(said) > NAMES else []
        return self._joined([*said[:NAMES], *more, *unknown])

    def _listed(self, names: Sequence[str], most: int) -> str:
        if not names:
            return self.words.not_recorded
        more = [self.words.more.format(n=f"{len(names) - most:,}")] if len(names) > most else []
        return self._joined([*names[:most], *more])

    def _joined(self, names: Iterable[str]) -> str:
        first, *others = names
        for name in others:
            first = self.words.list.format(first=first, second=name)
        return first

    def _dates(self, days: Sequence[date]) -> str:
        """Return the latest, newest first."""
        return self._listed([self.day(day) for day in reversed(days)], DATES)

    def _name(self, kind: str, key: str) -> str:
        return plain(self.vocabulary.name(kind, key), TOPIC if kind == "topic" else NAME)

    def _minutes(self, minutes: float) -> str:
        return self.words.minutes.format(n=f"{minutes:,.1f}".removesuffix(".0"))

    def day(self, day: date) -> str:
        month = self.vocabulary.words.short_months[day.month - 1]
        return self.words.date.format(day=day.day, month=month, year=day.year)

    def _told(self, text: str) -> str:
        """Return a date as exactly as it was told."""
        told = Told.read(text)
        if told is None:
            return plain(text, NAME)
        if told.earliest == told.latest:
            return self.day(told.earliest)
        month = self.vocabulary.words.short_months[told.earliest.month - 1]
        one_month = told.earliest.month == told.latest.month
        year = str(told.earliest.year)
        return self.words.month.format(month=month, year=year) if one_month else year


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
