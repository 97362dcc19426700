"""Its own voice in the microphone: how much is taken out over time, and one "stop" over its words.

``python -m assistant.bench.echo`` prints the table, in about a minute; ``--docs FOLDER`` draws both, too.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import replace
from itertools import tee
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from assistant.bench import pages, pictures
from assistant.bench.bedside import ROOMS, VOICES, Bedside, as_loud, timeline
from assistant.bench.pages import Row, Table
from assistant.bench.speech import speak
from assistant.config import Settings
from assistant.data import load_grammar
from assistant.runtime import parts
from assistant.values import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from assistant.bench.bedside import Moment

    Levels: TypeAlias = "NDArray[np.float64]"

TABLE = Table(page="sound.md", name="echo", command="python -m assistant.bench.echo")
ABOUT = (
    f"decibels of its own voice taken out in the {len(ROOMS)} rooms of the barge-in table, from its first "
    "word ever on; the echo 6 dB louder than a person would be, and nobody there"
)
LEARNT, BARGE_IN = "erle.svg", "barge-in.png"
ECHO = 6.0
"""Decibels by which the echo is louder than the person."""
LEARNING = 30.0
"""Seconds of its own words over which the echo is looked at."""
STEP = 31
"""Frames over which it is averaged: a second."""
LISTED = 10
"""Seconds that the table lists one by one; after them the room is known."""
WORD = "stop"
SEED = 2
"""Of the pause before it: it falls into the middle of a sentence."""
BEFORE, AFTER = 0.7, 1.5
"""Seconds shown around the word."""
HOP = RATE // 100
"""Samples of one point of a waveform."""


def enhancement(moments: list[Moment]) -> Levels:
    """Return the echo taken out while nobody else speaks, in decibels, every `STEP` frames; at least 0."""
    whole = moments[: len(moments) // STEP * STEP]
    microphone, cleaned = (
        np.square(np.stack(sound).astype(float)).reshape(-1, STEP * FRAME).mean(axis=1) + 1
        for sound in ([one.microphone for one in whole], [one.cleaned for one in whole])
    )
    return np.asarray(10 * np.log10(np.maximum(microphone / cleaned, 1)))


def learned(bedside: Bedside) -> Iterator[tuple[str, Levels]]:
    """Yield, room by room, its name and the echo taken out from its first word ever on."""
    silence = np.zeros((round(LEARNING / FRAME_SECONDS), FRAME), np.int16)
    for seed, room in enumerate(ROOMS):
        moments = list(bedside.talk(replace(room, echo_over_user=ECHO), seed, silence))
        yield f"{room.reverberation:g} s, clocks {room.drift:g} ppm apart", enhancement(moments)


def rows(rooms: Iterable[tuple[str, Levels]]) -> Iterator[Row]:
    for room, taken in rooms:
        first = ", ".join(f"{level:.0f}" for level in taken[:LISTED])
        yield Row(what=f"{room}: seconds 1 to {LISTED}", figure=f"{first} dB")
        later = np.quantile(taken[LISTED:], (0.5, 0.1))
        yield Row(what=f"{room}: from then on, median, 10 %", figure="{:.0f}, {:.0f} dB".format(*later))


# --- pictures -----------------------------------------------------------------------------------------------


def draw_learning(rooms: dict[str, Levels], path: Path) -> None:
    """Draw the echo taken out over time. Raises what `pictures` does."""
    figure = pictures.figure(7, 3.5)
    axes = figure.subplots()
    for room, taken in rooms.items():
        axes.plot((np.arange(len(taken)) + 0.5) * STEP * FRAME_SECONDS, taken, label=room)
    axes.set(
        xlabel="seconds of its own words", ylabel="echo taken out, dB", xlim=(0, LEARNING), ylim=(0, None)
    )
    axes.legend(loc="lower right", title="reverberation")
    axes.grid(alpha=0.3)
    pictures.save(figure, path)


def barge_in(bedside: Bedside) -> tuple[list[Moment], tuple[float, float]]:
    """Say a word over its words; return what happened, and the seconds of the word."""
    sound, [*_, span] = timeline([np.zeros(FRAME, np.int16), as_loud(speak(WORD, VOICES[0]))], SEED)
    return list(bedside.talk(replace(ROOMS[0], echo_over_user=ECHO), 0, sound.reshape(-1, FRAME))), span


def draw_barge_in(moments: list[Moment], span: tuple[float, float], path: Path) -> None:
    """Draw what happened around a word that lasted so (seconds). Raises what `pictures` does."""
    figure = pictures.figure(9, 5)
    _draw_word(list(figure.subplots(3, 1)), moments, *span)
    pictures.save(figure, path)


def _draw_word(rows: list[Axes], moments: list[Moment], start: float, end: float) -> None:
    """Draw what is recorded, what is left of it and what is played, around one word over its words."""
    first = max(0, round((start - BEFORE) / FRAME_SECONDS))
    shown = moments[first : round((end + AFTER) / FRAME_SECONDS)]
    for axes, (name, frames) in zip(rows, _rows(shown).items(), strict=True):
        _draw_sound(axes, name, np.concatenate(frames), first * FRAME_SECONDS - start)
        axes.axvspan(0, end - start, color="tab:orange", alpha=0.2, lw=0)
        for at, text, color in _decisions(shown, first, start):
            axes.axvline(at, color=color, lw=1.2, label=text)
    rows[0].legend(loc="upper right", fontsize=8)
    rows[-1].set_xlabel(f'seconds from the beginning of "{WORD}" (shaded), the echo {ECHO:g} dB louder')


def _rows(moments: list[Moment]) -> dict[str, list[NDArray[np.int16]]]:
    return {
        "microphone": [one.microphone for one in moments],
        "cleaned": [one.cleaned for one in moments],
        "loudspeaker": [one.played for one in moments],
    }


def _draw_sound(axes: Axes, name: str, sound: NDArray[np.int16], start: float) -> None:
    points = sound[: len(sound) // HOP * HOP].reshape(-1, HOP).astype(float) / 32_768
    times = start + np.arange(len(points)) * HOP / RATE
    axes.fill_between(times, points.min(axis=1), points.max(axis=1), lw=0)
    axes.set(ylabel=name, xlim=(times[0], times[-1]))


def _decisions(moments: list[Moment], first: int, start: float) -> list[tuple[float, str, str]]:
    """Return when somebody was noticed and when it was decided, decoding apart: seconds, text and color."""
    found = []
    for count, moment in enumerate(moments, start=first + 1):
        if moment.onset:
            found.append((count * FRAME_SECONDS - start, "heard to begin: playback 15 dB down", "tab:green"))
        found += [(one.at - start, f'decided: "{one.best.words}"', "tab:red") for one in moment.accepted]
    return found


# --- command ------------------------------------------------------------------------------------------------


def main() -> int:
    """Print the table, and draw the pictures."""
    flags = argparse.ArgumentParser(prog=TABLE.command, description="Measure how its own voice is taken out.")
    pages.add_docs(flags)
    docs: Path | None = flags.parse_args().docs
    settings = Settings()
    with closing(parts.recognizer(settings)) as recognizer:
        bedside = Bedside(settings, load_grammar(settings.language), recognizer)
        listed, drawn = tee(learned(bedside))
        pages.report(TABLE, rows(listed), ABOUT, docs)
        if docs:
            draw_learning(dict(drawn), docs / LEARNT)
            draw_barge_in(*barge_in(bedside), docs / BARGE_IN)
    return 0


if __name__ == "__main__":
    sys.exit(pages.run(main))
