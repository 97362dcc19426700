"""Finds and checks ``grammars/``, ``content/`` and ``models/``: in the repository or in the installed wheel.

Every fault is a `ContentError` that begins with file and line: ``content/en/triage.yaml:7: ...``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.errors import ContentError, InstallError

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


def folder(name: str) -> Path:
    """Return ``grammars``, ``content`` or ``models`` as shipped; raise `InstallError` if it is not there."""
    package = Path(__file__).parent
    for root in (package / "_data", package.parent):
        if (root / name).is_dir():
            return root / name
    raise InstallError(f"the folder {name!r} is missing beside {package}: install cramp-assistant again")


@dataclass(frozen=True, slots=True)
class YamlFile:
    """One YAML file that can say in which line a value stands."""

    path: Path
    value: Any
    """As plain Python values."""
    node: yaml.Node | None
    """The same with line marks; None for an empty file."""

    @classmethod
    def read(cls, path: Path) -> YamlFile:
        """Read and parse; raise `ContentError` if that fails."""
        try:
            text = path.read_text(encoding="utf-8")
            return cls(path, yaml.safe_load(text), yaml.compose(text, Loader=yaml.SafeLoader))
        except (OSError, UnicodeDecodeError) as fault:
            raise ContentError(f"{path}: cannot be read ({fault}): restore the file") from fault
        except yaml.MarkedYAMLError as fault:
            line = fault.problem_mark.line + 1 if fault.problem_mark else 1
            raise ContentError(f"{path}:{line}: is not YAML: {fault.problem}; mend that line") from fault

    def line(self, place: Sequence[object]) -> int:
        """Return the line, from 1, of the value at a path of keys and indexes, as far as it exists."""
        node = self.node
        line = 1
        for key in place:
            if isinstance(node, yaml.MappingNode):
                entry = next((pair for pair in node.value if pair[0].value == str(key)), None)
                if entry is None:
                    continue
                line, node = entry[0].start_mark.line + 1, entry[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
                line = node.start_mark.line + 1
        return line

    def fault(self, place: Sequence[object], what: str) -> ContentError:
        """Return the error to raise for the value at a place."""
        return ContentError(f"{self.path}:{self.line(place)}: {what}")

    def as_type(self, shape: type[T]) -> T:
        """Return the whole file as a dataclass; raise `ContentError` at its first fault."""
        try:
            return TypeAdapter(shape).validate_python(self.value)
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(str(key) for key in first["loc"])
            raise self.fault(first["loc"], f"{where}: {first['msg']}, got {first['input']!r}") from fault
