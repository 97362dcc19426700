"""Barge-in: commands spoken over the assistant's own words, in simulated bedrooms.

It speaks its own instructions without a pause, into the room that its microphone hears. What passes ears,
recognizer and the check against its own words is what it would have acted on. Time is counted in frames:
that of decoding is not in it. ``python -m assistant.bench.barge`` prints the table, in about half an hour.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.bench import Row, report, share
from assistant.bench.speech import readings_of, speak
from assistant.config import Settings
from assistant.data import load_content, load_grammar
from assistant.dialogue.actions import Say
from assistant.dialogue.beats import beats
from assistant.runtime import parts
from assistant.runtime.ears import Ears, Heard
from assistant.runtime.mouth import Mouth
from assistant.runtime.work import at_once
from assistant.sound.room import Bedroom, Room
from assistant.understanding.echo import resembles
from assistant.values import FRAME, FRAME_SECONDS, Scope
from assistant.wordgraph import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.hearing import Recognizer
    from assistant.understanding.grammar import Grammar
    from assistant.values import Hypothesis, Samples

VOICES = (("flite", "slt"), ("flite", "awb"), ("espeak-ng", "en-gb"), ("espeak-ng", "en-gb-x-rp"))
"""None of them is the assistant's."""

ROOMS = (
    Bedroom(reverberation=0.2, user_distance=0.5, loudspeaker_distance=0.1, delay=0.02, drift=5.0),
    Bedroom(reverberation=0.3, user_distance=0.8, loudspeaker_distance=0.15, delay=0.08, drift=10.0),
    Bedroom(reverberation=0.4, user_distance=1.2, loudspeaker_distance=0.2, delay=0.145, drift=20.0),
)
"""Bedside tables of three houses."""

BARS = {0.0: 0.98, 6.0: 0.97, 12.0: 0.95, 18.0: 0.85}
"""Decibels of echo over user -> the part of the commands that should be heard."""
LOUD = 12.0
"""Decibels of echo over user at which it talks to itself."""

INTENTS = ("stop", "pause", "cramp", "help", "repeat", "louder", "quieter", "next")
"""That work over its words."""

SCOPE = Scope(name="guiding")
SETTLED = 6.0
"""Seconds of its own words before the first command, for the canceller to learn the room."""
BETWEEN = (1.5, 3.5)
"""Seconds from the end of one command to the next."""
LATE = 1.5
"""Seconds after its end within which a command counts as heard."""
COMMANDS, MINUTES = 300, 60.0
"""Commands at each ratio, and minutes of its own words alone: what the table in docs/sound.md is made of."""
PEAK = 20_000
"""Of the user, of 32,768."""


class Accepted(NamedTuple):
    """Something it would have acted on."""

    at: float
    best: Hypothesis


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A command, and what became of it."""

    ended: float
    """Seconds of the assistant's clock."""
    right: bool
    """Heard, and as nothing else before."""
    wrong: bool
    after: float | None
    """Seconds from its end to the decision, without that of decoding; None if it was not heard."""


class Bedside:
    """The assistant at its words in a room, and somebody who may talk over them."""

    def __init__(self, settings: Settings, grammar: Grammar, recognizer: Recognizer) -> None:
        self.grammar = grammar
        self._recognizer = recognizer
        self._settings = settings
        content = load_content(settings.language, settings.locale)
        steps = (beat.step.say for routine in content.routines.values() for beat in beats(routine))
        self._lines = tuple(dict.fromkeys(steps))

    def talk(self, bedroom: Bedroom, seed: int, user: Iterator[Samples]) -> Iterator[list[Accepted]]:
        """Yield, for each frame of the user, what it would have acted on."""
        room, silence = Room(bedroom, seed=seed), np.zeros(FRAME, np.int16)
        with closing(parts.synthesizer(self._settings)) as voice, at_once("") as work:
            ears = Ears(self._recognizer, self.grammar.graph, work)
            mouth = Mouth(voice, work)
            ears.listen_for(SCOPE)
            lines, played, now = cycle(enumerate(self._lines, 1)), silence, 0.0
            for frame in user:
                while not mouth.busy:
                    number, text = next(lines)
                    mouth.say(Say(id=number, text=text, pause=0.1))
                now += FRAME_SECONDS
                yield list(_accepted(ears, mouth, room.frame(played, frame), played, now))
                played = mouth.frame(now)
                mouth.begun(), mouth.finished()


def _accepted(
    ears: Ears, mouth: Mouth, microphone: Samples, played: Samples, now: float
) -> Iterator[Accepted]:
    for found in ears.frame(microphone, played, now):
        mouth.duck(not isinstance(found, Heard))
        if not isinstance(found, Heard):
            continue
        window = mouth.spoken(found.started, found.ended)
        best = next((one for one in found.hypotheses if not resembles(one.words, window)), None)
        if best is not None and best.accepted:
            yield Accepted(now, best)


def commands(grammar: Grammar, number: int) -> Iterator[tuple[str, Samples]]:
    """Yield sentences of `INTENTS`, each intent as often as the others, in the voices in turn."""
    dice = random.Random(5)  # noqa: S311 - a sample, not a secret
    texts = {name: list(sentences(grammar.graph(SCOPE, name), 400)) for name in INTENTS}
    for count, voice in zip(range(number), cycle(VOICES), strict=False):
        text = dice.choice(texts[INTENTS[count % len(INTENTS)]])
        sound = speak(text, voice).astype(float)
        yield text, np.asarray(sound * PEAK / np.abs(sound).max(), np.int16)


def over_its_words(bedside: Bedside, bedroom: Bedroom, number: int, seed: int = 0) -> list[Spoken]:
    """Speak so many commands over it in a room, and return what became of each."""
    said = list(commands(bedside.grammar, number))
    dice = random.Random(seed)  # noqa: S311
    timeline: list[Samples] = [np.zeros(int(SETTLED / FRAME_SECONDS) * FRAME, np.int16)]
    spans: list[tuple[float, float]] = []
    for _, sound in said:
        start = sum(map(len, timeline)) // FRAME * FRAME_SECONDS
        pause = int(dice.uniform(*BETWEEN) / FRAME_SECONDS) * FRAME
        whole = np.concatenate([sound, np.zeros(-len(sound) % FRAME, np.int16)])
        timeline += [whole, np.zeros(pause, np.int16)]
        spans.append((start, start + len(sound) / FRAME * FRAME_SECONDS))
    frames = iter(np.concatenate(timeline).reshape(-1, FRAME))
    accepted = [one for found in bedside.talk(bedroom, seed, frames) for one in found]
    graph = bedside.grammar.graph(SCOPE)
    return [
        _spoken({name for name, _ in readings_of(graph, text)}, span, accepted)
        for (text, _), span in zip(said, spans, strict=True)
    ]


def _spoken(intents: set[str], span: tuple[float, float], accepted: list[Accepted]) -> Spoken:
    start, end = span
    first = next((one for one in accepted if start < one.at <= end + LATE), None)
    right = first is not None and first.best.intent in intents
    after = first.at - end if first and right else None
    return Spoken(ended=end, right=right, wrong=first is not None and not right, after=after)


def alone(bedside: Bedside, bedroom: Bedroom, minutes: float, seed: int = 0) -> list[Accepted]:
    """Let it talk with nobody there; return what it would have acted on."""
    silence = np.zeros(FRAME, np.int16)
    frames = (silence for _ in range(int(minutes * 60 / FRAME_SECONDS)))
    return [one for found in bedside.talk(bedroom, seed, frames) for one in found]


# --- the table ----------------------------------------------------------------------------------------------


def barge_in(bedside: Bedside, number: int, minutes: float) -> Iterator[Row]:
    """Yield the table, from so many commands at each ratio and minutes of its own words."""
    each = -(-number // len(ROOMS))
    after: list[float] = []
    for ratio, least in BARS.items():
        rooms = (replace(room, echo_over_user=ratio) for room in ROOMS)
        spoken = [one for seed, room in enumerate(rooms) for one in over_its_words(bedside, room, each, seed)]
        after += [one.after for one in spoken if one.after is not None]
        yield share(f"over its words, echo {ratio:+g} dB: right", [one.right for one in spoken], least=least)
        yield share(f"over its words, echo {ratio:+g} dB: wrong", [one.wrong for one in spoken])
    took = statistics.quantiles(after, n=20)
    yield Row(what="end of sound to decision, median", figure=f"{statistics.median(after) * 1000:.0f} ms")
    yield Row(what="end of sound to decision, 95th percentile", figure=f"{took[-1] * 1000:.0f} ms")
    for seed, room in enumerate(ROOMS):
        found = alone(bedside, replace(room, echo_over_user=LOUD), minutes / len(ROOMS), seed)
        what = f"its own words, {minutes / len(ROOMS):g} min in room {seed + 1}: acted on"
        yield Row(what=what, figure=str(len(found)), bar="<= 0", held=not found)


def main() -> int:
    """Print the table; return 1 if a bar was missed."""
    flags = argparse.ArgumentParser(prog="python -m assistant.bench.barge", description="Measure barge-in.")
    flags.add_argument("--commands", type=int, default=COMMANDS, help="at each ratio of echo to user")
    flags.add_argument("--minutes", type=float, default=MINUTES, help="of its own words alone")
    chosen = flags.parse_args()
    settings = Settings()
    with closing(parts.recognizer(settings)) as recognizer:
        bedside = Bedside(settings, load_grammar(settings.language), recognizer)
        return 0 if report(barge_in(bedside, chosen.commands, chosen.minutes)) else 1


if __name__ == "__main__":
    sys.exit(main())
