"""The words of the doctor's page: the shape of ``content/<lang>/report.yaml``, which `assistant.data` reads.

A text in a field of the type ``takes(...)`` has these placeholders in braces and no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from assistant.dialogue.content import STRICT, Review


def takes(*slots: str) -> AfterValidator:
    """Return the check that a text has exactly these placeholders."""

    def check(text: str) -> str:
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if found != set(slots):
            wanted = ", ".join(f"{{{slot}}}" for slot in slots) or "none"
            raise ValueError(f"the placeholders here are {wanted}: write each of them and no other")
        return text

    return AfterValidator(check)


Plain = Annotated[str, takes()]
Counted = Annotated[str, takes("n")]
Months = Annotated[tuple[Plain, ...], Field(min_length=12, max_length=12)]
TOLD = ("condition", "medicine", "habit")
"""Kinds of things that are named in ``profile.yaml``, unless ``report.yaml`` has a better name."""
Chart = Annotated[Mapping[str, Plain], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Headings:
    """The twelve items of the page, in their order."""

    __pydantic_config__ = STRICT
    worry: Plain
    onset: Plain
    counts: Plain
    site: Plain
    triggers: Plain
    signs: Plain
    conditions: Plain
    medicines: Plain
    habits: Plain
    care: Plain
    levels: Plain
    questions: Plain


@dataclass(frozen=True, kw_only=True, slots=True)
class PageWords:
    """What stands on the page besides the headings."""

    __pydantic_config__ = STRICT
    title: Plain
    range: Annotated[str, takes("since", "until", "days")]
    made: Annotated[str, takes("date")]
    date: Annotated[str, takes("day", "month", "year")]
    month: Annotated[str, takes("month", "year")]
    not_recorded: Plain
    no_cramps: Plain
    more: Counted
    """So many that there is no room for."""
    list: Annotated[str, takes("first", "second")]
    """Joins two of a list."""
    footer: Plain
    figures: Plain
    """Over the table that says the same as a chart."""
    first: Plain
    told: Annotated[str, takes("date")]
    recorded: Annotated[str, takes("date")]
    pattern: Plain
    nights: Plain
    cramps: Plain
    per_week: Plain
    median: Plain
    longest: Plain
    worst: Plain
    woken: Plain
    minutes: Counted
    of_ten: Counted
    on: Annotated[str, takes("what", "date")]
    muscle: Plain
    side: Plain
    trigger: Plain
    eased_by: Plain
    thigh: Plain
    helped: Annotated[str, takes("name", "helped", "judged")]
    yes: Annotated[str, takes("dates")]
    unclear: Annotated[str, takes("dates")]
    no: Annotated[str, takes("dates")]
    answered_no: Plain
    conditions: Plain
    age: Plain
    allergies: Plain
    pregnancy: Plain
    pregnant: Plain
    not_pregnant: Plain
    family: Plain
    since: Annotated[str, takes("name", "date")]
    before_first: Plain
    perhaps_before_first: Plain
    activity: Plain
    fluids: Plain
    fluid_limit: Plain
    drunk: Annotated[str, takes("n", "days")]
    diet: Plain
    alcohol: Plain
    alcohol_as_trigger: Counted
    habit: Annotated[str, takes("name", "answer")]
    limit: Mapping[str, Plain]
    remedy: Plain
    times: Plain
    typical: Plain
    result: Plain
    result_helped: Annotated[str, takes("helped", "judged")]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartWords:
    """Titles and labels of one chart."""

    __pydantic_config__ = STRICT
    title: Plain
    rows: Plain
    """What a bar stands for."""
    groups: Chart
    """Id of a shade -> its name, from the first to the last."""
    labels: Mapping[str, Plain] = Field(default_factory=dict)
    """Id of a bar -> its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Charts:
    """The charts of the page."""

    __pydantic_config__ = STRICT
    days: ChartWords
    weeks: Plain
    months: Plain
    years: Plain
    """Title of the first chart when a bar stands for more than a day."""
    hours: ChartWords
    lengths: ChartWords
    sites: ChartWords
    remedies: ChartWords


@dataclass(frozen=True, kw_only=True, slots=True)
class FhirWords:
    """What the parts of an exported observation are called."""

    __pydantic_config__ = STRICT
    cramp: Plain
    worst: Plain
    end: Plain
    length: Plain
    soreness: Plain
    sleep_lost: Plain
    woke: Plain
    onset: Plain
    trigger: Plain
    level: Plain
    tried: Plain
    helped: Plain
    not_helped: Plain
    unknown: Plain
    answers: Mapping[str, Plain]


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokenWords:
    """The sentences of the summary that is read aloud; numbers and dates are filled in as words."""

    __pydantic_config__ = STRICT
    intro: Plain
    begins: Annotated[str, takes("date")]
    ends: Annotated[str, takes("date")]
    date: Annotated[str, takes("day", "month")]
    date_of_year: Annotated[str, takes("day", "month", "year")]
    worry: Plain
    worry_goes_on: Plain
    nothing: Plain
    one_cramp: Plain
    cramps: Counted
    per_week: Counted
    told: Annotated[str, takes("date")]
    recorded: Annotated[str, takes("date")]
    onset: Annotated[str, takes("n", "onset")]
    median: Counted
    longest: Counted
    under_a_minute: Plain
    one_minute: Plain
    minutes: Counted
    worst: Annotated[str, takes("n", "date")]
    one_night: Plain
    nights: Counted
    muscle: Annotated[str, takes("n", "muscle")]
    muscle_once: Annotated[str, takes("muscle")]
    side: Annotated[str, takes("n", "side")]
    side_once: Annotated[str, takes("side")]
    thigh: Plain
    thigh_too: Plain
    once: Plain
    times: Counted
    trigger: Annotated[str, takes("trigger", "times")]
    remedy: Annotated[str, takes("name", "times")]
    remedy_helped: Annotated[str, takes("name", "times", "helped")]
    sign: Annotated[str, takes("topic")]
    unclear: Annotated[str, takes("topic")]
    last: Annotated[str, takes("date")]
    conditions: Counted
    medicines: Counted
    before_first: Counted
    perhaps_before_first: Counted
    advice: Mapping[str, Annotated[str, takes("date")]]
    questions: Plain
    page: Plain
    footer: Plain


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportWords:
    """Everything that the doctor's page and its spoken form say."""

    __pydantic_config__ = STRICT
    headings: Headings
    page: PageWords
    charts: Charts
    spoken: SpokenWords
    fhir: FhirWords
    questions: tuple[Plain, ...]
    """To ask the doctor."""
    names: Mapping[str, Mapping[str, Plain]]
    """Kind of thing -> id -> name."""
    habits: Mapping[Literal["activity", "alcohol"], tuple[str, ...]]
    """Row of the page -> the habits that stand in it."""
    signs: tuple[str, ...]
    """Questions of the triage that a doctor looks for, first to last."""
    months: Months
    short_months: Months
    sources: tuple[str, ...]
    review: Review


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """All words that a report is made of: its own, and names from the other content files."""

    language: str
    words: ReportWords
    remedies: Mapping[str, str]
    """Id of a routine or an application -> its name."""
    topics: Mapping[str, str]
    """Id of a question -> what it is about."""
    facts: Mapping[str, str]
    """Id of something that may be told about a person -> what it is: a condition, a medicine, a habit."""
    passing: frozenset[str]
    """Ids of the questions that guard a routine or move it on: their answers are nothing for a doctor."""

    def name(self, kind: str, key: str) -> str:
        """Return the name of a thing; an id that nobody named is shown as it is."""
        known = {"remedy": self.remedies, "topic": self.topics}.get(kind, self.facts if kind in TOLD else {})
        names = {**known, **self.words.names.get(kind, {})}
        return names.get(key, key.replace("_", " "))
