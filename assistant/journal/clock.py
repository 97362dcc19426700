"""What the machine's clocks said at one moment, and how long the assistant was away between two of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""There once the network has set the clock since the machine was switched on."""
REAL_TIME_CLOCK = Path("/sys/class/rtc/rtc0/since_epoch")

PLAUSIBLE = 1_750_000_000
"""Wall time, seconds: June 2025. This program is younger, so a clock that says less is wrong."""

RTC_TOLERANCE = 120
"""Seconds by which a real-time clock that keeps the time may differ from the system's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """One moment."""

    wall: float
    """Seconds since 1970, UTC."""
    offset: int
    """Of local time from UTC, seconds, positive east."""
    boot: str
    """Changes whenever the machine starts; empty where it cannot be known."""
    uptime: float
    """Seconds since the machine started, sleep included; comparable within one boot."""
    vouched: bool = True
    """Whether the network or a real-time clock vouches for the wall time; a Pi without either guesses it."""


def read_clocks() -> Stamp:
    """Return the present moment."""
    wall = time.time()
    return Stamp(
        wall=wall,
        offset=time.localtime(wall).tm_gmtoff,
        boot=_read(BOOT_ID),
        uptime=uptime(),
        vouched=_vouched(wall),
    )


def uptime() -> float:
    """Return seconds of a clock that nobody sets, in which the sleep of the machine counts where it can tell.

    A timer for safety that stood still while a laptop slept would leave heat on the skin for as long.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def away(before: Stamp, after: Stamp) -> float | None:
    """Return the seconds between two moments; None if no clock survived to tell.

    Within one boot the answer is exact, whatever was done to the wall clock. Across a restart the wall clocks
    are compared; they tell nothing when the later one is only guessed, went backwards, or either says a time
    before this program existed.
    """
    if before.boot and before.boot == after.boot and after.uptime >= before.uptime:
        return after.uptime - before.uptime
    if not after.vouched or before.wall < PLAUSIBLE or after.wall <= before.wall:
        return None
    return after.wall - before.wall


def _vouched(wall: float) -> bool:
    clock = _read(REAL_TIME_CLOCK)
    agrees = clock.isdecimal() and abs(int(clock) - wall) <= RTC_TOLERANCE
    return wall >= PLAUSIBLE and (agrees or SYNCHRONIZED.exists())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
