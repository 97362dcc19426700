"""Files that are there whole or not at all, also when the disk is full or the power fails."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put content in the place of a file in one step, through a neighbor that takes its name.

    Raises `OSError`: nothing is left behind then, and what was there is untouched.
    """
    handle, neighbor = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for the owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        Path(neighbor).replace(path)
    finally:
        Path(neighbor).unlink(missing_ok=True)  # it is gone when all went well
