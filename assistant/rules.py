"""The rules that the care content keeps: every id exists, every question is asked, every figure makes sense.

Each rule yields faults as file, place, and what is wrong there with what to do about it.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from difflib import get_close_matches
from math import inf
from string import Formatter
from typing import TYPE_CHECKING

from assistant.care import (
    ASKED_BY_THE_DIALOGUE,
    asked,
    diary_orders,
    outcomes,
    questions,
    references,
    reviews,
    walk,
    wordings,
)
from assistant.dialogue.content import Block, Level
from assistant.lint import sentence_faults, spoken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from assistant.care import Care, Fault, Part, Place
    from assistant.dialogue.content import Application, Proposal, Question, Routine, Step
    from assistant.yamlfile import YamlFile

LOCKS = {
    "stretch": "the leg must not be stretched or trained: it may be injured, in a cast or newly operated on",
    "standing": "nothing that is done standing: unsteady, in the dark, in strong pain",
    "flat": "no lying flat on the back for long: late in pregnancy",
    "massage": "no rubbing and pressing",
    "roller": "no foam roller",
    "heat": "no heat on the skin",
    "ice": "no cold on the skin",
    "raising": "the leg must not be raised: blood flow",
    "fluids": "no advice about how much to drink",
    "minerals": "no advice about minerals",
    "all": "no routine at all",
    "microwave": "nothing is heated in the microwave",
    "cramp": "only when the cramp is over",
    "night": "only by day, and wide awake",
    "dog": "no downward dog",
    "full_dog": "no downward dog without the wall",
    "triangle": "no triangle pose",
    "staff": "no staff pose",
}
"""What an answer can forbid: name -> what it means. Profile and questions use the same names."""
SETTINGS = frozenset({"rice_sock"})
"""Settings that switch a routine on."""
MUSCLES = frozenset({"thigh", "calf", "foot"})
"""Where a cramp may be: each has one routine that relieves it."""
SIDES = frozenset({"leg", "foot", "side"})
"""What a block can be gone through with one after the other."""
GROUPS = frozenset({"heat", "cold"})
"""What the skin rests from."""
BEHIND_THE_SCREEN = frozenset({"massage", "heat", "ice", "roller"})
"""Locks of routines that press, roll, heat or cool: never without the quick screen and the profile."""
LABELS = frozenset({"start", "close", "hands_free"})
"""Places in a routine that the dialogue jumps to."""
DANGERS = {
    "yes_no": r"yes|no",
    "progress": r"worse",
    "pain": r">[0-9]( or rising)?",
    "count": r">[0-9]",
    "off": r"no",
    "posture": r"sitting|standing",
    "place": r"yes",
    "side": r"yes",
}
"""Question kind -> pattern of its dangerous answer."""
DIARY_KINDS = ("yes_no", "pain", "side", "onset", "trigger", "hours")
CONSENTS = frozenset({"morning_offer", "read_aloud", "delete", "forget", "forget_again"})
"""Questions of the diary that the dialogue asks by their name."""
ACCEPTED = frozenset({"screen", "set_profile", "read_summary"})
"""Intents that a yes may stand for, besides the start of a routine."""
LONGEST = {"hold": 60, "rest": 60, "wait": 600, "count": 20}
"""Seconds or movements at most. A hold: the longest of any source (ACSM); the others only catch slips."""
MOST_ROUNDS = 20
SCRIPTS_BESIDES = ("watch", "unfinished")
"""Scripts that the dialogue speaks and no level is called after."""
STATUSES = frozenset({"D", "M", "K"})


def faults(care: Care) -> Iterator[Fault]:
    """Yield everything that is wrong, file by file."""
    for part in care.routines:
        yield from _routine_faults(part)
    yield from _prompt_faults(care)
    yield from _question_faults(care)
    yield from _diary_faults(care)
    yield from _application_faults(care)
    yield from _script_faults(care)
    yield from _topic_faults(care)
    yield from _profile_faults(care)
    yield from _reference_faults(care)
    yield from _relief_faults(care)
    yield from _source_faults(care)
    yield from _review_faults(care)
    yield from _emergency_faults(care)
    yield from _gate_faults(care)
    yield from _reach_faults(care)
    yield from sentence_faults(care)
    yield from _pronunciation_faults(care)


def _unknown(file: YamlFile, place: Place, kind: str, name: str, known: Collection[str]) -> Iterator[Fault]:
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
        yield file, place, f"no {kind} is called {name!r}: {hint}"


def _reference_faults(care: Care) -> Iterator[Fault]:
    known: dict[str, Collection[str]] = {
        "question": {about.id for about in (*care.profile.value.facts, *care.profile.value.questions)}
        | {question.id for _, _, question in questions(care)},
        "routine": {part.value.id for part in care.routines},
        "application": care.applications.value,
        "source": care.sources.value,
        "script": care.triage.value.scripts,
        "locale": care.locales.value,
    }
    for file, place, kind, name in references(care):
        yield from _unknown(file, place, kind, name, known[kind])
    for name in sorted(ASKED_BY_THE_DIALOGUE - set(known["question"])):
        yield care.cautions.file, ("questions",), f"the question {name!r} is missing: write it"


# Routines


def _prompt_faults(care: Care) -> Iterator[Fault]:
    for name, prompt in wordings(care).items():
        if not prompt:
            yield care.prompts.file, (name,), "there is no wording: write one, or take the prompt out"
            continue
        first = _placeholders(prompt[0])
        for index, text in enumerate(prompt[1:], 1):
            if _placeholders(text) != first:
                wanted = ", ".join(f"{{{slot}}}" for slot in sorted(first)) or "none"
                yield (
                    care.prompts.file,
                    (name, index),
                    f"{text!r} has other placeholders than the first wording: use {wanted}",
                )


def _placeholders(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:  # a brace stands alone: `lint` says so
        return set()


def _routine_faults(part: Part[Routine]) -> Iterator[Fault]:
    file, routine = part.file, part.value
    if file.path.stem != routine.id:
        yield file, ("id",), f"the id {routine.id!r} is not the file's name: call the file {routine.id}.yaml"
    for index, block in enumerate(routine.steps):
        if isinstance(block, Block):
            yield from _block_faults(file, ("steps", index), block)
    for place, step in walk(routine):
        for key, what in _step_faults(step):
            yield file, (*place, key), what
        yield from _condition_faults(file, place, step)
    yield from _label_faults(part)
    for index, lock in enumerate(routine.locks):
        yield from _unknown(file, ("locks", index), "lock", lock, LOCKS)
    if routine.setting:
        yield from _unknown(file, ("setting",), "setting", routine.setting, SETTINGS)


def _relief_faults(care: Care) -> Iterator[Fault]:
    """Each muscle has one routine that is begun at once, without a gate."""
    seen: Counter[str] = Counter()
    for part in care.routines:
        muscle = part.value.relieves
        if muscle is None:
            continue
        yield from _unknown(part.file, ("relieves",), "muscle", muscle, MUSCLES)
        seen[muscle] += 1
        if seen[muscle] == 2:  # noqa: PLR2004 (the second one is the fault)
            yield part.file, ("relieves",), f"two routines relieve the {muscle}: leave one"
        if part.value.gate:
            yield part.file, ("gate",), "relief starts at once: leave the gate empty"
    for muscle in sorted(MUSCLES - set(seen)):
        yield care.prompts.file, (), f"no routine relieves the {muscle}: write 'relieves: {muscle}' in one"


def _block_faults(file: YamlFile, place: Place, block: Block) -> Iterator[Fault]:
    if not 1 <= block.repeat <= MOST_ROUNDS:
        yield file, (*place, "repeat"), f"{block.repeat!r} rounds: write one to {MOST_ROUNDS}"
    if not block.steps:
        yield file, (*place, "steps"), "nothing is repeated: write the steps"
    if block.each:
        yield from _unknown(file, (*place, "each"), "side", block.each, SIDES)
    if block.again_if and block.steps and block.steps[-1].ask:
        yield file, (*place, "again_if"), "the last step asks another question: leave one of the two"
    yield from _condition_faults(file, place, block)


def _condition_faults(file: YamlFile, place: Place, part: Step | Block) -> Iterator[Fault]:
    for key in ("if_locked", "unless_locked"):
        if lock := getattr(part, key):
            yield from _unknown(file, (*place, key), "lock", lock, LOCKS)


def _step_faults(step: Step) -> Iterator[tuple[str, str]]:
    times = {key: getattr(step, key) for key in LONGEST}
    for key, seconds in times.items():
        if not 0 <= seconds <= LONGEST[key]:
            unit = "movements" if key == "count" else f"seconds of {key}"
            yield key, f"{seconds!r} {unit}: write zero to {LONGEST[key]}"
    used = [key for key, value in {**times, "confirm": step.confirm}.items() if value]
    if len(used) > 1:
        yield used[1], f"a step does one of {', '.join(used)}, not all of them: make two steps of it"
    if step.once and not step.wait:
        yield "once", "only a wait can be what is never done twice: write the wait, or take once out"
    if step.screen and not step.rest:
        yield "screen", "a question of the screen needs a rest: write the rest, or take the screen out"


def _label_faults(part: Part[Routine]) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for place, step in walk(part.value):
        if step.label is None:
            continue
        yield from _unknown(part.file, (*place, "label"), "label", step.label, LABELS)
        seen[step.label] += 1
        if seen[step.label] == 2:  # noqa: PLR2004 (the second one is the fault)
            yield part.file, (*place, "label"), f"two steps are labelled {step.label!r}: leave one"
    if not seen["start"]:
        what = "no step is labelled 'start': label the one at which the other leg begins"
        yield part.file, ("steps",), what


# Questions


def _question_faults(care: Care) -> Iterator[Fault]:
    ids = Counter(question.id for _, _, question in questions(care))
    for file, place, question in questions(care):
        if ids[question.id] > 1:
            yield file, (*place, "id"), f"two questions are called {question.id!r}: rename one"
        for key, what in _answer_faults(question):
            yield file, (*place, key), what
        for key, outcome in outcomes(question):
            for lock_index, lock in enumerate(outcome.locks):
                yield from _unknown(file, (*place, key, "locks", lock_index), "lock", lock, LOCKS)
        yield from ((file, (*place, "unclear"), what) for what in _mildness(question))


def _answer_faults(question: Question) -> Iterator[tuple[str, str]]:
    if question.kind not in DANGERS:
        yield "kind", f"{question.kind!r} is no kind of question: write one of {', '.join(DANGERS)}"
    elif not re.fullmatch(DANGERS[question.kind], question.danger):
        is_number = question.kind in ("pain", "count")
        remedy = "'>' and one figure, like '>4'" if is_number else DANGERS[question.kind]
        yield "danger", f"{question.danger!r} is no answer to a {question.kind} question: write {remedy}"
    for key in ("say", "again"):
        if not getattr(question, key):
            yield key, "there is nothing to ask: write a sentence"
    for key in ("valid_minutes", "stands_minutes"):
        if not 0 <= getattr(question, key) < inf:
            yield key, f"{getattr(question, key)!r} is no time: write minutes, zero or more"
    if not question.topic and (question.kind == "yes_no" or question.outcome.locks):
        yield "topic", "topic is missing: write what 'I heard yes to ...' names"


def _diary_faults(care: Care) -> Iterator[Fault]:
    file, asked = care.diary.file, care.diary.value.questions
    others = {question.id for _, _, question in questions(care)}
    for name, question in asked.items():
        if name in others:
            yield (
                file,
                ("questions", name),
                f"a question of the triage is called {name!r} too: rename this one",
            )
        if question.kind not in DIARY_KINDS:
            what = f"{question.kind!r} is no kind of diary question: write one of {', '.join(DIARY_KINDS)}"
            yield file, ("questions", name, "kind"), what
        if not question.say:
            yield file, ("questions", name, "say"), "there is nothing to ask: write a sentence"
    for place, name in diary_orders(care):
        yield from _unknown(file, place, "diary question", name, asked)
    for name in sorted(CONSENTS - asked.keys()):
        yield file, ("questions",), f"the question {name!r} is missing: write it"


def _mildness(question: Question) -> Iterator[str]:
    """No clear answer is at least urgent where the danger is, and locks what the danger locks."""
    least = min(question.outcome.level, Level.URGENT)
    if question.unclear.level < least:
        yield f"no clear answer must be at least {least.name.lower()}, like the danger: write that level"
    if missing := sorted(set(question.outcome.locks) - set(question.unclear.locks)):
        yield f"no clear answer must lock what the danger locks: add {', '.join(missing)}"


def _emergency_faults(care: Care) -> Iterator[Fault]:
    """What somebody calls out is an emergency as it stands."""
    part = care.triage
    levels = {question.id: question.outcome.level for _, _, question in questions(care)}
    for flag, name in part.value.emergency.items():
        if levels.get(name, Level.EMERGENCY) is not Level.EMERGENCY:
            yield part.file, ("emergency", flag), f"{name!r} does not lead to 'emergency': name one that does"


def _gate_faults(care: Care) -> Iterator[Fault]:
    """What presses, rolls, heats or cools waits for the quick screen and the profile."""
    needed = (*care.triage.value.screen, *care.triage.value.profile)
    for part in care.routines:
        missing = [name for name in needed if name not in part.value.gate]
        if BEHIND_THE_SCREEN.intersection(part.value.locks) and missing:
            yield part.file, ("gate",), f"it must not start before the whole screen: add {', '.join(missing)}"


def _script_faults(care: Care) -> Iterator[Fault]:
    """Every level has its words, and so has what is said where a level does not say it."""
    part = care.triage
    for name in (*(level.name.lower() for level in Level if level), *SCRIPTS_BESIDES):
        if name not in part.value.scripts:
            yield part.file, ("scripts",), f"the script {name!r} is missing: write it"
    for name, intent in part.value.offers.items():
        yield from _unknown(part.file, ("offers", name), "script", name, part.value.scripts)
        yield from _unknown(part.file, ("offers", name), "offered intent", intent, ACCEPTED)


def _reach_faults(care: Care) -> Iterator[Fault]:
    """Every question is asked somewhere, and every level that has a script can be reached."""
    part = care.triage
    reached = asked(care)
    for file, place, question in questions(care):
        if question.id not in reached:
            what = f"{question.id!r} is never asked: name it in a gate, an order or an ask, or take it out"
            yield file, (*place, "id"), what
    levels = {o.level for _, _, q in questions(care) if q.id in reached for _, o in outcomes(q)}
    for level in (Level.DOCTOR, Level.URGENT, Level.EMERGENCY):
        if level not in levels:
            yield part.file, ("questions",), f"no answer leads to {level.name.lower()!r}: give one that level"


# Heat, sources, sign-offs


def _application_faults(care: Care) -> Iterator[Fault]:
    file = care.applications.file
    kinds = {question.id: question.kind for _, _, question in questions(care)}
    for name, value in care.applications.value.items():
        if value.id != name:
            yield file, (name, "id"), f"the id {value.id!r} is not the key {name!r}: write the same"
        for key, kind in (("check", "yes_no"), ("end", "off")):
            asks = getattr(value, key)
            if kinds.get(asks, kind) != kind:
                yield file, (name, key), f"{asks!r} is no question of the kind {kind!r}: name one that is"
        yield from _unknown(file, (name, "group"), "group", value.group, GROUPS)
        if value.per_day < 1:
            yield file, (name, "per_day"), f"{value.per_day!r} times a day: write one or more"
        for key, what in _timing_faults(value):
            yield file, (name, key), what


def _timing_faults(value: Application) -> Iterator[tuple[str, str]]:
    for key in ("minutes", "hard_stop", "insist_seconds", "rest_minutes"):
        if not 0 < getattr(value, key) < inf:
            yield key, f"{getattr(value, key)!r} is no time: write a number above zero"
    if value.hard_stop < value.minutes:
        yield "hard_stop", f"{value.hard_stop:g} comes before the end at {value.minutes:g}: raise it"
    if sorted({0, *value.checks, value.minutes}) != [0, *value.checks, value.minutes]:
        yield "checks", f"the checks must come in order, before the end at {value.minutes:g}"


def _pronunciation_faults(care: Care) -> Iterator[Fault]:
    """A word is spoken otherwise only while it is spoken at all."""
    part = care.pronunciation
    spoken_words = {word.strip(".,;:!?") for text in spoken(care) for word in text.text.lower().split()}
    for word in part.value:
        if word not in spoken_words:
            yield (
                part.file,
                (word,),
                f"{word!r} is nowhere said, or not in lower case: mend it or take it out",
            )


def _topic_faults(care: Care) -> Iterator[Fault]:
    file = care.teaching.file
    ids = Counter(topic.id for topic in care.teaching.value.topics)
    for index, topic in enumerate(care.teaching.value.topics):
        place: Place = ("topics", index)
        if ids[topic.id] > 1:
            yield file, (*place, "id"), f"two topics are called {topic.id!r}: rename one"
        if not topic.say or not topic.sources:
            yield file, place, "there is no answer, or no source for it: write both"
        if topic.offer:
            yield from ((file, (*place, "offer"), what) for what in _offer_faults(topic.offer))
        if bool(topic.gate) != bool(topic.instead):
            yield file, place, "a gate needs what is said instead, and the other way round: write both"


def _offer_faults(offer: Proposal) -> Iterator[str]:
    if bool(offer.routine) == bool(offer.intent):
        yield "a yes begins one thing: write either routine or intent"
    elif offer.intent and offer.intent not in ACCEPTED:
        yield f"{offer.intent!r} cannot be offered: write one of {', '.join(sorted(ACCEPTED))}"
    if not offer.say.endswith("?"):
        yield "an offer is a question: end it with a question mark"


def _profile_faults(care: Care) -> Iterator[Fault]:
    """No fact stands for a red flag, and none shares its id with a question."""
    part = care.profile
    asked_elsewhere = {question.id: question for _, _, question in questions(care)}
    ids = Counter(about.id for about in (*part.value.facts, *part.value.questions))
    for index, fact in enumerate(part.value.facts):
        place: Place = ("facts", index)
        if ids[fact.id] > 1 or fact.id in asked_elsewhere:
            yield part.file, (*place, "id"), f"two questions are called {fact.id!r}: rename one"
        covered = asked_elsewhere.get(fact.covers or "")
        if covered and covered.outcome.level:
            yield part.file, (*place, "covers"), f"{fact.covers!r} has a level: it must be asked each time"
        for number, lock in enumerate(fact.locks):
            yield from _unknown(part.file, (*place, "locks", number), "lock", lock, LOCKS)


def _source_faults(care: Care) -> Iterator[Fault]:
    part = care.sources
    used = {name for _, _, kind, name in references(care) if kind == "source"}
    for name, source in part.value.items():
        if source.status not in STATUSES:
            yield part.file, (name, "status"), f"{source.status!r} is no status: write D, M or K"
        if name not in used:
            yield part.file, (name,), f"the source {name!r} is used nowhere: take it out"


def _review_faults(care: Care) -> Iterator[Fault]:
    for file, place, name, review in reviews(care):
        if (review.by is None) != (review.date is None):
            yield file, place, f"the sign-off of {name!r} is half: write both who and when, or neither"
        elif review.date and not _is_date(review.date):
            yield file, (*place, "date"), f"{review.date!r} is no date: write it like '2025-06-30', in quotes"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
