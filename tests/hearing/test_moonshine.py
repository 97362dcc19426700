"""The embedded recognizer on real sound: synthesized speech, noise, silence, broken recordings."""

from __future__ import annotations

import io
import shutil
import time
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hassil import Intents

from assistant.bench import heard, kitchen, speak
from assistant.data import load_grammar
from assistant.errors import EngineError, InstallError
from assistant.hearing.moonshine import FILES, MoonshineRecognizer, embedded_model
from assistant.understanding.graph import word_graph
from assistant.values import RATE, Hypothesis, Scope, Utterance, WordGraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.values import Samples

pytestmark = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("flite")), reason="needs the commands espeak-ng and flite"
)

SLT, RMS, KAL = ("flite", "slt"), ("flite", "rms"), ("flite", "kal16")
BRITISH, SCOTTISH = ("espeak-ng", "en-gb"), ("espeak-ng", "en-gb-scotland")

ORDER = """
language: en
intents:
  order:
    data:
      - sentences:
          - "(can i have|give me|i would like) a [{size}] [{roast}] [{shots}] {drink} [with [<amount>] {milk}]
             [and [<amount>] {sweet}] [please]"
expansion_rules: {amount: "(a bit of|lots of|some|no)"}
lists:
  size: {values: [small, medium, large, sixteen ounce]}
  roast: {values: [light roast, medium roast, dark roast]}
  shots: {values: [single shot, double shot, triple shot]}
  drink: {values: [latte, cappuccino, americano, mocha, espresso]}
  milk: {values: [milk, soy, skim milk, almond milk, cream]}
  sweet: {values: [sugar, honey, brown sugar]}
"""


@pytest.fixture(scope="module")
def recognizer() -> Iterator[MoonshineRecognizer]:
    made = MoonshineRecognizer()
    yield made
    made.close()


GRAMMAR = load_grammar()


def scope(name: str) -> WordGraph:
    return GRAMMAR.graph(Scope(name=name))


@cache
def said(text: str, voice: tuple[str, str] = SLT, ratio: float | None = None) -> Samples:
    return heard(speak(text, voice), ratio, np.random.default_rng(0))


def accepted(recognizer: MoonshineRecognizer, samples: Samples, graph: WordGraph) -> Hypothesis | None:
    found = recognizer.recognize(Utterance(samples=samples, started=0.0), graph)
    return next((one for one in found if one.accepted), None)


@pytest.mark.parametrize(
    ("name", "text", "voice", "intent"),
    [
        ("idle", "i have a cramp", SLT, "cramp"),
        ("guiding", "i've got a cramp in my left calf", BRITISH, "cramp"),
        ("guiding", "stop", SLT, "stop"),
        ("guiding", "say that again", RMS, "repeat"),
        ("guiding", "next step", SCOTTISH, "next"),
        ("idle", "call an ambulance", RMS, "emergency"),
        ("paused", "how much longer", KAL, "how_long"),
        ("yes_no", "yes please", SLT, "yes"),
        ("yes_no", "no thank you", BRITISH, "no"),
        ("yes_no", "i'm not sure", RMS, "unsure"),
        ("progress", "it's getting worse", SLT, "worse"),
        ("idle", "my leg is swollen", RMS, "symptom"),
    ],
)
def test_commands_are_understood(
    recognizer: MoonshineRecognizer, name: str, text: str, voice: tuple[str, str], intent: str
) -> None:
    """A dozen commands in five voices: the right intent is accepted."""
    found = accepted(recognizer, said(text, voice), scope(name))
    assert found is not None
    assert found.intent == intent


def test_slots_are_heard(recognizer: MoonshineRecognizer) -> None:
    """The muscle, the side and the number that were said are in the slots."""
    cramp = accepted(recognizer, said("i have a cramp in my left calf"), scope("idle"))
    pain = accepted(recognizer, said("it's about seven", RMS), scope("pain"))
    assert cramp is not None
    assert pain is not None
    assert dict(cramp.slots) == {"muscle": "calf", "side": "left"}
    assert dict(pain.slots) == {"score": "7"}


COMMANDS = ("i have a cramp", "how much longer", "call an ambulance", "say that again", "slow down")


def test_noise_of_a_kitchen_at_15_db(recognizer: MoonshineRecognizer) -> None:
    """Most commands are still right in noise, and none is taken for another."""
    heard_words = []
    for text in COMMANDS:
        found = accepted(recognizer, said(text, SLT, 15.0), scope("guiding"))
        heard_words += [found.words] if found else []
    assert len(heard_words) >= 3
    assert set(heard_words) <= set(COMMANDS)


@pytest.mark.parametrize("voice", [SLT, RMS, BRITISH])
@pytest.mark.parametrize(
    ("text", "intent"), [("yes", "yes"), ("no", "no"), ("i do", "yes"), ("i don't", "no")]
)
def test_yes_is_never_taken_for_no(
    recognizer: MoonshineRecognizer, text: str, intent: str, voice: tuple[str, str]
) -> None:
    """An answer is either right or not accepted, never its opposite, even in noise."""
    for ratio in (None, 15.0):
        found = accepted(recognizer, said(text, voice, ratio), scope("yes_no"))
        assert found is None or found.intent == intent


@pytest.mark.parametrize("name", ["idle", "yes_no", "pain"])
@pytest.mark.parametrize(
    "text",
    [
        "the weather is lovely today",
        "stop by the store on your way home",
        "put the milk back in the fridge",
        "he works in an office near the river",
        "did you remember to lock the back door",
    ],
)
def test_talk_about_something_else_is_rejected(recognizer: MoonshineRecognizer, text: str, name: str) -> None:
    """Sentences that are none of ours are not accepted, also when they begin like one."""
    assert accepted(recognizer, said(text, RMS), scope(name)) is None


@cache
def noises() -> dict[str, Samples]:
    dice = np.random.default_rng(3)
    seconds = np.arange(2 * RATE) / RATE
    sounds = {
        "hiss": dice.standard_normal(2 * RATE) * 0.1,
        "kitchen": kitchen(2 * RATE, dice) * 0.1,
        "tone": np.sin(2 * np.pi * 440 * seconds) * 0.5,
        "snore": kitchen(2 * RATE, dice) * 0.2 * np.maximum(0, np.sin(2 * np.pi * 0.5 * seconds)),
        "clicks": (np.arange(2 * RATE) % 4000 < 8) * 0.9,
        "clipped": np.sign(dice.standard_normal(2 * RATE)) * 1.0,
    }
    return {name: (sound.clip(-1, 1) * 32767).astype(np.int16) for name, sound in sounds.items()}


@pytest.mark.parametrize("name", noises())
def test_noise_is_no_command(recognizer: MoonshineRecognizer, name: str) -> None:
    """Nothing is accepted where nobody speaks."""
    for state in ("idle", "yes_no", "pain"):
        assert accepted(recognizer, noises()[name], scope(state)) is None


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0, np.int16), np.ones(1, np.int16), np.zeros(RATE, np.int16), np.full(RATE, 32767, np.int16)],
    ids=["empty", "one sample", "muted", "constant"],
)
def test_nothing_to_hear_is_no_hypothesis(recognizer: MoonshineRecognizer, samples: Samples) -> None:
    """Without sound the model is not even asked."""
    assert recognizer.recognize(Utterance(samples=samples, started=0.0), scope("idle")) == []


def test_a_minute_of_noise_and_speech_is_bounded(recognizer: MoonshineRecognizer) -> None:
    """Only the last seconds of a very long sound are decoded."""
    long = np.concatenate([noises()["hiss"]] * 29 + [said("i have a cramp")])
    started = time.perf_counter()
    accepted(recognizer, long, scope("idle"))
    assert time.perf_counter() - started < 8


@pytest.mark.parametrize("length", [2, 320, 3199, 3200, 3201, 4000])
def test_any_short_sound_is_taken(recognizer: MoonshineRecognizer, length: int) -> None:
    """A few samples of noise are no fault and no command."""
    samples = np.random.default_rng(length).integers(-32768, 32767, length, dtype=np.int16)
    assert accepted(recognizer, samples, scope("idle")) is None


def test_hypotheses_are_ranked_and_distinct(recognizer: MoonshineRecognizer) -> None:
    """Best first, one per intent and slots, at most the first accepted, confidences in [0, 1]."""
    found = recognizer.recognize(Utterance(samples=said("five"), started=0.0), scope("pain"))
    assert len(found) == len({(one.intent, one.slots) for one in found})
    assert all(0 <= one.confidence <= 1 for one in found)
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    assert not any(one.accepted for one in found[1:])


def test_a_grammar_of_many_thousand_sentences(recognizer: MoonshineRecognizer) -> None:
    """A long order is found among more than a hundred thousand without listing them, and soon."""
    graph = word_graph(Intents.from_yaml(io.StringIO(ORDER)), Scope(name="shop"))
    order = "can i have a large dark roast double shot latte with a bit of skim milk and lots of sugar"
    samples = said(order, RMS)
    found = accepted(recognizer, samples, graph)
    assert found is not None
    assert dict(found.slots) == {
        "size": "large",
        "roast": "dark roast",
        "shots": "double shot",
        "drink": "latte",
        "milk": "skim milk",
        "sweet": "sugar",
    }


def test_the_scope_decides_what_is_heard(recognizer: MoonshineRecognizer) -> None:
    """The same sound is an answer where one is awaited, and nothing elsewhere."""
    yes = said("yes please", RMS)
    assert accepted(recognizer, yes, scope("idle")) is None
    answer = accepted(recognizer, yes, scope("yes_no"))
    assert answer is not None
    assert answer.intent == "yes"


def test_a_scope_in_which_nothing_can_be_said(recognizer: MoonshineRecognizer) -> None:
    """An empty graph yields no hypothesis."""
    nothing = WordGraph("none", ((),), {})
    assert recognizer.recognize(Utterance(samples=said("stop"), started=0.0), nothing) == []


def test_the_same_sound_gives_the_same_answer(recognizer: MoonshineRecognizer) -> None:
    """Nothing is carried over from one utterance to the next."""
    samples = said("it's better", RMS, 20.0)
    first = recognizer.recognize(Utterance(samples=samples, started=0.0), scope("guiding"))
    recognizer.recognize(Utterance(samples=said("stop"), started=0.0), scope("idle"))
    # The second time, sentences need not be scored without sound again: exactly equal all the same.
    assert first == recognizer.recognize(Utterance(samples=samples, started=1.0), scope("guiding"))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_of_the_model_is_named(tmp_path: Path, name: str) -> None:
    """The message says which file is missing and how to get it."""
    for file in FILES:
        (tmp_path / file).symlink_to(embedded_model() / file)
    (tmp_path / name).unlink()
    with pytest.raises(InstallError, match=name) as fault:
        MoonshineRecognizer(tmp_path)
    assert "pip install" in str(fault.value)


def test_a_damaged_file_of_the_model_is_named(tmp_path: Path) -> None:
    """A file that is no model is refused when it is loaded."""
    for file in FILES:
        (tmp_path / file).symlink_to(embedded_model() / file)
    (tmp_path / FILES[0]).unlink()
    (tmp_path / FILES[0]).write_bytes(b"not a model")
    with pytest.raises(InstallError, match=FILES[0]):
        MoonshineRecognizer(tmp_path)


def test_closing_twice_is_harmless() -> None:
    """And frees the model."""
    made = MoonshineRecognizer()
    made.close()
    made.close()
    with pytest.raises(EngineError, match="closed"):
        made.recognize(Utterance(samples=np.zeros(RATE, np.int16), started=0.0), scope("idle"))
