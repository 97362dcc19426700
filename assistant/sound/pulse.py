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
from threading import Thread
from typing import Any

PATIENCE = 2.0
"""Seconds that a query may take."""

ENDING = 0.2
"""Seconds that the thread gets to end before it is left to itself."""


class PulseWatch:
    """Follows one process's recording stream on the server, in a thread."""

    def __init__(self, pid: int) -> None:
        self.monitor: str | None = None
        """Name of the loudspeaker monitor that is heard instead of a microphone; None if all is well."""
        self.looked = False
        """Whether the server has answered, or will not."""
        self._pid = str(pid)
        self._pactl = shutil.which("pactl")
        self._child: subprocess.Popen[str] | None = None
        self._closed = False
        self._thread = Thread(target=self._follow, name="pulse-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching; harmless when called twice."""
        self._closed = True
        if self._child:
            self._child.kill()
        self._thread.join(ENDING)

    def _follow(self) -> None:
        """Look, and again whenever a source or a recording stream was changed; end with the server."""
        known = self._look()
        self.looked = True
        if not known:
            return
        with self._subscribe() as child:
            self._child = child
            if self._closed:
                child.kill()
            assert child.stdout
            for line in child.stdout:
                if " on source" in line:
                    self._look()

    def _look(self) -> bool:
        """Ask who feeds the process; return whether the server knows it."""
        source = _source_of(self._pid, self._listing())
        self.monitor = source["name"] if source and source["monitor_source"] else None
        return source is not None

    def _subscribe(self) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - fixed words
            [str(self._pactl), "subscribe"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_plain(),
        )

    def _listing(self) -> dict[str, Any]:
        """Return what the server says about itself; empty when it says nothing."""
        if self._pactl is None:
            return {}
        command = [self._pactl, "--format=json", "list"]
        try:
            answer = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True, env=_plain())  # noqa: S603 - fixed words
            listing = json.loads(answer.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            return {}
        return listing if isinstance(listing, dict) else {}


def _source_of(pid: str, listing: dict[str, Any]) -> dict[str, Any] | None:
    """Return the entry of the source that a process records from."""
    streams = listing.get("source_outputs", ())
    fed_by = {
        entry["source"] for entry in streams if entry["properties"].get("application.process.id") == pid
    }
    return next((source for source in listing.get("sources", ()) if source["index"] in fed_by), None)


def _plain() -> dict[str, str]:
    # Some locales put commas into the numbers of pactl's JSON.
    return {**os.environ, "LC_ALL": "C"}
