"""The summary as it is read aloud, in a minute to a minute and a half at 150 words a minute.

The words are those of ``content/<lang>/report.yaml``. Ask before it is read: others may hear it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from unicode_rbnf import FormatPurpose, RbnfEngine

from assistant.report.dates import Told
from assistant.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from assistant.report.facts import Advice, Facts, First, Remedy, Sign
    from assistant.reportwords import SpokenWords, Vocabulary

MOST_WORDS = 225
"""In ninety seconds at 150 words a minute."""
MOST_IN_A_SENTENCE = 18
WORRY_SENTENCES = 2
WORDS_OF_A_NAME = 10
LETTERS = 40
"""Of one word; a longer one is noise."""
SIGNS = 3
MINUTE = 1.5
"""Below so many minutes it is one minute."""

MUST, SHOULD, MAY = range(3)
"""What is left out last and first when there is too much to say."""


@dataclass(frozen=True, slots=True)
class _Line:
    rank: int
    text: str


def spoken(facts: Facts, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the summary as sentences of at most 18 words, together at most 225: ninety seconds.

    ``facts`` is `assistant.report.facts.summarize` of a diary; ``vocabulary`` is
    `assistant.data.load_vocabulary` of the language. Numbers and dates are words, so any voice can say them.
    A hyphenated word counts as its parts.
    """
    lines = list(_Speaker(facts, vocabulary).lines())
    for rank in (MAY, SHOULD):
        while sum(count_words(line.text) for line in lines) > MOST_WORDS:
            last = next((line for line in reversed(lines) if line.rank == rank), None)
            if last is None:
                break
            lines.remove(last)
    return tuple(line.text for line in lines)


def count_words(text: str) -> int:
    return len(text.replace("-", " ").split())


@dataclass(frozen=True, slots=True)
class _Speaker:
    facts: Facts
    vocabulary: Vocabulary

    @property
    def words(self) -> SpokenWords:
        return self.vocabulary.words.spoken

    def lines(self) -> Iterator[_Line]:
        """Yield everything there is to say, in the order of the page."""
        yield from self._opening()
        yield from self._numbers()
        yield from self._sites()
        yield from self._easing()
        yield from self._signs()
        yield from self._person()
        yield from (_Line(MUST, self._advice(advice)) for advice in self.facts.levels)
        yield _Line(MUST, self.words.questions)
        yield from (_Line(MUST, question) for question in self.vocabulary.words.questions)
        yield _Line(MUST, self.words.footer)

    def _opening(self) -> Iterator[_Line]:
        yield _Line(MUST, self.words.intro)
        yield _Line(MUST, self.words.begins.format(date=self._date(self.facts.since)))
        yield _Line(MUST, self.words.ends.format(date=self._date(self.facts.until)))
        if self.facts.worry:
            yield _Line(SHOULD, self.words.worry)
            yield from (_Line(SHOULD, sentence) for sentence in self._worry(self.facts.worry))
        if self.facts.first:
            yield _Line(SHOULD, self._first(self.facts.first))

    def _worry(self, worry: str) -> Iterator[str]:
        """Cut it where a voice may take breath."""
        words = self._speakable(worry)
        for index in range(0, min(len(words), WORRY_SENTENCES * MOST_IN_A_SENTENCE), MOST_IN_A_SENTENCE):
            yield " ".join(words[index : index + MOST_IN_A_SENTENCE])
        if len(words) > WORRY_SENTENCES * MOST_IN_A_SENTENCE:
            yield self.words.worry_goes_on

    def _speakable(self, text: str) -> list[str]:
        """Return the words of what somebody typed, figures as words, none endless."""
        language = self.vocabulary.language
        said = re.sub(r"\d{1,9}", lambda found: f" {number(int(found[0]), language)} ", plain(text))
        return [word[:LETTERS] for word in said.replace("-", " ").split()]

    def _name(self, kind: str, key: str) -> str:
        return " ".join(self._speakable(self.vocabulary.name(kind, key))[:WORDS_OF_A_NAME])

    def _first(self, first: First) -> str:
        if first.told is None and first.recorded:
            return self.words.recorded.format(date=self._date(first.recorded))
        told = Told.read(first.when)
        return self.words.told.format(date=self._told(told) if told else self._name("", first.when))

    def _numbers(self) -> Iterator[_Line]:
        words, facts = self.words, self.facts
        if not facts.cramps:
            yield _Line(MUST, words.nothing)
            return
        yield _Line(
            MUST, words.one_cramp if facts.cramps == 1 else words.cramps.format(n=self._n(facts.cramps))
        )
        if facts.per_week is not None and facts.cramps > 1:
            yield _Line(SHOULD, words.per_week.format(n=self._n(round(facts.per_week, 1))))
        for count in facts.onsets[:1]:
            if count.name:
                onset = self._name("onset", count.name)
                said = words.onset.format(n=self._n(count.count), onset=onset)
                yield _Line(MAY, said[:1].upper() + said[1:])
        if facts.minutes and facts.minutes.known > 1:
            yield _Line(SHOULD, words.median.format(n=self._minutes(max(1, facts.minutes.median))))
        if facts.minutes:
            yield _Line(SHOULD, words.longest.format(n=self._minutes(facts.minutes.longest)))
        if facts.worst:
            pain, day = self._n(facts.worst.pain), self._date(facts.worst.day)
            yield _Line(SHOULD, words.worst.format(n=pain, date=day))
        if facts.nights_woken is not None:
            nights = words.nights.format(n=self._n(facts.nights_woken))
            yield _Line(SHOULD, words.one_night if facts.nights_woken == 1 else nights)

    def _sites(self) -> Iterator[_Line]:
        for kind, once, often, found in (
            ("muscle", self.words.muscle_once, self.words.muscle, self.facts.muscles),
            ("side", self.words.side_once, self.words.side, self.facts.sides),
        ):
            for count in found[:1]:
                if count.name:
                    number = {} if count.count == 1 else {"n": self._n(count.count)}
                    name = self._name(f"spoken_{kind}", count.name)
                    yield _Line(MAY, (often if number else once).format(**{kind: name}, **number))
        if self.facts.mainly_thigh:
            yield _Line(MUST, self.words.thigh)
            yield _Line(MUST, self.words.thigh_too)

    def _easing(self) -> Iterator[_Line]:
        for count in self.facts.triggers[:1]:
            if count.name:
                trigger = self._name("trigger", count.name)
                times = self._times(count.count)
                yield _Line(MAY, self.words.trigger.format(trigger=trigger, times=times))
        for rank, remedy in zip((SHOULD, MAY), self.facts.remedies, strict=False):
            yield _Line(rank, self._remedy(remedy))

    def _remedy(self, remedy: Remedy) -> str:
        template = self.words.remedy_helped if remedy.helped else self.words.remedy
        names = {"name": self._name("remedy", remedy.name), "times": self._times(remedy.times)}
        return template.format(**names, **({"helped": self._times(remedy.helped)} if remedy.helped else {}))

    def _signs(self) -> Iterator[_Line]:
        """Yield what was not answered as harmless, the dangerous first; the page has all of it."""
        asked = [sign for sign in self.facts.signs if sign.question not in self.vocabulary.passing]
        danger = [sign for sign in asked if sign.danger]
        unclear = [sign for sign in asked if sign.unclear and not sign.danger]
        for sign in [*danger, *unclear][:SIGNS]:
            yield from (_Line(MUST, sentence) for sentence in self._sign(sign))
        if len(danger) + len(unclear) > SIGNS:
            yield _Line(MUST, self.words.page)

    def _sign(self, sign: Sign) -> Iterator[str]:
        topic = self._name("topic", sign.question)
        yield (self.words.sign if sign.danger else self.words.unclear).format(topic=topic)
        yield self.words.last.format(date=self._date((sign.danger or sign.unclear)[-1]))

    def _person(self) -> Iterator[_Line]:
        words, facts = self.words, self.facts
        surely = sum(medicine.before_first == "yes" for medicine in facts.medicines)
        perhaps = sum(medicine.before_first == "perhaps" for medicine in facts.medicines)
        for rank, template, count in (
            (MAY, words.conditions, len(facts.profile.conditions)),
            (MAY, words.medicines, len(facts.medicines)),
            (MUST, words.before_first, surely),
            (MUST, words.perhaps_before_first, perhaps),
        ):
            if count:
                yield _Line(rank, template.format(n=self._n(count)))

    def _advice(self, advice: Advice) -> str:
        return self.words.advice[advice.level].format(date=self._date(advice.days[-1]))

    def _n(self, value: float) -> str:
        return number(value, self.vocabulary.language)

    def _times(self, count: int) -> str:
        return self.words.once if count == 1 else self.words.times.format(n=self._n(count))

    def _minutes(self, minutes: float) -> str:
        if minutes < 1:
            return self.words.under_a_minute
        return (
            self.words.one_minute
            if minutes < MINUTE
            else self.words.minutes.format(n=self._n(round(minutes)))
        )

    def _date(self, day: date) -> str:
        """Return it with the year only where the summary is about more than one."""
        month = self.vocabulary.words.months[day.month - 1]
        ordinal = _engine(self.vocabulary.language).format_number(day.day, FormatPurpose.ORDINAL).text
        if self.facts.since.year == self.facts.until.year == day.year:
            return self.words.date.format(day=ordinal, month=month)
        return self.words.date_of_year.format(day=ordinal, month=month, year=self._year(day.year))

    def _told(self, told: Told) -> str:
        if told.earliest == told.latest:
            return self._date(told.earliest)
        months = self.vocabulary.words.months
        month = f"{months[told.earliest.month - 1]}, " if told.earliest.month == told.latest.month else ""
        return month + self._year(told.earliest.year)

    def _year(self, year: int) -> str:
        return _engine(self.vocabulary.language).format_number(year, FormatPurpose.YEAR).text


def number(value: float, language: str) -> str:
    """Return a number in words; one that is whole is said without its decimals."""
    whole = int(value)
    return _engine(language).format_number(whole if whole == value else value).text


@cache
def _engine(language: str) -> RbnfEngine:
    return RbnfEngine.for_language(language)
