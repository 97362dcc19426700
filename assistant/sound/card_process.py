"""The process that holds the sound card: ``python -m assistant.sound.card_process DESCRIPTOR SETTINGS``.

PortAudio and the libraries below it hang now and then when a device or a sound server goes away: in closing,
and in libpulse's own locks. Only a process can be ended then. Here they also share no interpreter lock with
the recognizer, and a fresh process sees the devices that are there now.

It sends one JSON object, what it opened or why it could not, and then a packet for each block of the
microphone, with what the loudspeaker got at the same time behind it: only here is it known where sound came
late. It takes packets of samples for the loudspeaker; an empty one makes it forget those it holds. It needs
no numpy.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from math import inf
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from signal import SIG_IGN, SIGINT, signal
from threading import Thread
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError, DeviceError
from assistant.sound.devices import Device, common_rate, find, portaudio
from assistant.values import FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

BLOCKS_PER_SECOND = 100
"""Callbacks: blocks of 10 ms."""

CUSHION = 1
"""Frames of silence in front of the first one, against the jitter of callbacks and of the runtime."""

DEEP = 2
"""Frames; silence is not queued beyond this, so that a queue made longer by a stall gets short again."""

FULL = 8
"""Frames; nothing is queued beyond this."""

BACKLOG = 10 * BLOCKS_PER_SECOND
"""Blocks of the microphone that are kept for a reader who is late (10 s)."""

BEHIND = 0.02
"""Seconds that the microphone may be later than it was at its best. After a stall, PulseAudio keeps what it
recorded meanwhile and PortAudio never catches up: each stall of 0.4 s made all later sound 0.4 s late, and
from some 30 ms on PortAudio waits for the loudspeaker in a busy loop (0.9 of a core instead of 0.03)."""

RELUCTANCE = 64
"""Seconds between restarts at most, where they do not help: another microphone may simply be slower."""

STATE = struct.Struct("<III")
"""In front of each block: bytes that are held for the loudspeaker, `Queue.late`, `Duplex.lost`."""

WIDTH = 2
"""Bytes per sample."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What to open."""

    microphone: str | None
    loudspeaker: str | None
    latency: str | float
    """``low``, ``high`` or seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What was opened."""

    rate: int
    """Of both devices, in Hertz."""
    channels: int
    """Of the loudspeaker; the microphone has one."""
    names: str


class Queue:
    """Sound on its way to the loudspeaker: one thread puts, another takes, neither waits."""

    def __init__(self, opened: Opened) -> None:
        self.late = 0
        """Number of blocks that got too little."""
        self.held = bytearray()
        self._frame = round(opened.rate * FRAME_SECONDS) * WIDTH * opened.channels
        self._fed = False

    def put(self, sound: bytes) -> None:
        """Append, unless it is silence that would only make the queue longer, or too much."""
        if not self._fed:
            self.held += bytes(CUSHION * self._frame)
            self._fed = True
        limit = FULL if any(sound) else DEEP
        if len(self.held) < limit * self._frame:
            self.held += sound

    def take(self, size: int) -> bytes:
        """Return ``size`` bytes, silence where nothing is left."""
        sound = bytes(self.held[:size])
        del self.held[:size]
        if self._fed and len(sound) < size:
            self.late += 1
        return sound.ljust(size, b"\0")

    def forget(self) -> None:
        self._fed = False
        self.held.clear()


class Duplex:
    """The open stream, between PortAudio's thread, the one that sends and the one that receives."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        """Open and start, and say so; raise `DeviceError` if that fails."""
        sd = portaudio()
        source, sink = find(settings.microphone, "input"), find(settings.loudspeaker, "output")
        rate = common_rate(source, sink)
        opened = Opened(rate=rate, channels=min(2, sink.outputs), names=f"{source} and {sink}")
        self._connection = connection
        self._channels = opened.channels
        self.lost = 0
        """Number of blocks before or after which PortAudio says it lost sound."""
        self._blocks: SimpleQueue[bytes | None] = SimpleQueue()
        self._queue = Queue(opened)
        self._youngest = inf
        """Least age of a block in this second, in seconds."""
        self._best = inf
        """The same, ever."""
        self._pause = self._wait = 1
        """Seconds between restarts, and until the next."""
        self._restarting = False
        self._stream = self._open(sd, (source, sink), opened, settings.latency)
        connection.send_bytes(json.dumps(asdict(opened)).encode())

    def _open(
        self, sd: ModuleType, devices: tuple[Device, Device], opened: Opened, latency: str | float
    ) -> Any:  # noqa: ANN401 - sounddevice has no types
        source, sink = devices
        try:
            stream = sd.RawStream(
                samplerate=opened.rate, blocksize=opened.rate // BLOCKS_PER_SECOND, latency=latency,
                device=(source.index, sink.index), channels=(1, opened.channels), dtype="int16",
                callback=self._callback, finished_callback=self._finish,
            )  # fmt: skip
            stream.start()
        except sd.PortAudioError as fault:
            raise DeviceError(
                f"{opened.names} do not open ({fault}): end other programs that use them"
            ) from fault
        return stream

    def _callback(self, recorded: Any, played: Any, _count: int, times: Any, status: object) -> None:  # noqa: ANN401 - of cffi
        """Copy and leave; runs in PortAudio's thread."""
        played[:] = sound = self._queue.take(len(played))
        self.lost += bool(status)
        self._youngest = min(self._youngest, times.currentTime - times.inputBufferAdcTime)
        if self._blocks.qsize() < BACKLOG:
            state = STATE.pack(len(self._queue.held), self._queue.late, self.lost)
            left = memoryview(sound).cast("h")[:: self._channels].tobytes()
            self._blocks.put(state + bytes(recorded) + left)

    def _finish(self) -> None:
        if not self._restarting:
            self._blocks.put(None)

    def send(self) -> None:
        """Send what the microphone delivers, until PortAudio ends the stream."""
        count = 0
        while block := self._blocks.get():
            self._connection.send_bytes(block)
            count += 1
            if count % BLOCKS_PER_SECOND == 0:
                self._catch_up()

    def _catch_up(self) -> None:
        """Start anew if no block of the last second was as young as it should be; ever more seldom."""
        youngest, self._youngest = self._youngest, inf
        self._best = min(self._best, youngest)
        if youngest <= self._best + BEHIND:
            self._pause = self._wait = 1
            return
        self._wait -= 1
        if not self._wait:
            self._pause = self._wait = min(2 * self._pause, RELUCTANCE)
            self._restart()

    def _restart(self) -> None:
        self._restarting = True
        self._stream.abort()
        self._stream.start()
        self._restarting = False

    def receive(self) -> None:
        """Queue what comes for the loudspeaker, until the other side is gone."""
        while True:
            sound = self._connection.recv_bytes()
            if sound:
                self._queue.put(sound)
            else:
                self._queue.forget()


def main(descriptor: str, settings: str) -> None:
    """Open the card and serve it until the device or the other side is gone."""
    signal(SIGINT, SIG_IGN)  # the assistant ends us when it has said good-bye
    _hush()
    connection = Connection(int(descriptor))
    try:
        duplex = Duplex(connection, Settings(**json.loads(settings)))
    except AssistantError as fault:
        connection.send_bytes(json.dumps({"error": type(fault).__name__, "reason": str(fault)}).encode())
        return
    Thread(target=_until_gone, args=(duplex.receive,), daemon=True).start()
    _until_gone(duplex.send)


def _until_gone(serve: Callable[[], None]) -> None:
    with suppress(EOFError, OSError, portaudio().PortAudioError):
        serve()
    os._exit(0)  # what is open need not be closed, and closing may hang


def _hush() -> None:
    """Keep the chatter of ALSA and PortAudio from standard error, and leave it to Python."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


if __name__ == "__main__":
    main(*sys.argv[1:])
