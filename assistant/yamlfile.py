"""A file in YAML that can say in which line a value stands, and what does not fit there.

Every fault is a `ContentError` that begins with file and line: ``content/en/triage.yaml:7: ...``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from assistant.dialogue.content import Level
from assistant.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

T = TypeVar("T")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The compiled reader is ten times as quick, where PyYAML was built with it."""
_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)  # to make one takes longest
_REMEDIES = {
    "missing": "is missing: add it",
    "unexpected_keyword_argument": "is no key that belongs here: mend its spelling or take it out",
    "string_type": "must be text: put it in quotes",
    "tuple_type": "must be a list: write it in [brackets]",
    "dict_type": "must be keys with values: write 'key: value' lines",
    "dataclass_type": "must be keys with values: write 'key: value' lines",
    "enum": f"is no level: write one of {', '.join(level.name.lower() for level in Level)}",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
}
"""Validator's error type -> what is wrong and what to do; for others its own words are used."""


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
            loader = _Loader(path.read_text(encoding="utf-8"))
            node = loader.get_single_node()
            file = cls(path, None if node is None else loader.construct_document(node), node)
        except (OSError, UnicodeDecodeError) as fault:
            raise ContentError(f"{path}: cannot be read ({fault}): restore the file") from fault
        except yaml.YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            what = getattr(fault, "problem", None) or " ".join(str(fault).split())
            line = mark.line + 1 if mark else 1
            raise ContentError(f"{path}:{line}: is not YAML ({what}): mend that line") from fault
        if wrong := _key_fault(node):
            raise ContentError(f"{path}:{wrong[0]}: {wrong[1]}")
        return file

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
            value: T = _adapter(shape).validate_python(self.value)
        except ValidationError as fault:
            place, what = _explain(self.value, fault.errors())[0]
            raise self.fault(place, what) from fault
        return value

    def misfits(self, shape: Any) -> list[tuple[tuple[str | int, ...], str]]:  # noqa: ANN401 (as above)
        """Return every place that does not fit a dataclass, and what to do there."""
        try:
            _adapter(shape).validate_python(self.value)
        except ValidationError as fault:
            return _explain(self.value, fault.errors())
        return []


def _key_fault(root: yaml.Node | None) -> tuple[int, str] | None:
    """Return the line of a key that YAML does not read as it is written, and what to do about it."""
    nodes, seen = [root], set()
    while nodes:
        node = nodes.pop()
        if node in seen:
            continue  # an alias
        seen.add(node)
        if isinstance(node, yaml.MappingNode):
            counts = Counter(key.value for key, _ in node.value)
            for key, value in reversed(node.value):
                if key.tag != "tag:yaml.org,2002:str":
                    return key.start_mark.line + 1, f"{key.value!r} is no word to YAML: put it in quotes"
                if counts[key.value] > 1:
                    return key.start_mark.line + 1, f"the key {key.value!r} is written twice: leave one"
                nodes.append(value)
        elif isinstance(node, yaml.SequenceNode):
            nodes += node.value
    return None


# What the validator found, in words


def _explain(value: object, errors: Sequence[ErrorDetails]) -> list[tuple[tuple[str | int, ...], str]]:
    """Return the places of the faults and what to say of each, the one to mend first in front.

    A misspelled key is two faults, one missing and one unknown: the unknown one shows where.
    """
    found = [(*_locate(value, error), error) for error in errors]
    misfits: Counter[_Branch] = Counter()
    for place, branch, _ in found:
        if branch:
            misfits[branch] += len(place) <= len(branch[0]) + 1
    meant = [
        (place, error)
        for place, branch, error in found
        if not branch or all(misfits[branch] <= misfits[other] for other in misfits if other[0] == branch[0])
    ]
    meant.sort(key=lambda item: item[1]["type"] != "unexpected_keyword_argument")
    unknown = {place[:-1] for place, error in meant if error["type"] == "unexpected_keyword_argument"}
    return [
        (place, _say_fault(place, error))
        for place, error in meant
        if error["type"] != "missing" or place[:-1] not in unknown
    ]


def _say_fault(place: tuple[str | int, ...], error: ErrorDetails) -> str:
    what = _REMEDIES.get(error["type"]) or f"is wrong: {error['msg'][:1].lower()}{error['msg'][1:]}"
    is_key = error["type"] in ("missing", "unexpected_keyword_argument")
    got = "" if is_key else f", got {error['input']!r}"
    return f"{'.'.join(map(str, place)) or 'the file'} {what}{got}"


_Branch = tuple[tuple[str | int, ...], str | int]


def _locate(value: Any, error: ErrorDetails) -> tuple[tuple[str | int, ...], _Branch | None]:  # noqa: ANN401 (YAML)
    """Return the place of an error in the file, and the branch of a union in which the validator met it."""
    place: tuple[str | int, ...] = ()
    branch: _Branch | None = None
    for key in error["loc"]:
        if key in (
            value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        ):
            value = value[key]
            place = (*place, key)
        elif error["type"] == "missing" and key == error["loc"][-1]:
            place = (*place, key)
        elif branch is None:
            branch = (place, key)
    return place, branch
