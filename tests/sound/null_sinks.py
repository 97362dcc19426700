"""A sound card without hardware: a private PulseAudio with two null sinks.

``speaker`` is the loudspeaker of the assistant and ``room`` the air in front of its microphone ``mic``. What
the user says is played into ``room``; what the assistant says is recorded from ``speaker.monitor``. The
server has folders of its own, so that it neither finds nor disturbs one that already runs.

PortAudio and ALSA keep what they saw first, so streams are opened in a fresh process: `NullSinks.call`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

NEEDED = ("pulseaudio", "pactl", "pacat", "paplay", "parecord")

HUSH = 2600
"""Of 65536 in PulseAudio's cubic volume: white noise near -84 dB, the least that keeps a microphone alive."""


class NoSoundServerError(Exception):
    """PulseAudio cannot be had here; the message is the reason to skip."""


@dataclass
class NullSinks:
    """A running server. Picklable, so that `call` can take it along."""

    home: Path
    environment: dict[str, str]
    """What a process needs in order to find this server and no other: ``Popen(..., env=...)``."""
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __getstate__(self) -> dict[str, Any]:
        return {"home": self.home, "environment": self.environment, "_processes": []}

    @classmethod
    def create(cls, home: Path) -> NullSinks:
        """Start in an empty folder; raise `NoSoundServerError` with the reason if that fails."""
        missing = [name for name in NEEDED if shutil.which(name) is None]
        if missing:
            raise NoSoundServerError(
                f"{', '.join(missing)} not installed: apt-get install pulseaudio pulseaudio-utils"
            )
        sinks = cls(home, _environment(home))
        try:
            sinks.start()
        except NoSoundServerError:
            sinks.stop()
            raise
        return sinks

    def start(self) -> None:
        """Start the server, its two sinks, the microphone and what keeps them in time."""
        self._spawn("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--log-target=stderr",
                    "-L", "module-native-protocol-unix auth-anonymous=1")  # fmt: skip
        _until(self._answers, 5.0, "pulseaudio does not answer")
        self.add_sink("speaker")
        self.add_sink("room", noise=True)
        self.plug_microphone()
        self.pactl("set-default-sink", "speaker")

    def stop(self) -> None:
        """Stop what this object started, the server last: as sudden as a crash."""
        while self._processes:
            process = self._processes.pop()
            process.kill()
            process.wait()
        shutil.rmtree(self.home / "run" / "pulse", ignore_errors=True)

    def add_sink(self, name: str, *, noise: bool = False, options: str = "") -> int:
        """Load a null sink, keep it in time, and return its module's number."""
        # Without norewinds it begins with a burst of 2 s, in which its monitor stands still.
        module = self.pactl(
            "load-module", "module-null-sink", f"sink_name={name}", "norewinds=1", *options.split()
        )
        # It renders as often as its most impatient listener asks.
        what = ("--format=u8", f"--volume={HUSH}", "/dev/urandom") if noise else ("/dev/zero",)
        self._spawn("pacat", "-p", "-d", name, "--latency-msec=20", "--raw", *what)
        return int(module)

    def plug_microphone(self, name: str = "mic", options: str = "") -> None:
        self.pactl(
            "load-module",
            "module-remap-source",
            "master=room.monitor",
            f"source_name={name}",
            *options.split(),
        )
        self.pactl("set-default-source", name)

    def unplug_microphone(self, name: str = "mic") -> None:
        self.unload(f"source_name={name}")

    def unload(self, argument: str) -> None:
        """Unload the module that was loaded with an argument such as ``sink_name=speaker``."""
        for line in self.pactl("list", "short", "modules").splitlines():
            if argument in line.split():
                self.pactl("unload-module", line.split()[0])

    def input_of(self, sink: str) -> str:
        """Return the number of what alone plays into a sink: what keeps it in time."""
        sinks, inputs = (self.pactl("list", "short", what).splitlines() for what in ("sinks", "sink-inputs"))
        [number] = [line.split()[0] for line in sinks if line.split()[1] == sink]
        [playing] = [line.split()[0] for line in inputs if line.split()[1] == number]
        return playing

    def pactl(self, *words: str) -> str:
        """Run ``pactl`` and return what it prints, stripped."""
        run = subprocess.run(
            ["pactl", *words], env=self.environment, capture_output=True, text=True, timeout=10, check=False
        )
        if run.returncode:
            raise NoSoundServerError(f"pactl {' '.join(words)}: {run.stderr.strip()}")
        return run.stdout.strip()

    def play(self, wav: Path, sink: str = "room") -> subprocess.Popen[bytes]:
        """Play a file as the user and return at once; wait for the process to wait for its end."""
        return subprocess.Popen(["paplay", f"--device={sink}", str(wav)], env=self.environment)

    @contextmanager
    def recording(self, wav: Path, source: str = "speaker.monitor", rate: int = 16_000) -> Iterator[Path]:
        """Record what the assistant says, mono int16, while the block runs."""
        command = ["parecord", f"--device={source}", f"--rate={rate}", "--channels=1", "--format=s16le",
                   "--file-format=wav", "--latency-msec=20", str(wav)]  # fmt: skip
        process = subprocess.Popen(command, env=self.environment)
        try:
            _until(lambda: wav.exists() and self._records(process.pid), 5.0, "parecord does not start")
            yield wav
        finally:
            process.send_signal(signal.SIGINT)  # so that it completes the header
            process.wait(10)

    def echo(self, latency: int = 80) -> None:
        """Let the microphone hear the loudspeaker, some milliseconds later.

        The loop must not adjust its rate, by up to a hundredth, back and forth: no room does that. With a
        latency of 20 it runs dry on a busy machine, which is a gap in the echo and another delay after it.
        """
        options = (f"latency_msec={latency}", "adjust_time=0")
        self.pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=room", *options)

    def enter(self) -> None:
        """Make this server the one that this process finds; before PortAudio is loaded."""
        os.environ.clear()
        os.environ.update(self.environment)

    def call(self, function: Callable[..., T], *arguments: object, timeout: float = 60.0) -> T:
        """Return ``function(self, *arguments)`` from a fresh process on this server; raise what it raises."""
        return in_fresh_process(_call, self, function, *arguments, timeout=timeout)

    def _spawn(self, *words: str) -> None:
        with (self.home / "log").open("ab") as log:
            self._processes.append(subprocess.Popen(words, env=self.environment, stdout=log, stderr=log))

    def _answers(self) -> bool:
        if self._processes[0].poll() is not None:
            raise NoSoundServerError(f"pulseaudio does not start: {(self.home / 'log').read_text()[-200:]}")
        info = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False)
        return info.returncode == 0

    def _records(self, pid: int) -> bool:
        return f'application.process.id = "{pid}"' in self.pactl("list", "source-outputs")


def _environment(home: Path) -> dict[str, str]:
    (home / "run").mkdir(mode=0o700)
    (home / ".config" / "pulse").mkdir(parents=True)
    (home / ".config" / "pulse" / "client.conf").write_text("autospawn = no\n")
    foreign = ("PULSE_", "XDG_", "DBUS_", "ALSA_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return kept | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "LC_ALL": "C.UTF-8"}


def _until(true: Callable[[], bool], seconds: float, otherwise: str) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise NoSoundServerError(f"{otherwise} within {seconds:g} s")
        time.sleep(0.02)


def _call(sinks: NullSinks, function: Callable[..., T], *arguments: object) -> T:
    sinks.enter()
    return function(sinks, *arguments)


def in_fresh_process(function: Callable[..., T], *arguments: object, timeout: float = 60.0) -> T:
    """Return ``function(*arguments)``, run in a process that has loaded nothing; raise what it raises."""
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    try:
        return pool.submit(function, *arguments).result(timeout)
    except TimeoutError:
        for process in pool._processes.values():
            process.kill()
        raise
    finally:
        pool.shutdown()
