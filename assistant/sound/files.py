"""Sound files: any WAV or FLAC in, mono 16 kHz int16 out, and back."""

from __future__ import annotations

import io
import os
import struct
from typing import IO, TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from assistant import whole
from assistant.errors import SettingsError
from assistant.values import RATE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from assistant.values import Samples

FULL_SCALE = 32_768
FORMATS = {".wav": "WAV", ".flac": "FLAC"}
STREAMED = 0x7FFF0000
"""A WAV written to a pipe claims at least this many bytes: its writer (espeak-ng, ffmpeg) could not know."""


def read(path: Path) -> Samples:
    """Return a sound file of any rate and number of channels, mixed down and resampled.

    Raises `SettingsError` if it is missing, not sound, or shorter than its own header says.
    """
    try:
        with path.open("rb") as file:
            _refuse_truncated_wav(path, file)
            with soundfile.SoundFile(file) as sound:
                channels = sound.read(dtype="float64", always_2d=True)
                rate = sound.samplerate
    except OSError as fault:
        raise SettingsError(f"cannot read {str(path)!r}: {_reason(fault)}; name another file") from fault
    except soundfile.LibsndfileError as fault:
        raise SettingsError(
            f"cannot read {str(path)!r} as sound: {fault.error_string.rstrip('.')}; "
            "give a whole WAV or FLAC file, or record it again"
        ) from fault
    if not len(channels):
        raise SettingsError(f"{str(path)!r} holds no sound; record it again")
    return to_int16(soxr.resample(channels.mean(axis=1), rate, RATE))


def write(path: Path, samples: Samples) -> None:
    """Write a WAV or FLAC, by the suffix, whole or not at all.

    Raises `SettingsError` if the suffix is another or the file cannot be written; nothing is left behind
    then, and an older file of that name is untouched.
    """
    encoding = FORMATS.get(path.suffix.lower())
    if encoding is None:
        raise SettingsError(f"cannot write {str(path)!r}: the name must end in .wav or .flac")
    sound = io.BytesIO()
    soundfile.write(sound, samples, RATE, format=encoding, subtype="PCM_16")
    try:
        whole.write(path, sound.getvalue())
    except OSError as fault:
        raise SettingsError(
            f"cannot write {str(path)!r}: {_reason(fault)}; free some space or choose another folder"
        ) from fault


def to_int16(samples: NDArray[np.float64]) -> Samples:
    """Return samples in [-1, 1] as int16; what is louder is clipped, and what is no number is silence."""
    return np.clip(
        np.rint(np.nan_to_num(samples, posinf=1, neginf=-1) * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1
    ).astype(np.int16)


def _refuse_truncated_wav(path: Path, file: IO[bytes]) -> None:
    """Compare the length of the data chunk with what is there: libsndfile silently reads the rest."""
    there = file.seek(0, os.SEEK_END)
    file.seek(0)
    riff = file.read(12)
    while riff[:4] == b"RIFF" and riff[8:] == b"WAVE" and len(header := file.read(8)) == len(riff) - 4:
        kind, size = struct.unpack("<4sI", header)
        missing = size - (there - file.tell())
        if kind == b"data" and missing > 0 and size < STREAMED:
            raise SettingsError(
                f"{str(path)!r} is cut off: {missing} of its {size} bytes are missing; record it again"
            )
        file.seek(size + size % 2, os.SEEK_CUR)
    file.seek(0)


def _reason(fault: OSError) -> str:
    return (fault.strerror or str(fault)).lower()
