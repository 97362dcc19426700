from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.data import load_grammar
from assistant.understanding.interpret import Interpreter
from assistant.values import Hypothesis, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.understanding.grammar import Grammar
    from assistant.values import Intent

    Understand = Callable[[str, str], Intent | None]


@pytest.fixture(scope="session")
def grammar() -> Grammar:
    return load_grammar("en")


@pytest.fixture(scope="session")
def understand(grammar: Grammar) -> Understand:
    """Return what a typed line means in a scope."""
    interpreter = Interpreter(grammar)

    def answer(text: str, scope: str) -> Intent | None:
        typed = Hypothesis(words=text, confidence=1.0, accepted=True)
        return interpreter.interpret([typed], Scope(name=scope))

    return answer
