"""Plays a conversation as fast as the machine goes, on a clock that counts samples."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from assistant.runtime.assistant import SILENCE
from assistant.runtime.driver import ASLEEP
from assistant.runtime.script import INTERRUPT_AFTER
from assistant.values import FRAME, FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from assistant.runtime.assistant import Assistant
    from assistant.runtime.script import Act, Cue
    from assistant.runtime.staged_clock import StagedClock
    from assistant.values import Samples

    Microphone = Callable[[Samples, Samples | None], Samples]

_LONGEST = 120.0
"""Seconds that a line of a script waits for silence; no routine is that long without a pause."""


class Stage:
    """An assistant, a person, and what is between the two."""

    def __init__(
        self,
        assistant: Assistant,
        now: float,
        microphone: Microphone | None = None,
        clock: StagedClock | None = None,
    ) -> None:
        """Take a function from loudspeaker and person's frame to the microphone's; None: nobody is heard.

        ``clock`` is the one of the assistant's journal, if it has to follow the stage.
        """
        self.assistant = assistant
        self.now = now
        self.clock = clock
        self.lull = 10.0
        """Seconds of silence after which a wait goes on to the next thing that is due."""
        self.skipped: list[tuple[float, float]] = []
        """Silences that were left out: when each began, and its seconds."""
        self.played: list[Samples] = []
        """Loudspeaker frames so far."""
        self.recorded: list[Samples] = []
        """Microphone frames so far."""
        self._microphone = microphone
        self._person: deque[Samples] = deque()
        self._quiet_since = now

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
            if cue.clock and self.clock:
                self.clock.set(cue.clock)
            if cue.words:
                say(cue.words)

    def perform(self, act: Act, say: Callable[[str], None]) -> None:
        """Go through what happens between two power cuts, with the second of them."""
        self.play(act.cues, say)
        if act.kill is None:
            self.until_quiet()
        elif self.clock:
            self.clock.cut_power(act.kill)

    def until_quiet(self) -> None:
        """Let both finish what they are saying."""
        self._until(lambda: not self._lively)

    def until_heard(self) -> None:
        """Let the person finish, and what they said be decided."""
        self._until(lambda: not (self._person or self.assistant.hearing))

    def wait(self, seconds: float) -> None:
        """Let time pass; a long silence is left out of the sound."""
        until = self.now + seconds
        while self.now < until:
            self._skip(until)
            self.frame()

    def frame(self) -> None:
        """Let 32 ms pass."""
        last = self.played[-1] if self.played else SILENCE
        person = self._person.popleft() if self._person else None
        heard = self._microphone(last, person) if self._microphone else SILENCE
        self._pass(FRAME_SECONDS)
        self.recorded.append(heard)
        self.played.append(self.assistant.frame(heard, self.now))
        if self._lively:
            self._quiet_since = self.now

    def catch_up(self, now: float) -> None:
        """Leave out the time for which the machine slept, if it did."""
        if now - self.now > ASLEEP:
            self.skipped.append((self.now, now - self.now))
            self._pass(now - self.now)

    def place(self, at: float) -> float:
        """Return the moment of the sound, in seconds of the assistant's clock as if none were left out."""
        return at - sum(seconds for began, seconds in self.skipped if began < at)

    @property
    def _lively(self) -> bool:
        """Whether anybody speaks, or is about to."""
        return bool(self._person) or self.assistant.hearing or self.assistant.busy

    def _pass(self, seconds: float) -> None:
        self.now += seconds
        if self.clock:
            self.clock.advance(seconds)

    def _skip(self, until: float) -> None:
        """Go on to what is due next, if it has been silent for long."""
        seconds = min(until, self.assistant.due) - FRAME_SECONDS - self.now
        if not self._lively and self.now - self._quiet_since >= self.lull and seconds > 0:
            self.skipped.append((self.now, seconds))
            self._pass(seconds)

    def _until(self, condition: Callable[[], bool]) -> None:
        limit = self.now + _LONGEST
        self.frame()
        while not condition() and self.now < limit:
            self.frame()
