"""Stories in people's own words, through the real grammar: nobody is sent too late or far too soon."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from night import Night
from pydantic import TypeAdapter

from assistant.data import content_folder, content_of, load_content, load_grammar, read_care
from assistant.dialogue import events
from assistant.dialogue.content import STRICT, Level
from assistant.rules import LOCKS
from assistant.understanding.interpret import Interpreter
from assistant.values import Hypothesis, Scope
from assistant.yamlfile import YamlFile

FOLDER = Path(__file__).parents[1] / "vignettes"
CONTENT = load_content("en", "uk")
CARE = read_care(content_folder("en"))
PLACED = {place: content_of(CARE, place) for place in CONTENT.locales}
INTERPRETER = Interpreter(load_grammar("en"))
LEVELS = {level.name.lower(): level for level in Level if level}
MOST_MOVES = 250
"""More than the longest story has."""


@dataclass(frozen=True, kw_only=True)
class Vignette:
    """One story; the keys are explained in tests/vignettes/README.md."""

    __pydantic_config__ = STRICT
    id: str
    story: str
    says: tuple[str, ...] = ("should I see a doctor",)
    answers: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    place: str = "uk"
    level: str
    locks: tuple[str, ...] = ()


def checked(path: Path) -> list[Vignette]:
    """Return the vignettes of a file; a slip in it is an error that names it."""
    found = TypeAdapter(list[Vignette]).validate_python(YamlFile.read(path).value)
    for one in found:
        unknown = set(one.answers) - set(CONTENT.questions) or set(one.locks) - set(LOCKS)
        assert not unknown, f"{path.name}: {one.id}: there is no {', '.join(sorted(unknown))}"
        assert one.level in LEVELS, f"{path.name}: {one.id}: {one.level!r} is none of {', '.join(LEVELS)}"
        assert one.place in CONTENT.locales, f"{path.name}: {one.id}: there is no place {one.place!r}"
    return found


VIGNETTES = [vignette for path in sorted(FOLDER.glob("*.yaml")) for vignette in checked(path)]


class Story(Night):
    """A night in which a person says words."""

    def __init__(self, vignette: Vignette) -> None:
        super().__init__(PLACED[vignette.place])
        answers = vignette.answers.items()
        self.left = {name: [said] if isinstance(said, str) else list(said) for name, said in answers}
        self.told: list[str] = []

    def hears(self, words: str) -> None:
        if words == "(silence)":
            self.told += self.waits(9)
            return
        if words == "(mumble)":
            self.told += self.mumbles()
            return
        typed = Hypothesis(words=words, confidence=1.0, accepted=True)
        intent = INTERPRETER.interpret([typed], Scope(name=self.scope))
        assert intent is not None, f"{words!r} cannot be said in {self.scope!r}"
        self.told += self.happens(events.SpeechHeard(intent=intent, started=self.now))

    def goes_on(self) -> bool:
        """Answer what is asked, or let the stretch go on; False when nothing is left."""
        self.told += self.listens()
        if self.mode == "asking":
            self.hears(self.answer())
        elif self.mode == "guiding":
            self.told += self.waits(5)
        return self.mode in ("asking", "guiding")

    def answer(self) -> str:
        asked, question = self.dialogue._turn(self.now).asked
        if said := self.left.get(question.id):
            return said.pop(0)
        if asked.stage.value == "confirm":
            return "yes please"
        if question.id in self.content.diary.questions:
            return "i don't know"
        safe = {"progress": "it's better", "side": "left leg", "pain": "zero", "count": "none"}
        return safe.get(question.kind) or ("yes please" if question.danger == "no" else "no thanks")


def lived(vignette: Vignette) -> Story:
    story = Story(vignette)
    for words in vignette.says:
        story.hears(words)
        story.told += story.waits(15) if story.mode == "guiding" else story.listens()
    moves = 0
    while story.goes_on():
        moves += 1
        assert moves < MOST_MOVES, f"it does not end: {story.question}"
    return story


def test_there_are_enough() -> None:
    """At least forty stories, each of its own name, at every level."""
    assert len({vignette.id for vignette in VIGNETTES}) == len(VIGNETTES) >= 40
    assert {vignette.level for vignette in VIGNETTES} == set(LEVELS)


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.id)
def test_vignette(vignette: Vignette) -> None:
    """The level is reached, one more at most; the locks hold; an emergency speaks the number of the place."""
    story = lived(vignette)
    reached = max(story.dialogue.level, Level.SELF_CARE)
    expected = LEVELS[vignette.level]
    assert expected <= reached <= expected + 1, story.told
    for lock in vignette.locks:
        assert story.dialogue._turn(story.now).locked_by((lock,)) is not None, lock
    if expected is Level.EMERGENCY:
        assert any(story.content.locale.number in text for text in story.told)
    assert not any(left for left in story.left.values()), f"never asked: {story.left}"


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ({"level": "soon"}, "none of self_care"),
        ({"answers": {"q99": "yes"}}, "there is no q99"),
        ({"locks": ["nothing"]}, "there is no nothing"),
        ({"place": "mars"}, "there is no place"),
        ({"lvl": "doctor"}, "lvl"),
    ],
)
def test_a_slip_in_a_vignette_is_named(tmp_path: Path, slip: dict[str, Any], told: str) -> None:
    """A misspelled key, question, lock, level or place is an error, not a story that passes."""
    path = tmp_path / "new.yaml"
    story = {"id": "one", "story": "One.", "level": "doctor", **slip}
    path.write_text(yaml.safe_dump([story]), encoding="utf-8")
    with pytest.raises((AssertionError, ValueError), match=told):
        checked(path)
