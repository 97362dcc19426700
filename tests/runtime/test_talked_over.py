"""What becomes of an instruction over which somebody talks."""

from __future__ import annotations

import pytest
from scene import PEOPLE, speak

from assistant.values import Hypothesis


class Understands:
    """A recognizer to whom everything is one and the same."""

    def __init__(self, *found):
        self.found = list(found)

    def recognize(self, _utterance, _graph):
        return self.found

    def close(self):
        pass


TALK = Hypothesis(words="the kettle", confidence=0.1, accepted=False)
LOUDER = Hypothesis(words="louder please", intent="louder", confidence=1.0, accepted=True)


@pytest.mark.parametrize("understood", [TALK, LOUDER], ids=["talk", "louder"])
def test_an_instruction_that_was_talked_over_is_said_again(enact, understood):
    """Talk that is none of ours, and a command about the voice, cost no instruction: it begins anew, once."""
    with enact(recognizer=Understands(understood)) as scene:
        scene.stage.assistant.type("what can I say")
        scene.stage.wait(0.5)
        scene.stage.speak(speak("the kettle is on", PEOPLE[0]))
        scene.stage.wait(3.0)
        assert [text.split(":")[0] for text in scene.said()] == ["You can say"] * 2, scene.transcript()
