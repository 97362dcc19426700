"""What can be asked about cramps: short answers, more of it, where it comes from, and what is never said."""

from __future__ import annotations

import re

import pytest
from night import Night

from assistant.data import load_content, load_grammar
from assistant.understanding.interpret import Interpreter
from assistant.values import Hypothesis, Scope

INTERPRETER = Interpreter(load_grammar("en"))


def asks(night, words):
    """Let the person ask in words, as the grammar of the moment understands them; return the answer."""
    typed = Hypothesis(words=words, confidence=1.0, accepted=True)
    intent = INTERPRETER.interpret([typed], Scope(name=night.scope))
    assert intent is not None, words
    return night.says(intent.name, **intent.slots)


def text(content, name):
    return list(content.topics[name].say)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("what is a cramp", "A cramp is a muscle tightening by itself."),
        ("why do i get cramps", "Often no cause is found."),
        ("is it lactic acid", "Lactic acid does not explain cramps at night."),
        ("am i dehydrated", "The evidence is mixed."),
        ("what are the risk factors", "A link is not proof of a cause."),
        ("how long does a cramp last", "Most cramps last from a few seconds to ten minutes."),
        ("why is my leg sore", "Soreness after a cramp is common."),
        ("does magnesium help", "For most older adults, magnesium tablets do not seem to make cramps rarer."),
        ("what should i eat", "For potassium: bananas, prunes, carrots and potatoes."),
        ("what about tonic water", "Its benefit is small."),
        ("is it my circulation", "See a doctor about that."),
        ("which medicines cause cramps", "Do not change a medicine on my word."),
        ("what will the doctor ask me", "Expect to be asked when it comes, how often and how badly."),
        ("which cramps need a doctor", "See a doctor if cramps are frequent or severe, or cost you sleep."),
        ("does stretching before bed help", "Give it six weeks."),
        ("when is it dangerous", "Then call nine nine nine. I cannot make the call."),
    ],
)
def test_a_question_is_answered_in_one_to_three_sentences(night, words, told):
    """Asked in passing, from a fresh start, the answer comes at once and the floor stays free."""
    heard = asks(night, words)
    assert told in heard
    assert night.mode == "idle"


def test_every_answer_is_short(content):
    """Nobody in bed is read a page to: one to three sentences, and at most two cautions before them."""
    for topic in content.topics.values():
        passages = [
            topic.say,
            *(part.say for part in topic.more),
            *(place.say for place in topic.places.values()),
        ]
        assert all(1 <= len(passage) <= 3 for passage in passages), topic.id
        assert len(topic.caution) <= 2, topic.id


def test_tell_me_more_goes_on_until_there_is_no_more(night, content):
    """Each "tell me more" is the next part; then it says that this was all; stop and repeat work as ever."""
    topic = content.topics["causes"]
    asks(night, "what causes cramps")
    for part in topic.more:
        assert asks(night, "tell me more") == list(part.say)
        assert asks(night, "say that again") == list(part.say)
    assert asks(night, "tell me more") == [content.prompts["no_more"]]
    assert asks(night, "stop") == []


def test_go_on_tells_more_where_nothing_waits_to_be_resumed(night, content):
    """ "Go on" is whatever can go on: a stretch that was put aside first, else what was told."""
    asks(night, "what is a cramp")
    assert asks(night, "go on") == list(content.topics["what_is"].more[0].say)
    asks(night, "i have a cramp")
    asks(night, "stop")
    asks(night, "what is a cramp")
    assert asks(night, "carry on") == [content.routines["relief_bed"].steps[0].say]


@pytest.mark.parametrize("words", ["what's the emergency number", "who do i call", "which number do i ring"])
def test_who_asks_for_the_number_is_told_it_and_that_we_cannot_call(night, words):
    """At once, and a yes to what is offered asks the questions; in the middle of a cramp relief goes on."""
    told = asks(night, words)
    assert told[0] == "In an emergency call nine nine nine."
    assert told[1].startswith("I cannot make the call.")
    night.listens()
    assert night.content.questions["q1"].say[0] in asks(night, "yes")
    night.says("stop")
    asks(night, "i have a cramp")
    assert asks(night, words)[0] == "In an emergency call nine nine nine. I cannot make the call."
    assert night.mode == "guiding"


@pytest.mark.parametrize(("question", "level"), [("q1", "EMERGENCY"), ("q3", "URGENT")])
def test_whom_to_call_is_told_by_what_is_known(night, question, level):
    """Once something is urgent, its script is the answer, and no offer follows."""
    night.says("symptom", question=question)
    night.listens()
    night.says("yes")
    night.says("stop")
    assert night.dialogue.level.name == level
    assert asks(night, "who do i call") == list(
        night.dialogue._turn(night.now).wording.script(level.lower()) * 2
    )
    assert night.dialogue.state.offer is None


def test_more_of_nothing_offers_a_question(night, content):
    """Before anything was asked it says what can be asked."""
    assert asks(night, "tell me more") == [content.prompts["ask_me"]]


def test_where_it_comes_from_is_name_and_year_of_what_was_last_said(night):
    """The answer has other sources than its second part; no address is read out."""
    asks(night, "does stretching before bed help")
    told = asks(night, "where does that come from")
    assert told[0] == "That comes from a trial of stretching at bedtime, of twenty twelve."
    asks(night, "tell me more")
    assert asks(night, "who says so") == ["That comes from the protocol of a bedtime stretching trial."]
    asks(night, "tell me more")
    assert asks(night, "who says so") == ["That comes from a trial of calf stretching, of two thousand five."]


def test_at_most_three_sources_are_named(night, content):
    """Nobody keeps more in mind."""
    assert len(content.topics["risk_factors"].sources) > 3
    asks(night, "am i at risk")
    assert len(asks(night, "says who")) == 3


def test_a_step_and_a_question_name_their_sources_too(night, content):
    """During relief it is the routine's, at a question the question's; both go on as before."""
    night.says("cramp")
    told = asks(night, "where does that come from")
    assert content.sources["BMC-16"].name in told[0]
    night.waits(60)
    assert night.scope == "yes_no"
    told = asks(night, "who says so")
    assert told[-1] == content.questions["q1"].say[0]
    assert content.sources[content.questions["q1"].sources[0]].name in told[0]
    assert night.mode == "asking"


def test_nothing_said_needs_no_source(night, content):
    """Asked at the start, it says so."""
    assert asks(night, "how do you know") == [content.prompts["no_source"]]


def test_in_the_middle_of_a_cramp_the_answer_is_one_sentence_and_relief_goes_on(night):
    """Somebody in pain wants to know whether it ends, and then goes on breathing."""
    night.says("cramp")
    night.waits(8)
    guide = night.dialogue.state.floor.guide
    before = guide.beat
    told = asks(night, "how long does a cramp last")
    assert told[0] == "Most cramps last from a few seconds to ten minutes."
    assert night.mode == "guiding"
    later = night.waits(60)
    assert night.dialogue.state.floor.guide.beat > before
    assert later


def test_what_has_no_short_answer_waits_until_it_has_eased(night, content):
    """Typed during relief, a long subject is put off; afterwards it is told."""
    night.says("cramp")
    told = night.says("topic", topic="magnesium")
    assert told[0] == content.prompts["when_it_has_eased"]
    night.says("better")
    night.waits(60)
    assert text(content, "magnesium")[0] in asks(night, "tell me about magnesium")


def test_while_paused_there_is_time_for_an_answer(night, content):
    """A paused routine stays paused, and can be taken up again."""
    night.says("cramp")
    asks(night, "hold on")
    assert asks(night, "does yoga help")[0] == content.topics["yoga"].caution[0]
    assert night.mode == "paused"
    asks(night, "resume")
    assert night.mode == "guiding"


def test_cautions_come_first(content):
    """Whom it might harm hears that before anything else; quinine, magnesium and statins among them."""
    for name in ("magnesium", "potassium", "statins", "foods", "pregnancy", "yoga", "clot"):
        night = Night(content)
        topic = content.topics[name]
        told = night.says("topic", topic=name)
        assert told[0] == topic.caution[0].format(number="nine nine nine")
    assert content.topics["quinine"].say[0].startswith("Please do not take quinine")


def test_no_answer_sets_a_dose_or_changes_a_medicine(content):
    """No amount of a mineral or a medicine is ever told, and nobody is told to start, stop or swap one."""
    for topic in content.topics.values():
        texts = [
            *topic.say,
            *topic.instead,
            *topic.caution,
            *(line for part in topic.more for line in part.say),
        ]
        for line in texts:
            assert not re.search(r"milligram|microgram|\bmg\b|dose of", line), line
            assert not re.search(r"(?i)^(take|start|stop|change|swap) ", line), line


def asked_how_much(locale):
    night = Night(load_content("en", locale))
    told = asks(night, "how much should i drink")
    return night, told


def test_no_figure_comes_before_the_check_for_a_fluid_limit():
    """Heart, kidney or liver disease, dialysis, a fluid limit: asked first, and the answer waits."""
    night, told = asked_how_much("us")
    while night.mode == "asking":
        assert not any("cups" in line for line in told)
        night.listens()
        told = night.says("no")
    assert any("thirteen cups" in line for line in told)


@pytest.mark.parametrize("answer", ["yes", "unsure", "silence"])
def test_with_a_limit_or_without_an_answer_no_figure_is_told(answer):
    """Yes, "I don't know" and silence lead to: keep to your limit, ask your doctor."""
    night, told = asked_how_much("uk")
    for _ in range(8):
        if night.mode != "asking":
            break
        night.listens()
        told = night.waits(9) if answer == "silence" else night.says(answer)
        told += night.listens() if night.mode != "asking" else []
    assert "If a doctor set you a fluid limit, keep to it." in night.dialogue.state.said
    assert not any("glasses" in line for line in night.dialogue.state.said)
    assert asks(night, "tell me more") == [night.content.prompts["no_more"]]


@pytest.mark.parametrize(
    ("locale", "figure"), [("us", "cups of drinks"), ("uk", "glasses"), ("ie", "glasses"), ("eu", "liters")]
)
def test_the_figures_are_those_of_the_place(content, locale, figure):
    """Each place has its own unit, and none of them the food's water in it; elsewhere no figure is told."""
    told = " ".join(content.topics["hydration"].at(locale).say)
    assert [unit for unit in ("liters", "glasses", "cups of drinks") if unit in told] == [figure]
    for elsewhere in ("in", "unknown"):
        told = " ".join(content.topics["hydration"].at(elsewhere).say)
        assert not re.search(r"cups|glasses|liters", told)


def test_topics_never_stand_where_an_answer_is_awaited():
    """At a question only its answers and the always-on words can be heard."""
    graph_words = load_grammar("en")
    for scope in ("yes_no", "progress", "pain", "off"):
        assert not graph_words.graph(Scope(name=scope), "topic").finals
