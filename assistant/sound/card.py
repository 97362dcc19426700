"""One opening of a sound card, which lives in a process of its own (`card_process`)."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from multiprocessing.connection import Connection
from select import select
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant import errors
from assistant.sound import card_process
from assistant.sound.buffers import Framer, Resampler
from assistant.sound.card_process import STATE, WIDTH, Opened, Settings
from assistant.sound.pulse import PulseWatch
from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from assistant.values import Samples

OPENING = 10.0
"""Seconds after which opening hangs; it takes 0.2 to 0.6 s."""

STANDSTILL = 1.5
"""Seconds of waiting for a block of the microphone in vain. PulseAudio's first burst takes up to 0.4 s."""

MUTED = 2.0
"""Seconds of one and the same value; the noise of a live microphone is never still that long."""

PROOF = 0.3
"""Seconds of lively sound after which a microphone counts as working."""

ENDING = 2.0
"""Seconds that the kernel gets to end the process."""


class Fault(NamedTuple):
    """Why a card cannot be used, or not for hearing."""

    reason: str
    deaf_only: bool = False
    """Whether the loudspeaker still works."""
    muted: bool = False
    """Whether nothing but the sound itself says so; opening it anew seldom helps."""


class Card:
    """Opens, converts, counts and says what is wrong; `DuplexStream` does something about it."""

    def __init__(self, settings: Settings) -> None:
        """Begin to open; `read` goes on with it."""
        self.opened: Opened | None = None
        self.error: errors.AssistantError | None = None
        """Why it could not be opened or did not stay open."""
        self.queued = 0.0
        """Seconds of sound that the device had yet to play when it last sent a block."""
        self.late = self.lost = 0
        """Blocks for which the loudspeaker got too little, and blocks that the device lost."""
        self.lively = 0.0
        """Seconds of sound from the microphone that were not one and the same value."""
        self._constant = 0.0
        """Seconds since they were."""
        self._value = 0
        self._waited = 0.0
        """Seconds of waiting since the last block."""
        self._watch: PulseWatch | None = None
        self.played = np.zeros(FRAME, np.int16)
        """What the device was given to play while it recorded the frame that was read last."""
        self._recorded, self._given = Framer(), Framer()
        self._connection, self._process = _start(settings)

    def read(self, timeout: float) -> Samples | None:
        """Wait for the next frame; None after ``timeout`` seconds, or if the card is broken."""
        deadline = monotonic() + timeout
        while (frame := self._recorded.pop()) is None:
            packet = self._receive(deadline - monotonic())
            if packet is None:
                return None
            if self.opened:
                self._take(packet, self.opened)
            else:
                self._begin(json.loads(packet))
        given = self._given.pop()
        assert given is not None, "as much is given as is recorded"
        self.played = given
        return frame

    def write(self, frame: Samples) -> None:
        """Send a frame to the loudspeaker; dropped where nothing takes it."""
        if self.opened:
            sound = np.repeat(self._outwards(frame), self.opened.channels)
            self._send(sound.tobytes())

    def silence(self) -> None:
        """Make the device forget what it has yet to play."""
        if self.opened:
            self._send(b"")

    def fault(self, muted_after: float) -> Fault | None:
        """Return what is wrong, the worst first; None if all is well or it is still being opened.

        ``muted_after`` are the seconds of zeros that are too many; any other value is one after `MUTED`.
        """
        if self.error:
            return Fault(str(self.error))
        if self._waited > (STANDSTILL if self.opened else OPENING):
            return Fault(f"{self._name()} stood still for {self._waited:.1f} s: connect it again")
        if self.monitor:
            return Fault(f"only {self.monitor!r} is left to hear: connect a microphone", deaf_only=True)
        if self._constant > (MUTED if self._value else muted_after):
            remedy = "connect it again" if self._value else "unmute it"
            heard = f"the microphone delivered only the value {self._value} for {self._constant:.0f} s"
            return Fault(f"{heard}: {remedy}", deaf_only=True, muted=True)
        return None

    @property
    def proven(self) -> bool:
        """Whether a microphone, not the loudspeaker, was heard since `lively` was last set to zero."""
        return self.lively > PROOF and self._watch is not None and self._watch.looked

    @property
    def monitor(self) -> str | None:
        """Name of the loudspeaker's monitor that is heard instead of a microphone, if any."""
        return self._watch.monitor if self._watch else None

    @property
    def cancels_echo(self) -> bool:
        """Whether what is heard is known to be free of our own sound."""
        return self._watch is not None and self._watch.cancels_echo

    def close(self) -> None:
        """End the process, whatever it hangs in; harmless when called twice."""
        if self._watch:
            self._watch.close()
        self._connection.close()
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDING)

    def _receive(self, timeout: float) -> bytes | None:
        if self.error:
            return None
        timeout = max(0.0, timeout)
        try:
            if self._connection.poll(timeout):
                self._waited = 0.0
                return self._connection.recv_bytes()
        except (EOFError, OSError):
            self.error = errors.DeviceError(f"{self._name()} ended the sound: connect it again")
            return None
        # Not the time that passed: a process that was starved or suspended has lost no device.
        self._waited += timeout
        return None

    def _send(self, sound: bytes) -> None:
        # A process that hangs takes nothing any more, and would make us hang too; `read` will notice it.
        with suppress(OSError):
            if select([], [self._connection], [], 0)[1]:
                self._connection.send_bytes(sound)

    def _begin(self, answer: dict[str, str | int]) -> None:
        if "error" in answer:
            self.error = getattr(errors, str(answer["error"]))(answer["reason"])
            return
        self.opened = Opened(**answer)  # type: ignore[arg-type]  # the process built it from one
        rate = self.opened.rate
        self._inwards, self._back, self._outwards = (
            Resampler(*rates) for rates in ((rate, RATE), (rate, RATE), (RATE, rate))
        )
        self._watch = PulseWatch(self._process.pid)

    def _take(self, packet: bytes, opened: Opened) -> None:
        queued, self.late, self.lost = STATE.unpack_from(packet)
        self.queued = queued / (opened.rate * WIDTH * opened.channels)
        block, given = np.frombuffer(packet, np.int16, offset=STATE.size).reshape(2, -1)
        self._weigh(block, len(block) / opened.rate)
        self._recorded.push(self._inwards(block))
        self._given.push(self._back(given))

    def _weigh(self, block: Samples, seconds: float) -> None:
        if (block == self._value).all():
            self._constant += seconds
        else:
            self._constant = 0.0
            self.lively += seconds
        self._value = int(block[-1])

    def _name(self) -> str:
        return self.opened.names if self.opened else "the sound device"


def _start(settings: Settings) -> tuple[Connection, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    with theirs:
        handle = theirs.fileno()
        words = ["-m", card_process.__name__, str(handle), json.dumps(asdict(settings))]
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, *words], pass_fds=[handle], stdin=subprocess.DEVNULL
        )
    return Connection(ours.detach()), process
