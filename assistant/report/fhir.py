"""The diary as a FHIR R4 bundle that a clinic can import: nobody is named in it.

One Observation for each cramp, one QuestionnaireResponse for each set of answers and one for what the person
told about themselves. Only codes that are certain are used: LOINC for the pain, UCUM for units; everything
else is text. Ids depend on nothing but the cramp, so that a second import is recognized as the first.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID, uuid5

from assistant.report.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from assistant.journal.diary import Diary, Episode, Flag, Medicine, Profile
    from assistant.reportwords import Vocabulary

Node: TypeAlias = "dict[str, Any]"

NAMESPACE = UUID("6f3c1a52-8f0e-4d0a-9f0b-6c1f5b0c7d11")
"""Ours, made once; ids are names within it."""
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
PAIN = {
    "system": LOINC,
    "code": "72514-3",
    "display": "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
}
SURVEY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}
"""The category of what a person reports."""


def bundle(diary: Diary, vocabulary: Vocabulary) -> str:
    """Return a collection of the diary as JSON."""
    resources = [
        *(_cramp(episode, vocabulary) for episode in diary.episodes),
        *_answers(diary, vocabulary),
        *_about(diary, vocabulary),
    ]
    whole = {
        "resourceType": "Bundle",
        "id": _id("bundle", diary.since, diary.until),
        "type": "collection",
        "timestamp": diary.until.isoformat(),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }
    # FHIR has no empty lists.
    return json.dumps({key: value for key, value in whole.items() if value}, indent=1) + "\n"


def _id(*names: object) -> str:
    return str(uuid5(NAMESPACE, "/".join(map(str, names))))


def _cramp(episode: Episode, vocabulary: Vocabulary) -> Node:
    period = {"start": episode.began.isoformat()}
    end = episode.eased or episode.ended
    if end and end >= episode.began:
        period["end"] = end.isoformat()
    node: Node = {
        "resourceType": "Observation",
        "id": _id("cramp", episode.id, episode.began),
        "status": "final",
        "category": [{"coding": [SURVEY]}],
        "code": {"text": vocabulary.words.fhir.cramp},
        "effectivePeriod": period,
    }
    names = (_name(vocabulary, "side", episode.side), _name(vocabulary, "muscle", episode.muscle))
    if site := " ".join(filter(None, names)):
        node["bodySite"] = {"text": site}
    if components := [*_measures(episode, vocabulary), *_told(episode, vocabulary)]:
        node["component"] = components
    return node


def _measures(episode: Episode, vocabulary: Vocabulary) -> Iterator[Node]:
    words = vocabulary.words.fhir
    minutes = None if episode.minutes is None else round(episode.minutes, 2)
    pain: Node = {"coding": [PAIN]}
    for code, value, unit in (
        (pain | {"text": words.worst}, episode.worst_pain, "{score}"),
        (pain | {"text": words.end}, episode.end_pain, "{score}"),
        ({"text": words.length}, minutes, "min"),
        ({"text": words.soreness}, episode.soreness_hours, "h"),
        ({"text": words.sleep_lost}, episode.sleep_lost, "{score}"),
    ):
        if value is not None:
            quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
            yield {"code": code, "valueQuantity": quantity}


def _told(episode: Episode, vocabulary: Vocabulary) -> Iterator[Node]:
    words = vocabulary.words.fhir
    if episode.woke is not None:
        yield {"code": {"text": words.woke}, "valueBoolean": episode.woke}
    for text, kind, key in (
        (words.onset, "onset", episode.onset),
        (words.trigger, "trigger", episode.trigger),
        (words.level, "level", episode.level),
    ):
        if name := _name(vocabulary, kind, key):
            yield {"code": {"text": text}, "valueString": name}
    results = {True: words.helped, False: words.not_helped, None: words.unknown}
    for one in episode.tried:
        name = _name(vocabulary, "remedy", one.name)
        yield {"code": {"text": words.tried}, "valueString": f"{name}: {results[one.helped]}"}


def _name(vocabulary: Vocabulary, kind: str, key: str | None) -> str | None:
    """Return a name without what FHIR forbids in text; None for none."""
    return plain(vocabulary.name(kind, key)) or None if key else None


# Answers


def _answers(diary: Diary, vocabulary: Vocabulary) -> Iterator[Node]:
    """Yield what was answered, for each cramp and for each day on which it was asked without one."""
    for episode in diary.episodes:
        if flags := _for_a_doctor(episode.flags, vocabulary):
            yield _response(("answers", episode.id, episode.began), flags, vocabulary)
    alone = sorted(_for_a_doctor(diary.flags, vocabulary), key=lambda flag: flag.at)
    for day, same_day in groupby(alone, lambda flag: flag.at.date()):
        yield _response(("answers", day), list(same_day), vocabulary)


def _for_a_doctor(flags: Iterable[Flag], vocabulary: Vocabulary) -> list[Flag]:
    return [flag for flag in flags if flag.question not in vocabulary.passing]


def _response(names: Iterable[object], flags: Iterable[Flag], vocabulary: Vocabulary) -> Node:
    answers = vocabulary.words.fhir.answers
    items: dict[str, Node] = {}
    latest: datetime | None = None
    for flag in flags:
        topic = _name(vocabulary, "topic", flag.question) or "?"
        question = plain(flag.question) or "?"
        item = items.setdefault(question, {"linkId": question, "text": topic, "answer": []})
        item["answer"].append({"valueString": plain(answers.get(flag.answer, flag.answer)) or "?"})
        latest = max(latest, flag.at) if latest else flag.at
    assert latest, "there is at least one answer"
    return _questionnaire(_id(*names), latest, list(items.values()))


def _questionnaire(id_: str, authored: datetime, items: list[Node]) -> Node:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": id_,
        "status": "completed",
        "authored": authored.isoformat(),
        "item": items,
    }


def _about(diary: Diary, vocabulary: Vocabulary) -> Iterator[Node]:
    """Yield what the person told about themselves, if anything."""
    items = [
        {"linkId": key, "text": text, "answer": answers}
        for key, text, answers in _profile(diary.profile, vocabulary)
        if answers
    ]
    if items:
        yield _questionnaire(_id("profile", diary.until), diary.until, items)


def _profile(profile: Profile, vocabulary: Vocabulary) -> Iterator[tuple[str, str, list[Node]]]:
    words = vocabulary.words
    pregnant = [] if profile.pregnant is None else [{"valueBoolean": profile.pregnant}]
    allergies = [] if profile.allergies is None else [{"valueBoolean": profile.allergies}]
    medicines = [_medicine(medicine, vocabulary) for medicine in profile.medicines]
    yield "worry", words.headings.worry, _strings([profile.worry])
    yield "noticed", words.page.first, _strings([profile.noticed])
    yield "age", words.page.age, _strings([_name(vocabulary, "age", profile.age)])
    yield "pregnant", words.page.pregnancy, pregnant
    conditions = [_name(vocabulary, "condition", key) for key in profile.conditions]
    yield "conditions", words.page.conditions, _strings(conditions)
    yield "allergies", words.page.allergies, allergies
    yield "medicines", words.headings.medicines, _strings(medicines)
    for habit in profile.habits:
        yield (
            plain(habit.name) or "?",
            _name(vocabulary, "habit", habit.name) or "?",
            [{"valueBoolean": habit.holds}],
        )
    yield "fluid_limit", words.page.fluid_limit, _strings([profile.fluid_limit])


def _medicine(medicine: Medicine, vocabulary: Vocabulary) -> str:
    name = vocabulary.name("medicine", medicine.name)
    page = vocabulary.words.page
    return page.since.format(name=name, date=medicine.since) if medicine.since else name


def _strings(texts: Iterable[str | None]) -> list[Node]:
    return [{"valueString": line} for text in texts if text and (line := plain(text))]
