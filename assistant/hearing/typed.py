"""The recognizer of a conversation by keyboard: it hears no sound, lines are handed to the assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.values import Hypothesis, Utterance, WordGraph


class TypedRecognizer:
    """Deaf. What is typed is a hypothesis already: see `hypothesis`."""

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:  # noqa: ARG002
        """Return nothing: whatever a microphone brings, nobody listens to it."""
        return []

    def close(self) -> None:
        pass
