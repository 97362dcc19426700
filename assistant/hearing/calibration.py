"""How sure a recognizer has to be: the weights and bars that were fitted to it, kept as data.

`judge.toml`, beside this file, has a table for each engine and says on what, when and by which script it was
fitted. ``tools/fit_judge.py`` writes it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from assistant.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = Path(__file__).with_name("judge.toml")

REMEDY = "install the assistant again, or write it with tools/fit_judge.py"

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """Of one engine: what its evidence weighs, and how much confidence is enough."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    fitted: str
    """The day, and by which script."""
    on: str
    """The sounds it was fitted on, and what they lack."""
    weights: dict[str, Weight]
    """Of the logistic function that is the confidence, by feature."""
    accepted: Share
    """Confidence from which on we act."""
    least_margin: Weight = 0.0
    """Natural log by which it has to be likelier than its rival; below, it may as well have been that."""
    bars: dict[str, Share] = field(default_factory=dict)
    """The same by intent, where it is another."""

    def confidence(self, features: Mapping[str, float]) -> float:
        """Return the probability, in [0, 1], that what has these features was said."""
        evidence = sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + exp(-max(-500.0, evidence)))

    def accepts(self, intent: str, confidence: float) -> bool:
        return confidence >= self.bars.get(intent, self.accepted)


def load(engine: str, features: frozenset[str], path: Path = FILE) -> Calibration:
    """Return the calibration of an engine that knows these features.

    Raises `InstallError`, naming the file and the fault, if it is missing, damaged, or made for others.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))[engine]
        found = TypeAdapter(Calibration).validate_python(table)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise InstallError(f"{str(path)!r} cannot be read ({fault}): {REMEDY}") from fault
    except KeyError as fault:
        raise InstallError(f"{str(path)!r} has no table {engine!r}: {REMEDY}") from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, (engine, *first["loc"])))
        raise InstallError(f"{where} in {str(path)!r} is wrong ({first['msg']}): {REMEDY}") from fault
    if found.weights.keys() != features:
        odd = ", ".join(sorted(found.weights.keys() ^ features))
        raise InstallError(f"{str(path)!r} weighs other evidence for {engine!r} ({odd}): {REMEDY}")
    return found
