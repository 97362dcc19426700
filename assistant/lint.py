"""How the content's sentences must be worded, so that they can be followed by ear and promise nothing.

The lengths and the forbidden words are data: ``content/<lang>/wording.yaml``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

from assistant.care import outcomes, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.care import Care, Fault, Place, WordingRules
    from assistant.data import YamlFile
    from assistant.dialogue.content import Question


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
    rules = care.wording.value
    for key, prompt in care.prompts.value.items():
        yield Text(
            file=care.prompts.file, place=(key,), text=prompt, words=rules.words, slots=None, sentence=False
        )
    for part in care.routines:
        yield _name(part.file, ("name",), part.value.name, rules)
        for place, step in walk(part.value):
            yield Text(file=part.file, place=(*place, "say"), text=step.say, words=rules.words)
    for key, application in care.applications.value.items():
        yield _name(care.applications.file, (key, "name"), application.name, rules)
        yield from _texts(care.applications.file, (key, "after"), application.after, rules.words)
    for index, question in enumerate(care.triage.value.questions):
        yield from _question_texts(care.triage.file, ("questions", index), question, rules)
    yield from _script_texts(care)


def _question_texts(file: YamlFile, place: Place, question: Question, rules: WordingRules) -> Iterator[Text]:
    yield from _texts(file, (*place, "say"), question.say, rules.words)
    yield from _texts(file, (*place, "again"), question.again, rules.words)
    if question.topic:
        yield _name(file, (*place, "topic"), question.topic, rules)
    for key, outcome in outcomes(question):
        yield from _texts(file, (*place, key, "say"), outcome.say, rules.words)


def _script_texts(care: Care) -> Iterator[Text]:
    rules = care.wording.value
    slots = frozenset({"number", "urgent"})
    for name, lines in care.triage.value.scripts.items():
        words = rules.emergency_words if name.startswith("emergency") else rules.words
        yield from _texts(care.triage.file, ("scripts", name), lines, words, slots)


def _texts(
    file: YamlFile, place: Place, texts: Sequence[str], words: int, slots: frozenset[str] = frozenset()
) -> Iterator[Text]:
    for index, text in enumerate(texts):
        yield Text(file=file, place=(*place, index), text=text, words=words, slots=slots)


def _name(file: YamlFile, place: Place, name: str, rules: WordingRules) -> Text:
    return Text(file=file, place=place, text=name, words=rules.topic_words, sentence=False)


def _wording_faults(text: Text, care: Care) -> Iterator[str]:
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
    if re.search(r"\d", text.text):
        yield "a figure is not spoken alike by all voices: write the number in words"
    if text.sentence and not text.text.rstrip().endswith((".", "?", "!")):
        yield "the sentence has no end: put a full stop or a question mark"
    if not text.text.strip():
        yield "there is nothing to say: write a sentence or take it out"


def _count(text: str, care: Care) -> int:
    """Return the number of words, a run of spelled digits being one."""
    digits = set(care.numbers[:10])
    is_digit = [word.strip(",.") in digits for word in text.split()]
    return sum(not (now and before) for before, now in zip([False, *is_digit], is_digit, strict=False))


def forbidden_in(text: str, rules: WordingRules) -> str | None:
    """Return the first forbidden phrase of a text, or None."""
    plain = text.lower().replace("’", "'")  # noqa: RUF001 (the typographic apostrophe is meant)
    return next((p for p in rules.forbidden if re.search(rf"(?<!\w){re.escape(p)}(?!\w)", plain)), None)


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
