"""Barge-in: commands spoken over the assistant's own words, in simulated bedrooms.

Time is counted in frames, and that of decoding apart. ``python -m assistant.bench.barge`` prints
the table, in about an hour.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice, product, repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.bench import pages
from assistant.bench.bedside import INTENTS, ROOMS, SCOPE, VOICES, Bedside, as_loud, commands, timeline
from assistant.bench.pages import Row, Table, share
from assistant.bench.recordings import manifest
from assistant.bench.speech import UNRELATED, names, readings_of, speak
from assistant.config import Settings
from assistant.data import load_grammar
from assistant.runtime import parts
from assistant.sound import files
from assistant.values import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.bench.bedside import Accepted
    from assistant.sound.room import Bedroom
    from assistant.understanding.grammar import Grammar
    from assistant.values import Samples

TABLE = Table(page="sound.md", name="barge-in", command="python -m assistant.bench.barge")
MADE = f"in any words of the grammar, in the voices {names(VOICES)}"
PLACE = f"a third in each of {len(ROOMS)} simulated bedrooms; right is what was acted on within 1.5 s"
BARS = {0.0: 0.98, 6.0: 0.97, 12.0: 0.95, 18.0: 0.85}
"""Decibels of echo over user -> the part of the commands that should be heard."""
LOUD, NEAR = 12.0, 6.0
"""Decibels of echo over user at which it talks to itself, and at which others talk."""
LATE = 1.5
"""Seconds after its end within which a command counts as heard."""
COMMANDS, MINUTES = 300, 60.0
"""Commands at each ratio, and minutes of its own words alone: what the table in docs/sound.md is made of."""
REACTIONS = {
    '"stop" to decision': frozenset({"stop", "pause"}),
    '"I have a cramp" to decision': frozenset({"cramp"}),
    "any command to decision": frozenset(INTENTS),
}
"""What is timed, and its intents. It is silent, or speaks, one frame and the sound card's delay later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A command, and what became of it."""

    ended: float
    """Seconds of the assistant's clock."""
    right: bool
    """Heard, and as nothing else before."""
    wrong: bool
    after: float | None
    """Seconds from its end to the decision, without decoding; None if it was not heard."""
    took: float
    """Seconds that decoding it took."""
    intent: str | None
    """What was understood."""


def over_its_words(
    bedside: Bedside, bedroom: Bedroom, said: Sequence[tuple[str, Samples]], seed: int = 0
) -> list[Spoken]:
    """Speak commands over it in a room, and return what became of each."""
    sound, spans = timeline([sound for _, sound in said], seed)
    moments = bedside.talk(bedroom, seed, sound.reshape(-1, FRAME))
    accepted = [one for moment in moments for one in moment.accepted]
    graph = bedside.grammar.graph(SCOPE)
    return [
        _spoken({name for name, _ in readings_of(graph, text)}, span, accepted)
        for (text, _), span in zip(said, spans, strict=True)
    ]


def _spoken(intents: set[str], span: tuple[float, float], accepted: list[Accepted]) -> Spoken:
    start, end = span
    first = next((one for one in accepted if start < one.at <= end + LATE), None)
    right = first is not None and first.best.intent in intents
    return Spoken(
        ended=end,
        right=right,
        wrong=first is not None and not right,
        after=first.at - end if first and right else None,
        took=first.took if first else 0.0,
        intent=first.best.intent if first else None,
    )


def acted_on(bedside: Bedside, bedroom: Bedroom, user: Iterable[Samples], seed: int) -> list[Accepted]:
    """Return what it would have acted on, as it talked and nobody gave a command."""
    return [one for moment in bedside.talk(bedroom, seed, user) for one in moment.accepted]


def alone(bedside: Bedside, bedroom: Bedroom, minutes: float, seed: int = 0) -> list[Accepted]:
    """Let it talk with nobody there; return what it would have acted on."""
    silence = np.zeros(FRAME, np.int16)
    return acted_on(bedside, bedroom, repeat(silence, int(minutes * 60 / FRAME_SECONDS)), seed)


# --- the table ----------------------------------------------------------------------------------------------


def heard(bedside: Bedside, said: Sequence[tuple[str, Samples]]) -> Iterator[Row]:
    """Yield how many commands are heard at each ratio, a third of them in each room, and how soon."""
    spoken: list[Spoken] = []
    for ratio, least in BARS.items():
        cell = [
            one
            for seed, room in enumerate(ROOMS)
            for one in over_its_words(
                bedside, replace(room, echo_over_user=ratio), said[seed :: len(ROOMS)], seed
            )
        ]
        yield share(f"over its words, echo {ratio:+g} dB: right", [one.right for one in cell], least=least)
        yield share(f"over its words, echo {ratio:+g} dB: wrong", [one.wrong for one in cell])
        spoken += cell
    for what, intents in REACTIONS.items():
        yield _times(
            f"end of {what}", [one.after for one in spoken if one.after is not None and one.intent in intents]
        )
    yield _times("decoding what was accepted", [one.took for one in spoken if one.took])


def _times(what: str, seconds: list[float]) -> Row:
    """Return a row with median and 90th and 95th percentile, in milliseconds."""
    cuts = statistics.quantiles((1000 * one for one in seconds), n=20)
    return Row(what=f"{what}: 50, 90, 95 %", figure=f"{cuts[9]:.0f}, {cuts[17]:.0f}, {cuts[18]:.0f} ms")


def quiet(bedside: Bedside, minutes: float) -> Iterator[Row]:
    """Yield how often it acts on its own words, a third of the time in each room."""
    each = minutes / len(ROOMS)
    for seed, room in enumerate(ROOMS):
        found = alone(bedside, replace(room, echo_over_user=LOUD), each, seed)
        what = f"its own words, {each:g} min in room {seed + 1}: acted on"
        yield Row(what=what, figure=str(len(found)), bar="<= 0", held=not found)


def others(bedside: Bedside, talk: Sequence[Samples]) -> Iterator[Row]:
    """Yield how often it acts on talk that is not meant for it, a third of it in each room."""
    hours, found = 0.0, []
    for seed, room in enumerate(ROOMS):
        sound, _ = timeline(talk[seed :: len(ROOMS)], seed)
        hours += len(sound) / RATE / 3600
        bedroom = replace(room, echo_over_user=NEAR)
        found += acted_on(bedside, bedroom, sound.reshape(-1, FRAME), seed)
    figure = f"{len(found)} in {hours:.2f} h"
    yield Row(
        what="talk over its words: acted on", figure=figure, bar="<= 2 an hour", held=len(found) <= 2 * hours
    )


def unrelated(folder: Path | None) -> list[Samples]:
    """Return talk of a folder with a ``manifest.tsv``, or else sentences that are none of ours."""
    if folder is None:
        return [as_loud(speak(text, voice)) for text, voice in product(UNRELATED, VOICES)]
    return [as_loud(files.read(folder / row["path"])) for row in manifest(folder)["speech_negative"]]


def recorded(grammar: Grammar, folder: Path) -> Iterator[tuple[str, Samples]]:
    """Yield the commands of a folder with a ``manifest.tsv`` that are meant to work over its words."""
    graph = grammar.graph(SCOPE)
    for row in manifest(folder)["command"]:
        text = row["label"].lower()
        if any(intent in INTENTS for intent, _ in readings_of(graph, text)):
            yield text, as_loud(files.read(folder / row["path"]))


def barge_in(bedside: Bedside, chosen: argparse.Namespace) -> Iterator[Row]:
    """Yield the table."""
    talk, grammar = unrelated(chosen.audio), bedside.grammar
    said = recorded(grammar, chosen.people) if chosen.people else commands(grammar, chosen.commands)
    yield from heard(bedside, list(islice(said, chosen.commands)))
    yield from others(bedside, talk)
    yield from quiet(bedside, chosen.minutes)


def main() -> int:
    """Print the table; return 1 if a bar was missed."""
    flags = argparse.ArgumentParser(prog="python -m assistant.bench.barge", description="Measure barge-in.")
    flags.add_argument("--commands", type=int, default=COMMANDS, help="at each ratio of echo to user")
    flags.add_argument("--minutes", type=float, default=MINUTES, help="of its own words alone")
    flags.add_argument("--people", type=Path, metavar="FOLDER", help="recorded commands with a manifest.tsv")
    flags.add_argument("--audio", type=Path, metavar="FOLDER", help="recorded talk with a manifest.tsv")
    pages.add_docs(flags)
    chosen = flags.parse_args()
    settings = Settings()
    said = "as recorded" if chosen.people else MADE
    about = f"{len(INTENTS)} intents {said}, {PLACE}"
    with closing(parts.recognizer(settings)) as recognizer:
        bedside = Bedside(settings, load_grammar(settings.language), recognizer)
        return 0 if pages.report(TABLE, barge_in(bedside, chosen), about, chosen.docs) else 1


if __name__ == "__main__":
    sys.exit(pages.run(main))
