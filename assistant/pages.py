"""Makes pages for reading of the care content: the triage as a table, and where texts come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.care import questions, references
from assistant.data import folder, read_care
from assistant.dialogue.content import Level
from assistant.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from assistant.care import Care
    from assistant.dialogue.content import Outcome, Question, Review

TRIAGE, SOURCES = "docs/triage.md", "content/SOURCES.md"
_MADE = "<!-- Made by `cramp-assistant content docs`; change content/en instead. -->"
_KINDS = {
    "yes_no": "yes or no",
    "pain": "0 to 10",
    "count": "0 to 10",
    "progress": "better, same, worse",
    "off": "is it off",
    "place": "a country",
    "posture": "standing, sitting",
    "side": "left, right, both",
}
_ORDERS = {
    "screen": "Quick screen: one question in each rest of relief, all of them before what presses, rolls, "
    "heats or cools",
    "profile": "Also before what presses, rolls, heats or cools",
    "request": "On request, the dangerous first",
    "failing": "When relief did not help",
    "overdue": "When our own clock says that the cramp has lasted more than ten minutes",
}
_STATUS = {"D": "seen", "M": "only a copy or summary seen", "K": "not verified"}


def write(root: Path, language: str = "en") -> list[Path]:
    """Write both pages under the repository's root; return their paths.

    Raises `InstallError` if they cannot be written.
    """
    paths = []
    for name, text in pages(read_care(folder("content") / language)).items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as fault:
            raise InstallError(f"{path}: cannot be written ({fault}): name another with --out") from fault
        paths.append(path)
    return paths


def pages(care: Care) -> dict[str, str]:
    """Return the pages by their path in the repository."""
    return {TRIAGE: triage_page(care), SOURCES: sources_page(care)}


def _page(*parts: str) -> str:
    return "\n\n".join((_MADE, *parts)) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as pages have it."""
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _signed(review: Review) -> str:
    return f"{review.by}, {review.date}" if review.by else "not reviewed"


# Triage


def triage_page(care: Care) -> str:
    """Return the triage as a page: orders, questions, scripts, a diagram."""
    triage = care.triage.value
    told = {name: f"{name} (only where the profile says: {fact})" for name, fact in triage.only_of.items()}
    orders = [
        (about, ", ".join(told.get(name, name) for name in getattr(triage, order)))
        for order, about in _ORDERS.items()
    ]
    flags = [(flag.replace("_", " "), name) for flag, name in triage.emergency.items()]
    scripts = [(name, " ".join(lines)) for name, lines in triage.scripts.items()]
    return _page(
        "# Triage",
        "Every question that tells how soon somebody should be seen, or what must be left out. A dangerous "
        "answer is read back and counts once confirmed. What stays unclear after asking again counts as the "
        "column says; silence is never a no. The highest level stands, and nothing is asked after the first "
        "emergency.",
        f"Sign-off of the whole: {_signed(triage.review)}.",
        "## Orders",
        table(("when", "questions"), orders),
        "Said without being asked, these words are believed at once: "
        + "; ".join(f"{flag} ({name})" for flag, name in flags)
        + ".",
        "## Questions",
        table(_HEAD, [_row(question) for question in triage.questions]),
        "## Cautions of single routines",
        table(_HEAD, [_row(question) for question in care.cautions.value.questions]),
        "## What is said in the end",
        "Spoken twice, slowly; the place fills in whom to call. Of several, the first one here is spoken.",
        table(("script", "words"), scripts),
        "## Diagram",
        "From a confirmed danger to what is asked next, and to the level.",
        f"```mermaid\n{diagram(triage.questions)}```",
    )


_HEAD = ("id", "question", "in other words", "answer", "danger", "level", "locks", "asks next", "reason",
         "unclear", "safe for", "sources", "review")  # fmt: skip


def _row(question: Question) -> tuple[str, ...]:
    outcome = question.outcome
    return (
        question.id,
        " ".join(question.say),
        " ".join(question.again),
        _KINDS[question.kind],
        question.danger,
        _level(outcome),
        ", ".join(outcome.locks),
        ", ".join(outcome.ask),
        " ".join(outcome.say),
        _level(question.unclear),
        f"{question.valid_minutes:g} min",
        ", ".join(question.sources),
        _signed(question.review),
    )


def _level(outcome: Outcome) -> str:
    level = "" if outcome.level is Level.NONE else outcome.level.name.lower().replace("_", " ")
    return f"{level} ({outcome.script})" if outcome.script else level


def diagram(questions: Iterable[Question]) -> str:
    """Return a Mermaid flow chart of the confirmed dangers that lead somewhere."""
    return "flowchart LR\n" + "".join(f"    {line}\n" for line in _edges(questions))


def _edges(questions: Iterable[Question]) -> Iterator[str]:
    for question in questions:
        outcome = question.outcome
        for name in outcome.ask:
            yield f"{question.id} --> {name}"
        if outcome.level > Level.NONE:
            yield f"{question.id} ==> {outcome.level.name}(({outcome.level.name.lower()}))"


# Sources


def sources_page(care: Care) -> str:
    """Return where the texts come from, and what is made of each source."""
    used: dict[str, list[str]] = {}
    for file, place, kind, name in references(care):
        if kind == "source":
            used.setdefault(name, []).append(_owner(care, file.path, place))
    rows = [
        (
            name,
            source.name,
            str(source.year or ""),
            _STATUS[source.status],
            source.reference,
            ", ".join(dict.fromkeys(used.get(name, ()))),
        )
        for name, source in sorted(care.sources.value.items(), key=lambda item: item[0].lower())
    ]
    return _page(
        "# Sources",
        "Where every medical text comes from. None of it has been signed off unless its file says by whom.",
        table(("id", "as spoken", "year", "status", "reference", "used by"), rows),
    )


def _owner(care: Care, path: Path, place: Sequence[str | int]) -> str:
    """Return the id of what names a source."""
    for file, at, question in questions(care):
        if file.path == path and tuple(place[:2]) == at:
            return question.id
    return path.stem if place[0] == "sources" else str(place[0])
