"""Plays a conversation as fast as the machine goes, on a clock that counts samples."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from assistant.runtime.assistant import SILENCE
from assistant.runtime.script import INTERRUPT_AFTER
from assistant.values import FRAME, FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assistant.runtime.assistant import Assistant
    from assistant.runtime.script import Cue
    from assistant.values import Samples

    Microphone = Callable[[Samples, Samples | None], Samples]

_LONGEST = 120.0
"""Seconds that a line of a script waits for silence; no routine is that long without a pause."""


class Stage:
    """An assistant, a person, and what is between the two."""

    def __init__(self, assistant: Assistant, now: float, microphone: Microphone | None = None) -> None:
        """Take a function from loudspeaker and person's frame to the microphone's; None: nobody is heard."""
        self.assistant = assistant
        self.now = now
        self.played: list[Samples] = []
        """Loudspeaker frames so far."""
        self.recorded: list[Samples] = []
        """Microphone frames so far."""
        self._microphone = microphone
        self._person: deque[Samples] = deque()

    def speak(self, sound: Samples) -> None:
        """Let the person make a sound, after what they are still saying."""
        whole = np.concatenate([sound, np.zeros(-len(sound) % FRAME, np.int16)])
        self._person.extend(whole.reshape(-1, FRAME))

    def interrupt(self) -> None:
        """Wait for the moment at which somebody would break in."""
        self._until(lambda: self.assistant.busy)
        self.wait(INTERRUPT_AFTER)

    def play(self, cues: Iterable[Cue], say: Callable[[str], None]) -> None:
        """Go through a script; ``say`` makes the assistant hear words."""
        for cue in cues:
            if cue.interrupts:
                self.interrupt()
            elif cue.words:
                self.until_quiet()
            self.wait(cue.wait)
            if cue.words:
                say(cue.words)
        self.until_quiet()

    def until_quiet(self) -> None:
        """Let both finish what they are saying."""
        self._until(lambda: not (self._person or self.assistant.hearing or self.assistant.busy))

    def until_heard(self) -> None:
        """Let the person finish, and what they said be decided."""
        self._until(lambda: not (self._person or self.assistant.hearing))

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.frame()

    def frame(self) -> None:
        """Let 32 ms pass."""
        last = self.played[-1] if self.played else SILENCE
        person = self._person.popleft() if self._person else None
        heard = self._microphone(last, person) if self._microphone else SILENCE
        self.now += FRAME_SECONDS
        self.recorded.append(heard)
        self.played.append(self.assistant.frame(heard, self.now))

    def _until(self, condition: Callable[[], bool]) -> None:
        limit = self.now + _LONGEST
        self.frame()
        while not condition() and self.now < limit:
            self.frame()
