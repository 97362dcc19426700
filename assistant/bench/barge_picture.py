"""The picture of a barge-in: how its own voice is taken out, and one "stop" over its words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from assistant.bench.bedside import ROOMS, VOICES, as_loud, timeline
from assistant.bench.speech import speak
from assistant.errors import InstallError
from assistant.values import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from assistant.bench.bedside import Bedside, Moment

    Levels: TypeAlias = "NDArray[np.float64]"

ECHO = 6.0
"""Decibels by which the echo is louder than the person."""
LEARNING = 20.0
"""Seconds of its own words over which the echo is looked at."""
STEP = 0.5
"""Seconds over which the echo is averaged."""
WORD = "stop"
SEED = 2
"""Of the pause before it: it falls into the middle of a sentence."""
BEFORE, AFTER = 0.7, 1.5
"""Seconds shown around the word."""
HOP = RATE // 100
"""Samples of one point of a waveform."""


def enhancement(moments: list[Moment]) -> Levels:
    """Return the echo taken out while nobody else speaks, in decibels, every `STEP` seconds; at least 0."""
    count = round(STEP / FRAME_SECONDS)
    whole = moments[: len(moments) // count * count]
    microphone, cleaned = (
        np.square(np.stack(sound).astype(float)).reshape(-1, count * FRAME).mean(axis=1) + 1
        for sound in ([one.microphone for one in whole], [one.cleaned for one in whole])
    )
    return np.asarray(10 * np.log10(np.maximum(microphone / cleaned, 1)))


def draw(bedside: Bedside, path: Path) -> None:
    """Write a picture of rooms and one word, SVG or PNG by the name. Raises what `plot` does."""
    silence = np.zeros((round(LEARNING / FRAME_SECONDS), FRAME), np.int16)
    learned = {}
    for seed, room in enumerate(ROOMS):
        label = f"reverberation {room.reverberation:g} s, clocks {room.drift:g} ppm apart"
        moments = list(bedside.talk(replace(room, echo_over_user=ECHO), seed, silence))
        learned[label] = enhancement(moments)
    sound, [*_, span] = timeline([silence[0], as_loud(speak(WORD, VOICES[0]))], SEED)
    moments = list(bedside.talk(replace(ROOMS[0], echo_over_user=ECHO), 0, sound.reshape(-1, FRAME)))
    plot(learned, moments, span, path)


def plot(learned: dict[str, Levels], moments: list[Moment], span: tuple[float, float], path: Path) -> None:
    """Draw the echo taken out, and what happened around a word that lasted so (seconds).

    Raises `InstallError` without matplotlib.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ModuleNotFoundError as fault:
        raise InstallError("pictures need matplotlib: pip install 'cramp-assistant[pictures]'") from fault

    figure = Figure(figsize=(9, 8), layout="constrained")
    above, *rows = figure.subplots(4, 1, height_ratios=(2, 1, 1, 1))
    _draw_learning(above, learned)
    _draw_word(rows, moments, *span)
    mpl.rcParams["svg.hashsalt"] = "barge"
    figure.savefig(path, dpi=70, metadata={"Date": None} if path.suffix == ".svg" else None)


def _draw_learning(axes: Axes, learned: dict[str, Levels]) -> None:
    for label, taken in learned.items():
        axes.plot(np.arange(len(taken)) * STEP + STEP / 2, taken, label=label)
    axes.set(xlabel="seconds of its own words", ylabel="echo taken out, dB", xlim=(0, LEARNING))
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)


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
