"""A button on a GPIO pin of a Raspberry Pi: a way to call for relief without words."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from assistant.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUNCE = 0.05
"""Seconds for which a contact trembles."""


@contextmanager
def button(pin: int | None) -> Iterator[SimpleQueue[int]]:
    """Give the queue into which each press puts the number of the pin; without a pin it stays empty.

    The button is between the pin (BCM number) and ground. Raises `InstallError` where gpiozero, or the pins,
    are missing.
    """
    presses: SimpleQueue[int] = SimpleQueue()
    if pin is None:
        yield presses
        return
    with _opened(pin) as device:
        device.when_pressed = lambda: presses.put(pin)
        yield presses


def _opened(pin: int) -> Any:  # noqa: ANN401 - gpiozero has no types
    try:
        gpiozero = importlib.import_module("gpiozero")
    except ImportError as fault:
        raise InstallError("gpiozero is missing: pip install 'cramp-assistant[button]'") from fault
    try:
        return gpiozero.Button(pin, bounce_time=BOUNCE)
    except gpiozero.GPIOZeroError as fault:
        raise InstallError(f"there is no pin {pin!r} here ({fault}): unset the setting 'button'") from fault
