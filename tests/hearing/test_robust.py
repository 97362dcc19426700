"""The embedded recognizer on sound that is no speech, too long, too short, broken; and on a lot of it."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.bench import heard, speak
from assistant.bench.endurance import endure
from assistant.data import load_grammar
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.sound import files
from assistant.understanding.intent_files import any_graph, read_intents
from assistant.values import RATE, Scope, Utterance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.values import Hypothesis, Samples

pytestmark = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("flite")), reason="needs the commands espeak-ng and flite"
)

GRAMMAR = load_grammar()
IDLE = GRAMMAR.graph(Scope(name="idle"))
SLT = ("flite", "slt")


@pytest.fixture(scope="module")
def recognizer() -> Iterator[MoonshineRecognizer]:
    made = MoonshineRecognizer()
    yield made
    made.close()


def best(recognizer: MoonshineRecognizer, samples: Samples) -> Hypothesis | None:
    found = recognizer.recognize(Utterance(samples=samples, started=0.0), IDLE)
    return next((one for one in found if one.accepted), None)


def command(text: str = "i have a cramp") -> Samples:
    return heard(speak(text, SLT), None, np.random.default_rng(0))


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    length=st.integers(0, RATE),
    loudness=st.integers(0, 32767),
    seed=st.integers(0, 99),
    offset=st.integers(0, 9000),
)
def test_random_sound_is_no_fault_and_no_command(
    recognizer: MoonshineRecognizer, length: int, loudness: int, seed: int, offset: int
) -> None:
    """Any length, loudness and offset of noise: neither an exception nor a command."""
    noise = np.random.default_rng(seed).standard_normal(length) * loudness + offset
    assert best(recognizer, noise.clip(-32768, 32767).astype(np.int16)) is None


@pytest.mark.parametrize("spoil", ["clipped", "offset", "quiet", "inverted"])
def test_spoiled_speech_is_still_understood(recognizer: MoonshineRecognizer, spoil: str) -> None:
    """Clipping, an offset, next to no level and the wrong sign do not hide "I have a cramp"."""
    speech = command().astype(np.float64)
    spoiled = {"clipped": speech * 8, "offset": speech + 12_000, "quiet": speech / 60, "inverted": -speech}
    found = best(recognizer, spoiled[spoil].clip(-32768, 32767).astype(np.int16))
    assert found is not None
    assert found.intent == "cramp"


def test_of_a_minute_the_end_counts(recognizer: MoonshineRecognizer) -> None:
    """A minute before the command changes neither what is found nor, by much, the time it takes."""
    speech = command()
    started = time.perf_counter()
    found = best(recognizer, np.concatenate([np.zeros(60 * RATE, np.int16), speech]))
    assert time.perf_counter() - started < 8
    assert found is not None
    assert found.intent == "cramp"


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_recordings_of_other_rates_are_understood(
    recognizer: MoonshineRecognizer, tmp_path: Path, rate: int
) -> None:
    """A recording is resampled when it is read."""
    path = tmp_path / "cramp.wav"
    soundfile.write(path, soxr.resample(command() / 32768, RATE, rate), rate)
    found = best(recognizer, files.read(path))
    assert found is not None
    assert found.intent == "cramp"


def test_what_is_no_number_in_a_recording_is_silence(recognizer: MoonshineRecognizer, tmp_path: Path) -> None:
    """A recording of floats may hold NaN and infinities: they are cleaned where it is read."""
    sound = np.pad(command() / 32768, RATE // 4).astype(np.float32)
    sound[100:200], sound[300], sound[-50] = np.nan, np.inf, -np.inf
    path = tmp_path / "nan.wav"
    soundfile.write(path, sound, RATE, subtype="FLOAT")
    samples = files.read(path)
    assert samples.dtype == np.int16
    assert best(recognizer, samples) is not None


def test_dozens_of_utterances_leave_no_memory_behind() -> None:
    """In noise of every level and length, in all scopes in turn. The bench does it with two thousand."""
    memory = endure(28, warm=14)
    assert memory.grown < 20
    assert memory.most < 280
    assert memory.last <= memory.most


def test_a_grammar_of_thousands_of_values_is_searched_like_a_small_one(
    recognizer: MoonshineRecognizer,
) -> None:
    """One of 4,000 streets is found among 10 to the 7 sentences, and the search visits few of them."""
    letters = "bdfgklmnprst"
    streets = [f"{a}a{b}e{c}o street" for a in letters for b in letters for c in letters] + [
        "cherry tree lane"
    ]
    intents = {"go": {"data": [{"sentences": ["(take me|drive) to {number} {street} [via {street:via}]"]}]}}
    lists = {"street": {"values": streets}, "number": {"range": {"from": 1, "to": 40}}}
    graph = any_graph(read_intents([("go", {"language": "en", "intents": intents, "lists": lists})]), {})
    samples = command("drive to twenty one cherry tree lane")
    found = recognizer.recognize(Utterance(samples=samples, started=0.0), graph)
    assert dict(found[0].slots) == {"number": "21", "street": '"cherry tree lane"'}
    assert recognizer.spelled(graph).size < 3000
