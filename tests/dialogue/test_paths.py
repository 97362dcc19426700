"""Every path through the triage: each question, each way to answer it, each place, each interruption."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from night import Night

from assistant.data import content_folder, content_of, load_content, read_care
from assistant.dialogue import events
from assistant.dialogue.content import Level, Outcome
from assistant.dialogue.state import Asking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.dialogue.content import Question

CONTENT = load_content("en", "uk")
CARE = read_care(content_folder("en"))
PLACED = {place: content_of(CARE, place) for place in CONTENT.locales}
QUESTIONS = [q for q in CONTENT.triage.questions if q.kind in ("yes_no", "pain", "count")]
QUESTIONS = [q for q in QUESTIONS if q.id not in ("place_right", "other_leg")]
EMERGENCIES = [question.id for question in QUESTIONS if question.outcome.level is Level.EMERGENCY]


def opened(name: str, content=CONTENT) -> Night:
    """Return a night in which this question is open, the last of a run that somebody asked for."""
    night = Night(content)
    night.says("screen")
    night.says("louder")  # the voice, which changes nothing
    floor = night.dialogue.state.floor
    assert floor.inquiry is not None
    floor.inquiry.queue = []
    night.queue.clear()
    night.dialogue.state.speaking.clear()
    floor.asking = Asking(question=name, opened=night.now)
    night.happens(events.EngineFailed())  # anything: what is open is asked
    night.listens()
    return night


def danger(night: Night, _: Question) -> list[str]:
    return night.answers("danger")


def denied(night: Night, question: Question) -> list[str]:
    """Say the dangerous answer, take it back at the read-back, and answer safely."""
    if question.kind == "yes_no":
        night.says("no" if question.danger == "no" else "yes")
    else:
        night.says("pain", score="9")
    night.listens()
    night.says("no")
    night.listens()
    return night.answers("safe")


def unsure(night: Night, _: Question) -> list[str]:
    told = night.says("unsure")
    night.listens()
    return told + night.says("unsure")


def silence(night: Night, _: Question) -> list[str]:
    told = night.waits(9)
    night.listens()
    return told + night.waits(9)


def mumbled(night: Night, _: Question) -> list[str]:
    told = night.mumbles()
    night.listens()
    return told + night.mumbles()


def weak_safe(night: Night, question: Question) -> list[str]:
    """Answer "not really" or "sort of", whichever means no danger, twice."""
    answer = "weak_yes" if question.danger == "no" else "weak_no"
    told = night.says(answer)
    night.listens()
    return told + night.says(answer)


def unanswered_read_back(night: Night, question: Question) -> list[str]:
    """Say the dangerous answer, and nothing to the read-back."""
    night.says("pain", score="9") if question.kind != "yes_no" else night.says(question.danger)
    told = night.listens() + night.waits(9)
    return told + night.listens() + night.waits(9)


def safe(night: Night, _: Question) -> list[str]:
    return night.answers("safe")


WAYS = {
    safe: None,
    denied: None,
    danger: "outcome",
    unsure: "unclear",
    silence: "unclear",
    mumbled: "unclear",
    weak_safe: "unclear",
    unanswered_read_back: "unclear",
}
"""How somebody answers -> which outcome of the question follows; None: that of no danger."""


def outcome_of(question: Question, way) -> Outcome:
    key = WAYS[way]
    return getattr(question, key) if key else Outcome()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_answer_to_every_question_has_its_outcome(question: Question, way) -> None:
    """The level and the locks are those of the table, and the run ends with a script that is spoken twice."""
    night = opened(question.id)
    expected = outcome_of(question, way)
    told = way(night, question)
    told += night.answers_safely() + night.listens()
    assert night.dialogue.level is expected.level
    for lock in expected.locks:
        assert night.dialogue._turn(night.now).locked_by((lock,)) is not None
    assert night.mode == "idle"
    [level] = [record for record in night.records if record.kind == "level"]
    last = night.dialogue._turn(night.now).wording.script(level.details["script"])[-1]
    assert told.count(last) >= 2
    if expected.level is Level.EMERGENCY:
        assert any("nine nine nine" in text for text in told)


@pytest.mark.parametrize("place", PLACED)
@pytest.mark.parametrize("name", EMERGENCIES)
def test_every_emergency_speaks_the_number_of_the_place(name: str, place: str) -> None:
    """Wherever it is, the script of a confirmed emergency says whom to call there."""
    night = opened(name, PLACED[place])
    told = night.answers("danger") + night.listens()
    assert sum(PLACED[place].locale.number in text for text in told) == 2


@pytest.mark.parametrize("flag", CONTENT.triage.emergency)
@pytest.mark.parametrize("place", PLACED)
def test_every_cry_for_help_speaks_the_number_of_the_place(flag: str, place: str) -> None:
    """What is called out is believed at once, and answered with whom to call there."""
    night = Night(PLACED[place])
    told = night.says("emergency", flag=flag)
    assert sum(PLACED[place].locale.number in text for text in told) == 2
    assert "I cannot make the call." in told


INTERRUPTIONS = {
    "stop": lambda night: night.says("stop"),
    "stop and resume": lambda night: (night.says("stop"), night.says("resume")),
    "a cramp": lambda night: night.says("cramp"),
    "a short power cut": lambda night: night.restarts(5),
    "a long power cut": lambda night: night.restarts(3600),
    "no microphone": lambda night: (night.happens(events.DeviceLost()), night.happens(events.DeviceFound())),
    "help": lambda night: night.says("help"),
    "another question": lambda night: night.says("screen"),
    "how long": lambda night: night.says("how_long"),
    "silence": lambda night: night.waits(120),
    "no": lambda night: night.says("no"),
    "better": lambda night: night.says("better"),
    "enough": lambda night: night.says("enough"),
}


@pytest.mark.parametrize("interruption", INTERRUPTIONS.values(), ids=INTERRUPTIONS)
@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.outcome.level >= Level.URGENT], ids=lambda q: q.id
)
def test_no_interruption_loses_a_red_flag(question: Question, interruption) -> None:
    """Right after the danger is confirmed, whatever happens: the level stands, and so do the locks."""
    night = opened(question.id)
    night.answers("danger")
    interruption(night)
    night.listens()
    night.says("no")
    assert night.dialogue.level >= question.outcome.level
    for lock in question.outcome.locks:
        assert night.dialogue._turn(night.now).locked_by((lock,)) is not None


@pytest.mark.parametrize("interruption", [i for name, i in INTERRUPTIONS.items() if "no" not in name.split()],
                         ids=[name for name in INTERRUPTIONS if "no" not in name.split()])  # fmt: skip
@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.outcome.level >= Level.URGENT], ids=lambda q: q.id
)
def test_no_interruption_loses_a_danger_that_waits_for_its_confirmation(
    question: Question, interruption
) -> None:
    """A danger that was heard and then left counts as unclear, or is asked about again."""
    night = opened(question.id)
    if question.kind == "yes_no":
        night.says(question.danger)
    else:
        night.says("pain", score="9")
    interruption(night)
    still_open = night.mode == "asking" and question.id == night.question
    aside = night.dialogue.state.aside
    put_aside = aside is not None and aside.asking is not None and aside.asking.question == question.id
    level = max(question.unclear.level, Level.NONE)
    assert still_open or put_aside or night.dialogue.level >= level


def undecided(night: Night, question: Question) -> None:
    """Do not know, as often as it is asked."""
    while night.mode == "asking" and night.question == question.id:
        night.says("unsure")
        night.listens()


LEADING = [name for name in CONTENT.triage.request if CONTENT.questions[name].outcome.ask]
"""Questions that lead to others."""
ANSWERS = {"safe": safe, "outcome": danger, "unclear": undecided}


def paths(night: Night, taken: tuple[Outcome, ...] = ()) -> Iterator[tuple[Night, list[Outcome]]]:
    """Yield the night at the end of every path from the open question, and the outcomes of its answers."""
    question = CONTENT.questions[night.question]
    for name, way in ANSWERS.items():
        outcome = Outcome() if name == "safe" else getattr(question, name)
        here = deepcopy(night, {id(shared): shared for shared in (CONTENT, night.dialogue._beats)})
        way(here, question)
        here.listens()
        if here.mode == "asking":
            yield from paths(here, (*taken, outcome))
        else:
            yield here, [*taken, outcome]


@pytest.mark.parametrize("name", LEADING)
def test_every_path_through_what_an_answer_leads_to_ends_with_the_highest_level_on_it(name: str) -> None:
    """All answers to a question, to what it leads to, and so on: the highest level stands, its script is the
    outcome, an emergency ends the path, and every lock on the way holds.
    """
    ends = 0
    for night, outcomes in paths(opened(name)):
        ends += 1
        levels = [outcome.level for outcome in outcomes]
        assert night.dialogue.level is max(levels)
        assert Level.EMERGENCY not in levels[:-1]
        [told] = [record.details for record in night.records if record.kind == "level"]
        assert (told["level"], told["script"] in CONTENT.triage.scripts) == (max(levels).name.lower(), True)
        assert {lock for outcome in outcomes for lock in outcome.locks} <= night.dialogue._turn(
            night.now
        ).held
    assert ends >= 5
