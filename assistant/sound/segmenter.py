"""Where somebody begins and ends speaking. All time is counted in frames, so a replay is exact."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.sound.vad import VoiceDetector
from assistant.values import FRAME_SECONDS, Utterance

if TYPE_CHECKING:
    from assistant.values import Samples

SPEECH = 0.5
"""Probability from which a frame is speech."""
PERHAPS = 0.3
"""Probability below which a frame is silence; between the two it stays what it was."""
SPEECH_FRAMES, PERHAPS_FRAMES = 3, 5
"""So many frames in a row of either begin an utterance. The weak run hears 3 to 6 more of 40 whispers."""
PRE_ROLL_FRAMES = 16
"""512 ms from before the speech: it was noticed late, and begins softly."""
LONGEST_FRAMES = 250
"""8 s, after which an utterance ends whether the person does or not."""
PATIENCE = 0.224
"""Seconds of silence that end a command. Of 240 synthetic commands of six voices it cuts 3 in two (0.16 cuts
6, 0.256 one, 0.3 none); an utterance ends 0.24 to 0.31 s after the speech (median by voice; p95 up to 0.38).
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechOnset:
    """Somebody began to speak; an utterance will follow."""

    started: float
    """In seconds of the assistant's clock."""


class Segmenter:
    """Cuts a stream of frames into utterances. One thread at a time."""

    def __init__(self, *, patience: float = PATIENCE, offset: float = 0.0) -> None:
        self.patience = patience
        """Seconds of silence that end an utterance; may be changed at any moment, also in mid-utterance."""
        self._detector = VoiceDetector()
        self._offset = offset
        self._count = 0
        self._forget()

    @property
    def now(self) -> float:
        """The end of the last frame, in seconds of the assistant's clock."""
        return self._offset + self._count * FRAME_SECONDS

    @now.setter
    def now(self, now: float) -> None:
        """Set the clock, as after frames that were lost."""
        self._offset = now - self._count * FRAME_SECONDS

    @property
    def silence(self) -> float:
        """Seconds of silence since the last speech of the present utterance; 0 outside one."""
        return self._quiet * FRAME_SECONDS if self._spoken else 0.0

    def push(self, frame: Samples) -> list[SpeechOnset | Utterance]:
        """Take the next frame of 512 samples and return what it began or ended, if anything."""
        self._count += 1
        self._frames.append(frame)
        probability = self._detector.probability(frame)
        return self._go_on(probability) if self._spoken else self._wait(probability)

    def so_far(self) -> Utterance | None:
        """Return what has been heard of an utterance that has not ended."""
        return self._utterance(complete=False) if self._spoken else None

    def take(self) -> Utterance | None:
        """End the present utterance now, because what was said is already clear, and return it."""
        return self._end() if self._spoken else None

    def reset(self) -> None:
        """Forget the present utterance and all sound before, as after a change of the microphone."""
        self._detector.reset()
        self._forget()

    def _forget(self) -> None:
        self._frames: deque[Samples] = deque(maxlen=PRE_ROLL_FRAMES + PERHAPS_FRAMES)
        self._speech = self._perhaps = 0
        """Frames in a row that are speech, or perhaps are, while waiting."""
        self._spoken = False
        self._quiet = 0
        """Frames of silence in a row, during an utterance."""
        self._started = 0.0

    def _wait(self, probability: float) -> list[SpeechOnset | Utterance]:
        self._speech = self._speech + 1 if probability >= SPEECH else 0
        self._perhaps = self._perhaps + 1 if probability >= PERHAPS else 0
        if self._speech < SPEECH_FRAMES and self._perhaps < PERHAPS_FRAMES:
            return []
        self._spoken = True
        self._quiet = 0
        self._started = self.now - self._perhaps * FRAME_SECONDS
        self._frames = deque(list(self._frames)[-PRE_ROLL_FRAMES - self._perhaps :])
        return [SpeechOnset(started=self._started)]

    def _go_on(self, probability: float) -> list[SpeechOnset | Utterance]:
        if probability >= SPEECH:
            self._quiet = 0
        elif probability < PERHAPS or self._quiet:
            self._quiet += 1
        over = self._quiet >= math.ceil(self.patience / FRAME_SECONDS - 1e-9)
        return [self._end()] if over or len(self._frames) >= LONGEST_FRAMES + PRE_ROLL_FRAMES else []

    def _end(self) -> Utterance:
        """Return the utterance and wait for the next, whose pre-roll may be the end of this one."""
        utterance = self._utterance(complete=True)
        last = list(self._frames)
        self._forget()
        self._frames.extend(last)
        return utterance

    def _utterance(self, *, complete: bool) -> Utterance:
        return Utterance(samples=np.concatenate(self._frames), started=self._started, complete=complete)
