"""Barge-in: commands spoken over the assistant's own words, in simulated bedrooms.

It speaks its own instructions without a pause, into the room that its microphone hears. What passes ears,
recognizer and the check against its own words is what it would have acted on. Sound takes the time of its
frames, decoding that of this machine. ``python -m assistant.bench.barge`` prints the table, in about an hour.
"""

from __future__ import annotations

import argparse
import random
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import cycle, product, repeat
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.bench import Row, report, share
from assistant.bench.recordings import manifest
from assistant.bench.speech import UNRELATED, readings_of, speak
from assistant.config import Settings
from assistant.data import load_content, load_grammar
from assistant.dialogue.actions import Say
from assistant.dialogue.beats import beats
from assistant.runtime import parts
from assistant.runtime.ears import Ears, Heard
from assistant.runtime.mouth import Mouth
from assistant.runtime.work import at_once
from assistant.sound import files
from assistant.sound.echo import EchoCanceller
from assistant.sound.room import Bedroom, Room
from assistant.sound.segmenter import SpeechOnset
from assistant.understanding.echo import resembles
from assistant.values import FRAME, FRAME_SECONDS, RATE, Scope
from assistant.wordgraph import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
LOUD, NEAR = 12.0, 6.0
"""Decibels of echo over user at which it talks to itself, and at which others talk."""

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
REACTIONS = (
    ('"stop"', frozenset({"stop", "pause"}), 0.45),
    ('"I have a cramp"', frozenset({"cramp"}), 0.85),
    ("any command", frozenset(INTENTS), None),
)
"""What is timed, by intent, and the seconds that are allowed: to silence, and to the first instruction, one
frame and what the sound card takes come on top."""
SOFTEST = 0.02
"""Of the peak, at which a word begins and ends."""


class Accepted(NamedTuple):
    """Something it would have acted on."""

    at: float
    """Seconds of the assistant's clock, with the time that decoding took."""
    best: Hypothesis


class Moment(NamedTuple):
    """What happened in a frame. All sound has shape ``(512,)``."""

    microphone: Samples
    cleaned: Samples
    played: Samples
    onset: bool
    """Whether somebody was heard to begin."""
    accepted: list[Accepted]


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A command, and what became of it."""

    ended: float
    """Seconds of the assistant's clock."""
    right: bool
    """Heard, and as nothing else before."""
    wrong: bool
    after: float | None
    """Seconds from its end to the decision; None if it was not heard."""
    intent: str | None
    """What was understood."""


class Bedside:
    """The assistant at its words in a room, and somebody who may talk over them."""

    def __init__(self, settings: Settings, grammar: Grammar, recognizer: Recognizer) -> None:
        self.grammar = grammar
        self._recognizer = recognizer
        self._settings = settings
        content = load_content(settings.language, settings.locale)
        steps = (beat.step.say for routine in content.routines.values() for beat in beats(routine))
        self._lines = tuple(dict.fromkeys(steps))

    def talk(self, bedroom: Bedroom, seed: int, user: Iterable[Samples]) -> Iterator[Moment]:
        """Yield, for each frame of the user, what happened."""
        room, silence, taped = Room(bedroom, seed=seed), np.zeros(FRAME, np.int16), Taped()
        with closing(parts.synthesizer(self._settings)) as voice, at_once("") as work:
            ears = Ears(self._recognizer, self.grammar.graph, work, taped)
            mouth = Mouth(voice, work)
            ears.listen_for(SCOPE)
            lines, played, now = cycle(enumerate(self._lines, 1)), silence, 0.0
            for frame in user:
                while not mouth.busy:
                    number, text = next(lines)
                    mouth.say(Say(id=number, text=text, pause=0.1))
                now += FRAME_SECONDS
                microphone = room.frame(played, frame)
                started = perf_counter()
                heard = ears.frame(microphone, played, now)
                decided = now + perf_counter() - started
                for one in heard:
                    mouth.duck(not isinstance(one, Heard))
                onset = any(isinstance(one, SpeechOnset) for one in heard)
                accepted = [Accepted(decided, best) for best in _accepted(mouth, heard)]
                yield Moment(microphone, taped.cleaned, played, onset, accepted)
                played = mouth.frame(now)
                mouth.begun(), mouth.finished()


class Taped(EchoCanceller):
    """Keeps what came out last."""

    cleaned: Samples

    def process(self, microphone: Samples, loudspeaker: Samples) -> Samples:
        """Return what a canceller does."""
        self.cleaned = super().process(microphone, loudspeaker)
        return self.cleaned


def _accepted(mouth: Mouth, heard: Iterable[SpeechOnset | Heard]) -> Iterator[Hypothesis]:
    """Yield what it would act on."""
    for found in heard:
        if isinstance(found, Heard):
            window = mouth.spoken(found.started, found.ended)
            best = next((one for one in found.hypotheses if not resembles(one.words, window)), None)
            if best is not None and best.accepted:
                yield best


def commands(grammar: Grammar, number: int) -> Iterator[tuple[str, Samples]]:
    """Yield sentences of `INTENTS`, each intent in each voice as often as the others."""
    dice = random.Random(5)  # noqa: S311 - a sample, not a secret
    texts = {name: list(sentences(grammar.graph(SCOPE, name), 400)) for name in INTENTS}
    for _, (voice, intent) in zip(range(number), cycle(product(VOICES, INTENTS)), strict=False):
        text = dice.choice(texts[intent])
        yield text, as_loud(speak(text, voice))


def as_loud(speech: Samples) -> Samples:
    """Return speech at `PEAK`, without the silence around it: its end is the end of the word."""
    loudness = np.abs(speech.astype(float))
    sounding = np.flatnonzero(loudness > SOFTEST * loudness.max())
    return np.asarray(speech[sounding[0] : sounding[-1] + 1] * (PEAK / loudness.max()), np.int16)


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


def timeline(sounds: Iterable[Samples], seed: int) -> tuple[Samples, list[tuple[float, float]]]:
    """Return sounds one after the other with pauses, in whole frames, and the seconds of each in it."""
    dice = random.Random(seed)  # noqa: S311
    pieces: list[Samples] = [np.zeros(int(SETTLED / FRAME_SECONDS) * FRAME, np.int16)]
    spans: list[tuple[float, float]] = []
    length = len(pieces[0])
    for sound in sounds:
        pause = int(dice.uniform(*BETWEEN) * RATE)
        spans.append((length / RATE, (length + len(sound)) / RATE))
        pieces.append(np.pad(sound, (0, pause + -(len(sound) + pause) % FRAME)))
        length += len(pieces[-1])
    return np.concatenate(pieces), spans


def _spoken(intents: set[str], span: tuple[float, float], accepted: list[Accepted]) -> Spoken:
    start, end = span
    first = next((one for one in accepted if start < one.at <= end + LATE), None)
    right = first is not None and first.best.intent in intents
    return Spoken(
        ended=end,
        right=right,
        wrong=first is not None and not right,
        after=first.at - end if first and right else None,
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
    for what, intents, most in REACTIONS:
        took = sorted(one.after for one in spoken if one.after is not None and one.intent in intents)
        for name, place, bar in (("median", 0.5, None), ("90th percentile", 0.9, None), ("95th", 0.95, most)):
            yield _time(f"end of {what} to decision, {name}", took[int(place * len(took))], bar)


def _time(what: str, seconds: float, most: float | None) -> Row:
    bar = "" if most is None else f"<= {most * 1000:g} ms"
    return Row(what=what, figure=f"{seconds * 1000:.0f} ms", bar=bar, held=most is None or seconds <= most)


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


def barge_in(bedside: Bedside, chosen: argparse.Namespace) -> Iterator[Row]:
    """Yield the table."""
    talk = unrelated(chosen.audio)
    yield from heard(bedside, list(commands(bedside.grammar, chosen.commands)))
    yield from others(bedside, talk)
    yield from quiet(bedside, chosen.minutes)


def main() -> int:
    """Print the table; return 1 if a bar was missed."""
    flags = argparse.ArgumentParser(prog="python -m assistant.bench.barge", description="Measure barge-in.")
    flags.add_argument("--commands", type=int, default=COMMANDS, help="at each ratio of echo to user")
    flags.add_argument("--minutes", type=float, default=MINUTES, help="of its own words alone")
    flags.add_argument("--audio", type=Path, metavar="FOLDER", help="recorded talk with a manifest.tsv")
    chosen = flags.parse_args()
    settings = Settings()
    with closing(parts.recognizer(settings)) as recognizer:
        bedside = Bedside(settings, load_grammar(settings.language), recognizer)
        return 0 if report(barge_in(bedside, chosen)) else 1


if __name__ == "__main__":
    sys.exit(main())
