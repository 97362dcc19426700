"""Writes a file whole or not at all, for its owner only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from assistant.errors import DeviceError, SettingsError


def write(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file of mode 0600; what was there is replaced only when that is asked for.

    Raises `SettingsError` if it exists and must not be replaced, `DeviceError` if the disk fails: then
    nothing is left behind, and what was there is untouched.
    """
    if path.is_dir():
        raise SettingsError(f"{str(path)!r} is a folder: name a file in it")
    if path.exists() and not replace:
        raise SettingsError(f"{str(path)!r} exists: give --force to replace it, or another name")
    try:
        _write(path, content)
    except OSError as fault:
        raise DeviceError(
            f"{str(path)!r} cannot be written ({fault.strerror}): make room or name another place"
        ) from fault


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".cramp-assistant-")  # for the owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)  # it is gone when all went well
