"""A whole night on sound: three voices, a simulated bedroom, the real recognizer and the real voice."""

from __future__ import annotations

import numpy as np
import pytest

from assistant import models
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.values import RATE, Arc, Utterance, WordGraph


def graph_of(sentences):
    """Return a graph in which each of the sentences is an intent of its own."""
    arcs, finals = [[]], {}
    for index, sentence in enumerate(sentences):
        state = 0
        for word in "".join(c for c in sentence.lower() if c.isalpha() or c in " '").split():
            arcs[state].append(Arc(len(arcs), word))
            state = len(arcs)
            arcs.append([])
        finals[state] = str(index)
    return WordGraph("sentences", tuple(map(tuple, arcs)), finals)


def night(scene):
    """Live through a cramp and a warm towel; check what is heard and said on the way."""
    scene.stage.until_quiet()
    assert scene.says("I have a cramp") == ["cramp"]
    ended = scene.stage.now
    assert scene.waits_for("I am with you.", limit=2) - ended < 0.5

    scene.waits_for("Do you have chest pain")
    assert scene.says("no thanks") == ["no"]
    scene.waits_for("Round two")
    scene.waits_for("Press the back of that knee")
    assert scene.says("say that again", interrupting=True) == ["repeat"], scene.transcript()
    scene.waits_for("Press the back of that knee", limit=2)

    scene.waits_for("Let go and rest")
    assert scene.says("stop", interrupting=True) == ["stop"], scene.transcript()
    silent = scene.stage.now
    scene.waits(5)
    assert scene.said(since=silent) == []
    assert scene.says("carry on where we were") == ["resume"], scene.transcript()
    assert scene.says("no thanks") == ["no"]
    assert scene.says("it's much better") == ["better"], scene.transcript()
    scene.waits_for("Did you feel a pop", limit=5)
    assert scene.says("no thanks") == ["no"]
    scene.waits_for("That was the last step")

    assert scene.says("heat please") == ["start"], scene.transcript()
    scene.stage.until_quiet()
    while "Use warm tap water" not in scene.transcript():
        assert scene.says("no thanks") == ["no"], scene.transcript()
        scene.stage.until_quiet()
    for step in ("Dip the towel", "Test it on your inner arm"):
        scene.says("I'm done")
        scene.waits_for(step)
    scene.waits_for("Lay a dry cloth")
    scene.says("I'm done")
    laid = scene.waits_for("do not fall asleep")
    scene.waits(60)
    assert scene.says("how long left") == ["how_long"], scene.transcript()
    scene.stage.until_quiet()
    assert any(minutes in scene.said()[-1] for minutes in ("fourteen minutes", "thirteen minutes"))
    asked = scene.waits_for("Is the skin", limit=260)
    assert asked - laid == pytest.approx(305, abs=15)
    assert scene.says("no thanks") == ["no"]
    scene.waits_for("ten minutes", limit=2)


def test_a_night_of_cramp_and_heat_is_lived_through_by_voice(enact):
    """Cramp, question, repeat, stop, resume, better, heat, how long, skin check: all heard, all answered."""
    with enact() as scene:
        night(scene)
        assert scene.tries.count(1) >= 0.8 * len(scene.tries), scene.transcript()
        said = np.concatenate(scene.stage.played)
    lines = [line for line in scene.lines if line.who == "assistant"]
    spoken = [line for line in lines if len(line.text.split()) in range(6, 12)][:6]
    graph = graph_of([line.text for line in spoken])
    ear = MoonshineRecognizer()
    for index, line in enumerate(spoken):
        start = round(line.at * RATE)
        end = round(next((other.at for other in lines if other.at > line.at), line.at + 5) * RATE)
        heard = ear.recognize(Utterance(samples=said[start:end], started=line.at), graph)
        assert heard, line.text
        assert heard[0].intent == str(index), f"{line.text!r} was spoken as {heard[0].words!r}"
    ear.close()


@pytest.mark.skipif(
    models.installed_vosk("en") is None,
    reason="the English Vosk model is not installed: `cramp-assistant models fetch` brings it",
)
def test_the_same_night_with_the_english_vosk_model(enact):
    """What Moonshine understands, Vosk understands."""
    with enact(engine="vosk") as scene:
        night(scene)
