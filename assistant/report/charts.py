"""The charts of the page: bars in shades of gray, the same figures as a table, drawn as plain SVG shapes.

They are shapes from a template and not from a plotting library, so that their words stay words, nothing heavy
is installed beside the bed, and ten years are drawn in no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTER = 4.4
"""Mean width of a letter of the charts' type, in units of the drawing."""
TYPE = 8
"""Size of that type; the drawing's unit is a typographic point when it is printed at its own width."""
GRAYS = ("#1a1a1a", "#8c8c8c", "#d4d4d4", "#ffffff")
"""Of the groups of a chart, from its most to its least important; they differ also when photocopied."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar and its row of the table."""

    label: str
    values: tuple[int, ...]
    """As many as the chart has groups."""
    tick: str = ""
    """What stands under it, where there is room; empty for nothing."""

    @property
    def total(self) -> int:
        return sum(self.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """What is drawn, and said in a table."""

    key: str
    title: str
    rows: str
    """What a bar stands for."""
    groups: tuple[str, ...]
    grays: tuple[str, ...]
    bars: tuple[Bar, ...]
    lying: bool = False
    """The bars grow from left to right."""
    width: int = 260
    height: int = 84
    """Of standing bars; a lying chart is as high as its bars are many."""

    @property
    def highest(self) -> int:
        return max((bar.total for bar in self.bars), default=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    gray: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A piece of text at its base line."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A chart as shapes; the origin is at the upper left."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[tuple[float, float, float, float], ...]
    """x1, y1, x2, y2 of grid lines."""
    words: tuple[Words, ...]


def draw(chart: Chart) -> Drawing:
    return _lying(chart) if chart.lying else _standing(chart)


LEGEND = 12
"""Height of the line that names the shades; a chart with one shade needs none."""
UNDER = 11
"""Room under them for what they stand for."""
GAP = 0.22
"""Part of a bar's room that stays empty."""


def _standing(chart: Chart) -> Drawing:
    top = LEGEND + TYPE if len(chart.groups) > 1 else TYPE + 2
    bottom = chart.height - UNDER
    left = len(str(_ceiling(chart.highest))) * LETTER + 6
    room = (chart.width - left) / max(len(chart.bars), 1)
    scale = (bottom - top) / _ceiling(chart.highest)
    boxes: list[Box] = []
    words = [*_legend(chart)]
    for index, bar in enumerate(chart.bars):
        x = left + room * (index + GAP / 2)
        y: float = bottom
        for gray, value in _shown(chart, bar):
            y -= value * scale
            boxes.append(Box(x=x, y=y, width=room * (1 - GAP), height=value * scale, gray=gray))
        center = x + room * (1 - GAP) / 2
        if bar.total and len(str(chart.highest)) * LETTER < room:
            words.append(Words(x=center, y=y - 2, text=str(bar.total), anchor="middle"))
        if bar.tick:
            words.append(Words(x=center, y=chart.height - 2, text=bar.tick, anchor="middle"))
    marks = sorted({0, _ceiling(chart.highest)})
    words += [Words(x=left - 3, y=bottom - mark * scale + 3, text=str(mark), anchor="end") for mark in marks]
    lines = tuple((left, bottom - mark * scale, chart.width, bottom - mark * scale) for mark in marks)
    shown = (*_keys(chart), *boxes)
    return Drawing(width=chart.width, height=chart.height, boxes=shown, lines=lines, words=tuple(words))


ROW = 12


def _lying(chart: Chart) -> Drawing:
    top = LEGEND if len(chart.groups) > 1 else 2
    left = max((len(bar.label) for bar in chart.bars), default=0) * LETTER + 6
    scale = (chart.width - left - (len(str(chart.highest)) + 1) * LETTER) / max(chart.highest, 1)
    boxes: list[Box] = []
    words = [*_legend(chart)]
    for index, bar in enumerate(chart.bars):
        y = top + ROW * index
        x = left
        words.append(Words(x=left - 4, y=y + ROW - 3, text=bar.label, anchor="end"))
        for gray, value in _shown(chart, bar):
            boxes.append(Box(x=x, y=y + 1.5, width=value * scale, height=ROW - 3, gray=gray))
            x += value * scale
        words.append(Words(x=x + 3, y=y + ROW - 3, text=str(bar.total)))
    height = top + ROW * len(chart.bars)
    lines = ((left, top, left, height),)
    shown = (*_keys(chart), *boxes)
    return Drawing(width=chart.width, height=height, boxes=shown, lines=lines, words=tuple(words))


def _shown(chart: Chart, bar: Bar) -> list[tuple[str, int]]:
    return [(gray, value) for gray, value in zip(chart.grays, bar.values, strict=True) if value]


def _ceiling(highest: int) -> int:
    """Return a round number that the highest bar does not pass."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if highest <= 5 * step:
            return max(step * ceil(highest / step), 1)
    return highest


def _places(chart: Chart) -> Iterator[tuple[float, str, str]]:
    """Yield where the keys of the shades stand, with the shade and its name."""
    x = 0.0
    for gray, name in zip(chart.grays, chart.groups, strict=True):
        yield x, gray, name
        x += 10 + len(name) * LETTER + 8


def _legend(chart: Chart) -> tuple[Words, ...]:
    if len(chart.groups) == 1:
        return ()
    return tuple(Words(x=x + 10, y=TYPE - 1, text=name) for x, _, name in _places(chart))


def _keys(chart: Chart) -> tuple[Box, ...]:
    if len(chart.groups) == 1:
        return ()
    return tuple(Box(x=x + 0.5, y=1, width=6.5, height=6.5, gray=gray) for x, gray, _ in _places(chart))


# What is counted


DAYS, WEEKS, MONTHS = 45, 400, 2000
"""Up to so many days a bar is a day, a week, a month; beyond it is a year. About 65 bars fit the page."""


def unit(days: int) -> str:
    """Return ``days``, ``weeks``, ``months`` or ``years``: what a bar of a range so long stands for."""
    steps = ((DAYS, "days"), (WEEKS, "weeks"), (MONTHS, "months"))
    return next((name for most, name in steps if days <= most), "years")


def start(day: date, unit: str, since: date) -> date:
    """Return the first day of the bar in which a day is counted; weeks begin with the range."""
    if unit == "days":
        return day
    if unit == "weeks":
        return since + timedelta(days=(day - since).days // 7 * 7)
    return day.replace(day=1) if unit == "months" else day.replace(day=1, month=1)


def starts(since: date, until: date, unit: str) -> tuple[date, ...]:
    """Return the first days of all bars of a range."""
    span = range((until - since).days + 1)
    return tuple(dict.fromkeys(start(since + timedelta(days=number), unit, since) for number in span))
