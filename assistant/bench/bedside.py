"""The assistant at its words on a bedside table, and somebody who talks over them.

It speaks its own instructions without a pause, into the room that its microphone hears. What passes ears,
recognizer and the check against its own words is what it would have acted on.
"""

from __future__ import annotations

import random
from contextlib import closing
from itertools import cycle, product
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.bench.speech import speak
from assistant.data import load_content
from assistant.dialogue.actions import Say
from assistant.dialogue.beats import beats
from assistant.runtime import parts
from assistant.runtime.ears import Ears, Heard
from assistant.runtime.mouth import Mouth
from assistant.runtime.work import at_once
from assistant.sound.echo import EchoCanceller
from assistant.sound.room import Bedroom, Room
from assistant.sound.segmenter import SpeechOnset
from assistant.understanding.echo import not_ours
from assistant.values import FRAME, FRAME_SECONDS, RATE, Scope
from assistant.wordgraph import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assistant.config import Settings
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
INTENTS = ("stop", "pause", "cramp", "help", "repeat", "louder", "quieter", "next")
"""That work over its words."""

SCOPE = Scope(name="guiding")
SETTLED = 6.0
"""Seconds of its own words before the first command, for the canceller to learn the room."""
BETWEEN = (1.5, 3.5)
"""Seconds from the end of one command to the next."""
PEAK = 20_000
"""Of the user, of 32,768."""
SOFTEST = 0.02
"""Of the peak, at which a word begins and ends."""


class Accepted(NamedTuple):
    """Something it would have acted on."""

    at: float
    """Seconds of the assistant's clock, which stands still while it decodes."""
    took: float
    """Seconds of this machine from the last frame to the decision: nearly all of it decoding."""
    best: Hypothesis


class Moment(NamedTuple):
    """What happened in a frame. All sound has shape ``(512,)``."""

    microphone: Samples
    cleaned: Samples
    played: Samples
    onset: bool
    """Whether somebody was heard to begin."""
    accepted: list[Accepted]


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
                took = perf_counter() - started
                for one in heard:
                    mouth.duck(not isinstance(one, Heard))
                onset = any(isinstance(one, SpeechOnset) for one in heard)
                accepted = [Accepted(now, took, best) for best in _accepted(mouth, heard)]
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
            yield from (one for one in not_ours(found.hypotheses, window, found.likeness) if one.accepted)


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
