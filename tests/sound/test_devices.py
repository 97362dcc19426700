"""Devices are listed and chosen by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from null_sinks import NullSinks, in_fresh_process

import assistant
from assistant.errors import DeviceError
from assistant.sound.devices import Device, Kind, devices, find

NAMED = "\n".join(
    f'pcm."{name}" {{ type pulse hint.description "{name}" }}'
    for name in ("bedside", "bedside lamp", "desk lamp")
)
"""Devices of the user's own, as ALSA's ``.asoundrc`` makes them."""


def look(sinks: NullSinks, asoundrc: str = "") -> list[Device]:
    (sinks.home / ".asoundrc").write_text(asoundrc)
    return devices()


def test_devices_are_listed(null_sinks: NullSinks) -> None:
    """A sound server shows as a device for both directions, with rate, channels and who is the default."""
    seen = null_sinks.call(look)
    pulse = next(device for device in seen if device.name == "pulse")
    assert pulse.host_api == "ALSA"
    assert pulse.inputs > 0
    assert pulse.outputs > 0
    assert pulse.rate in {44_100, 48_000}
    assert sum(device.default_input for device in seen) == 1
    assert sum(device.default_output for device in seen) == 1


def ask(sinks: NullSinks, names: list[str | None], kind: Kind) -> list[str]:
    look(sinks, NAMED)
    return [_answer(name, kind) for name in names]


def _answer(name: str | None, kind: Kind) -> str:
    try:
        return find(name, kind).name
    except DeviceError as fault:
        return str(fault)


@pytest.mark.parametrize("kind", ["input", "output"])
def test_a_part_of_a_name_is_enough(null_sinks: NullSinks, kind: Kind) -> None:
    """Any part in any case will do, the whole name wins over a part, and no name is the default device."""
    answers = null_sinks.call(ask, ["DESK", "bedside", " Bedside Lamp", None], kind)
    assert answers == ["desk lamp", "bedside", "bedside lamp", "default"]


def test_a_doubtful_name_is_answered_with_the_candidates(null_sinks: NullSinks) -> None:
    """A name of two devices, or of none, is repeated with those that it could mean."""
    two, none = null_sinks.call(ask, ["lamp", "kitchen"], "input")
    assert two == "2 input devices match 'lamp': say which of 'bedside lamp' (ALSA), 'desk lamp' (ALSA)"
    assert none.startswith("no input device matches 'kitchen': choose one of ")
    assert all(name in none for name in ("'bedside' (ALSA)", "'desk lamp' (ALSA)", "'pulse' (ALSA)"))


def find_nothing(home: Path) -> list[str] | None:
    os.environ.update(HOME=str(home), XDG_RUNTIME_DIR=str(home))
    os.environ.pop("PULSE_SERVER", None)
    return None if devices() else [_answer("anything", "input"), _answer(None, "output")]


def test_no_device_at_all_leads_to_the_keyboard(tmp_path: Path) -> None:
    """Without any sound device, one line says what is missing and what to do."""
    answers = in_fresh_process(find_nothing, tmp_path)
    if answers is None:
        pytest.skip("this machine has a sound card")
    remedy = "was found: connect one and start again, or converse by keyboard with `talk`"
    assert answers == [f"no microphone {remedy}", f"no loudspeaker {remedy}"]


FIND = """
import ctypes.util
from assistant.errors import InstallError
from assistant.sound.devices import find
ctypes.util.find_library = lambda name: None  # as on a machine where it is not installed
try:
    find(None, "input")
except InstallError as fault:
    print(fault)
"""


@pytest.mark.parametrize(
    ("options", "remedy"),
    [([], "install it with `sudo apt-get install libportaudio2`"), (["-S"], "install cramp-assistant again")],
    ids=["no PortAudio", "no sounddevice"],
)
def test_missing_library_is_told_with_its_package(options: list[str], remedy: str) -> None:
    """Without PortAudio or sounddevice the remedy is named, and only when sound is wanted."""
    run = subprocess.run(
        [sys.executable, *options, "-c", FIND], cwd=Path(assistant.__file__).parents[1],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert remedy in run.stdout
