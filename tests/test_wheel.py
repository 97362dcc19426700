"""What is installed from the wheel works without the repository."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it in an environment of its own that borrows the libraries of this one; return its programs."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    python = environment / "bin/python"
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            wheel,
        ],
        environment,
    )
    (packages,) = environment.glob("lib/python*/site-packages")
    # Later in the path than its own packages; and the hooks of this environment's editable install stay out.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("platlib") + "\n")
    return environment / "bin"


def run(command: list[str | Path], folder: Path) -> str:
    """Run a command in a folder; return what it printed, or fail with it."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
    return ended.stdout


def test_the_wheel_carries_the_data_and_nothing_else(wheel: Path) -> None:
    """Code, sentences, content, the list of models and what the encoder learned; no test, no model."""
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    for name in ("cli.py", "report/page.html", "_data/models/manifest.toml", "_data/content/en/prompts.yaml"):
        assert f"assistant/{name}" in names
    assert any(name.startswith("assistant/_data/grammars/en/") for name in names)
    strangers = [name for name in names if not name.startswith(("assistant/", "cramp_assistant-"))]
    assert strangers == []
    learned = archive.getinfo("assistant/hearing/adapter.npz").compress_size
    assert learned < 2_000_000
    assert wheel.stat().st_size - learned < 1_000_000


def test_the_installed_package_reads_its_own_data(programs: Path, tmp_path: Path) -> None:
    """Content and grammars load, from the environment and not from here."""
    load = "import assistant.data as d; d.load_content(); d.load_grammar(); "
    text = load + "print(d.__file__, d.folder('models'))"
    package, models = run([programs / "python", "-c", text], tmp_path).split()
    assert Path(package).is_relative_to(programs.parent)
    assert Path(models).is_relative_to(programs.parent)


def test_the_installed_program_holds_a_conversation(programs: Path, tmp_path: Path) -> None:
    """`talk` reads what is typed from a file and answers the cramp with a first instruction."""
    script = tmp_path / "script.txt"
    script.write_text("I have a cramp\nstop\n", encoding="utf-8")
    said = run(
        [programs / "cramp-assistant", "talk", "--script", script, "--data-dir", tmp_path / "data"], tmp_path
    )
    assert "leg" in said
