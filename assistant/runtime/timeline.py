"""The picture of a conversation: who spoke when, and what was understood."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

from assistant.values import RATE

mpl.use("Agg")
from matplotlib.figure import Figure  # after the backend is chosen

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from assistant.runtime.assistant import Line
    from assistant.values import Samples

_ROW_SECONDS = 60.0
"""Seconds in one row of the picture."""
_COLORS = {"assistant": "tab:blue", "person": "tab:orange", "note": "tab:red"}
_HEIGHTS = {"person": 1.3, "note": 1.8, "assistant": -1.3}
_WORDS_SHOWN = 34


def draw(heard: Samples, said: Samples, lines: list[Line], path: Path) -> None:
    """Write a PNG: one row a minute, the person's microphone above, the assistant's loudspeaker below.

    The times of the lines are seconds into the sound.
    """
    length = len(said) / RATE
    rows = max(1, int(np.ceil(length / _ROW_SECONDS)))
    figure = Figure(figsize=(16, 2.6 * rows), layout="constrained")
    for row, axes in enumerate(np.atleast_1d(figure.subplots(rows, 1))):
        _draw_row(axes, row * _ROW_SECONDS, heard, said)
        for index, line in enumerate(lines):
            if 0 <= line.at - row * _ROW_SECONDS < _ROW_SECONDS:
                _label(axes, index, line)
    figure.savefig(path, dpi=80)


def _draw_row(axes: Axes, start: float, heard: Samples, said: Samples) -> None:
    for sound, middle, who in ((heard, 0.55, "person"), (said, -0.55, "assistant")):
        part = sound[int(start * RATE) : int((start + _ROW_SECONDS) * RATE)]
        hop = RATE // 50
        frames = part[: len(part) // hop * hop].reshape(-1, hop)
        level = np.abs(frames.astype(float)).max(axis=1, initial=0) / 32768
        times = start + np.arange(len(level)) / 50
        axes.fill_between(times, middle - level / 2, middle + level / 2, color=_COLORS[who], lw=0)
    axes.set(xlim=(start, start + _ROW_SECONDS), ylim=(-2.2, 2.2), yticks=[0.55, -0.55])
    axes.set_yticklabels(["microphone", "loudspeaker"])
    axes.set_xlabel("seconds")


def _label(axes: Axes, index: int, line: Line) -> None:
    words = shorten(line.text, _WORDS_SHOWN, placeholder="…")
    height = _HEIGHTS[line.who] - (0.28 * (index % 3) if line.who == "assistant" else 0)
    axes.annotate(words, (line.at, height), fontsize=6.5, color=_COLORS[line.who])
    axes.axvline(line.at, color=_COLORS[line.who], lw=0.4, alpha=0.5)
