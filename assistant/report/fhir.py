"""The diary as a FHIR R4 bundle that a clinic can import: nobody is named in it.

One Observation for each cramp, one QuestionnaireResponse for each set of answers and one for what the person
told about themselves. Only codes that are certain are used: LOINC for the pain, UCUM for units; everything else
is text. Ids depend on nothing but the cramp, so that a second import is recognized as the first.
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

    from assistant.journal.diary import Diary, Episode, Flag, Profile
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
ANSWERS = {"safe": "no danger", "danger": "danger", "unclear": "unclear"}


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
    components = list(_components(episode, vocabulary))
    node: Node = {
        "resourceType": "Observation",
        "id": _id("cramp", episode.id, episode.began),
        "status": "final",
        "category": [{"coding": [SURVEY]}],
        "code": {"text": "Leg cramp"},
        "effectivePeriod": period,
    }
    site = " ".join(
        filter(None, (_name(vocabulary, "side", episode.side), _name(vocabulary, "muscle", episode.muscle)))
    )
    return (
        node
        | ({"bodySite": {"text": site}} if site else {})
        | ({"component": components} if components else {})
    )


def _components(episode: Episode, vocabulary: Vocabulary) -> Iterator[Node]:
    minutes = None if episode.minutes is None or episode.minutes < 0 else round(episode.minutes, 2)
    for text, value, unit, coding in (
        ("Worst pain during the cramp", episode.worst_pain, "{score}", PAIN),
        ("Pain when the cramp ended", episode.end_pain, "{score}", PAIN),
        ("Length of the cramp", minutes, "min", None),
        ("Soreness afterwards", episode.soreness_hours, "h", None),
        ("Sleep disturbance from 0 to 10", episode.sleep_lost, "{score}", None),
    ):
        if value is not None:
            code: Node = {"coding": [coding], "text": text} if coding else {"text": text}
            yield {
                "code": code,
                "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
            }
    if episode.woke is not None:
        yield {"code": {"text": "Woken from sleep"}, "valueBoolean": episode.woke}
    for text, kind, key in (
        ("Onset", "onset", episode.onset),
        ("Suspected trigger", "trigger", episode.trigger),
        ("Level of urgency given", "level", episode.level),
    ):
        if name := _name(vocabulary, kind, key):
            yield {"code": {"text": text}, "valueString": name}
    for one in episode.tried:
        helped = {True: "helped", False: "did not help", None: "result not recorded"}[one.helped]
        name = _name(vocabulary, "remedy", one.name) or one.name
        yield {"code": {"text": "Tried"}, "valueString": f"{name}: {helped}"}


def _name(vocabulary: Vocabulary, kind: str, key: str | None) -> str | None:
    """Return a name without what FHIR forbids in text; None for none."""
    return plain(vocabulary.name(kind, key)) or None if key else None


# Answers


def _answers(diary: Diary, vocabulary: Vocabulary) -> Iterator[Node]:
    """Yield what was answered, for each cramp and for each day on which it was asked without one."""
    for episode in diary.episodes:
        if episode.flags:
            yield _response(("answers", episode.id, episode.began), episode.flags, vocabulary)
    for day, flags in groupby(sorted(diary.flags, key=lambda flag: flag.at), lambda flag: flag.at.date()):
        yield _response(("answers", day), list(flags), vocabulary)


def _response(names: Iterable[object], flags: Iterable[Flag], vocabulary: Vocabulary) -> Node:
    items: dict[str, Node] = {}
    latest: datetime | None = None
    for flag in flags:
        topic = _name(vocabulary, "topic", flag.question) or "?"
        question = plain(flag.question) or "?"
        item = items.setdefault(question, {"linkId": question, "text": topic, "answer": []})
        item["answer"].append({"valueString": plain(ANSWERS.get(flag.answer, flag.answer)) or "?"})
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
    medicines = [
        words.page.since.format(name=medicine.name, date=medicine.since) if medicine.since else medicine.name
        for medicine in profile.medicines
    ]
    yield "worry", words.headings.worry, _strings([profile.worry])
    yield "noticed", words.page.first, _strings([profile.noticed])
    yield "age", words.page.age, _strings([_name(vocabulary, "age", profile.age)])
    yield "pregnant", words.page.pregnancy, pregnant
    conditions = [_name(vocabulary, "condition", key) for key in profile.conditions]
    yield "conditions", words.page.conditions, _strings(conditions)
    yield "medicines", words.headings.medicines, _strings(medicines)
    yield "fluid_limit", words.page.fluid_limit, _strings([profile.fluid_limit])


def _strings(texts: Iterable[str | None]) -> list[Node]:
    return [{"valueString": line} for text in texts if text and (line := plain(text))]
