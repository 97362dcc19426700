"""A child process that answers calls: for libraries that hang, or that take their process with them.

The parent's side is `Child`; the child's main function is `serve`. An engine's methods take and return plain
values. The child ends when its parent does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from assistant.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

LEAVE = 6.0
"""Seconds in which a child that is no longer needed may end by itself."""

LOOK = 5.0
"""Seconds between two looks of a child at whether its parent is still there."""


class Child:
    """One child process, loading or ready."""

    def __init__(self, module: str, *arguments: str, patience: float) -> None:
        """Start ``python -m module FD arguments``; no answer may take longer than ``patience`` seconds."""
        self._module = module
        self._patience = patience
        self._connection, theirs = Pipe()
        # Not buffered, so that both processes write and empty it at the same place.
        self._printed = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (closed by `end`)
        # -P: a folder of the module's or of the user's must not hide a library of the same name.
        command = [sys.executable, "-P", "-m", module, str(theirs.fileno()), *arguments]
        self._process = subprocess.Popen(  # noqa: S603  (our own command)
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
        """Raise `EngineError` if the engine does not load."""
        if not self._ready:
            self._answer()
            self._ready = True

    def call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401  (as different as the methods)
        """Return what a method of the child's engine returns; raise `EngineError` if it died or hangs."""
        self.wait_until_ready()
        try:
            self._connection.send((method, arguments))
        except OSError as fault:
            raise self._fault("has ended") from fault
        return self._answer()

    def end(self, leave: float = LEAVE) -> None:
        """Let the process end, or kill it if it does not; harmless when called twice."""
        self._connection.close()
        try:
            self._process.wait(leave)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._printed.close()

    def _answer(self) -> Any:  # noqa: ANN401
        try:
            if not self._connection.poll(self._patience):
                raise self._fault(f"has not answered for {self._patience:.0f} seconds")
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
        return EngineError(f"the process of {self._module} {what}{said}")


def serve(socket: int, load: Callable[[], object]) -> None:
    """Load the engine, say so, and answer calls until the parent closes its end or has ended."""
    connection: Connection[Any, Any] = Connection(socket)
    parent = os.getppid()
    engine = load()
    try:
        connection.send("ready")
        while os.getppid() == parent:
            if connection.poll(LOOK):
                name, arguments = connection.recv()
                connection.send(getattr(engine, name)(*arguments))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nobody needs us any more
