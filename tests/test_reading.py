"""How hard the sentences are to follow: the Flesch-Kincaid grade of what is spoken, by a library."""

from __future__ import annotations

import re

import pytest
import readability

from assistant.care import walk
from assistant.data import folder, read_care
from assistant.lint import spoken

CARE = read_care(folder("content") / "en")
HARDEST = 6
"""US school grade (PIF: a reading age of nine to eleven)."""


def grade(texts: list[str]) -> float:
    """Return the Flesch-Kincaid grade; the library wants words and stops apart, a line a sentence."""
    sentences = [part for text in texts for part in re.split(r"(?<=[.?!:;])\s+", text)]
    lines = [" ".join(re.findall(r"[\w'-]+|[.?!,]", sentence)) for sentence in sentences]
    measures = readability.getmeasures(lines, lang="en")
    return float(measures["readability grades"]["Kincaid"])


@pytest.mark.parametrize("part", CARE.routines, ids=lambda part: part.value.id)
def test_a_routine_can_be_followed_by_a_child_of_eleven(part) -> None:
    """The steps of a routine read at grade six or below."""
    assert grade([step.say for _, step in walk(part.value)]) <= HARDEST


@pytest.mark.parametrize("name", ["triage.yaml", "cautions.yaml", "applications.yaml", "prompts.yaml"])
def test_questions_and_prompts_are_as_easy(name: str) -> None:
    """So do the questions, what follows from them, and what stands between."""
    assert grade([text.text for text in spoken(CARE) if text.file.path.name == name]) <= HARDEST


def test_no_step_is_hard_by_itself() -> None:
    """No single step of six words or more is above grade seven; below that one long word decides."""
    steps = [step.say for part in CARE.routines for _, step in walk(part.value)]
    hard = {text: grade([text]) for text in steps if len(text.split()) > 5}
    assert {text: value for text, value in hard.items() if value > HARDEST + 1} == {}


def test_what_is_hard_is_measured_as_hard() -> None:
    """The measure bites."""
    assert grade(["Discontinue immediately if paresthesia or presyncope occurs during immobilization."]) > 12
