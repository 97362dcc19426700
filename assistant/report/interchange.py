"""The diary as JSON, without loss, and back. Its shape is in ``docs/diary.schema.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from assistant.errors import SettingsError
from assistant.journal.diary import Diary  # noqa: TC001 (the validator reads the annotations)

FORMAT: Literal["cramp-assistant-diary"] = "cramp-assistant-diary"
VERSION: Literal[1] = 1


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """What is in the file. Times are ISO 8601 with their offset from UTC; null is not recorded."""

    format: Literal["cramp-assistant-diary"]
    version: Literal[1]
    diary: Diary


_EXPORT = TypeAdapter(Export)


def dump(diary: Diary) -> str:
    export = Export(format=FORMAT, version=VERSION, diary=diary)
    # In escapes: half a character, which a broken recognizer could write, would not be text otherwise.
    return json.dumps(_EXPORT.dump_python(export), default=_plain, indent=1) + "\n"


def _plain(value: Any) -> str:  # noqa: ANN401 (whatever JSON has no type for)
    return str(value.isoformat())


def load(text: str) -> Diary:
    """Return the diary of a file; raise `SettingsError` if it is none of ours."""
    try:
        return _EXPORT.validate_python(json.loads(text)).diary
    except json.JSONDecodeError as fault:
        raise SettingsError(f"line {fault.lineno} is not JSON ({fault.msg}): export it again") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise SettingsError(f"{place} is no part of an export ({first['msg']}): export it again") from fault


def schema() -> dict[str, Any]:
    """Return the JSON schema of an export."""
    return _EXPORT.json_schema()
