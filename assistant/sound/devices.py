"""Which microphones and loudspeakers are there? Chosen by name, never by number.

PortAudio is loaded on first use, so that everything else works on a machine without it.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from assistant.errors import DeviceError, InstallError

if TYPE_CHECKING:
    from types import ModuleType

Kind: TypeAlias = Literal["input", "output"]

COMMON_RATES = (48_000, 44_100, 32_000, 16_000)
"""Hertz; tried in this order when the devices' native rates differ and neither suits both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A sound device as PortAudio sees it."""

    name: str
    host_api: str
    """``ALSA``, ``JACK``, ..."""
    inputs: int
    """Channels to record from; 0 for a loudspeaker."""
    outputs: int
    """Channels to play on; 0 for a microphone."""
    rate: int
    """Native, in Hertz."""
    default_input: bool
    default_output: bool
    index: int
    """PortAudio's number, for this process only."""

    def __str__(self) -> str:
        return f"{self.name!r} ({self.host_api})"

    def channels(self, kind: Kind) -> int:
        return self.inputs if kind == "input" else self.outputs

    def is_default(self, kind: Kind) -> bool:
        return self.default_input if kind == "input" else self.default_output


def portaudio() -> ModuleType:
    """Return the sounddevice module; raise `InstallError` if it or PortAudio is not installed."""
    try:
        return importlib.import_module("sounddevice")
    except ImportError as fault:
        raise InstallError(
            f"sounddevice cannot be loaded ({fault}): install cramp-assistant again"
        ) from fault
    except OSError as fault:
        raise InstallError(
            f"PortAudio cannot be loaded ({fault}): install it with `sudo apt-get install libportaudio2`"
        ) from fault


def devices() -> list[Device]:
    """Return all devices as they were when this process first looked; empty if there are none.

    Raises `InstallError` without PortAudio.
    """
    sd = portaudio()
    apis = [api["name"] for api in sd.query_hostapis()]
    default_input, default_output = sd.default.device
    return [
        Device(
            name=entry["name"],
            host_api=apis[entry["hostapi"]],
            inputs=entry["max_input_channels"],
            outputs=entry["max_output_channels"],
            rate=int(entry["default_samplerate"]),
            default_input=entry["index"] == default_input,
            default_output=entry["index"] == default_output,
            index=entry["index"],
        )
        for entry in sd.query_devices()
    ]


def find(name: str | None, kind: Kind) -> Device:
    """Return the one device that a name means; the default one for None.

    A name is a part of the device's name in any case, or of ``name, host api`` where two host APIs show the
    same device; the whole name wins over a part. Raises `DeviceError` with the candidates when it fits none
    or several, and when there is no device at all.
    """
    able = [device for device in devices() if device.channels(kind)]
    if not able:
        role = "microphone" if kind == "input" else "loudspeaker"
        raise DeviceError(
            f"no {role} was found: connect one and start again, or converse by keyboard with `talk`"
        )
    if name is None:
        return next((device for device in able if device.is_default(kind)), able[0])
    return _one(_named(name, able), f"{kind} device", name, able)


def _named(name: str, able: list[Device]) -> list[Device]:
    wanted = name.strip().casefold()
    whole = [device for device in able if device.name.casefold() == wanted]
    return whole or [device for device in able if wanted in f"{device.name}, {device.host_api}".casefold()]


def _one(matches: list[Device], what: str, name: str, able: list[Device]) -> Device:
    if not matches:
        raise DeviceError(f"no {what} matches {name!r}: choose one of {_listed(able)}")
    if len(matches) > 1:
        raise DeviceError(f"{len(matches)} {what}s match {name!r}: say which of {_listed(matches)}")
    return matches[0]


def _listed(candidates: list[Device]) -> str:
    return ", ".join(str(device) for device in candidates)


def common_rate(microphone: Device, loudspeaker: Device) -> int:
    """Return a rate in Hertz that both take, native if possible; raise `DeviceError` if there is none."""
    sd = portaudio()
    for rate in (microphone.rate, loudspeaker.rate, *COMMON_RATES):
        try:
            sd.check_input_settings(device=microphone.index, channels=1, dtype="int16", samplerate=rate)
            sd.check_output_settings(
                device=loudspeaker.index, channels=min(2, loudspeaker.outputs), dtype="int16", samplerate=rate
            )
        except sd.PortAudioError:
            continue
        return rate
    raise DeviceError(f"no sample rate suits both {microphone} and {loudspeaker}: choose another pair")
