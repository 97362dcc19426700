"""What the user can set: defaults < settings file < environment < flags.

The file is TOML, ``settings.toml`` in the user's configuration folder or named by ``--config``::

    engine = "moonshine"
    locale = "uk"
    [voice]
    rate = 140

In the environment the same keys read ``CRAMP_ENGINE`` and ``CRAMP_VOICE_RATE``. Whatever is wrong raises a
`SettingsError` that begins with the place of the fault.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import platformdirs
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from assistant.errors import SettingsError
from assistant.values import Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

NAME = "cramp-assistant"
PREFIX = "CRAMP_"
OTHERS = {"CRAMP_MODELS"}
"""Variables that are no setting: see `assistant.models`."""

# (lowest, highest): as `assistant.values.Voice` says.
RANGES: Mapping[str, tuple[float, float]] = {
    "voice.rate": (80, 300),
    "voice.volume": (0.05, 1),
    "voice.pause": (0, 3),
}


def _folder(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError("give a folder")
    return Path(value).expanduser()


def _hours(value: object) -> str:
    times = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", str(value))
    if times is None or times.group(1, 2) == times.group(3, 4):
        raise ValueError("give two different times of day, from and until, such as '22:00-07:00'")
    return times[0]


Folder = Annotated[Path, BeforeValidator(_folder)]
Hours = Annotated[str, BeforeValidator(_hours)]
"""Two times of day, from and until, also across midnight: ``22:00-07:00``."""
WakePhrase = Annotated[str, Field(pattern=r"^[a-z']+( [a-z']+)+$")] | None
Device = Annotated[str, Field(min_length=1)] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All settings, checked."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Za-z]+)?$")] = "en"
    """Of grammars and content: a folder name."""
    locale: Annotated[str, Field(min_length=1)] = "unknown"
    """Whose emergency numbers are said: an id of ``content/<language>/locales.yaml``."""
    engine: Literal["auto", "vosk", "moonshine"] = "auto"
    """The recognizer; ``auto`` takes Vosk when its model is installed."""
    voice: Voice = field(default_factory=Voice)
    """At the start; it can be changed by voice."""
    rice_sock: bool = False
    """Whether the homemade heat pack may be asked for: a known fire risk, so it is off by default."""
    microphone: Device = None
    """Part of its name; None: the system's default."""
    loudspeaker: Device = None
    """Part of its name; None: the system's default."""
    echo: Literal["auto", "own", "device"] = "auto"
    """Who takes our own voice out of the microphone; ``device``: the speakerphone or the sound server.
    ``auto`` leaves it to a server that says it does."""
    softest: Annotated[float, Field(ge=0.1, le=1)] = 0.5
    """To whom speaks softly it answers softly, down to this part of its volume; 1: never."""
    button: Annotated[int, Field(ge=0, le=27)] | None = None
    """Number of the GPIO pin (BCM) of a button that calls for relief."""
    claps: Literal["off", "claps", "knocks"] = "off"
    """Whether two claps call for relief, or two knocks too. What bangs twice may be taken for them."""
    quiet_hours: Hours | None = None
    """``22:00-07:00``: only what is for safety rings then; None: there are none."""
    waking_hours: Hours = "07:00-22:00"
    """The first talk in them offers the questions about the night."""
    wake_phrase: WakePhrase = None
    """Two words or more, lower case, that are needed after a while of silence; None: nothing is."""
    diagnostics_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long faults and restarts are kept; what concerns the person is kept for ever."""
    data_dir: Folder = field(default_factory=lambda: Path(platformdirs.user_data_dir(NAME)))
    """For the journal."""
    cache_dir: Folder = field(default_factory=lambda: Path(platformdirs.user_cache_dir(NAME)))
    """For models and spoken sentences: what can be made again."""


def keys(shape: type = Settings, prefix: str = "") -> Iterator[str]:
    """Yield every setting by its dotted name: ``engine``, ``voice.rate``."""
    for entry in fields(shape):
        if entry.name == "voice" and shape is Settings:
            yield from keys(Voice, "voice.")
        else:
            yield prefix + entry.name


KEYS = tuple(keys())


def switched_on(settings: Settings) -> frozenset[str]:
    """Return the names of the settings that are simply on."""
    return frozenset(entry.name for entry in fields(Settings) if getattr(settings, entry.name) is True)


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings from one place, by dotted name."""

    values: Mapping[str, Any]
    place: Callable[[str], str]
    """Of a key, for messages: ``/home/a/settings.toml:3``, ``CRAMP_ENGINE``, ``--engine``."""


def default_file() -> Path:
    """Return where the settings file is looked for when none is named."""
    return Path(platformdirs.user_config_dir(NAME)) / "settings.toml"


def load(
    flags: Mapping[str, str | None], environment: Mapping[str, str], file: Path | None = None
) -> Settings:
    """Return the settings; flags by dotted name, None for one that was not given.

    A named file must exist; the default one need not. Raises `SettingsError`.
    """
    layers = (
        _file_layer(file or default_file(), must_exist=file is not None),
        _environment_layer(environment),
        _flag_layer(flags),
    )
    for layer in layers:
        _refuse_unknown(layer)
    return _checked(layers)


def _file_layer(path: Path, *, must_exist: bool) -> Layer:
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError as fault:
        if must_exist:
            raise SettingsError(f"{path}: there is no such settings file: check --config") from fault
        text, table = "", {}
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path}: the settings file cannot be read ({fault}): check --config") from fault
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(_toml_fault(path, text, str(fault))) from fault
    return Layer(dict(_flat(table)), lambda key: f"{path}:{_line(text, key)}")


def _toml_fault(path: Path, text: str, message: str) -> str:
    what, _, where = message.rpartition(" (at ")
    line = re.match(r"line (\d+)", where)
    number = line[1] if line else len(text.splitlines())
    return f"{path}:{number}: is not TOML: {what.lower()}; mend that line"


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _line(text: str, key: str) -> int:
    """Return the line, from 1, of a dotted key; tomllib keeps none, so it is looked for."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        if header:
            table = header[1] + "."
        name = re.match(r"""\s*["']?([\w.-]+)["']?\s*=""", line)
        if name and (key == table + name[1] or key.startswith(f"{table}{name[1]}.")):
            return number
    return 1


def _environment_layer(environment: Mapping[str, str]) -> Layer:
    """Read ``CRAMP_*``; an empty variable counts as not set, as is the custom for services."""
    names = {_variable(key): key for key in KEYS}
    values = {
        names.get(name, name.removeprefix(PREFIX).lower()): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in OTHERS and value
    }
    return Layer(values, _variable)


def _variable(key: str) -> str:
    return PREFIX + key.replace(".", "_").upper()


def _flag_layer(flags: Mapping[str, str | None]) -> Layer:
    given = {key: value for key, value in flags.items() if value is not None}
    return Layer(given, flag)


def flag(key: str) -> str:
    """Return the command line flag of a setting: ``--voice-rate``."""
    return "--" + key.replace(".", "-").replace("_", "-")


def _refuse_unknown(layer: Layer) -> None:
    for key in layer.values:
        if key not in KEYS:
            raise SettingsError(f"{layer.place(key)}: there is no setting {key!r}: {_suggestion(key)}")


def _suggestion(key: str) -> str:
    names = {known.rpartition(".")[2]: known for known in KEYS} | {known: known for known in KEYS}
    close = difflib.get_close_matches(key, names, n=1)
    return f"did you mean {names[close[0]]!r}?" if close else f"known are {', '.join(KEYS)}"


def _checked(layers: tuple[Layer, ...]) -> Settings:
    """Let the later layers win and check the outcome; a fault is blamed on the layer that won."""
    values = {key: value for layer in layers for key, value in layer.values.items()}
    places = {key: layer.place for layer in layers for key in layer.values}
    for key in RANGES.keys() & values.keys():
        _refuse_outside(f"{places[key](key)}: {key} is {values[key]!r}", values[key], *RANGES[key])
    try:
        return TypeAdapter(Settings).validate_python(_nested(values))
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        key = next(known for known in values if f"{key}.".startswith(f"{known}."))
        raise SettingsError(
            f"{places[key](key)}: {key} is {values[key]!r}: {_remedy(first['msg'])}"
        ) from fault


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        (tree.setdefault(table, {}) if table else tree)[name] = value
    return tree


def _refuse_outside(what: str, value: object, low: float, high: float) -> None:
    try:
        fine = not isinstance(value, bool) and low <= float(str(value)) <= high
    except ValueError:
        fine = False
    if not fine:
        raise SettingsError(f"{what}: give a number from {low:g} to {high:g}")


def _remedy(message: str) -> str:
    return (
        message.removeprefix("Value error, ")
        .replace("Input should be", "give")
        .replace("String should", "it should")
    )
