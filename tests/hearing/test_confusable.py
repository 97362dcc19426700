"""Words that sound alike, one by one, in the scopes where the one would be dangerous for the other."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.bench.speech import heard, speak
from assistant.data import load_grammar
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.values import Scope, Utterance

GRAMMAR = load_grammar("en")
VOICES = (("flite", "slt"), ("flite", "awb"))
NOT_A_NUMBER = {"fifteen", "fifty", "thirteen", "thirty", "eleven", "again", "wait"}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

PAIRS = [
    *(("pain", word, {"pain"}, {str(number)}) for number, word in enumerate(NUMBERS)),
    *(("pain", word, {"pain"}, set()) for word in sorted(NOT_A_NUMBER)),
    ("yes_no", "numb", {"no", "weak_no"}, set()),
    ("yes_no", "none", {"no", "weak_no", "yes"}, set()),
    ("yes_no", "i do", {"no", "weak_no"}, set()),
    ("yes_no", "i don't", {"yes", "weak_yes"}, set()),
    ("yes_no", "yes it is", {"no", "weak_no"}, set()),
    ("yes_no", "no it isn't", {"yes", "weak_yes"}, set()),
    ("off", "it's not off", {"off"}, set()),
    ("off", "not yet", {"off"}, set()),
    ("guiding", "i felt a pop", {"stop"}, set()),
    ("guiding", "pop", {"stop"}, set()),
    ("guiding", "hold", {"help"}, set()),
    ("guiding", "heel", {"help"}, set()),
    ("guiding", "first", {"worse"}, set()),
    ("guiding", "the bowel is off", {"off"}, set()),
    ("guiding", "left", {"how_long", "other_leg"}, set()),
    ("guiding", "i can't breathe", {"better", "next", "stop"}, set()),
    ("guiding", "it's not better", {"better"}, set()),
]
"""Scope, what is said, the intents that it must not be taken for, the values that are right for them."""


@pytest.fixture(scope="module")
def recognizer():
    made = MoonshineRecognizer()
    yield made
    made.close()


@pytest.mark.parametrize(("scope", "words", "dangers", "right"), PAIRS, ids=[f"{p[0]}-{p[1]}" for p in PAIRS])
def test_what_sounds_alike_is_not_taken_for_the_dangerous_one(recognizer, scope, words, dangers, right):
    """In two voices: it is what was said, or asked again, or nothing."""
    graph = GRAMMAR.graph(Scope(name=scope))
    for voice in VOICES:
        sound = heard(speak(words, voice), None, np.random.default_rng(0))
        best = next(iter(recognizer.recognize(Utterance(samples=sound, started=0.0), graph)), None)
        if best is not None and best.accepted and best.intent in dangers:
            assert right & {value for _, value in best.slots}, (voice, best)
