"""Writes a file whole or not at all, for its owner only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant import whole
from assistant.errors import DeviceError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


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
        whole.write(path, content)
    except OSError as fault:
        raise DeviceError(
            f"{str(path)!r} cannot be written ({fault.strerror}): make room or name another place"
        ) from fault
