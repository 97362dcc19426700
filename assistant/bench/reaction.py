"""How soon the whole assistant reacts: the rows, and a picture of how the times are distributed."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

from assistant.bench import pictures
from assistant.bench.pages import Row, Table, below
from assistant.runtime import reaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = Table(page="sound.md", name="reaction", command="cramp-assistant bench")
ABOUT = (
    "the whole assistant in real time, without echo and sound card; the end of speech is that of the sound, "
    f"of the voice {reaction.PERSON.name} (espeak-ng)"
)
PICTURE = "reaction.svg"


class Reactions(NamedTuple):
    """The times of one kind."""

    what: str
    milliseconds: list[float]
    missed: int
    """Tries in which nothing happened."""
    most: float
    """Milliseconds that 95 % should not exceed."""


def reactions(measured: reaction.Reaction) -> list[Reactions]:
    kinds = (
        ("end of speech to decision", measured.decisions, measured.missed, 350),
        ("end of urgent speech to decision", measured.urgent, measured.unheard, 250),
        ("end of 'stop' to silence", measured.silences, measured.deaf, 500),
        ("end of 'I have a cramp' to what to do", measured.instructions, measured.unhelped, 900),
    )
    return [Reactions(what, [1000 * one for one in took], *rest) for what, took, *rest in kinds]


def rows(picture: Path | None = None) -> Iterator[Row]:
    """Measure for five minutes, in real time; draw the picture if a file is named."""
    kinds = reactions(reaction.measure())
    for what, took, missed, most in kinds:
        yield Row(what=f"{what}, median", figure=f"{statistics.median(took):.0f} ms")
        yield below(
            f"{what}, 95th percentile", statistics.quantiles(took, n=20, method="inclusive")[-1], most, "ms"
        )
        yield Row(what=f"{what}, longest", figure=f"{max(took):.0f} ms")
        yield Row(what=f"{what}: not understood", figure=f"{missed} of {missed + len(took)}")
    if picture:
        draw(kinds, picture)


def parts(kind: Reactions) -> list[float]:
    """Return the percent of all tries, also of those that were missed, that took as long as each or less."""
    number = len(kind.milliseconds)
    return [100 * (index + 1) / (number + kind.missed) for index in range(number)]


def draw(kinds: list[Reactions], path: Path) -> None:
    """Draw how many tries took so long or less. Raises what `pictures` does."""
    figure = pictures.figure()
    axes = figure.subplots()
    for kind in kinds:
        axes.step([0, *sorted(kind.milliseconds)], [0, *parts(kind)], where="post", label=kind.what)
    axes.set(xlabel="milliseconds", ylabel="of all tries, %", xlim=(0, None), ylim=(0, 105))
    axes.legend(loc="lower right", fontsize=8)
    axes.grid(alpha=0.3)
    pictures.save(figure, path)
