"""The assistant's microphone and loudspeaker: one duplex stream that survives its devices.

A frame that was just written is the echo reference of frames soon to be read, so both go through one stream.
Nobody here sleeps or blocks: `DuplexStream.read` waits for a frame as long as it is told to, and looks after
the device on the way.
"""

from __future__ import annotations

from enum import Enum
from math import inf
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.errors import DeviceError
from assistant.sound.card import MUTED, OPENING, Card, Fault
from assistant.sound.card_process import Settings
from assistant.values import FRAME

if TYPE_CHECKING:
    from types import TracebackType

    from assistant.values import Samples

LATENCY = 0.06
"""Seconds that the device holds. "low" (20 to 30 ms) was 20 to 40 ms quicker and lost sound on a busy CPU."""

BACKOFF = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds in front of each attempt to open a lost device; the last repeats."""

MUTED_BACKOFF = (30.0,)
"""The same for a microphone that is only silent: opening it anew seldom helps."""

TALKING = 1.0
"""Seconds after the last audible frame in which a working loudspeaker is not taken away."""


class Change(Enum):
    """What the user ought to be told, once."""

    LOST = "lost"
    FOUND = "found"


class DuplexStream:
    """A context manager; everything is called by one thread.

    Frames are ``(512,)`` int16 at 16 kHz. While the loudspeaker works but the microphone does not (muted, or
    replaced by the loudspeaker's monitor), `read` keeps delivering frames of silence, so that the assistant
    can say so.
    """

    def __init__(
        self, microphone: str | None = None, loudspeaker: str | None = None, *,
        latency: str | float = LATENCY, muted_after: float = MUTED,
    ) -> None:  # fmt: skip
        """Take names as `find` does; None is the default device.

        ``latency`` is ``low``, ``high`` or seconds; ``muted_after`` is in seconds, infinite for a
        speakerphone that delivers digital silence whenever nobody speaks.
        """
        self.lost = False
        """Whether `changes` last said so."""
        self._settings = Settings(microphone=microphone, loudspeaker=loudspeaker, latency=latency)
        self._muted_after = muted_after
        self._card: Card | None = None
        self._failure = "the sound device is not open"
        self._attempts = 0
        self._last_attempt = -inf
        self._closed = Event()
        self._audible = -inf
        """When something other than silence was last written."""
        self._changes: list[Change] = []
        self._late = 0
        """Of cards that are closed."""

    def __enter__(self) -> Self:
        """Open, if it is not; raise `DeviceError` or `InstallError` if that fails or takes over 10 s."""
        if self._card and self._card.opened:
            return self
        self._closed.clear()
        card = self._open()
        deadline = monotonic() + OPENING
        while not card.opened and not card.error and monotonic() < deadline:
            card.read(0.1)
        if not card.opened:
            self.close()
            raise card.error or DeviceError(
                f"the sound device did not open within {OPENING:g} s: start again"
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, timeout: float = 0.1) -> Samples | None:
        """Return the next microphone frame, or None when none came within ``timeout`` (> 0) seconds."""
        self._look_after()
        if self._card is None:
            self._closed.wait(timeout)
            return None
        frame = self._card.read(timeout)
        return np.zeros_like(frame) if frame is not None and self._card.monitor else frame

    def write(self, frame: Samples) -> None:
        """Queue a loudspeaker frame behind one or two others; dropped while there is no loudspeaker."""
        if frame.any():
            self._audible = monotonic()
        if self._card:
            self._card.write(frame)

    def silence(self) -> None:
        """Forget the frames that are queued for the loudspeaker."""
        if self._card:
            self._card.silence()

    def changes(self) -> list[Change]:
        """Return what was lost and found since the last call, in order; each is told once."""
        changes, self._changes = self._changes, []
        return changes

    def health(self) -> str | None:
        """Return what is wrong in words; None if nothing is."""
        fault = self._fault()
        if fault:
            return fault.reason
        return self._failure if self.lost else None

    @property
    def played(self) -> Samples:
        """The frame that the loudspeaker was given while the one that was read last was recorded."""
        return self._card.played if self._card else np.zeros(FRAME, np.int16)

    @property
    def queued(self) -> float:
        """Seconds of sound that were written and not yet taken by the device."""
        return self._card.queued if self._card else 0.0

    @property
    def cancels_echo(self) -> bool:
        """Whether the sound server says that what it records is free of what it plays."""
        return self._card is not None and self._card.cancels_echo

    @property
    def underruns(self) -> int:
        """Number of 10 ms blocks that were played as silence, at least in part, because sound came late."""
        return self._late + (self._card.late if self._card else 0)

    def close(self) -> None:
        """Close, also what hangs; harmless when called twice."""
        self._closed.set()
        self._drop()

    def _look_after(self) -> None:
        """Notice what changed, and try again when it is time."""
        fault = self._fault()
        if fault and not self.lost:
            self._tell(Change.LOST)
        elif self.lost and not fault and self._card and self._card.proven:
            self._tell(Change.FOUND)
        if fault:
            self._mend(fault)

    def _mend(self, fault: Fault) -> None:
        self._failure = fault.reason
        if not fault.deaf_only:
            self._drop()
        if self._may_try(fault):
            self._open()

    def _tell(self, change: Change) -> None:
        self.lost = change is Change.LOST
        self._changes.append(change)
        self._attempts = 0
        self._last_attempt = monotonic()
        if self._card:
            self._card.lively = 0.0

    def _fault(self) -> Fault | None:
        return self._card.fault(self._muted_after) if self._card else Fault(self._failure)

    def _may_try(self, fault: Fault) -> bool:
        now = monotonic()
        pauses = MUTED_BACKOFF if fault.muted else BACKOFF
        pause = pauses[min(self._attempts, len(pauses) - 1)]
        talking = fault.deaf_only and now < self._audible + TALKING
        return now >= self._last_attempt + pause and not talking and not self._closed.is_set()

    def _open(self) -> Card:
        """Begin an attempt; `read` goes on with it."""
        self._drop()
        self._attempts += 1
        self._last_attempt = monotonic()
        self._card = Card(self._settings)
        return self._card

    def _drop(self) -> None:
        card, self._card = self._card, None
        if card:
            self._late += card.late
            card.close()
