"""Which of the phrases that can be said now was said? One file per engine; nothing else imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.values import Hypothesis, Utterance, WordGraph


class Recognizer(Protocol):
    """An engine that decodes an utterance under a word graph."""

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:
        """Return what may have been said, ranked, best first; empty if it was none of it.

        At most one hypothesis per intent and slots. Raises `EngineError` if the engine failed; it has then
        started itself again and the next call may succeed.
        """

    def close(self) -> None:
        """Free the model; harmless when called twice."""
