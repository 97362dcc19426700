"""When something is decided: at once where nothing can change it, in good time where something may."""

from __future__ import annotations

from itertools import cycle

import numpy as np
import pytest
from scene import speak

from assistant.data import load_grammar
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.runtime.ears import (
    ANSWER_PATIENCE,
    FAINT,
    MOST_EARLY,
    SILENCE_BEHIND,
    URGENT_INTENTS,
    Ears,
    Heard,
)
from assistant.runtime.glances import MOST, Glances
from assistant.runtime.work import at_once
from assistant.understanding.echo import not_ours
from assistant.values import FRAME, FRAME_SECONDS, RATE, Hypothesis, Scope

GRAMMAR = load_grammar("en")
PEOPLE = (("flite", "slt"), ("flite", "awb"), ("espeak-ng", "en-gb"))
SILENCE = np.zeros(FRAME, np.int16)
HUM = (300 * np.sin(np.arange(FRAME) / 5)).astype(np.int16)
ALWAYS_ON = ("stop", "i have a cramp", "help me", "call an ambulance")


class Counting:
    """The embedded recognizer, and how often it was asked."""

    def __init__(self, inner):
        self.inner = inner
        self.asked = 0

    def recognize(self, utterance, graph):
        self.asked += 1
        return self.inner.recognize(utterance, graph)

    def close(self):
        self.inner.close()


@pytest.fixture(scope="module")
def model():
    made = MoonshineRecognizer()
    yield made
    made.close()


@pytest.fixture
def recognizer(model):
    return Counting(model)


def tight(sound):
    """Return speech without the silence around it, as loud as somebody near."""
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    return (sound[loud[0] : loud[-1] + 1] * 0.3).astype(np.int16)


class Scripted:
    """Finds one thing after the other, over and over, whatever was said."""

    def __init__(self, *answers):
        self.answers = cycle(answers)
        self.given = []

    def recognize(self, utterance, _graph):
        self.given.append(utterance)
        return next(self.answers)


def decisions(recognizer, scope, *pieces, noise=3.0, played=SILENCE):
    """Play sounds in a quiet room; return each decision and the seconds from the end of all sound to it.

    ``played``: what the assistant plays all the time, and the microphone does not hear.
    """
    ears = Ears(recognizer, GRAMMAR.graph, at_once("hearing"))
    ears.listen_for(Scope(name=scope))
    whole = np.concatenate([np.zeros(RATE // 2), *pieces, np.zeros(RATE)])
    whole = whole + np.random.default_rng(0).standard_normal(len(whole)) * noise
    ended = (len(whole) - RATE) / RATE
    found = []
    for count, start in enumerate(range(0, len(whole) - FRAME + 1, FRAME), start=1):
        now = count * FRAME_SECONDS
        frame = whole[start : start + FRAME].clip(-32768, 32767).astype(np.int16)
        happened = ears.frame(frame, played, now)
        found += [(one, now - ended) for one in happened if isinstance(one, Heard)]
    return found


def intents(found):
    return [next((one.intent for one in heard.hypotheses if one.accepted), None) for heard, _ in found]


@pytest.mark.parametrize("person", PEOPLE)
def test_what_is_urgent_is_decided_before_the_silence_is_over(recognizer, person):
    """The words that always count are decided 0.15 s after their end, decoding aside; all but one at once."""
    delays = []
    for words in ALWAYS_ON:
        found = decisions(recognizer, "idle", tight(speak(words, person)))
        delays += [delay for heard, delay in found if any(one.accepted for one in heard.hypotheses)]
    assert len(delays) >= len(ALWAYS_ON) - 1
    assert sorted(delays)[len(ALWAYS_ON) - 2] <= 0.15
    assert recognizer.asked <= 2 * len(ALWAYS_ON)


def test_an_answer_about_danger_is_waited_for_to_its_end(recognizer):
    """ "No", and a number of pain, are decided when the patience for an answer is over, not before."""
    for scope, words in (("yes_no", "no thank you"), ("pain", "it's about seven")):
        [(heard, delay)] = decisions(recognizer, scope, tight(speak(words, PEOPLE[0])))
        assert heard.hypotheses[0].accepted
        assert delay >= ANSWER_PATIENCE[scope] - FRAME_SECONDS


def test_a_sentence_is_not_decided_by_its_beginning(recognizer):
    """ "Go on", a breath, "with the stretch": "go on" alone would mean something else and is not acted on."""
    first, second = (tight(speak(words, PEOPLE[0])) for words in ("go on", "with the stretch"))
    found = decisions(recognizer, "guiding", first, np.zeros(RATE * 3 // 20), second)
    assert "next" not in intents(found)


def test_pauses_without_end_are_no_storm_of_decoding(recognizer):
    """Twelve words with a pause after each: the recognizer is asked a few times, not once a pause."""
    words = [tight(speak(word, PEOPLE[0])) for word in ("monday", "window", "carpet", "yellow") * 3]
    pieces = [piece for word in words for piece in (word, np.zeros(RATE // 8))]
    found = decisions(recognizer, "idle", *pieces)
    assert set(intents(found)) == {None}
    assert recognizer.asked <= (MOST_EARLY + MOST + 1) * max(1, len(found))


@pytest.mark.parametrize("noise", [0.0, 30.0], ids=["muted", "hiss"])
def test_silence_and_a_muted_microphone_are_not_decoded(recognizer, noise):
    """Where nobody speaks the recognizer is not even run."""
    assert decisions(recognizer, "idle", np.zeros(5 * RATE), noise=noise) == []
    assert recognizer.asked == 0


def test_a_cry_for_help_is_heard_although_the_person_speaks_on(recognizer):
    """ "I have a cramp" and, without a pause, a lot more: known before the end of it, from its beginning."""
    sound = tight(speak("i have a cramp please help me it hurts so much tonight again", PEOPLE[0]))
    found = decisions(recognizer, "idle", sound)
    [(heard, delay)] = [(one, delay) for one, delay in found if intents([(one, delay)]) == ["cramp"]]
    assert delay < -0.5, "while it is still going on"
    assert heard.hypotheses[0].words == "i have a cramp"


@pytest.mark.parametrize(
    "words", ["i have a camera in my bag over there", "stop by the store on your way home please"]
)
def test_talk_that_begins_like_an_urgent_sentence_is_none(recognizer, words):
    """Its beginning does not stay what it seemed to be."""
    found = [
        one for person in PEOPLE[:2] for one in decisions(recognizer, "idle", tight(speak(words, person)))
    ]
    assert set(intents(found)) <= {None}


def test_where_the_cramp_is_is_waited_for(recognizer):
    """ "I have a cramp in my left calf" is not cut short to "I have a cramp"."""
    found = decisions(recognizer, "idle", tight(speak("i have a cramp in my left calf", PEOPLE[0])))
    assert [dict(heard.hypotheses[0].slots) for heard, _ in found] == [{"muscle": "calf", "side": "left"}]


def said(intent, confidence, *slots, accepted=True):
    return [Hypothesis(words=intent, intent=intent, slots=slots, confidence=confidence, accepted=accepted)]


def test_a_scope_is_made_ready_while_nobody_speaks():
    """One after the other, each once, and none while somebody speaks; without being asked for, none."""
    recognizer = Scripted([])
    ears = Ears(recognizer, GRAMMAR.graph, at_once("hearing"))
    ears.frame(SILENCE, SILENCE, FRAME_SECONDS)
    assert recognizer.given == []
    ears.warm_up([Scope(name="yes_no"), Scope(name="pain")])
    for count in range(2, 40):
        ears.frame(SILENCE, SILENCE, count * FRAME_SECONDS)
    assert [utterance is FAINT for utterance in recognizer.given] == [True, True]
    speech = tight(speak("i have a cramp in my left calf", PEOPLE[0]))
    for count in range(40, 40 + len(speech) // FRAME):
        ears.frame(speech[(count - 40) * FRAME :][:FRAME], SILENCE, count * FRAME_SECONDS)
        if ears.hearing:
            ears.warm_up([Scope(name="side")])
    assert ears.hearing
    assert sum(utterance is FAINT for utterance in recognizer.given) == 2


def test_the_recognizer_gets_silence_behind_each_utterance():
    """Both times, when a pause is first noticed and at the end of it, 0.4 s of silence follow the sound."""
    scripted = Scripted(said("repeat", 0.4, accepted=False))
    decisions(scripted, "guiding", tight(speak("repeat that", PEOPLE[0])))
    early, whole = scripted.given
    assert not any(one.samples[-SILENCE_BEHIND:].any() for one in (early, whole))
    assert len(early.samples) < len(whole.samples)


def test_a_word_that_may_go_on_is_waited_for():
    """ "Quiet", which may become "quieter", is listened to once more before anything is silenced."""
    longer = Hypothesis(words="quieter", intent="quieter", confidence=0.5, accepted=False)
    quiet = Hypothesis(words="quiet", intent="stop", confidence=0.8, accepted=True)
    sound = tight(speak("quieter", PEOPLE[0]))
    assert intents(decisions(Scripted([quiet, longer], said("quieter", 0.9)), "guiding", sound)) == [
        "quieter"
    ]
    assert intents(decisions(Scripted([quiet], said("quieter", 0.9)), "guiding", sound)) == ["stop"]


@pytest.mark.parametrize(
    ("seen", "settled", "clear"),
    [
        ([0.95, 0.5], True, True),
        ([0.95, 0.5], False, False),
        ([0.95, 0.5, 0.5], False, True),
        ([0.8, 0.8, 0.8], True, False),
        ([0.95, 0.3], True, False),
        ([0.95, 0.3, 0.95], True, False),
    ],
)
def test_glances_must_agree(seen, settled, clear):
    """The same thing in a row, once surely and never badly; once more where something may follow."""
    glances = Glances()
    for confidence in seen:
        glances.note(said("cramp", confidence), URGENT_INTENTS)
    assert bool(glances.clear(settled=settled)) is clear


def test_glances_at_something_else_count_for_nothing():
    """A change of meaning starts anew, what is not urgent is not looked for, and glances are few."""
    glances = Glances()
    glances.note(said("cramp", 0.95), URGENT_INTENTS)
    glances.note(said("cramp", 0.95, ("muscle", "calf")), URGENT_INTENTS)
    assert len(glances.seen) == 1
    glances.note(said("next", 0.99), URGENT_INTENTS)
    assert glances.seen == []
    assert not glances.due(0.5)
    assert glances.due(0.9)
    glances.taken = 2
    assert not glances.due(60)


def all_but_ours(said_by_person, played):
    """Let a microphone hear us 0.15 s late, and maybe a person; return what would be acted on of all heard.

    The recognizer takes whatever it hears for "stop", and nobody cancels the echo.
    """
    ears = Ears(Scripted(said("stop", 0.99)), GRAMMAR.graph, at_once("hearing"))
    ears.cancels_echo = False
    late = np.roll(played, RATE * 3 // 20) // 2
    found = []
    for count, start in enumerate(range(0, len(played) - FRAME, FRAME), start=1):
        here = slice(start, start + FRAME)
        heard = ears.frame(late[here] + said_by_person[here], played[here], count * FRAME_SECONDS)
        found += [one for one in heard if isinstance(one, Heard)]
    assert found
    return [one for heard in found for one in not_ours(heard.hypotheses, "", heard.likeness)]


def test_its_own_voice_is_not_acted_on_whatever_is_heard_in_it():
    """Ours is known by its sound; the same recognizer's "stop" counts when a person said it meanwhile."""
    silence = np.zeros(RATE, np.int16)
    ours = np.concatenate([silence, tight(speak("breathe in slowly and rest", PEOPLE[2])), silence])
    assert not all_but_ours(np.zeros_like(ours), ours)
    person = np.zeros_like(ours)
    word = tight(speak("stop", PEOPLE[0]))
    person[RATE * 3 // 2 : RATE * 3 // 2 + len(word)] = word
    assert all_but_ours(person, ours // 8)
