"""From hypotheses to an intent: danger, decoded, exact, in spite of the spelling, None."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.understanding.emergency import EmergencyWatch
from assistant.understanding.grammar import SCOPES
from assistant.understanding.interpret import Interpreter
from assistant.values import Hypothesis, Intent, Scope
from assistant.wordgraph import parse, sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.understanding.grammar import Grammar

    Understand = Callable[[str, str], Intent | None]


@pytest.fixture(scope="module")
def interpreter(grammar: Grammar) -> Interpreter:
    return Interpreter(grammar)


def open_text(words: str, confidence: float = 1.0) -> Hypothesis:
    return Hypothesis(words=words, confidence=confidence, accepted=True)


def test_decoded(interpreter: Interpreter) -> None:
    """What a recognizer decoded and accepted is taken as it stands."""
    heard = Hypothesis(
        words="my calf's gone", intent="cramp", slots=(("muscle", "calf"),), confidence=0.8, accepted=True
    )
    expected = Intent(name="cramp", slots={"muscle": "calf"}, words="my calf's gone", confidence=0.8)
    assert expected == interpreter.interpret([heard], Scope(name="idle"))


def test_not_accepted(interpreter: Interpreter) -> None:
    """What the recognizer would not act on counts for nothing, not even words of danger."""
    doubtful = Hypothesis(words="stop", intent="stop", confidence=0.3, accepted=False)
    danger = Hypothesis(words="chest pain", intent="emergency", confidence=0.2, accepted=False)
    assert interpreter.interpret([doubtful, danger], Scope(name="guiding")) is None


def test_ranked(interpreter: Interpreter) -> None:
    """Of several accepted hypotheses the best counts."""
    first = Hypothesis(words="louder", intent="louder", confidence=0.9, accepted=True)
    second = Hypothesis(words="slower", intent="slower", confidence=0.8, accepted=True)
    intent = interpreter.interpret([first, second], Scope(name="guiding"))
    assert intent is not None
    assert intent.name == "louder"


def test_second_best_is_exact(interpreter: Interpreter) -> None:
    """A lower hypothesis that is a sentence is better than a higher one that is only like one."""
    intent = interpreter.interpret([open_text("speak lowder"), open_text("slow down")], Scope(name="guiding"))
    assert intent is not None
    assert intent.name == "slower"


def test_danger_first(interpreter: Interpreter) -> None:
    """Words of danger win over whatever else was heard."""
    intent = interpreter.interpret(
        [open_text("stop"), open_text("stop my chest hurts")], Scope(name="guiding")
    )
    assert intent is not None
    assert (intent.name, intent.slots) == ("emergency", {"flag": "chest_pain"})


def test_nothing(interpreter: Interpreter) -> None:
    """Nothing heard is nothing meant."""
    for hypotheses in ([], [open_text("")], [open_text("...")], [open_text("please um")]):
        assert interpreter.interpret(hypotheses, Scope(name="idle")) is None


def test_confidence(interpreter: Interpreter) -> None:
    """What was understood in spite of its spelling is less certain than what is exact."""
    exact = interpreter.interpret([open_text("my leg is cramping", 0.9)], Scope(name="idle"))
    alike = interpreter.interpret([open_text("my leg is crampng", 0.9)], Scope(name="idle"))
    assert exact is not None
    assert alike is not None
    assert alike.confidence < exact.confidence == 0.9


@pytest.mark.parametrize(
    "text",
    [
        "I HAVE A CRAMP",
        "I have a cramp.",
        "ive got a cramp!",
        "I\u2019ve got a cramp",
        "um i have a cramp please",
    ],
)
def test_writing(text: str, understand: Understand) -> None:
    """Capitals, marks, apostrophes and politeness do not matter."""
    intent = understand(text, "idle")
    assert intent is not None
    assert (intent.name, intent.words) == ("cramp", text)


@pytest.mark.parametrize("scope", SCOPES)
def test_danger_in_every_scope(scope: str, understand: Understand) -> None:
    """Danger is understood in every state, also inside a longer sentence."""
    for text in (
        "I think I have chest pain",
        "wait please I can't breathe properly",
        "my dear I passed out on the floor",
    ):
        intent = understand(text, scope)
        assert intent is not None, text
        assert intent.name == "emergency", text


@pytest.mark.parametrize("scope", SCOPES)
def test_denied_danger(scope: str, understand: Understand) -> None:
    """Denied danger is no emergency, and it is no "no" either."""
    for text in (
        "no chest pain",
        "I don't have chest pain",
        "i dont have any chest pain or trouble breathing",
    ):
        assert understand(text, scope) is None, text


ABOUT_DANGER = {
    "what's the emergency number",
    "what is the number of the emergency services",
    "what's the emergency number please",
}
"""Some of the sentences that speak of an emergency and report none."""


@pytest.mark.parametrize("scope", [scope for scope in SCOPES if scope != "idle"])  # all of idle is in offer
def test_no_false_danger(scope: str, grammar: Grammar) -> None:
    """No sentence of another intent contains words of danger, but for who asks for the number."""
    here = Scope(name=scope)
    graph = grammar.graph(here)
    watch = EmergencyWatch(grammar.graph(here, "emergency"), grammar.words)
    for text in sentences(graph, 100_000):
        if watch.find(text):
            [(intent, slots)] = parse(graph, text)
            assert intent == "emergency" or ("topic", "emergency_number") in slots, text


@pytest.mark.parametrize("scope", ["idle", "guiding", "paused"])
def test_who_asks_for_the_number_is_told_it(scope: str, understand: Understand) -> None:
    """A whole sentence of ours means what it says; with anything else beside it, it is a cry for help."""
    for text in ABOUT_DANGER:
        intent = understand(text, scope)
        assert intent is not None
        assert intent.slots == {"topic": "emergency_number"}
        for cry in (f"{text} my chest hurts", f"help me {text}", f"{text}. It's an emergency"):
            intent = understand(cry, scope)
            assert intent is not None, cry
            assert intent.name == "emergency", cry


def test_right_is_no_yes(understand: Understand) -> None:
    """A side is never a yes: "right" is none, "that's right" is one."""
    assert understand("right", "yes_no") is None
    assert understand("right leg", "yes_no") is None
    intent = understand("that's right", "yes_no")
    assert intent is not None
    assert intent.name == "yes"


def test_can_decides_nothing(understand: Understand) -> None:
    """Alone, "I can" and "I can't" answer nothing: they sound alike."""
    assert understand("i can", "yes_no") is None
    assert understand("i can't", "yes_no") is None


def test_two_numbers(understand: Understand) -> None:
    """A range is asked again, not guessed."""
    assert understand("four or five", "pain") is None
    assert understand("between five and six", "pain") is None


def test_digits(understand: Understand) -> None:
    """Digits are words, and long ones are said digit by digit."""
    for score in range(11):
        intent = understand(f"{score} out of 10", "pain")
        assert intent is not None
        assert intent.slots == {"score": str(score)}
    danger = understand("911", "idle")
    assert danger is not None
    assert danger.slots == {"flag": "ambulance"}
