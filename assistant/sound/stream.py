"""The assistant's microphone and loudspeaker: one duplex stream that survives its devices.

A frame that was just written is the echo reference of frames soon to be read, so both go through one stream.
Nobody here sleeps: `DuplexStream.read` waits for a frame as long as it is told to, and looks after the device
on the way. Whatever may block or hang, opening and closing, happens in a thread of its own.
"""

from __future__ import annotations

import atexit
from enum import Enum
from math import inf
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.errors import AssistantError, DeviceError
from assistant.sound.card import CLOSING, Card, Fault
from assistant.sound.devices import portaudio, refresh

if TYPE_CHECKING:
    from types import TracebackType

    from assistant.values import Samples

MUTED = 2.0
"""Seconds of one and the same value; the noise of a live microphone is never still that long."""

PROOF = 0.3
"""Seconds of lively sound after which a lost device counts as found."""

BACKOFF = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds in front of each attempt to open a lost device; the last repeats."""

MUTED_BACKOFF = (30.0,)
"""The same for a microphone that is only silent: opening it anew seldom helps."""

TALKING = 1.0
"""Seconds after the last audible frame in which a working loudspeaker is not taken away."""

OPENING = 10.0
"""Seconds after which an attempt to open hangs; it takes 10 to 60 ms on PulseAudio, 1 s with many cards."""


class Change(Enum):
    """What the user ought to be told, once."""

    LOST = "lost"
    FOUND = "found"


class _Opening(Thread):
    """One attempt to close what was open, look for devices and open them."""

    def __init__(self, old: Card | None, names: tuple[str | None, str | None], latency: str | float) -> None:
        super().__init__(name="sound-open", daemon=True)
        self.card: Card | None = None
        self.fault: AssistantError | None = None
        self.late = monotonic() + OPENING
        """When it is taken for hung."""
        self._old, self._names, self._latency = old, names, latency
        self.start()

    def run(self) -> None:
        try:
            if self._old:
                self._old.close()
            refresh()
            self.card = Card(*self._names, latency=self._latency)
        except AssistantError as fault:
            self.fault = fault


class DuplexStream:
    """A context manager. Everything is called by one thread; one stream at a time in a process.

    Frames are ``(512,)`` int16 at 16 kHz. While the loudspeaker works but the microphone does not (muted, or
    replaced by the loudspeaker's monitor), `read` keeps delivering frames of silence, so that the assistant
    can say so.
    """

    def __init__(
        self, microphone: str | None = None, loudspeaker: str | None = None, *,
        latency: str | float = "low", muted_after: float = MUTED,
    ) -> None:  # fmt: skip
        """Take names as `find` does; None is the default device.

        ``latency`` is ``low``, ``high`` or seconds; ``muted_after`` is in seconds, infinite for a
        speakerphone that delivers digital silence whenever nobody speaks.
        """
        self.lost = False
        """Whether `changes` last said so."""
        self._names = (microphone, loudspeaker)
        self._latency = latency
        self._muted_after = muted_after
        self._card: Card | None = None
        self._opening: _Opening | None = None
        self._failure = "the sound device was closed"
        self._attempts = 0
        self._last_attempt = monotonic()
        self._closed = Event()
        self._audible = -inf
        """When something other than silence was last written."""
        self._changes: list[Change] = []
        self._underruns = 0
        """Of cards that are closed."""

    def __enter__(self) -> Self:
        """Open; raise `DeviceError` or `InstallError` if that fails or takes longer than 10 s."""
        portaudio()
        self._open()
        self._adopt(OPENING)
        if self._opening:
            self._let_exit()
            raise DeviceError(self._hung())
        if self._card is None:
            raise DeviceError(self._failure)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, timeout: float = 0.1) -> Samples | None:
        """Return the next microphone frame, or None when none came within ``timeout`` (> 0) seconds."""
        self._look_after()
        deadline = monotonic() + timeout
        if self._card is None:
            self._adopt(timeout)
        if self._card is None:
            self._closed.wait(max(0.0, deadline - monotonic()))
            return None
        frame = self._card.read(deadline)
        return np.zeros_like(frame) if frame is not None and self._card.watch.monitor else frame

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
        return fault.reason if fault else None

    @property
    def stuck(self) -> bool:
        """Whether PortAudio hangs: end the process, with `os._exit` if need be, and let it be restarted."""
        return self._opening is not None and monotonic() > self._opening.late

    @property
    def queued(self) -> float:
        """Seconds of sound that were written and not yet taken by the device."""
        return self._card.queued if self._card else 0.0

    @property
    def underruns(self) -> int:
        """Number of device blocks that were played as silence, at least in part, because sound came late."""
        return self._underruns + (self._card.underruns if self._card else 0)

    def close(self) -> None:
        """Close; raise `DeviceError` after 3 s if PortAudio hangs. Harmless when called twice."""
        self._closed.set()
        self._adopt(CLOSING)
        if self._opening:
            self._let_exit()
            raise DeviceError(self._hung())
        card, self._card = self._card, None
        if card:
            self._underruns += card.underruns
            self._close(card)

    def _close(self, card: Card) -> None:
        try:
            card.close()
        except DeviceError:
            self._let_exit()
            raise

    def _look_after(self) -> None:
        """Notice what changed, and try again when it is time."""
        self._adopt(0.0)
        fault = self._fault()
        if fault and not self.lost:
            self._say(Change.LOST)
        elif self.lost and not fault and self._card and self._card.lively > PROOF:
            self._say(Change.FOUND)
        if fault and self._opening is None and self._may_try(fault):
            self._open()

    def _say(self, change: Change) -> None:
        self.lost = change is Change.LOST
        self._changes.append(change)
        self._attempts = 0
        self._last_attempt = monotonic()
        if self._card:
            self._card.lively = 0.0

    def _fault(self) -> Fault | None:
        if self._card:
            return self._card.fault(self._muted_after)
        return Fault(self._hung() if self.stuck else self._failure, deaf_only=False)

    def _may_try(self, fault: Fault) -> bool:
        now = monotonic()
        pauses = MUTED_BACKOFF if fault.muted else BACKOFF
        pause = pauses[min(self._attempts, len(pauses) - 1)]
        talking = fault.deaf_only and now < self._audible + TALKING
        return now >= self._last_attempt + pause and not talking

    def _open(self) -> None:
        """Begin an attempt; `_adopt` ends it."""
        old, self._card = self._card, None
        if old:
            self._underruns += old.underruns
            self._failure = "the sound device is being opened again"
        self._opening = _Opening(old, self._names, self._latency)
        self._attempts += 1
        self._last_attempt = monotonic()

    def _adopt(self, timeout: float) -> None:
        """Wait for the attempt that is under way, if any, and take what came of it."""
        if self._opening is None:
            return
        self._opening.join(timeout)
        if not self._opening.is_alive():
            self._card = self._opening.card
            self._failure = str(self._opening.fault) if self._opening.fault else self._failure
            self._opening = None

    def _hung(self) -> str:
        return f"PortAudio hangs with {self._names!r} for microphone and loudspeaker: start the program again"

    @staticmethod
    def _let_exit() -> None:
        # sounddevice ends PortAudio when Python exits, and would hang there for ever.
        atexit.unregister(portaudio()._exit_handler)  # noqa: SLF001
