"""The care content: what is shipped keeps its rules; a broken file is refused with its line and a remedy."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.care import asked, questions, walk
from assistant.data import (
    check_content_file,
    content_of,
    folder,
    load_content,
    read_care,
    unreviewed_content,
)
from assistant.dialogue.content import Level
from assistant.errors import ContentError, SettingsError
from assistant.lint import spoken

if TYPE_CHECKING:
    from assistant.care import Care
    from assistant.dialogue.content import Content

SCREEN = ("q1", "q1b", "q2", "q3", "q4", "q5", "q6")
PROFILE = ("q12", "q13", "q13a", "q19", "q24a", "q24b")


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="module")
def care() -> Care:
    return read_care(folder("content") / "en")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the English content that may be broken."""
    return shutil.copytree(folder("content") / "en", tmp_path / "en")


# What is shipped


def test_a_first_aid_line_opens_the_default_routine(content: Content) -> None:
    """The bed stretch starts without a gate and says in its first line what calls for help."""
    relief = content.routines["relief_bed"]
    assert relief.gate == ()
    assert next(walk(relief))[1].say == "I am with you. If you felt a pop, or your chest hurts, say help."


def test_the_bed_stretch_takes_about_four_minutes(content: Content) -> None:
    """Its times are those of the source: three presses, four stretches, seven rests with a question each."""
    relief = content.routines["relief_bed"]
    rounds = [
        (step, getattr(part, "repeat", 1)) for part in relief.steps for step in getattr(part, "steps", [part])
    ]
    assert sum(step.hold * n for step, n in rounds) == 3 * 10 + 4 * 30
    assert sum(step.rest * n for step, n in rounds) == 7 * 10
    assert sum(n for step, n in rounds if step.screen) == len(content.triage.screen)


def test_the_quick_screen_is_asked_before_pressing_and_heating(content: Content) -> None:
    """Massage, roller, heat and ice wait for the seven questions of the quick screen and for the profile."""
    assert content.triage.screen == SCREEN
    for name in ("massage", "warm_towel", "foam_roller", "ice", "rice_sock"):
        gate = content.routines[name].gate
        start = gate.index("q1")
        assert gate[start : start + len(SCREEN + PROFILE)] == SCREEN + PROFILE


@pytest.mark.parametrize("name", ["q1", "q4", "q5", "q6"])
def test_no_clear_answer_to_these_is_an_emergency(content: Content, name: str) -> None:
    """Chest, blood flow, feeling and pressure: silence counts as the danger."""
    assert content.questions[name].unclear.level is Level.EMERGENCY


def test_a_question_that_can_be_urgent_is_never_closed_as_harmless(content: Content) -> None:
    """No clear answer is urgent at least, and leaves locked what the danger locks."""
    for question in content.questions.values():
        assert question.unclear.level >= min(question.outcome.level, Level.URGENT), question.id
        assert set(question.unclear.locks) >= set(question.outcome.locks), question.id


@pytest.mark.parametrize(
    ("name", "level", "locks"),
    [
        ("q2", Level.NONE, {"stretch", "heat", "massage"}),
        ("q3", Level.URGENT, {"massage", "heat", "roller"}),
        ("q4", Level.EMERGENCY, {"heat", "ice", "raising"}),
        ("q10_easing", Level.URGENT, set()),
        ("q12", Level.NONE, {"massage", "roller"}),
        ("q19", Level.NONE, {"heat", "ice", "raising"}),
    ],
)
def test_a_red_flag_locks_what_it_forbids(content: Content, name: str, level: Level, locks: set[str]) -> None:
    """The levels and locks are those of the source's table."""
    outcome = content.questions[name].outcome
    assert outcome.level is level
    assert locks <= set(outcome.locks)


def test_every_question_is_reachable(care: Care) -> None:
    """Each question is asked on some way through the content."""
    assert {question.id for _, _, question in questions(care)} == asked(care)


def test_every_emergency_word_of_the_grammar_has_a_consequence(content: Content) -> None:
    """Whatever can be heard as an emergency leads to the emergency script or to a question of that level."""
    grammar = folder("grammars") / "en" / "emergency.yaml"
    flags = set(re.findall(r"flag: (\w+)", grammar.read_text(encoding="utf-8")))
    assert flags
    assert flags <= set(content.triage.emergency)


def test_every_spoken_text_can_be_followed_by_ear(care: Care) -> None:
    """No text has more than 18 words, a figure, a promise or a false comfort."""
    texts = list(spoken(care))
    assert len(texts) > 250
    for text in texts:
        assert len(text.text.split()) <= 18, text.text
        assert not re.search(r"\d|\b(cure|guaranteed|nothing serious|you are fine|prevent)", text.text), (
            text.text
        )


def test_the_emergency_number_is_never_guessed() -> None:
    """Where nobody has set the place no number is named; where they have, it is spelled digit by digit."""
    assert load_content().locale.number == "your local emergency number"
    assert load_content(locale="uk").locale.number == "nine nine nine"
    assert load_content(locale="nz").locale.number == load_content(locale="uk").locale.urgent.split(",")[0]


def test_an_unknown_place_or_language_is_the_setting_s_fault() -> None:
    """The message names what there is."""
    with pytest.raises(SettingsError, match=r"the locale 'mars' is not known: choose one of uk, ie, eu, us"):
        load_content(locale="mars")
    with pytest.raises(SettingsError, match=r"no content in the language 'xx': choose one of en$"):
        load_content("xx")


def test_what_nobody_has_signed_off_says_so(content: Content) -> None:
    """As long as no clinician has signed, everything medical is listed as not reviewed."""
    parts = {"triage", "cautions", "report", "teaching", "profile", "diary"}
    others = content.diary.questions.keys()
    questions = {name for name, question in content.questions.items() if question.kind != "fact"}
    medical = {*content.routines, *(questions - others), *content.applications, *content.reminders, *parts}
    assert set(unreviewed_content()) == medical


def test_numbers_are_words(content: Content) -> None:
    """Counts and times up to one hundred and twenty are spoken."""
    assert content.numbers[0] == "zero"
    assert content.numbers[21] == "twenty-one"
    assert len(content.numbers) == 121


def test_the_content_loads_at_once() -> None:
    """Reading and checking it costs far less than a second of processor time, also on a small machine."""
    start = time.process_time()
    content_of(read_care(folder("content") / "en"), "uk")
    assert time.process_time() - start < 1


# What is refused


@dataclass(frozen=True)
class Broken:
    """One slip of a content author."""

    file: str
    old: str
    new: str
    """Replaces the first occurrence of ``old``."""
    at: str
    """The message must name the line of its first occurrence in the broken file."""
    message: str


RELIEF = "routines/relief_bed.yaml"
BROKEN = {
    "misspelled key in a nested step": Broken(
        RELIEF,
        "        hold: 10\n",
        "        hodl: 10\n",
        "hodl",
        "steps.7.steps.0.hodl is no key that belongs here: mend its spelling or take it out",
    ),
    "misspelled key in a plain step": Broken(
        RELIEF,
        "  - say: Stay lying",
        "  - sya: Stay lying",
        "sya",
        "steps.1.sya is no key that belongs here: mend its spelling or take it out",
    ),
    "nested step without a sentence": Broken(
        RELIEF,
        "      - say: Let go and rest.\n        rest: 10",
        "      - rest: 10",
        "- rest: 10",
        "steps.7.steps.1.say is missing: add it",
    ),
    "word for a number in a nested step": Broken(
        RELIEF,
        "        hold: 30",
        "        hold: long",
        "hold: long",
        "steps.8.steps.1.hold must be a number, got 'long'",
    ),
    "rounds that are no number": Broken(
        RELIEF,
        "repeat: 4",
        "repeat: often",
        "repeat: often",
        "steps.8.repeat must be a whole number, got 'often'",
    ),
    "no rounds": Broken(RELIEF, "repeat: 4", "repeat: 0", "repeat: 0", "0 rounds: write one to 20"),
    "rounds without steps": Broken(
        "routines/relief_calf.yaml",
        "  - repeat: 4\n",
        "  - repeat: 2\n    steps: []\n  - repeat: 4\n",
        "steps: []",
        "nothing is repeated: write the steps",
    ),
    "negative time": Broken(
        RELIEF, "hold: 30", "hold: -30", "hold: -30", "-30.0 seconds of hold: write zero to 60"
    ),
    "endless time": Broken(
        RELIEF, "hold: 30", "hold: .inf", "hold: .inf", "inf seconds of hold: write zero to 60"
    ),
    "two times in one step": Broken(
        RELIEF,
        "        hold: 30\n",
        "        hold: 30\n        rest: 5\n",
        "rest: 5",
        "a step does one of hold, rest, not all of them: make two steps of it",
    ),
    "screen without a rest": Broken(
        RELIEF,
        "    label: start\n",
        "    label: start\n    screen: true\n",
        "screen: true",
        "a question of the screen needs a rest: write the rest, or take the screen out",
    ),
    "step that is too long": Broken(
        RELIEF,
        "say: Stay lying down. Let your head and shoulders rest.",
        "say: Stay lying and let your head and your shoulders and then your arms and your hands rest on it.",
        "say: Stay lying and",
        "19 words are too long to follow by ear: say it in 18 or make two of it, in 'Stay lying and let "
        "your head and your shoulders and then your arms and your hands rest on it.'",
    ),
    "false comfort": Broken(
        RELIEF,
        "say: Let go and rest.",
        "say: Don’t worry, let go and rest.",  # noqa: RUF001 (as word processors write it)
        "worry",
        '"don\'t worry" promises or orders too much: word it differently, '
        "in 'Don’t worry, let go and rest.'",  # noqa: RUF001
    ),
    "figure in a sentence": Broken(
        RELIEF,
        "say: Let go and rest.",
        "say: Let go and rest for 10 seconds.",
        "for 10",
        "a figure is not spoken alike by all voices: write the number in words, "
        "in 'Let go and rest for 10 seconds.'",
    ),
    "number that is heard as another": Broken(
        RELIEF,
        "say: Let go and rest.",
        "say: Let go and rest for fifteen seconds.",
        "for fifteen",
        "'fifteen' is easily heard as another number: write 'fifteen, one five,' or other words, "
        "in 'Let go and rest for fifteen seconds.'",
    ),
    "pronunciation of what nobody says": Broken(
        "pronunciation.yaml",
        "lead: led",
        "leads: leds",
        "leads: leds",
        "'leads' is nowhere said, or not in lower case: mend it or take it out",
    ),
    "sentence without an end": Broken(
        RELIEF,
        "say: Let go and rest.",
        "say: Let go and rest",
        "say: Let go and rest",
        "the sentence has no end: put a full stop or a question mark, in 'Let go and rest'",
    ),
    "empty sentence": Broken(
        "triage.yaml",
        "This needs hospital now.",
        '""',
        '""',
        "there is nothing to say: write a sentence or take it out, in ''",
    ),
    "wording with other placeholders": Broken(
        "prompts.yaml",
        "  - Now round {n}.",
        "  - Now another round.",
        "  - Now another round.",
        "'Now another round.' has other placeholders than the first wording: use {n}",
    ),
    "no wording": Broken(
        "prompts.yaml",
        "glad:\n  - Good. I am here if you need me.\n  - Good. Call me if you need me.\n",
        "glad: []\n",
        "glad:",
        "there is no wording: write one, or take the prompt out",
    ),
    "second wording with a figure": Broken(
        "prompts.yaml",
        "  - Keep breathing.",
        "  - Breathe 2 times.",
        "  - Breathe 2 times.",
        "a figure is not spoken alike by all voices: write the number in words, in 'Breathe 2 times.'",
    ),
    "offer that is no question": Broken(
        "teaching.yaml",
        "Shall we do the bed stretch?",
        "Say bed stretch.",
        "{say: Say bed stretch.",
        "an offer is a question: end it with a question mark",
    ),
    "offer of nothing": Broken(
        "teaching.yaml",
        "{say: Shall we do the warm-up drill?, routine: warm_up}",
        "{say: Shall we do the warm-up drill?}",
        "{say: Shall we do the warm-up drill?}",
        "a yes begins one thing: write either routine or intent",
    ),
    "offer of what cannot be": Broken(
        "teaching.yaml",
        "intent: set_profile",
        "intent: delete_profile",
        "intent: delete_profile",
        "'delete_profile' cannot be offered: write one of read_summary, screen, set_profile",
    ),
    "offer of an unknown routine": Broken(
        "teaching.yaml",
        "routine: warm_up}",
        "routine: warm_ups}",
        "routine: warm_ups}",
        "no routine is called 'warm_ups': did you mean 'warm_up'?",
    ),
    "question of an unknown fact": Broken(
        "triage.yaml",
        "{q17a: statin}",
        "{q17a: statine}",
        "{q17a: statine}",
        "no question is called 'statine': did you mean 'statin'?",
    ),
    "no start": Broken(
        "routines/floor_stretch.yaml",
        "    label: start\n",
        "",
        "steps:",
        "no step is labelled 'start': label the one at which the other leg begins",
    ),
    "two starts": Broken(
        RELIEF,
        "label: close",
        "label: start",
        "sore until tomorrow.\n    label: start",
        "two steps are labelled 'start': leave one",
    ),
    "unknown label": Broken(
        RELIEF,
        "label: close",
        "label: closed",
        "label: closed",
        "no label is called 'closed': did you mean 'close'?",
    ),
    "unknown lock": Broken(
        RELIEF, "[stretch]", "[strech]", "[strech]", "no lock is called 'strech': did you mean 'stretch'?"
    ),
    "list that is none": Broken(
        RELIEF,
        "[stretch]",
        "stretch",
        "locks: stretch",
        "locks must be a list: write it in [brackets], got 'stretch'",
    ),
    "id that is not the file's name": Broken(
        RELIEF,
        "id: relief_bed",
        "id: relief",
        "id: relief",
        "the id 'relief' is not the file's name: call the file relief.yaml",
    ),
    "question that does not exist": Broken(
        RELIEF,
        "ask: progress",
        "ask: progres",
        "ask: progres",
        "no question is called 'progres': did you mean 'progress'?",
    ),
    "timer that does not exist": Broken(
        "routines/warm_towel.yaml",
        "timer: heat",
        "timer: snow",
        "timer: snow",
        "no application is called 'snow': known are heat, ice, sock",
    ),
    "gate that does not exist": Broken(
        "routines/massage.yaml",
        "  - massage_skin\n",
        "  - massage_sikn\n",
        "massage_sikn",
        "no question is called 'massage_sikn': did you mean 'massage_skin'?",
    ),
    "source that does not exist": Broken(
        RELIEF, "AAOS", "AOOS", "AOOS", "no source is called 'AOOS': did you mean 'AAOS'?"
    ),
    "routine instead that does not exist": Broken(
        "routines/massage.yaml",
        "instead: relief_bed",
        "instead: relief",
        "instead: relief",
        "no routine is called 'relief': did you mean 'relief_bed'?",
    ),
    "yes without quotes": Broken(
        "triage.yaml",
        '    danger: "no"\n',
        "    danger: no\n",
        "danger: no",
        "questions.11.danger must be text: put it in quotes, got False",
    ),
    "key without quotes": Broken(
        "locales.yaml", "\nie:", "\nno:", "no:", "'no' is no word to YAML: put it in quotes"
    ),
    "unknown level": Broken(
        "triage.yaml",
        "level: emergency",
        "level: terrible",
        "level: terrible",
        "questions.0.outcome.level is no level: write one of none, self_care, doctor, urgent, emergency, "
        "got 'terrible'",
    ),
    "unknown kind": Broken(
        "triage.yaml",
        "kind: pain",
        "kind: ache",
        "kind: ache",
        "'ache' is no kind of question: write one of yes_no, progress, pain, count, off, posture, place, "
        "side",
    ),
    "answer of another kind": Broken(
        "triage.yaml",
        '">6"',
        '"yes"',
        'danger: "yes"',
        "'yes' is no answer to a pain question: write '>' and one figure, like '>4'",
    ),
    "silence taken for safety": Broken(
        "triage.yaml",
        "    unclear:\n      level: emergency\n",
        "    unclear:\n      level: doctor\n",
        "unclear:",
        "no clear answer must be at least urgent, like the danger: write that level",
    ),
    "silence that unlocks": Broken(
        "triage.yaml",
        "    unclear:\n      level: urgent\n      locks: [stretch, heat, massage, roller]\n",
        "    unclear:  # slip\n      level: urgent\n      locks: [stretch]\n",
        "# slip",
        "no clear answer must lock what the danger locks: add heat, massage, roller",
    ),
    "question without a topic": Broken(
        "triage.yaml",
        "    topic: fainting or coughing up blood\n",
        "",
        "- id: q1b",
        "topic is missing: write what 'I heard yes to ...' names",
    ),
    "question that nobody asks": Broken(
        "triage.yaml",
        "  - q25\n",
        "",
        "- id: q25",
        "'q25' is never asked: name it in a gate, an order or an ask, or take it out",
    ),
    "two questions of one id": Broken(
        "triage.yaml", "- id: q1b", "- id: q1", "- id: q1\n", "two questions are called 'q1': rename one"
    ),
    "emergency words that lead to less": Broken(
        "triage.yaml",
        "passed_out: q1b",
        "passed_out: q10",
        "passed_out: q10",
        "'q10' does not lead to 'emergency': name one that does",
    ),
    "placeholder that nobody fills": Broken(
        "triage.yaml",
        "Call {number}.",
        "Call {nubmer}.",
        "{nubmer}",
        "{nubmer} is never filled here (allowed: {number} and {urgent}): take it out, in 'Call {nubmer}.'",
    ),
    "brace that stands alone": Broken(
        "triage.yaml",
        "Call {number}.",
        '"Call {number."',
        "{number",
        "a brace stands alone: take it out, in 'Call {number.'",
    ),
    "emergency line that is too long": Broken(
        "triage.yaml",
        "I cannot make the call.",
        "I cannot make the call for you because I have no telephone at all.",
        "I cannot make the call for",
        "14 words are too long to follow by ear: say it in 12 or make two of it, "
        "in 'I cannot make the call for you because I have no telephone at all.'",
    ),
    "place that makes a script too long": Broken(
        "locales.yaml",
        "number: one one two\n",
        "number: one one two from a mobile phone, or else from the nearest house\n",
        "ie:",
        "makes a line of 17 words, 'If you cannot get there, call one one two from a mobile phone, or else "
        "from the nearest house.': shorten it to 12 in all",
    ),
    "script that is missing": Broken(
        "triage.yaml",
        "  self_care:\n",
        "  care_for_oneself:\n",
        "scripts:",
        "the script 'self_care' is missing: write it",
    ),
    "check after the end": Broken(
        "applications.yaml",
        "[5, 10]",
        "[5, 16]",
        "[5, 16]",
        "the checks must come in order, before the end at 15",
    ),
    "hard stop before the end": Broken(
        "applications.yaml",
        "hard_stop: 20",
        "hard_stop: 10",
        "hard_stop: 10",
        "10 comes before the end at 15: raise it",
    ),
    "insisting without pause": Broken(
        "applications.yaml",
        "insist_seconds: 20",
        "insist_seconds: 0",
        "insist_seconds: 0",
        "0.0 is no time: write a number above zero",
    ),
    "end that is no off question": Broken(
        "applications.yaml",
        "end: towel_off",
        "end: skin_check",
        "end: skin_check",
        "'skin_check' is no question of the kind 'off': name one that is",
    ),
    "source that nobody uses": Broken(
        "sources.yaml",
        "AAOS:",
        "SPARE: {name: nobody, status: D, reference: none}\nAAOS:",
        "SPARE",
        "the source 'SPARE' is used nowhere: take it out",
    ),
    "status that is none": Broken(
        "sources.yaml", "status: D", "status: sure", "status: sure", "'sure' is no status: write D, M or K"
    ),
    "half a sign-off": Broken(
        "applications.yaml",
        "{by: null, date: null}",
        "{by: Dr. A. Nurse, date: null}",
        "review:",
        "the sign-off of 'heat' is half: write both who and when, or neither",
    ),
    "sign-off that is no date": Broken(
        "applications.yaml",
        "{by: null, date: null}",
        "{by: Dr. A. Nurse, date: in June}",
        "review:",
        "'in June' is no date: write it like '2025-06-30', in quotes",
    ),
    "key that is there twice": Broken(
        RELIEF,
        "name: the bed stretch\n",
        "name: the bed stretch\nname: the sofa stretch\n",
        "name: the sofa",
        "the key 'name' is written twice: leave one",
    ),
    "no YAML": Broken(
        RELIEF,
        "gate: []",
        "gate: [",
        "review: {",
        "is not YAML (did not find expected ',' or ']'): mend that line",
    ),
    "prompt that is too long": Broken(
        "prompts.yaml",
        "ready: ",
        "spare: a few words and then some more and then even more than anybody can keep in mind at night\n"
        "ready: ",
        "spare:",
        "19 words are too long to follow by ear: say it in 18 or make two of it, in "
        "'a few words and then some more and then even more than anybody can keep in mind at night'",
    ),
}


@pytest.mark.parametrize("slip", BROKEN.values(), ids=BROKEN)
def test_a_slip_is_named_with_its_line_and_its_remedy(copy: Path, slip: Broken) -> None:
    """A broken file is refused; the message begins with the file and the very line, and says what to do."""
    path = copy / slip.file
    text = path.read_text(encoding="utf-8")
    assert slip.old in text
    text = text.replace(slip.old, slip.new, 1)
    path.write_text(text, encoding="utf-8")
    line = text[: text.index(slip.at) + len(slip.at.rstrip())].count("\n") + 1
    with pytest.raises(ContentError) as fault:
        check_content_file(path)
    assert str(fault.value) == f"{path}:{line}: {slip.message}"


def test_a_topic_has_the_room_that_its_sentences_leave(copy: Path) -> None:
    """What is too long is measured in the longest prompt that names it."""
    prompts = (copy / "prompts.yaml").read_text(encoding="utf-8")
    long = "a prompt with fourteen words besides the topic that it has to name is {topic}"
    (copy / "prompts.yaml").write_text(f"{prompts}\nlong: {long}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"triage\.yaml:\d+: 5 words .*: say it in 4 .*'chest pain or"):
        read_care(copy)


def test_a_whole_folder_is_checked_together(copy: Path) -> None:
    """A routine that only this folder lacks is missed where another one names it."""
    (copy / "routines" / "relief_bed.yaml").unlink()
    with pytest.raises(ContentError, match=r"bedtime_set\.yaml:7: no routine is called 'relief_bed'"):
        read_care(copy)


def test_a_missing_file_is_asked_back(copy: Path) -> None:
    """A file that cannot be read is named, with what to do."""
    (copy / "sources.yaml").unlink()
    with pytest.raises(ContentError, match=r"sources\.yaml: cannot be read \(.*\): restore the file$"):
        read_care(copy)


def test_an_empty_file_is_refused(copy: Path) -> None:
    """Nothing is not content."""
    path = copy / "triage.yaml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ContentError, match=r"triage\.yaml:1: the file must be keys with values"):
        check_content_file(path)


def test_a_control_character_is_refused(copy: Path) -> None:
    """A file that is not text is called so, not answered with a traceback."""
    path = copy / "triage.yaml"
    path.write_bytes(b"questions: \x00")
    with pytest.raises(ContentError, match=r"triage\.yaml:1: is not YAML \(.*\): mend that line$"):
        check_content_file(path)


def test_a_routine_is_added_without_code(tmp_path: Path) -> None:
    """The example of the guide is a routine, and its example of a slip reads like this."""
    guide = (Path(__file__).parents[1] / "docs" / "writing-content.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert example
    path = tmp_path / "chair_stretch.yaml"
    path.write_text(example[1], encoding="utf-8")
    check_content_file(path)
    path.write_text(example[1].replace("hold:", "hodl:"), encoding="utf-8")
    with pytest.raises(ContentError) as fault:
        check_content_file(path)
    assert str(fault.value).removeprefix(f"{tmp_path}/") in guide
