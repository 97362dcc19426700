"""The bench's reckoning: what a curve of recall over false accepts says, and what it is drawn from."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import soundfile

from assistant.bench.curve import Curve
from assistant.bench.speech import SCOPES, readings_of
from assistant.bench.trials import commands, recorded, talked
from assistant.data import load_grammar
from assistant.errors import SettingsError
from assistant.values import RATE, Scope

GRAMMAR = load_grammar("en")
CURVE = Curve(name="near", right=(0.9, 0.8, 0.4), of=4, wrong=(0.85, 0.5, 0.1), hours=2.0)


def test_recall_and_alarms_fall_with_the_bar():
    """Of four commands two are surer than 0.7; of two hours of talk one cut is."""
    assert CURVE.recall(0.7) == 0.5
    assert CURVE.alarms(0.7) == 0.5
    assert CURVE.recall(0.0) == 0.75, "one command was not ranked first at all"


@pytest.mark.parametrize(
    ("allowed", "recall"), [(0.0, 0.25), (0.4, 0.25), (0.5, 0.5), (1.0, 0.75), (9.0, 0.75)]
)
def test_recall_at_so_many_alarms(allowed, recall):
    """The bar is as low as the alarms that are allowed let it be, and no lower."""
    assert CURVE.at(allowed) == recall


def test_each_meaning_is_said_once_before_any_is_said_again():
    """Commands come from all scopes in turn, and mean something there."""
    found = list(islice(commands(GRAMMAR, 100), 2 * len(SCOPES)))
    assert [trial.scope for trial in found] == list(SCOPES) * 2
    assert not readings_of(GRAMMAR.graph(Scope(name="idle")), "health"), "it only sounds like ours"
    assert all(trial.readings and len(trial.samples) > RATE // 4 for trial in found)


def test_recordings_are_tried_where_they_mean_something(tmp_path):
    """A word in the first scope that knows it, so many of each; talk in the scopes asked for."""
    rows = ["path\tkind\tlabel\tspeaker", "a.wav\tcommand\tStop\t1", "a.wav\tcommand\tstop\t2"]
    rows += ["a.wav\tcommand\tbanana\t1", "b.wav\tspeech_negative\tOne moment, please.\t3"]
    (tmp_path / "manifest.tsv").write_text("\n".join(rows), encoding="utf-8")
    dice = np.random.default_rng(0)
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, dice.standard_normal(RATE) * 0.001, RATE)
    [stop] = recorded(GRAMMAR, tmp_path, 1)
    assert stop.scope == "idle"
    assert {intent for intent, _ in stop.readings} == {"stop"}
    assert len(list(recorded(GRAMMAR, tmp_path, 9))) == 2
    assert list(talked(GRAMMAR, tmp_path, ["idle"])) == [], "nobody speaks in noise"
    with pytest.raises(SettingsError, match="name a folder that has one"):
        next(recorded(GRAMMAR, tmp_path / "nowhere", 1))
