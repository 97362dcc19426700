"""Text in, samples out. One file per synthesizer; nothing else imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.values import Samples, Voice


class Synthesizer(Protocol):
    """A voice."""

    def synthesize(self, text: str, voice: Voice) -> Samples:
        """Return one sentence as speech at full loudness, without the voice's pause or volume.

        Those two are the player's. Raises `EngineError` if the voice failed.
        """

    def forget(self) -> None:
        """Erase the sentences that it keeps, if it keeps any."""

    def close(self) -> None:
        """Free the engine; harmless when called twice."""
