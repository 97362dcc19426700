"""One open sound card: PortAudio's duplex stream with a queue on either side."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from assistant.errors import DeviceError
from assistant.sound.buffers import Framer, Resampler, Ring
from assistant.sound.devices import common_rate, find, portaudio
from assistant.sound.pulse import PulseWatch
from assistant.values import FRAME, RATE

if TYPE_CHECKING:
    from assistant.values import Samples

BLOCKS_PER_SECOND = 100
"""Callbacks; 10 ms is the shortest that ran without underruns on PulseAudio null sinks."""

CUSHION = FRAME
"""Samples of silence in front of the first frame, against the jitter of callbacks and of the runtime."""

DEEP = 3 * FRAME
"""Samples; silence is not queued beyond this, so that a queue made longer by a stall gets short again."""

FULL = 8 * FRAME
"""Samples; nothing is queued beyond this."""

BACKLOG = 10 * BLOCKS_PER_SECOND
"""Blocks of microphone sound kept for a reader that is late (10 s)."""

STANDSTILL = 1.5
"""Seconds of waiting for a microphone block in vain. PulseAudio's first burst comes after up to 0.4 s."""

CLOSING = 3.0
"""Seconds. PortAudio can hang when a device was unplugged (PortAudio issue 1037)."""


class Fault(NamedTuple):
    """What is wrong with an open card."""

    reason: str
    deaf_only: bool
    """Whether the loudspeaker still works."""
    muted: bool = False
    """Whether nothing but the sound itself says so; opening it anew seldom helps."""


class Card:
    """Opens, converts, counts and says what is wrong; `DuplexStream` does something about it."""

    def __init__(self, microphone: str | None, loudspeaker: str | None, *, latency: str | float) -> None:
        """Open and start; raise `DeviceError` if that fails."""
        source, sink = find(microphone, "input"), find(loudspeaker, "output")
        self.rate = common_rate(source, sink)
        """Of the devices, in Hertz."""
        self.finished = False
        """Whether PortAudio ended the stream, by itself or because it was told to."""
        self.underruns = self.xruns = 0
        self.waited = 0.0
        """Seconds of waiting for the microphone since it last delivered a block."""
        self.constant = 0.0
        """Seconds for which it has delivered one and the same value."""
        self.lively = 0.0
        """Seconds of sound that were not constant."""
        self._value = 0
        """The last sample of the microphone, in its own units."""
        self._fed = False
        self._blocks: SimpleQueue[Samples] = SimpleQueue()
        self._frames = Framer()
        self._ring = Ring(self._native(FULL + CUSHION))
        self._inwards, self._outwards = Resampler(self.rate, RATE), Resampler(RATE, self.rate)
        self._stream = self._open(source.index, sink.index, min(2, sink.outputs), latency)
        self.names = f"{source} and {sink}"
        self.watch = PulseWatch()

    def _open(self, microphone: int, loudspeaker: int, channels: int, latency: str | float) -> Any:  # noqa: ANN401 - sounddevice has no types
        sd = portaudio()
        stream = None
        try:
            stream = sd.Stream(
                samplerate=self.rate, blocksize=self.rate // BLOCKS_PER_SECOND, latency=latency,
                device=(microphone, loudspeaker), channels=(1, channels), dtype="int16",
                callback=self._callback, finished_callback=self._finish,
            )  # fmt: skip
            stream.start()
        except sd.PortAudioError as fault:
            if stream:
                stream.close(ignore_errors=True)
            raise DeviceError(
                f"the sound device does not open ({fault}): end other programs that use it"
            ) from fault
        return stream

    def _callback(
        self, recorded: Samples, played: Samples, count: int, _time: object, status: object
    ) -> None:
        """Copy and leave; runs in PortAudio's thread."""
        if self._blocks.qsize() < BACKLOG:
            self._blocks.put(recorded[:, 0].copy())
        sound = self._ring.read(count)
        played[: len(sound)] = sound[:, np.newaxis]
        played[len(sound) :] = 0
        if status:
            self.xruns += 1
        if self._fed and len(sound) < count:
            self.underruns += 1

    def _finish(self) -> None:
        self.finished = True

    def read(self, deadline: float) -> Samples | None:
        """Wait for the next frame; None at the deadline (of the monotonic clock)."""
        while (frame := self._frames.pop()) is None:
            patience = max(0.0, deadline - monotonic())
            try:
                block = self._blocks.get(timeout=patience)
            except Empty:
                # Not the time that passed: a process that was starved or suspended has lost no device.
                self.waited += patience
                return None
            self._weigh(block)
            self._frames.push(self._inwards(block))
        return frame

    def _weigh(self, block: Samples) -> None:
        self.waited = 0.0
        seconds = len(block) / self.rate
        if (block == self._value).all():
            self.constant += seconds
        else:
            self.constant = 0.0
            self.lively += seconds
        self._value = int(block[-1])

    def fault(self, muted_after: float) -> Fault | None:
        """Return what is wrong, the worst first; None if all is well."""
        if self.finished:
            return Fault(f"{self.names} ended the sound: connect the device again", deaf_only=False)
        if self.waited > STANDSTILL:
            return Fault(
                f"{self.names} stood still for {self.waited:.1f} s: connect it again", deaf_only=False
            )
        if self.watch.monitor:
            return Fault(f"only {self.watch.monitor!r} is left to hear: connect a microphone", deaf_only=True)
        if self.constant > muted_after:
            reason = (
                f"the microphone delivered only the value {self._value} for {self.constant:.0f} s: unmute it"
            )
            return Fault(reason, deaf_only=True, muted=True)
        return None

    def write(self, frame: Samples) -> None:
        """Queue a frame; drop silence that would only make the queue longer, and what has no room."""
        if not self._fed:
            self._ring.write(np.zeros(self._native(CUSHION), np.int16))
        if len(self._ring) < self._native(DEEP) or frame.any():
            self._ring.write(self._outwards(frame))
        self._fed = True

    def silence(self) -> None:
        """Drop what is queued for the loudspeaker."""
        self._fed = False
        self._ring.forget()

    @property
    def queued(self) -> float:
        """Seconds of sound that the callback has not taken yet."""
        return len(self._ring) / self.rate

    def close(self) -> None:
        """Abort and close; raise `DeviceError` if PortAudio hangs."""
        self._fed = False
        self.watch.close()
        closing = Thread(target=self._close, name="sound-close", daemon=True)
        closing.start()
        closing.join(CLOSING)
        if closing.is_alive():
            raise DeviceError(f"{self.names} did not close within {CLOSING:g} s: start the program again")

    def _close(self) -> None:
        sd = portaudio()
        with suppress(
            sd.PortAudioError
        ):  # a stream that ended by itself cannot be aborted, but must be closed
            self._stream.abort()
        self._stream.close(ignore_errors=True)

    def _native(self, samples: int) -> int:
        return samples * self.rate // RATE
