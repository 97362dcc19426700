"""The scripts behind `make run`: a package or a model that cannot be had costs one line, not the start.

They run on a machine made of a folder of programs: the real ones that scripts need, and stand-ins for apt-get
and Python, which must not touch the machine that tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parent.parent / "tools"
REAL = ("bash", "cat", "chmod", "env", "find", "grep", "id", "ldconfig", "mkdir", "mktemp", "rm", "touch")

PYTHON = """#!/bin/bash
# Knows one module: venv.
[ "$1" != -m ] && exit 0
mkdir -p "$3/bin"
printf '#!/bin/bash\\necho "pip $*"\\n' >"$3/bin/pip"
chmod +x "$3/bin/pip"
"""

APT_THAT_NEEDS_AN_UPDATE = """#!/bin/bash
echo "apt-get $*" >>{log}
if [ "$1" = update ]; then touch {log}.updated; fi
[ -e {log}.updated ]
"""


class Machine:
    """A project folder with the scripts, and a PATH of its own."""

    def __init__(self, folder: Path) -> None:
        self.project, self.programs, self.log = folder / "project", folder / "bin", folder / "log"
        shutil.copytree(TOOLS, self.project / "tools")
        self.programs.mkdir()
        for name in REAL:
            found = shutil.which(name, path=f"{os.environ['PATH']}:/sbin:/usr/sbin")
            assert found
            (self.programs / name).symlink_to(found)
        self.add("python3", PYTHON)

    def add(self, name: str, text: str, folder: Path | None = None) -> None:
        path = (folder or self.programs) / name
        path.write_text(text)
        path.chmod(0o755)

    def run(self, *command: str) -> tuple[int, str, str]:
        ended = subprocess.run(
            command,
            cwd=self.project,
            env={"PATH": str(self.programs)},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout, ended.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_apt_it_says_what_is_missing_and_goes_on(machine: Machine) -> None:
    """The environment is made and the package installed all the same."""
    status, out, err = machine.run("tools/bootstrap.sh", "run")
    assert status == 0
    assert "there is no apt-get here; going on without" in err
    assert "espeak-ng" in err
    assert out == "pip install --quiet --disable-pip-version-check --editable .[report]\n"


def test_an_apt_that_fails_costs_one_line(machine: Machine) -> None:
    """It says what it installs before it tries; what apt prints is left out."""
    machine.add("apt-get", "#!/bin/bash\necho noise; echo noise >&2; exit 100\n")
    machine.add("sudo", '#!/bin/bash\n"$@"\n')
    status, _, err = machine.run("tools/bootstrap.sh", "run")
    assert status == 0
    first, second = err.splitlines()[:2]
    assert first.startswith("cramp-assistant: installing system packages: ")
    assert second.startswith("cramp-assistant: apt-get could not install them; going on without ")
    assert "noise" not in err


def test_the_list_of_packages_is_updated_only_if_installing_fails(machine: Machine) -> None:
    """A machine that was just set up knows no package yet."""
    machine.add("apt-get", APT_THAT_NEEDS_AN_UPDATE.format(log=machine.log))
    machine.add("sudo", '#!/bin/bash\n"$@"\n')
    status, _, err = machine.run("tools/bootstrap.sh", "test")
    assert status == 0
    assert "going on without" not in err
    verbs = [line.split()[1] for line in machine.log.read_text().splitlines()]
    assert verbs == ["install", "update", "install"]
    assert "flite" in machine.log.read_text().splitlines()[2]


def test_a_python_that_is_too_old_is_told(machine: Machine) -> None:
    """Nothing is made then."""
    machine.add("python3", "#!/bin/bash\nexit 1\n")
    status, _, err = machine.run("tools/bootstrap.sh", "run")
    assert status == 1
    assert err.startswith("cramp-assistant: Python 3.11, 3.12 or 3.13 is needed: install one, or name it")
    assert err.count("\n") == 1
    assert not (machine.project / ".venv").exists()


def test_a_model_that_cannot_be_fetched_is_tried_once_a_day(machine: Machine) -> None:
    """The first start says so in one line; the next ones are silent and quick."""
    programs = machine.project / ".venv/bin"
    programs.mkdir(parents=True)
    machine.add("cramp-assistant", "#!/bin/bash\necho 'no way there' >&2; exit 2\n", programs)
    goes_on = "cramp-assistant: going on with the embedded recognizer; `make fetch` tries again at once\n"
    assert machine.run("tools/fetch_model.sh") == (0, "", "no way there\n" + goes_on)
    assert machine.run("tools/fetch_model.sh") == (0, "", "")
    tried = machine.project / ".venv/.model-tried"
    yesterday = tried.stat().st_mtime - 25 * 3600
    os.utime(tried, (yesterday, yesterday))
    assert machine.run("tools/fetch_model.sh")[2].endswith(goes_on)
