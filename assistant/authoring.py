"""For those who write the care content: every fault at once, what is unreviewed, a routine to begin with."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from assistant.care import reviews
from assistant.data import content_faults, content_folder, load_grammar, read_care
from assistant.errors import ContentError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from assistant.care import Care

FRESH_MONTHS = 24
"""After that a sign-off counts as out of date (project rule)."""

_ROUTINE = """\
# A guided routine. What each key means: docs/writing-content.md.
# After every change: cramp-assistant content check {file}
id: {id}
name: the {name}  # as spoken: "start the {name}" begins it
locks: [stretch, cramp]  # what forbids it
gate: [cramp_there, q2]  # questions that need a safe answer before it begins
instead: relief_bed  # offered when it is locked
sources: [project-rule]  # ids of sources.yaml: a fact needs one
review: {{by: null, date: null}}  # the clinician who signed it off, and when
steps:
  - say: Stop if it gets sharp, goes numb or tingles, or you feel dizzy. Say stop or help.
  - say: Write here how to get into place.
    label: start  # where the other leg begins
  - repeat: 3
    each: leg
    steps:
      - say: Write here what to do, in one short sentence.
        hold: 10  # seconds
      - say: Let go and rest.
        rest: 10
"""


def every_fault(language: str, files: Sequence[Path]) -> list[str]:
    """Return all faults of content and grammar; the files stand in for those of their names."""
    found = content_faults(content_folder(language), files)
    try:
        load_grammar(language)
    except ContentError as fault:
        found.append(str(fault))
    return found


def signatures(language: str, today: date, files: Sequence[Path] = ()) -> Iterator[str]:
    """Yield a line for each file with texts that nobody signed off, and for each sign-off that is too old."""
    care = read_care(content_folder(language), files)
    drafts: dict[str, list[str]] = {}
    for file, _, name, review in reviews(care):
        if review.by is None:
            drafts.setdefault(str(file.path), []).append(name)
    for path, names in drafts.items():
        yield f"{path}: not reviewed by a clinician: {', '.join(names)}"
    yield from _stale(care, today)


def _stale(care: Care, today: date) -> Iterator[str]:
    for file, place, name, review in reviews(care):
        if review.date and _months(date.fromisoformat(review.date), today) >= FRESH_MONTHS:
            yield (
                f"{file.path}:{file.line(place)}: {name} was reviewed on {review.date}, more than "
                f"{FRESH_MONTHS} months ago: have {review.by} look at it again"
            )


def _months(since: date, today: date) -> int:
    return (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)


def new_routine(name: str, folder: Path) -> Path:
    """Write a valid routine to begin with; return its file.

    Raises `SettingsError` for a name that cannot be one, and for a file that is there or cannot be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise SettingsError(f"{name!r} cannot be a routine's name: write small letters, like chair_stretch")
    path = folder / f"{name}.yaml"
    text = _ROUTINE.format(id=name, name=name.replace("_", " "), file=path)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as fault:
        raise SettingsError(f"{path} is there already: choose another name") from fault
    except OSError as fault:
        raise SettingsError(f"{path} cannot be written ({fault}): name another folder with --to") from fault
    return path
