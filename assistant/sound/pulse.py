"""Tells which source of a PulseAudio or PipeWire server feeds a process.

When a microphone goes away, the server moves its listeners to another source without telling them: often to
the monitor of the loudspeaker, where the assistant would hear itself. Only the server can be asked; ``pactl``
asks it. Without ``pactl``, or on bare ALSA, nothing is known and nothing is claimed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from threading import Event, Thread
from typing import Any

PATIENCE = 2.0
"""Seconds that a query may take."""

AGAIN = 2.0
"""Seconds until the next look where the server does not know the process, or not yet."""

CANCELLERS = ("echo-cancel", "echo cancel", "echocancel", "speakerphone")
"""In the names of sources out of which the loudspeaker's sound is taken already."""

ENDING = 0.2
"""Seconds that the thread gets to end before it is left to itself."""


class PulseWatch:
    """Follows one process's recording stream on the server, in a thread."""

    def __init__(self, pid: int) -> None:
        self.monitor: str | None = None
        """Name of the loudspeaker monitor that is heard instead of a microphone; None if all is well."""
        self.cancels_echo = False
        """Whether the server, or the speakerphone, takes the loudspeaker's sound out of what is heard."""
        self.looked = False
        """Whether the server has answered, or there is none."""
        self._pid = str(pid)
        self._pactl = shutil.which("pactl")
        self._child: subprocess.Popen[str] | None = None
        self._closed = Event()
        self._thread = Thread(target=self._follow, name="pulse-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching; harmless when called twice."""
        self._closed.set()
        if self._child:
            self._child.kill()
        self._thread.join(ENDING)

    def _follow(self) -> None:
        if self._pactl is None:
            self.looked = True
            return
        while not self._closed.is_set():
            self._listen(self._pactl)
            self._closed.wait(AGAIN)

    def _listen(self, pactl: str) -> None:
        """Look, and again whenever a source or a recording stream was changed, while the server knows us."""
        subscribe = subprocess.Popen(  # noqa: S603 - fixed words
            [pactl, "subscribe"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=_plain()
        )
        with subscribe as self._child:
            # In this order, so that no change falls between.
            known = self._look(pactl) and not self._closed.is_set()
            while known and subscribe.stdout and (line := subscribe.stdout.readline()):
                known = " on source" not in line or self._look(pactl)
            subscribe.kill()

    def _look(self, pactl: str) -> bool:
        """Ask who feeds the process; return whether the server knows."""
        listing = _listing(pactl)
        if listing is None:
            return False
        source = _source_of(self._pid, listing)
        self.monitor = source["name"] if source and source["monitor_source"] else None
        self.cancels_echo = source is not None and _cancels(source)
        self.looked = True
        return source is not None


def _listing(pactl: str) -> dict[str, Any] | None:
    """Return what the server says about itself; empty without one, None if it does not answer."""
    try:
        answer = subprocess.run(  # noqa: S603 - fixed words
            [pactl, "--format=json", "list"], capture_output=True, timeout=PATIENCE, check=True, env=_plain()
        )
        listing = json.loads(answer.stdout)
    except subprocess.TimeoutExpired:
        return None
    except (OSError, subprocess.CalledProcessError, ValueError):
        return {}
    return listing if isinstance(listing, dict) else {}


def _source_of(pid: str, listing: dict[str, Any]) -> dict[str, Any] | None:
    """Return the entry of the source that a process records from."""
    streams = listing.get("source_outputs", ())
    fed_by = {
        entry["source"] for entry in streams if entry["properties"].get("application.process.id") == pid
    }
    return next((source for source in listing.get("sources", ()) if source["index"] in fed_by), None)


def _cancels(source: dict[str, Any]) -> bool:
    """Tell whether a source is an echo canceller's, of PulseAudio or PipeWire, or a speakerphone's own."""
    described = f"{source['name']} {source['description']} {source['driver']}".lower()
    return any(mark in described for mark in CANCELLERS)


def _plain() -> dict[str, str]:
    # Some locales put commas into the numbers of pactl's JSON.
    return {**os.environ, "LC_ALL": "C"}
