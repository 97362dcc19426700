"""Finds and checks ``grammars/``, ``content/`` and ``models/``: in the repository or in the installed wheel.

Every fault is a `ContentError` that begins with file and line: ``content/en/triage.yaml:7: ...``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unicode_rbnf import FormatPurpose, RbnfEngine

from assistant.care import Care, Part, WordingRules, questions, unreviewed, wordings
from assistant.dialogue.content import (
    Application,
    Cautions,
    Content,
    DiaryQuestions,
    Level,
    Locale,
    Question,
    Reminder,
    Routine,
    Source,
    Triage,
)
from assistant.dialogue.facts import Fact, Sheet
from assistant.dialogue.knowledge import Teaching
from assistant.errors import ContentError, InstallError, SettingsError
from assistant.reportwords import ReportWords, Vocabulary
from assistant.rules import faults
from assistant.understanding.grammar import (
    ASLEEP,
    INTENTS,
    Block,
    Blocks,
    Grammar,
    GrammarFile,
    faults_of_grammar,
)
from assistant.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

_NUMBERS = 121
"""Zero to one hundred and twenty: the counts and times that are spoken."""


def folder(name: str) -> Path:
    """Return ``grammars``, ``content`` or ``models`` as shipped; raise `InstallError` if it is not there."""
    package = Path(__file__).parent
    for root in (package / "_data", package.parent):
        if (root / name).is_dir():
            return root / name
    raise InstallError(f"the folder {name!r} is missing beside {package}: install cramp-assistant again")


# The care content


def load_content(language: str = "en", locale: str = "unknown", switched_on: Collection[str] = ()) -> Content:
    """Return the shipped care content, checked. ``switched_on`` names the settings that routines ask for.

    A process reads it once: a night with power cuts opens its parts several times.
    Raises `ContentError` with file and line at the first fault of a file, and `SettingsError` for a language
    or a locale that there is no content for.
    """
    return load_words(language, locale, switched_on)[0]


def load_words(language: str, locale: str, switched_on: Collection[str] = ()) -> tuple[Content, Vocabulary]:
    """Return the care content and the words of the doctor's page, from one reading; see `load_content`."""
    return _words(content_folder(language), locale, frozenset(switched_on))


@cache
def _words(root: Path, locale: str, switched_on: frozenset[str]) -> tuple[Content, Vocabulary]:
    care = read_care(root)
    return content_of(care, locale, switched_on), _vocabulary_of(care, root.name)


def check_content_file(path: Path, language: str = "en") -> None:
    """Check one content file among the shipped ones: in place of its namesake, or as a further routine.

    Raises `ContentError` with file and line at its first fault.
    """
    read_care(content_folder(language), (path,))


def content_faults(root: Path, edited: Sequence[Path] = ()) -> list[str]:
    """Return every fault of the content files of one language, with file, line and remedy.

    While a file cannot be understood, the rules that hold between files are not tried.
    """
    files = _files(root, edited)
    unreadable = [fault for path, shape in files for fault in _faults_of_shape(path, shape)]
    if unreadable:
        return unreadable
    found = [file.fault(place, what) for file, place, what in faults(_parts(files, root.name))]
    return list(dict.fromkeys(map(str, found)))


def _faults_of_shape(path: Path, shape: Any) -> list[str]:  # noqa: ANN401 (a type with its parameters)
    try:
        file = YamlFile.read(path)
    except ContentError as fault:
        return [str(fault)]
    return [str(file.fault(place, what)) for place, what in file.misfits(shape)]


def unreviewed_content(language: str = "en") -> tuple[str, ...]:
    """Return the ids of what no clinician has signed off yet."""
    return unreviewed(read_care(content_folder(language)))


_SHAPES: Mapping[str, Any] = {
    "prompts.yaml": dict[str, str | tuple[str, ...]],
    "triage.yaml": Triage,
    "cautions.yaml": Cautions,
    "diary.yaml": DiaryQuestions,
    "applications.yaml": dict[str, Application],
    "reminders.yaml": dict[str, Reminder],
    "locales.yaml": dict[str, Locale],
    "sources.yaml": dict[str, Source],
    "wording.yaml": WordingRules,
    "pronunciation.yaml": dict[str, str],
    "report.yaml": ReportWords,
    "teaching.yaml": Teaching,
    "profile.yaml": Sheet,
    "drinks.yaml": dict[str, dict[str, int]],
}
"""Content file -> what it holds; each is named in `Care` like the file. Any other file is a routine."""


def read_care(root: Path, edited: Sequence[Path] = ()) -> Care:
    """Read and check the content files of one language; an edited one stands in for the file of its name."""
    care = _parts(_files(root, edited), root.name)
    for file, place, what in faults(care):
        raise file.fault(place, what)
    return care


def _files(root: Path, edited: Sequence[Path]) -> list[tuple[Path, Any]]:
    """Return the content files and what each should hold."""
    routines = {path.name: path for path in sorted((root / "routines").glob("*.yaml"))}
    paths = {name: root / name for name in _SHAPES} | routines | {path.name: path for path in edited}
    return [(path, _SHAPES.get(name, Routine)) for name, path in paths.items()]


def _parts(files: Sequence[tuple[Path, Any]], language: str) -> Care:
    read = [(path.name, shape, YamlFile.read(path)) for path, shape in files]
    parts = [(name, Part(file, file.as_type(shape))) for name, shape, file in read]
    return Care(
        routines=tuple(part for name, part in parts if name not in _SHAPES),
        numbers=_numbers(language),
        **{name.removesuffix(".yaml"): part for name, part in parts if name in _SHAPES},
    )


def load_pronunciation(language: str = "en") -> dict[str, str]:
    """Return word -> how it is written for the voice; raise `ContentError` if its file is broken."""
    pronunciation: dict[str, str] = YamlFile.read(content_folder(language) / "pronunciation.yaml").as_type(
        dict[str, str]
    )
    return pronunciation


def content_of(care: Care, locale: str, switched_on: Collection[str] = ()) -> Content:
    """Return what the dialogue needs of it; raise `SettingsError` for an unknown locale."""
    places: Mapping[str, Locale] = care.locales.value
    if locale not in places:
        raise SettingsError(f"the locale {locale!r} is not known: choose one of {', '.join(places)}")
    prompts = wordings(care)
    return Content(
        prompts={name: prompt[0] for name, prompt in prompts.items()},
        variants={name: prompt for name, prompt in prompts.items() if len(prompt) > 1},
        routines={part.value.id: part.value for part in care.routines},
        triage=care.triage.value,
        questions={question.id: question for _, _, question in questions(care)}
        | _about(care.profile.value)
        | _of_diary(care),
        diary=care.diary.value,
        applications=care.applications.value,
        reminders=care.reminders.value,
        sources=care.sources.value,
        place=locale,
        locales=places,
        numbers=care.numbers,
        spelled=care.wording.value.spelled,
        left_out=frozenset(_left_out(care, switched_on)),
        facts={fact.id: fact for fact in care.profile.value.facts},
        since=care.profile.value.since,
        vessels=care.drinks.value,
        topics={topic.id: topic for topic in care.teaching.value.topics},
        years=_years(care),
    )


def _of_diary(care: Care) -> dict[str, Question]:
    """Return the diary's questions in the shape of all others."""
    diary = care.diary.value
    return {
        name: Question(
            id=name,
            say=one.say,
            again=one.say,
            kind=one.kind,
            sources=diary.sources,
            review=diary.review,
        )
        for name, one in diary.questions.items()
    }


def _left_out(care: Care, switched_on: Collection[str]) -> Iterator[str]:
    """Yield the ids of the routines whose setting is off."""
    for part in care.routines:
        if part.value.setting and part.value.setting not in switched_on:
            yield part.value.id


def load_vocabulary(language: str = "en") -> Vocabulary:
    """Return the words of the doctor's page, each file checked by itself; raises what `load_content` does."""
    return _vocabulary_of(_parts(_files(content_folder(language), ()), language), language)


def _vocabulary_of(care: Care, language: str) -> Vocabulary:
    words = care.report.value
    applications = {name: application.name for name, application in care.applications.value.items()}
    routines = {part.value.id: part.value.name for part in care.routines}
    return Vocabulary(
        language=language,
        words=words,
        remedies={**applications, **routines, **words.names.get("remedy", {})},
        topics={question.id: question.topic for _, _, question in questions(care) if question.topic},
        facts={fact.id: fact.topic for fact in care.profile.value.facts},
        passing=_passing(care),
    )


def _passing(care: Care) -> frozenset[str]:
    """Return the questions, also about the person, that neither find out nor change how urgent it is."""
    triage = care.triage.value
    lists = (triage.screen, triage.profile, triage.request, triage.failing, triage.overdue)
    asked = {name for names in lists for name in names}
    known = [question for _, _, question in questions(care)]
    known += [*_about(care.profile.value).values(), *_of_diary(care).values()]
    return frozenset(one.id for one in known if one.id not in asked and one.outcome.level is Level.NONE)


def load_grammar(language: str = "en", wake_phrase: str | None = None) -> Grammar:
    """Return the shipped sentences of a language, checked; with a phrase of the user's that wakes it.

    Raises `ContentError` with file and line at the first fault of a file, and `SettingsError` for a language
    that there is no grammar for.
    """
    return read_grammar(_language_folder(language, "grammars"), wake_phrase)


@cache
def read_grammar(root: Path, wake_phrase: str | None = None) -> Grammar:
    """Read and check the grammar files of one language, once in a process.

    The list ``routine`` are the routines' own names.
    """
    files = [YamlFile.read(path) for path in sorted(root.glob("*.yaml"))]
    parts = [file.as_type(GrammarFile) for file in files]
    routines = _routine_names(root.name)
    names = GrammarFile(language=root.name, lists={"routine": {"values": _as_spoken(routines)}})
    checked = [*zip(files, parts, strict=True), (YamlFile(root / "routine", None, None), names)]
    for file, (place, what) in (*faults_of_grammar(checked), *_start_faults(files, parts, routines)):
        raise file.fault(place, what)
    for name in INTENTS:
        if not any(name in part.intents for part in parts):
            raise ContentError(f"{root}: nothing can be said for {name!r}: add {name}.yaml")
    return Grammar([*parts, names, *_waking(root.name, wake_phrase)])


def _waking(language: str, phrase: str | None) -> Iterator[GrammarFile]:
    if phrase:
        yield GrammarFile(
            language=language,
            intents={
                "wake": Blocks(data=(Block(sentences=(phrase,), requires_context={"scope": (ASLEEP,)}),))
            },
        )


def _routine_names(language: str) -> dict[str, str]:
    """Return routine id -> its name, of the shipped content."""
    paths = sorted((folder("content") / language / "routines").glob("*.yaml"))
    return {path.stem: str(YamlFile.read(path).value.get("name")) for path in paths}


def _as_spoken(names: Mapping[str, str]) -> list[dict[str, str]]:
    """Return list values for names like "the warm-up", with or without the article."""
    spoken = {
        name: re.sub(r"^(the) ", r"[\1] ", text.lower().replace("-", " ")) for name, text in names.items()
    }
    return [{"in": text, "out": name} for name, text in spoken.items()]


def _start_faults(
    files: Sequence[YamlFile], parts: Sequence[GrammarFile], routines: Collection[str]
) -> Iterator[tuple[YamlFile, tuple[tuple[object, ...], str]]]:
    """Yield every sentence that starts a routine which the content does not have."""
    for file, part in zip(files, parts, strict=True):
        for index, block in enumerate(part.intents["start"].data if "start" in part.intents else ()):
            routine = block.slots.get("routine")
            if routine is not None and routine not in routines:
                place = ("intents", "start", "data", index, "slots", "routine")
                yield file, (place, f"no routine is called {routine!r}: use one of {', '.join(routines)}")


def content_folder(language: str) -> Path:
    """Return where the content of a language is; raise `SettingsError` if there is none."""
    return _language_folder(language)


def _language_folder(language: str, kind: str = "content") -> Path:
    root = folder(kind)
    known = sorted(path.name for path in root.iterdir() if path.is_dir())
    if language not in known:
        raise SettingsError(
            f"there is no content in the language {language!r}: choose one of {', '.join(known)}"
        )
    return root / language


def _about(sheet: Sheet) -> dict[str, Question]:
    """Return the questions about the person, by id."""
    asked = (*sheet.facts, *sheet.questions)
    return {
        about.id: about.question(about.locks if isinstance(about, Fact) else (), sheet.review)
        for about in asked
    }


def _years(care: Care) -> dict[int, str]:
    """Return the years of the sources as they are spoken."""
    engine = RbnfEngine.for_language(care.teaching.file.path.parent.name)
    years = {source.year for source in care.sources.value.values() if source.year}
    return {year: engine.format_number(year, FormatPurpose.YEAR).text for year in years}


@cache
def _numbers(language: str) -> tuple[str, ...]:
    engine = RbnfEngine.for_language(language)
    return tuple(engine.format_number(number).text for number in range(_NUMBERS))
