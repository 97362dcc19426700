"""A child process that answers calls, for an engine that may take its process with it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from multiprocessing import Pipe
from typing import Any

from assistant.errors import EngineError

PATIENCE = 60.0
"""Seconds that getting ready or answering a call may take."""

LEAVE = 6.0
"""Seconds in which a child that is no longer needed may end by itself, and clean up."""


class Child:
    """Runs a module with the arguments and the number of a socket; the module sends once it is ready.

    Then it answers each ``(method, arguments)`` with what the method returns, and ends when the socket is
    closed. Not to be used by two threads at once.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self.name = module
        self._connection, theirs = Pipe()
        # Not buffered, so that both processes write and empty it at the same place.
        self._printed = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `end`
        # -P: a folder of the module's or of the user's must not hide a library of the same name.
        command = [sys.executable, "-P", "-m", module, *arguments, str(theirs.fileno())]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=self._printed,
            start_new_session=True,  # Ctrl-C is for the parent, which then ends the child
        )
        theirs.close()
        self._ready = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Raise `EngineError` if the child ends, or hangs, before."""
        if not self._ready:
            self._answer()
            self._ready = True

    def call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - as different as the methods
        """Return what the child's method returns; raise `EngineError` if the child has ended or hangs."""
        self.wait_until_ready()
        try:
            self._connection.send((method, arguments))
        except OSError as fault:
            raise self._fault("has ended") from fault
        return self._answer()

    def end(self) -> None:
        """Let the process end, or kill it if it does not; harmless when called twice."""
        self._connection.close()
        try:
            self._process.wait(LEAVE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._printed.close()

    def _answer(self) -> Any:  # noqa: ANN401
        try:
            if not self._connection.poll(PATIENCE):
                raise self._fault(f"has not answered for {PATIENCE:.0f} seconds")
            answer = self._connection.recv()
        except (EOFError, OSError) as fault:
            raise self._fault("has ended") from fault
        self._printed.seek(0)
        self._printed.truncate()
        return answer

    def _fault(self, what: str) -> EngineError:
        self._printed.seek(0)
        lines = self._printed.read().decode(errors="replace").strip().splitlines()
        said = f", saying {lines[-1]!r}" if lines else ""
        return EngineError(f"the process of {self.name} {what}{said}")
