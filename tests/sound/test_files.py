"""Sound files, good and broken."""

from __future__ import annotations

import resource
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from assistant.errors import SettingsError
from assistant.sound import files
from assistant.values import RATE

if TYPE_CHECKING:
    from pathlib import Path

TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.int16)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.WAV"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    """A WAV or FLAC gives back every sample, and nothing else is left in the folder."""
    files.write(tmp_path / name, TONE)
    np.testing.assert_array_equal(files.read(tmp_path / name), TONE)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_any_rate_and_two_channels_become_mono_16_khz(tmp_path: Path, rate: int) -> None:
    """A stereo file of another rate lasts as long, and its tone keeps pitch and loudness."""
    time = np.arange(rate) / rate
    left = 0.5 * np.sin(2 * np.pi * 440 * time)
    soundfile.write(tmp_path / "stereo.wav", np.stack([left, 0 * left], axis=1), rate)
    sound = files.read(tmp_path / "stereo.wav")
    assert abs(len(sound) - RATE) <= 1
    spectrum = np.abs(np.fft.rfft(sound, RATE))
    assert np.argmax(spectrum) == 440
    assert np.std(sound) == pytest.approx(0.25 / np.sqrt(2) * 32_768, rel=0.02)


def test_a_wav_from_a_pipe_is_read_whole(tmp_path: Path) -> None:
    """A WAV whose writer could not know its length, as espeak-ng's, is not refused as truncated."""
    path = tmp_path / "piped.wav"
    espeak = subprocess.run(["espeak-ng", "--stdout", "stop"], capture_output=True, check=True)
    path.write_bytes(espeak.stdout)
    assert len(files.read(path)) > RATE // 4


def broken(folder: Path) -> dict[str, Path]:
    whole = folder / "whole.wav"
    files.write(whole, TONE)
    files.write(folder / "whole.flac", TONE)
    content = {
        "cut off": whole.read_bytes()[:9_000],
        "flac decoder lost sync": (folder / "whole.flac").read_bytes()[:900],
        "as sound": whole.read_bytes()[:20],
        "format not recognised": b"",
        "Format not recognised": b"these are words",
        "holds no sound": whole.read_bytes()[:40] + bytes(4),
    }
    paths = {"no such file": folder / "missing.wav", "is a directory": folder}
    for number, (message, text) in enumerate(content.items()):
        paths[message] = folder / f"broken{number}.wav"
        paths[message].write_bytes(text)
    return paths


def test_a_broken_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Truncated, empty, without sound, not sound, missing, a folder: each is refused by name and remedy."""
    for message, path in broken(tmp_path).items():
        with pytest.raises(SettingsError) as caught:
            files.read(path)
        text = str(caught.value)
        assert repr(str(path)) in text
        assert message.lower() in text.lower()
        assert "record it again" in text or "another file" in text


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    """A name that is neither WAV nor FLAC is refused before anything is written."""
    with pytest.raises(SettingsError, match="must end in"):
        files.write(tmp_path / "a.mp3", TONE)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Writing into a missing folder names the file."""
    with pytest.raises(SettingsError, match="no such file"):
        files.write(tmp_path / "missing" / "a.wav", TONE)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """When the disk takes only part of a file, the older one stays whole and nothing else remains."""
    path = tmp_path / "a.wav"
    files.write(path, TONE[:100])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, limits[1]))
    try:
        with pytest.raises(SettingsError, match="free some space"):
            files.write(path, TONE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    np.testing.assert_array_equal(files.read(path), TONE[:100])
    assert list(tmp_path.iterdir()) == [path]
