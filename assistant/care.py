"""The content files of one language as one value, and the ways through it that its rules share."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (the validator reads the annotations)
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from assistant.dialogue.content import STRICT, Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.dialogue.content import (
        Application,
        Cautions,
        DiaryQuestions,
        Locale,
        Outcome,
        Question,
        Reminder,
        Review,
        Routine,
        Source,
        Step,
        Triage,
    )
    from assistant.dialogue.facts import Sheet
    from assistant.dialogue.knowledge import Teaching, Topic
    from assistant.reportwords import ReportWords
    from assistant.yamlfile import YamlFile

T = TypeVar("T")

Place: TypeAlias = tuple[str | int, ...]
"""Keys and indexes that lead to a value of a file."""
Fault: TypeAlias = "tuple[YamlFile, Place, str]"
"""What is wrong there, and what to do."""

ASKED_BY_THE_DIALOGUE = frozenset(
    {"progress", "other_leg", "cramp_there", "at_night", "place_right", "place"}
)
"""Questions that the dialogue knows by their ids: they must be there, and need no place in the data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingRules:
    """How everything that is spoken is worded."""

    __pydantic_config__ = STRICT
    words: int
    """Most words in one text; a number spelled digit by digit counts as one."""
    emergency_words: int
    """The same in a line of an emergency script."""
    spelled: Mapping[str, str]
    """Number that is easily heard as another -> its digits, which must be spoken behind it: ``one five``."""
    forbidden: tuple[str, ...]
    """Words and phrases, as whole words, in lower case."""


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A file and what it says."""

    file: YamlFile
    value: T


@dataclass(frozen=True, kw_only=True, slots=True)
class Care:
    """The content files of one language."""

    prompts: Part[dict[str, str | tuple[str, ...]]]
    routines: tuple[Part[Routine], ...]
    triage: Part[Triage]
    cautions: Part[Cautions]
    diary: Part[DiaryQuestions]
    applications: Part[dict[str, Application]]
    teaching: Part[Teaching]
    profile: Part[Sheet]
    drinks: Part[dict[str, dict[str, int]]]
    reminders: Part[dict[str, Reminder]]
    locales: Part[dict[str, Locale]]
    sources: Part[dict[str, Source]]
    wording: Part[WordingRules]
    pronunciation: Part[dict[str, str]]
    """Word in lower case -> how it is written for the voice."""
    report: Part[ReportWords]
    numbers: tuple[str, ...]
    """Zero upwards in words."""


def wordings(care: Care) -> dict[str, tuple[str, ...]]:
    """Return every prompt with all its wordings, mostly one."""
    prompts = care.prompts.value
    return {name: (text,) if isinstance(text, str) else text for name, text in prompts.items()}


def walk(routine: Routine) -> Iterator[tuple[Place, Step]]:
    """Yield the steps of a routine with their places, each once."""
    for index, part in enumerate(routine.steps):
        if isinstance(part, Block):
            for inner, step in enumerate(part.steps):
                yield ("steps", index, "steps", inner), step
        else:
            yield ("steps", index), part


def questions(care: Care) -> Iterator[tuple[YamlFile, Place, Question]]:
    """Yield every question with its file and place: those of the triage, then those that guard routines."""
    for part in (care.triage, care.cautions):
        for index, question in enumerate(part.value.questions):
            yield part.file, ("questions", index), question


def outcomes(question: Question) -> tuple[tuple[str, Outcome], ...]:
    return ("outcome", question.outcome), ("unclear", question.unclear)


def reviews(care: Care) -> Iterator[tuple[YamlFile, Place, str, Review]]:
    """Yield every sign-off, with the id of what it is about."""
    for routine in care.routines:
        yield routine.file, ("review",), routine.value.id, routine.value.review
    yield care.triage.file, ("review",), "triage", care.triage.value.review
    yield care.cautions.file, ("review",), "cautions", care.cautions.value.review
    yield care.diary.file, ("review",), "diary", care.diary.value.review
    for file, place, question in questions(care):
        yield file, (*place, "review"), question.id, question.review
    for name, application in care.applications.value.items():
        yield care.applications.file, (name, "review"), name, application.review
    yield care.report.file, ("review",), "report", care.report.value.review
    yield care.teaching.file, ("review",), "teaching", care.teaching.value.review
    yield care.profile.file, ("review",), "profile", care.profile.value.review
    for name, reminder in care.reminders.value.items():
        yield care.reminders.file, (name, "review"), name, reminder.review


def asked(care: Care) -> set[str]:
    """Return the ids of all questions that some way through the content asks."""
    triage = care.triage.value
    found = {*triage.screen, *triage.request, *triage.failing, *triage.overdue, *ASKED_BY_THE_DIALOGUE}
    for part in care.routines:
        found.update(part.value.gate)
        found.update(name for _, name in _asks(part.value))
    for application in care.applications.value.values():
        found.update((application.check, application.end))
    for topic in care.teaching.value.topics:
        found.update({*topic.gate} - {fact.id for fact in care.profile.value.facts})
    known = {question.id: question for _, _, question in questions(care)}
    queue = list(found)
    while queue:
        question = known.get(queue.pop())
        more = (
            {name for _, outcome in outcomes(question) for name in outcome.ask} - found if question else set()
        )
        found |= more
        queue += more
    return found


def unreviewed(care: Care) -> tuple[str, ...]:
    """Return the ids of everything that no clinician has signed off."""
    return tuple(name for _, _, name, review in reviews(care) if review.by is None)


def references(care: Care) -> Iterator[tuple[YamlFile, Place, str, str]]:
    """Yield every id that is referred to: file, place, kind of thing, id."""
    for part in care.routines:
        for place, kind, name in _of_routine(part.value):
            yield part.file, place, kind, name
    for key, application in care.applications.value.items():
        yield care.applications.file, (key, "check"), "question", application.check
        yield care.applications.file, (key, "end"), "question", application.end
        for place, kind, name in _each((key, "sources"), "source", application.sources):
            yield care.applications.file, place, kind, name
    yield from _of_reminders(care)
    for place, kind, name in _of_triage(care.triage.value):
        yield care.triage.file, place, kind, name
    for file, start, question in questions(care):
        for place, kind, name in _of_question(start, question):
            yield file, place, kind, name
    for file, key, kind, names in (
        (care.report.file, "signs", "question", care.report.value.signs),
        (care.report.file, "sources", "source", care.report.value.sources),
        (care.diary.file, "sources", "source", care.diary.value.sources),
    ):
        for place, _, name in _each((key,), kind, names):
            yield file, place, kind, name
    yield from _taught_and_told(care)


def _of_reminders(care: Care) -> Iterator[tuple[YamlFile, Place, str, str]]:
    for key, reminder in care.reminders.value.items():
        for place, kind, name in _each((key, "sources"), "source", reminder.sources):
            yield care.reminders.file, place, kind, name


def diary_orders(care: Care) -> Iterator[tuple[Place, str]]:
    """Yield the ids that the orders of the diary's questions name."""
    for order in ("night", "morning", "morning_once", "unless_woke"):
        for index, name in enumerate(getattr(care.diary.value, order)):
            yield (order, index), name


def _of_routine(routine: Routine) -> Iterator[tuple[Place, str, str]]:
    yield from _each(("gate",), "question", routine.gate)
    yield from _each(("sources",), "source", routine.sources)
    for key in ("instead", "then"):
        if follows := getattr(routine, key):
            yield (key,), "routine", follows
    for place, name in _asks(routine):
        yield place, "question", name
    for place, step in walk(routine):
        if step.timer:
            yield (*place, "timer"), "application", step.timer


def _asks(routine: Routine) -> Iterator[tuple[Place, str]]:
    """Yield the ids of the questions that the routine's steps and blocks ask."""
    for place, step in walk(routine):
        if step.ask:
            yield (*place, "ask"), step.ask
    for index, part in enumerate(routine.steps):
        for key in ("ask", "again_if"):
            if name := isinstance(part, Block) and getattr(part, key):
                yield ("steps", index, key), name


def _of_triage(triage: Triage) -> Iterator[tuple[Place, str, str]]:
    for order in ("screen", "profile", "request", "failing", "overdue"):
        yield from _each((order,), "question", getattr(triage, order))
    for name, fact in triage.only_of.items():
        yield ("only_of", name), "question", name
        yield ("only_of", name), "question", fact
    for flag, name in triage.emergency.items():
        yield ("emergency", flag), "script" if name == "emergency" else "question", name


def _of_question(start: Place, question: Question) -> Iterator[tuple[Place, str, str]]:
    yield from _each((*start, "sources"), "source", question.sources)
    for key, outcome in outcomes(question):
        yield from _each((*start, key, "ask"), "question", outcome.ask)
        if outcome.script:
            yield (*start, key, "script"), "script", outcome.script
        for name, other in outcome.replaces.items():
            yield (*start, key, "replaces", name), "script", name
            yield (*start, key, "replaces", name), "script", other


def _taught_and_told(care: Care) -> Iterator[tuple[YamlFile, Place, str, str]]:
    for index, topic in enumerate(care.teaching.value.topics):
        for place, kind, name in _of_topic(topic):
            yield care.teaching.file, ("topics", index, *place), kind, name
    for index, fact in enumerate(care.profile.value.facts):
        if fact.covers:
            yield care.profile.file, ("facts", index, "covers"), "question", fact.covers
        for value, meant in fact.means.items():
            yield care.profile.file, ("facts", index, "means", value), "question", meant
    for key in care.drinks.value:
        if key != "default":
            yield care.drinks.file, (key,), "locale", key


def _of_topic(topic: Topic) -> Iterator[tuple[Place, str, str]]:
    yield from _each(("gate",), "question", topic.gate)
    yield from _each(("sources",), "source", topic.sources)
    if topic.offer and topic.offer.routine:
        yield ("offer", "routine"), "routine", topic.offer.routine
    for key, passage in topic.places.items():
        yield ("places", key), "locale", key
        yield from _each(("places", key, "sources"), "source", passage.sources)
    for index, passage in enumerate(topic.more):
        yield from _each(("more", index, "sources"), "source", passage.sources)


def _each(place: Place, kind: str, names: Sequence[str]) -> Iterator[tuple[Place, str, str]]:
    for index, name in enumerate(names):
        yield (*place, index), kind, name
