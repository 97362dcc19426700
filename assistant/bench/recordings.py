"""Recordings of a folder, as ``cramp-assistant bench --audio`` takes them."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import SettingsError
from assistant.sound.segmenter import Segmenter
from assistant.values import FRAME, RATE, Utterance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.values import Samples


def manifest(folder: Path) -> dict[str, list[dict[str, str]]]:
    path = folder / "manifest.tsv"
    try:
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except OSError as fault:
        raise SettingsError(f"{str(path)!r} cannot be read ({fault}): name a folder that has one") from fault
    by_kind: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    by_kind.pop("rir", None)
    return by_kind


def segments(samples: Samples) -> Iterator[Samples]:
    """Yield the utterances of a recording, cut as the microphone's sound is."""
    segmenter = Segmenter()
    quiet = np.zeros(RATE, dtype=np.int16)
    sound = np.concatenate([samples, quiet])
    for start in range(0, len(sound) - FRAME + 1, FRAME):
        for happened in segmenter.push(sound[start : start + FRAME]):
            if isinstance(happened, Utterance):
                yield happened.samples
