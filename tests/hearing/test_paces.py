"""One sound at several paces: what is hard to understand at its own is often clear when it is drawn out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
import yaml
from hassil.intents import Intents

from assistant.bench import heard, speak
from assistant.bench.speech import in_room, readings_of
from assistant.data import load_grammar
from assistant.hearing.model import Model
from assistant.hearing.moonshine import MoonshineRecognizer, embedded_model
from assistant.hearing.paces import Paces, at_pace
from assistant.hearing.tokens import END, WORD, Tokens
from assistant.sound.room import Bedroom
from assistant.understanding.graph import word_graph
from assistant.values import RATE, Scope, Utterance

if TYPE_CHECKING:
    from assistant.hearing.beam import Decoder

ROWS = 2


def total(decoder: Decoder, tokens: tuple[int, ...]) -> float:
    """Return the score of a token sequence, as a search adds it up."""
    scores, found = decoder.first(), 0.0
    for token in tokens:
        found += float(scores[0, token])
        scores = decoder.next([0] * ROWS, [token] * ROWS)
    return found


@pytest.mark.parametrize("pace", [0.8, 0.9, 1.0, 1.2])
def test_a_pace_changes_the_length_and_the_pitch(pace: float) -> None:
    """A tone drawn out lasts longer and is lower by as much."""
    tone = np.sin(2 * np.pi * 400 * np.arange(RATE) / RATE).astype(np.float32)
    drawn = at_pace(tone, pace)
    assert len(drawn) == pytest.approx(RATE * pace, rel=0.01)
    spectrum = np.abs(np.fft.rfft(drawn))
    assert np.argmax(spectrum) * RATE / len(drawn) == pytest.approx(400 / pace, rel=0.01)


def test_a_sentence_is_as_likely_as_its_mean_over_the_paces() -> None:
    """However the paces take turns in fitting best, token by token."""
    model, tokens = Model(embedded_model()), Tokens.read(embedded_model() / "tokenizer.bin")
    sound = heard(speak("i can't breathe", ("espeak-ng", "en-us")), 10.0, np.random.default_rng(0)) / 32768
    sounds = [at_pace(sound.astype(np.float32), pace) for pace in (1.0, 1.2, 0.9)]
    with ThreadPoolExecutor(2) as workers:
        paces = Paces([model.listen(one) for one in sounds], model.hush(), 0.3, workers)
        for text in ("I can't breathe.", "It's better."):
            said = (*(tokens.spell(WORD + text.replace(" ", WORD)) or ()), END)
            each = [total(model.listen(one), said) for one in sounds]
            mean = np.logaddexp.reduce(each) - np.log(3)
            expected = mean - 0.3 * total(model.hush(), said)
            assert total(paces, said) == pytest.approx(expected, abs=0.01)


HARD = (
    "i can't breathe",
    "how long left",
    "carry on",
    "it's eased",
    "pause that",
    "my leg is numb",
    "the towel is off",
    "are we nearly done",
)
"""At its own pace four of these sixteen are taken for something else."""


def test_a_voice_that_is_hard_to_follow_is_understood_in_noise() -> None:
    """Two synthetic voices in a noisy kitchen: what was said comes first in all but two of sixteen."""
    graph, recognizer = load_grammar().graph(Scope(name="guiding")), MoonshineRecognizer()
    right = []
    for text, voice in product(HARD, ("en-us", "en-us+f4")):
        sound = heard(speak(text, ("espeak-ng", voice)), 10.0, np.random.default_rng(0))
        best, *_ = recognizer.recognize(Utterance(samples=sound, started=0.0), graph)
        right.append((best.intent, frozenset(best.slots)) in readings_of(graph, text))
    recognizer.close()
    assert sum(right) >= 14, right


def test_a_sentence_whose_first_word_is_unclear_is_found() -> None:
    """From across a reverberant room: five of six; a search that is narrow from the start finds two."""
    graph, recognizer = load_grammar().graph(Scope(name="guiding")), MoonshineRecognizer()
    bedroom, right = Bedroom(reverberation=0.4, user_distance=1.2), []
    voices = (("flite", "slt"), ("espeak-ng", "en-gb-x-rp"))
    for text, voice in product(("hold on a second", "phone my wife", "quieter please"), voices):
        sound = in_room(speak(text, voice), bedroom, np.random.default_rng(0))
        best, *_ = recognizer.recognize(Utterance(samples=sound, started=0.0), graph)
        right.append((best.intent, frozenset(best.slots)) in readings_of(graph, text))
    recognizer.close()
    assert sum(right) >= 5, right


DRINKS = """
language: en
intents:
  order:
    data:
      - sentences: ["(i'd like|bring me) [a] [{size}] [{kind}] {drink} [with <extra> [and <extra>]]"]
expansion_rules:
  extra: "[(a bit of|a lot of|some)] {extra}"
lists:
  size: {values: [small, medium, large, twelve ounce, sixteen ounce]}
  kind: {values: [weak, strong, double, light roast, dark roast]}
  drink: {values: [green tea, black tea, iced tea, mint tea, house tea, chamomile, americano, latte, coffee]}
  extra: {values: [milk, oat milk, soy milk, skim milk, cream, honey, sugar, brown sugar, lemon]}
"""
ORDERS = {
    "i'd like a large light roast americano with a bit of skim milk and a lot of brown sugar": (
        "flite",
        "awb",
    ),
    "bring me a small strong mint tea with some honey and a bit of lemon": ("flite", "slt"),
    "bring me a large double americano with a lot of soy milk and sugar": ("espeak-ng", "en-gb-x-rp"),
}


def test_one_wrong_word_in_a_long_sentence_does_not_pass() -> None:
    """In loud noise: a first search believes another drink each time, because all the other words fit."""
    graph = word_graph(Intents.from_dict(yaml.safe_load(DRINKS)), Scope(name="bar"))
    recognizer, right = MoonshineRecognizer(), []
    for text, voice in ORDERS.items():
        sound = heard(speak(text, voice), 5.0, np.random.default_rng(1))
        best, *_ = recognizer.recognize(Utterance(samples=sound, started=0.0), graph)
        right.append(best.words == text)
    recognizer.close()
    assert sum(right) >= 2, right
