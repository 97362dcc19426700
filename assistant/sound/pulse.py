"""Tells which source of a PulseAudio or PipeWire server feeds this process.

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


class PulseWatch:
    """Follows one process's recording stream on the server."""

    def __init__(self) -> None:
        """Ask once; keep watching if the server knows us."""
        self.monitor: str | None = None
        """Name of the loudspeaker monitor that we hear instead of a microphone; None if all is well."""
        self._pactl = shutil.which("pactl")
        self._child: subprocess.Popen[str] | None = None
        self._thread: Thread | None = None
        if self._look():
            self._follow()

    def close(self) -> None:
        """Stop watching; harmless when called twice."""
        if self._child:
            self._child.kill()
            self._child.wait()
        if self._thread:
            self._thread.join(PATIENCE)

    def _look(self) -> bool:
        """Ask who feeds us; return whether the server knows us."""
        source = _our_source(self._listing())
        self.monitor = source["name"] if source and source["monitor_source"] else None
        return source is not None

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

    def _follow(self) -> None:
        self._child = subprocess.Popen(  # noqa: S603 - fixed words
            [str(self._pactl), "subscribe"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_plain(),
        )
        self._thread = Thread(target=self._listen, name="pulse-watch", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        """Look again whenever a recording stream was changed; end with the server."""
        assert self._child
        assert self._child.stdout
        with self._child.stdout as lines:
            for line in lines:
                if " on source" in line:  # a source, or a stream that records from one
                    self._look()


def _our_source(listing: dict[str, Any]) -> dict[str, Any] | None:
    """Return the entry of the source that this process records from."""
    ours = str(os.getpid())
    streams = listing.get("source_outputs", ())
    fed_by = {
        entry["source"] for entry in streams if entry["properties"].get("application.process.id") == ours
    }
    return next((source for source in listing.get("sources", ()) if source["index"] in fed_by), None)


def _plain() -> dict[str, str]:
    # Some locales put commas into the numbers of pactl's JSON.
    return {**os.environ, "LC_ALL": "C"}
