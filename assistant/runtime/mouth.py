"""From sentences to loudspeaker frames: synthesizes ahead, plays in order, stops at once."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from assistant.sound import tones
from assistant.sound.player import Player
from assistant.values import FRAME_SECONDS, Voice

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from assistant.dialogue.actions import Say
    from assistant.sound.player import Playing
    from assistant.speaking import Synthesizer
    from assistant.values import Samples

_TONE_PAUSE = 0.3
"""Seconds between a tone and the sentence behind it."""
_REMEMBERED = 8.0
"""Seconds for which what was said is remembered, to know it again in the microphone."""
_VAGUE = 0.8
"""Seconds by which the estimated moment of a word may be wrong."""
_ECHO = 0.25
"""Seconds from the loudspeaker's frame to the last of it in the microphone; 0.2 is what sound cards take."""
_GETTING_ON = 10.0
"""Seconds after saying something again in which nothing is: beside a television it has to get on, too."""
_TONES = {"ready": tones.ready, "alarm": tones.alarm}
_TONE_ID = 0
"""No sentence has this id."""


@dataclass(slots=True)
class _Waiting:
    say: Say
    future: Future[Samples]


class Word(NamedTuple):
    """A word as it left the loudspeaker."""

    text: str
    start: float
    """Seconds of the assistant's clock, estimated from its place in the sentence."""
    end: float
    """When its sentence ended; that is exact."""


class Mouth:
    """Speaks sentence by sentence. For one thread; the synthesizer belongs to its worker."""

    def __init__(self, synthesizer: Synthesizer, worker: Executor) -> None:
        self._synthesizer = synthesizer
        self._worker = worker
        self._voice = Voice()
        self._softness = 1.0
        self._player = Player(volume=self._voice.volume)
        self._waiting: deque[_Waiting | Samples] = deque()
        self._begun: list[tuple[int, str]] = []
        self._current = _TONE_ID
        self._words: deque[Word] = deque()
        self.faults: list[BaseException] = []
        """Sentences that could not be spoken; whoever supervises takes them away."""
        self._lost: list[int] = []
        self._now = 0.0
        self._again = -inf
        """When it last began something anew."""

    def forget(self) -> None:
        """Erase the sentences that are kept as sound."""
        self._worker.submit(self._synthesizer.forget)

    @property
    def busy(self) -> bool:
        """Whether anything is being said, or soon will be."""
        return bool(self._waiting) or self._player.busy

    @property
    def sounding(self) -> bool:
        return self._player.current() is not None

    def set_voice(self, voice: Voice) -> None:
        """Volume changes at once; rate and pause with the next sentence."""
        self._voice = voice
        self._player.volume = voice.volume * self._softness

    def soften(self, factor: float) -> None:
        """Speak more softly by a factor in (0, 1], until something has to be loud."""
        self._softness = factor
        self._player.volume = self._voice.volume * factor

    def say(self, say: Say) -> None:
        """Queue a sentence; its synthesis begins now."""
        future = self._worker.submit(self._synthesizer.synthesize, say.text, self._voice)
        self._waiting.append(_Waiting(say, future))

    def tone(self, name: str) -> None:
        if name == "alarm":
            self.soften(1.0)
        self._waiting.append(_TONES[name]())

    def stop(self) -> None:
        for waiting in self._waiting:
            if isinstance(waiting, _Waiting):
                waiting.future.cancel()
        self._waiting.clear()
        self._player.stop()
        self._words.clear()
        self._current = _TONE_ID

    def duck(self, on: bool) -> None:
        self._player.duck(on)

    def say_again(self, *, covered: bool = True) -> None:
        """Say once more what a voice covered; not if it was ours, and not if that was done a moment ago."""
        if covered and self._now >= self._again + _GETTING_ON and self._player.say_again():
            self._again, self._current = self._now, _TONE_ID
        else:
            self._player.uncover()

    def frame(self, now: float) -> Samples:
        """Return the next loudspeaker frame; ``now`` is when it begins to sound."""
        self._now = now
        self._queue_what_is_ready()
        playing = self._player.current()
        if playing and playing.id not in (self._current, _TONE_ID):
            self._current = playing.id
            self._begin(playing, now)
        while self._words and self._words[0].start < now - _REMEMBERED:
            self._words.popleft()
        return self._player.frame()

    def begun(self) -> list[tuple[int, str]]:
        """Return ids and texts of the sentences that began since this was last asked."""
        begun, self._begun = self._begun, []
        return begun

    def finished(self) -> list[int]:
        """Return the ids of the sentences that ended since this was last asked."""
        ids = [prompt for prompt in self._player.finished() if prompt != _TONE_ID] + self._lost
        self._lost = []
        return ids

    def spoken(self, started: float, ended: float) -> str:
        """Return our own words that the microphone may have heard between two moments.

        None of a sentence that was over before: what follows a question is the answer.
        """
        return " ".join(
            word.text
            for word in self._words
            if started - _VAGUE <= word.start <= ended and started <= word.end + _ECHO
        )

    def _queue_what_is_ready(self) -> None:
        while self._waiting:
            first = self._waiting[0]
            if not isinstance(first, _Waiting):
                self._player.play(_TONE_ID, first, pause=_TONE_PAUSE)
            elif not first.future.done():
                return
            else:
                self._play(first)
            self._waiting.popleft()

    def _play(self, waiting: _Waiting) -> None:
        fault = waiting.future.exception()
        if fault:
            self.faults.append(fault)
            self._lost.append(waiting.say.id)
            return
        pause = self._voice.pause if waiting.say.pause is None else waiting.say.pause
        self._player.play(waiting.say.id, waiting.future.result(), pause=pause, text=waiting.say.text)

    def _begin(self, playing: Playing, now: float) -> None:
        self._begun.append((playing.id, playing.text))
        words = playing.text.lower().split()
        for index, word in enumerate(words):
            start = now + playing.length * index / len(words) + FRAME_SECONDS
            plain = "".join(c for c in word if c.isalnum() or c == "'")
            self._words.append(Word(plain, start, now + playing.length))
