"""The player: the only thing that makes loudspeaker frames.

It has no thread and no clock. Time passes when `frame` is called: a frame asked for is a frame played.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.values import Samples

FADE = 80
"""Samples (5 ms) over which sound ends or begins again when it is interrupted: a step would click."""
VOLUME_SECONDS = 0.02
DUCK_GAIN = 10 ** (-15 / 20)
"""15 dB below the voice: whoever talks over it is heard, and the instruction can still be followed."""
DUCK_SECONDS = 0.032
"""One frame, so that playback is down within two."""
UNDUCK_SECONDS = 0.8
COVERED = RATE // 2
"""Samples (0.5 s) of a sentence that may be lost to somebody's voice; of more than that it is said again."""


class Playing(NamedTuple):
    """What is being played."""

    id: int
    text: str
    position: float
    """Seconds into its sound; the length while its trailing pause lasts."""
    length: float
    """Seconds, without the trailing pause."""


@dataclass(kw_only=True, slots=True)
class _Item:
    id: int
    text: str
    samples: Samples
    pause: int
    """Samples of silence after it."""
    position: int = 0
    """Next sample to hand out; runs on through the pause."""
    covered: int = 0
    """Samples of the sentence that were handed out while it was ducked."""
    again: bool = False
    """Whether it is said for the second time, or was."""
    told: bool = False
    """Whether its end was told."""

    @property
    def left(self) -> int:
        return len(self.samples) + self.pause - self.position

    @property
    def was_covered(self) -> bool:
        return self.covered > COVERED and not self.again

    def read(self, most: int, *, ducked: bool) -> Samples:
        """Hand out the next samples; fewer than asked for at the end."""
        count = min(most, self.left)
        sound = self.samples[self.position : self.position + count]
        self.position += count
        self.covered += len(sound) * ducked
        return np.concatenate([sound, np.zeros(count - len(sound), np.int16)])


class _Gain:
    """A factor that moves to its goal on a straight line."""

    def __init__(self, value: float) -> None:
        self._value = self._goal = value
        self._step = 0.0

    def move(self, goal: float, seconds: float) -> None:
        self._goal = goal
        self._step = abs(goal - self._value) / (seconds * RATE)

    def next(self, count: int) -> NDArray[np.float64]:
        """Return the factor for each of the next samples."""
        if self._value == self._goal:
            return np.full(count, self._goal)
        way = self._goal - self._value
        steps = np.minimum(self._step * np.arange(1, count + 1), abs(way))
        line: NDArray[np.float64] = self._value + np.copysign(steps, way)
        self._value = float(line[-1]) if steps[-1] < abs(way) else self._goal
        return line


class Player:
    """A queue of sentences and tones that can be stopped, ducked, begun anew and turned down at any moment.

    For one thread at a time.
    """

    def __init__(self, *, volume: float = 1.0) -> None:
        self._queue: deque[_Item] = deque()
        self._finished: list[int] = []
        self._ended: list[_Item] = []
        """Sentences that ended since it was last ducked."""
        self._ducked = False
        self._ending = np.zeros(0, np.int16)
        """The faded last samples of what was interrupted, not yet handed out."""
        self._volume = volume
        self._loudness = _Gain(volume)
        self._ducking = _Gain(1.0)

    def play(self, id: int, samples: Samples, *, pause: float = 0.0, text: str = "") -> None:  # noqa: A002 (it is the Say's id)
        """Queue a sound and the silence in seconds that follows it."""
        self._queue.append(_Item(id=id, text=text, samples=samples, pause=round(pause * RATE)))

    def stop(self) -> None:
        """Forget everything; silent from the next frame on, but for a fade of 5 ms."""
        self._interrupt()
        self._queue.clear()
        self._ended.clear()

    def say_again(self) -> bool:
        """Begin anew what was covered for over half a second, and what came after it; return whether it does.

        Each sentence once, even if the second time is covered too. Not while it is ducked.
        """
        said = [*self._ended, *list(self._queue)[:1]]
        first = next((at for at, item in enumerate(said) if item.was_covered), None)
        if self._ducked or first is None:
            return False
        self._interrupt()
        self._queue.extendleft(reversed(self._ended[first:]))
        for item in said[first:]:
            item.again = item.again or item.was_covered
            item.position = 0
        self.uncover()
        return True

    def uncover(self) -> None:
        """Take what was covered for heard, unless it is being covered still."""
        if self._ducked:
            return
        self._ended.clear()
        if self._queue:
            self._queue[0].covered = 0

    @property
    def volume(self) -> float:
        """In [0, 1] of full scale; a new one is reached within 20 ms, also in mid-sentence."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        assert 0 <= volume <= 1, volume
        self._volume = volume
        self._loudness.move(volume, VOLUME_SECONDS)

    def duck(self, on: bool) -> None:
        """Go down by 15 dB at once, or smoothly back up within a second."""
        if on and not self._ducked:
            self._ended.clear()
        self._ducked = on
        self._ducking.move(DUCK_GAIN if on else 1.0, DUCK_SECONDS if on else UNDUCK_SECONDS)

    def frame(self) -> Samples:
        """Return the next 32 ms for the loudspeaker."""
        gain = self._loudness.next(FRAME) * self._ducking.next(FRAME)
        return np.rint(self._mix() * gain).astype(np.int16)

    def finished(self) -> list[int]:
        """Return the ids that ended, pauses too, since this was last asked; never one that was stopped."""
        ids, self._finished = self._finished, []
        return ids

    def current(self) -> Playing | None:
        """Return what is being played."""
        if not self._queue:
            return None
        item = self._queue[0]
        length = len(item.samples)
        return Playing(item.id, item.text, min(item.position, length) / RATE, length / RATE)

    @property
    def busy(self) -> bool:
        """Whether anything is queued or playing, its trailing silence included."""
        return bool(self._queue)

    def _mix(self) -> Samples:
        """Return the next frame at full loudness."""
        sound = self._ending
        self._ending = sound[:0]
        while len(sound) < FRAME and self._queue:
            sound = np.concatenate([sound, self._read(FRAME - len(sound))])
        return np.concatenate([sound, np.zeros(FRAME - len(sound), np.int16)])

    def _read(self, most: int) -> Samples:
        item = self._queue[0]
        sound = item.read(most, ducked=self._ducked)
        if not item.left:
            self._end(self._queue.popleft())
        return sound

    def _end(self, item: _Item) -> None:
        if self._ducked:
            self._ended.append(item)
        if not item.told:
            self._finished.append(item.id)
            item.told = True

    def _interrupt(self) -> None:
        """Keep a few samples of what is sounding, to fade it out."""
        if self._queue and self._queue[0].position > 0:
            item = self._queue[0]
            rest = item.samples[item.position : item.position + FADE]
            self._ending = _faded(rest, np.linspace(1, 0, FADE))


def _faded(sound: Samples, slope: NDArray[np.float64]) -> Samples:
    """Return the sound with a slope over its first samples."""
    count = min(len(sound), len(slope))
    head = np.rint(sound[:count] * slope[:count]).astype(np.int16)
    return np.concatenate([head, sound[count:]])
