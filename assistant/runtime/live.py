"""By the bed: the assistant between a real microphone and a real loudspeaker."""

from __future__ import annotations

import gc
from math import inf
from typing import TYPE_CHECKING

from assistant.dialogue import events
from assistant.errors import DeviceError, InstallError
from assistant.journal.clock import uptime
from assistant.runtime.assistant import SILENCE
from assistant.runtime.button import button
from assistant.runtime.driver import ASLEEP, Printer, begin
from assistant.runtime.parts import opened
from assistant.runtime.talk import talk
from assistant.runtime.work import worker
from assistant.sound.card import MUTED
from assistant.sound.stream import Change, DuplexStream
from assistant.values import FRAME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from assistant.config import Settings
    from assistant.runtime.assistant import Assistant
    from assistant.values import Samples

    class Duplex(Protocol):
        """Microphone and loudspeaker."""

        @property
        def played(self) -> Samples: ...
        def read(self, timeout: float) -> Samples | None: ...
        def write(self, frame: Samples) -> None: ...
        def changes(self) -> Iterable[Change]: ...


_LATE = 0.1
"""Seconds to wait for a microphone frame before the clock goes on without one."""
_CHANGES: dict[Change, events.Event] = {Change.LOST: events.DeviceLost(), Change.FOUND: events.DeviceFound()}


def run(settings: Settings) -> int:
    """Converse by voice until interrupted, or by keyboard where there is no sound; return the exit status."""
    # A device that cancels echo may send digital silence whenever nobody speaks.
    muted_after = inf if settings.echo == "device" else MUTED
    stream = DuplexStream(settings.microphone, settings.loudspeaker, muted_after=muted_after)
    try:
        stream.__enter__()
    except (DeviceError, InstallError) as fault:
        print(f"No sound: {fault}. Let us talk by keyboard.", flush=True)
        return talk(settings, wav=None, script=None)
    with stream, opened(settings, worker) as parts, button(settings.button) as presses:
        print(f"Listening with {type(parts.recognizer).__name__}. Ctrl-C ends.", flush=True)
        assistant, now = begin(parts, Printer())
        assistant.warm_up()
        gc.freeze()  # what was loaded stays: looking through it takes 40 ms, longer than a frame

        def attend() -> bool:
            assistant.cancel_echo(_is_ours(settings.echo, stream))
            while not presses.empty():
                presses.get()
                assistant.call()
            return True

        converse(stream, assistant, now, attend)
    return 0


def _is_ours(echo: str, stream: DuplexStream) -> bool:
    return echo == "own" or (echo == "auto" and not stream.cancels_echo)


def converse(
    stream: Duplex,
    assistant: Assistant,
    now: float,
    going: Callable[[], bool] = lambda: True,
    clock: Callable[[], float] = uptime,
) -> None:
    """Hand frames to and fro; when none come, or the machine sleeps, time goes on all the same."""
    offset = now - clock()
    due = now
    while going():
        frame = stream.read(_LATE)
        for change in stream.changes():
            assistant.happen(_CHANGES[change])
        now = clock() + offset
        if now - due > ASLEEP:
            due = now - FRAME_SECONDS
        if frame is not None:
            stream.write(assistant.frame(frame, now, stream.played))
            due = now
        while frame is None and due + FRAME_SECONDS <= now:
            due += FRAME_SECONDS
            assistant.frame(SILENCE, due)
