"""How the content's sentences must be worded, so that they can be followed by ear and promise nothing.

The lengths and the forbidden words are data: ``content/<lang>/wording.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from string import Formatter
from typing import TYPE_CHECKING

from assistant.care import outcomes, questions, walk, wordings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.care import Care, Fault, Place, WordingRules
    from assistant.dialogue.content import Question
    from assistant.dialogue.knowledge import Topic
    from assistant.yamlfile import YamlFile

NO_SLOTS: frozenset[str] = frozenset()
OF_THE_FACT = frozenset({"fact"})
WHOM_TO_CALL = frozenset({"number", "urgent"})
"""Placeholders that the place fills."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Something that is spoken."""

    file: YamlFile
    place: Place
    text: str
    words: int
    """How many it may have."""
    slots: frozenset[str] | None = frozenset()
    """The placeholders it may have; None: any."""
    sentence: bool = True
    """It stands by itself and ends like a sentence."""


def sentence_faults(care: Care) -> Iterator[Fault]:
    """Yield what cannot be spoken as it is written."""
    for text in spoken(care):
        for what in _wording_faults(text, care):
            yield text.file, text.place, f"{what}, in {text.text!r}"
    yield from _locale_faults(care)


def spoken(care: Care) -> Iterator[Text]:
    """Yield everything that is ever spoken."""
    most = care.wording.value.words
    yield from _prompts(care)
    for part in care.routines:
        yield _named(part.file, ("name",), part.value.name, _room(care, "name"))
        for place, step in walk(part.value):
            yield Text(file=part.file, place=(*place, "say"), text=step.say, words=most)
    for key, locale in care.locales.value.items():
        yield _named(care.locales.file, (key, "name"), locale.name, _room(care, "place"))
    for key, application in care.applications.value.items():
        yield _named(care.applications.file, (key, "name"), application.name, _room(care, "name"))
        yield from _texts(care.applications.file, (key, "after"), application.after, most)
    yield from _taught(care)
    yield from _reminder_texts(care)
    topic = _room(care, "topic")
    for file, place, question in questions(care):
        yield _named(file, (*place, "topic"), question.topic or "none", topic)
        for where, texts in _sentences(question):
            slots = NO_SLOTS if where[0] in ("outcome", "unclear") else WHOM_TO_CALL
            yield from _texts(file, (*place, *where), texts, most, slots)
    yield from _about_the_person(care)
    for name, asked in care.diary.value.questions.items():
        yield from _texts(care.diary.file, ("questions", name, "say"), asked.say, most)
    yield from _script_texts(care)
    yield from _report_texts(care)


def _taught(care: Care) -> Iterator[Text]:
    """Yield what is told about cramps; the numbers of a locale may be named in it."""
    most, slots = care.wording.value.words, frozenset({"number", "urgent"})
    for index, topic in enumerate(care.teaching.value.topics):
        for place, texts in _passages(topic):
            yield from _texts(care.teaching.file, ("topics", index, *place), texts, most, slots)


def _about_the_person(care: Care) -> Iterator[Text]:
    file, most, room = care.profile.file, care.wording.value.words, _room(care, "topic")
    for key in ("facts", "questions"):
        for index, about in enumerate(getattr(care.profile.value, key)):
            place: Place = (key, index)
            yield _named(file, (*place, "topic"), about.topic, room)
            slots = OF_THE_FACT if about.id == "forget_fact" else NO_SLOTS
            yield from _texts(file, (*place, "say"), about.say, most, slots)
            yield from _texts(file, (*place, "again"), about.again, most)


def _passages(topic: Topic) -> Iterator[tuple[Place, tuple[str, ...]]]:
    yield ("caution",), topic.caution
    yield ("say",), topic.say
    yield ("instead",), topic.instead
    yield ("brief",), (topic.brief,) if topic.brief else ()
    yield ("offer", "say"), (topic.offer.say,) if topic.offer else ()
    for key, passage in topic.places.items():
        yield ("places", key, "say"), passage.say
    for index, passage in enumerate(topic.more):
        yield ("more", index, "say"), passage.say


def _reminder_texts(care: Care) -> Iterator[Text]:
    file, most, slots = care.reminders.file, care.wording.value.words, frozenset({"length"})
    for key, reminder in care.reminders.value.items():
        name = _named(file, (key, "name"), reminder.name, _room(care, "name"))
        yield replace(name, slots=slots)
        yield from _texts(file, (key, "ring"), reminder.ring, most, slots)
        yield from _texts(file, (key, "also"), reminder.also, most)


def _sentences(question: Question) -> Iterator[tuple[Place, tuple[str, ...]]]:
    yield ("say",), question.say
    yield ("again",), question.again
    for key, outcome in outcomes(question):
        yield (key, "say"), outcome.say


def _script_texts(care: Care) -> Iterator[Text]:
    rules = care.wording.value
    for name, lines in care.triage.value.scripts.items():
        words = rules.emergency_words if name.startswith("emergency") else rules.words
        yield from _texts(care.triage.file, ("scripts", name), lines, words, WHOM_TO_CALL)


def _report_texts(care: Care) -> Iterator[Text]:
    """Yield what is read aloud of the doctor's page; its placeholders were checked when it was read."""
    file, words, most = care.report.file, care.report.value, care.wording.value.words
    yield from _texts(file, ("questions",), words.questions, most)
    sentences = asdict(words.spoken)
    for key, text in {**sentences.pop("advice"), **sentences}.items():
        place: Place = ("spoken", key) if key in sentences else ("spoken", "advice", key)
        yield Text(file=file, place=place, text=text, words=most, slots=None, sentence=False)


def _prompts(care: Care) -> Iterator[Text]:
    file, most = care.prompts.file, care.wording.value.words
    for key, prompt in wordings(care).items():
        alone = isinstance(care.prompts.value[key], str)
        for index, text in enumerate(prompt):
            place = (key,) if alone else (key, index)
            yield Text(file=file, place=place, text=text, words=most, slots=None, sentence=False)


def _texts(
    file: YamlFile, place: Place, texts: Sequence[str], words: int, slots: frozenset[str] = NO_SLOTS
) -> Iterator[Text]:
    for index, text in enumerate(texts):
        yield Text(file=file, place=(*place, index), text=text, words=words, slots=slots)


def _named(file: YamlFile, place: Place, name: str, words: int) -> Text:
    return Text(file=file, place=place, text=name, words=words, sentence=False)


def _room(care: Care, slot: str) -> int:
    """Return how many words may fill a placeholder, so that no prompt with it becomes too long."""
    texts = (text for prompt in wordings(care).values() for text in prompt)
    longest = max((_count(text, care) for text in texts if f"{{{slot}}}" in text), default=1)
    return care.wording.value.words - (longest - 1)


def _wording_faults(text: Text, care: Care) -> Iterator[str]:
    if not text.text.strip():
        yield "there is nothing to say: write a sentence or take it out"
        return
    try:
        slots = {name for _, name, _, _ in Formatter().parse(text.text) if name is not None}
    except ValueError:
        yield "a brace stands alone: take it out"
        return
    if text.slots is not None and slots - text.slots:
        allowed = " and ".join(f"{{{name}}}" for name in sorted(text.slots)) or "none"
        yield f"{{{min(slots - text.slots)}}} is never filled here (allowed: {allowed}): take it out"
    if (count := _count(text.text, care)) > text.words:
        yield f"{count} words are too long to follow by ear: say it in {text.words} or make two of it"
    if phrase := forbidden_in(text.text, care.wording.value):
        yield f"{phrase!r} promises or orders too much: word it differently"
    for number, digits in care.wording.value.spelled.items():
        if re.search(rf"\b{number}\b(?!, {digits},)", text.text.lower()):
            yield f"{number!r} is easily heard as another number: write '{number}, {digits},' or other words"
    if re.search(r"\d", text.text):
        yield "a figure is not spoken alike by all voices: write the number in words"
    if text.sentence and not text.text.rstrip().endswith((".", "?", "!")):
        yield "the sentence has no end: put a full stop or a question mark"


def _count(text: str, care: Care) -> int:
    """Return the number of words, a run of spelled digits being one."""
    digits = set(care.numbers[:10])
    is_digit = [word.strip(",.") in digits for word in text.split()]
    return sum(not (now and before) for before, now in zip([False, *is_digit], is_digit, strict=False))


def forbidden_in(text: str, rules: WordingRules) -> str | None:
    """Return the first forbidden phrase of a text, or None."""
    plain = text.lower().replace("’", "'")  # noqa: RUF001 (the typographic apostrophe is meant)
    return next(
        (p for p in rules.forbidden if p in plain and re.search(rf"(?<!\w){re.escape(p)}(?!\w)", plain)), None
    )


def _locale_faults(care: Care) -> Iterator[Fault]:
    """A line of a script may become too long only by what a locale puts into it."""
    for name, locale in care.locales.value.items():
        for script in _script_texts(care):
            filled = script.text.replace("{number}", locale.number).replace("{urgent}", locale.urgent)
            if (count := _count(filled, care)) > script.words:
                what = f"makes a line of {count} words, {filled!r}: shorten it to {script.words} in all"
                yield care.locales.file, (name,), what
    if "unknown" not in care.locales.value:
        yield care.locales.file, (), "'unknown' is missing: say what to call where nobody has set the place"
