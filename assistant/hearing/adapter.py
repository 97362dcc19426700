"""Makes the encoder at home in a bedroom: noise, distance, reverberation, short commands.

The model learned from speech that was long and near a microphone. ``adapter.npz`` holds what it learned
since, as corrections of low rank (LoRA, Hu et al. 2021): a weight becomes ``weight + left @ right``.
``tools/fit_adapter.py`` fitted them and says how; docs/recognition.md says on what, and what it is worth.
They are put into the encoder's file in memory when that is loaded: the file on disk stays as it is, and the
network is no larger and no slower.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import InstallError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("adapter.npz")
"""``crc32`` of the encoder's file that is corrected, and for each weight *i* ``places_i``: where in that file
it is, its scale and its zero point (-1 if it is not stored in bytes); and the factors ``left_i``, shape
``(rows, rank)``, and ``right_i``, shape ``(rank, columns)``."""

HIGHEST = 255
"""Of a weight that is stored in a byte."""


def adapted(encoder: bytes, path: Path = FILE) -> bytes:
    """Return the file of an encoder, corrected; as it is, if it is not the one the corrections are for.

    Raises `InstallError` if the corrections are missing or damaged.
    """
    changed = bytearray(encoder)
    try:
        with np.load(path) as adapter:
            if adapter["crc32"] != zlib.crc32(encoder):
                return encoder
            for index in range(len(adapter.files) // 3):
                left, right = (adapter[f"{side}_{index}"].astype(np.float32) for side in ("left", "right"))
                _correct(changed, adapter[f"places_{index}"].tolist(), (left @ right).ravel())
    except (OSError, EOFError, KeyError, ValueError, zlib.error) as fault:
        raise InstallError(f"{path} cannot be read ({fault}): install the assistant again") from fault
    return bytes(changed)


def _correct(file: bytearray, places: list[int], correction: NDArray[np.float32]) -> None:
    weight, scale, zero = places
    if scale < 0:
        values = np.frombuffer(file, np.float32, len(correction), weight)
        values += correction
        return
    stored = np.frombuffer(file, np.uint8, len(correction), weight)
    step, origin = np.frombuffer(file, np.float32, 1, scale), np.frombuffer(file, np.uint8, 1, zero)
    values = (stored.astype(np.float32) - origin) * step + correction
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    step[:] = (high - low) / HIGHEST
    origin[:] = np.rint(-low / step)
    stored[:] = np.clip(np.rint(values / step) + origin, 0, HIGHEST)
