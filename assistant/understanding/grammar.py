"""The grammar of one language: which sentences stand for which intent, and in which scope.

The files are read by `assistant.data.load_grammar`; this module knows what may stand in them.
"""

from __future__ import annotations

from collections.abc import Mapping  # at run time too: the validator reads the fields below
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from hassil.expression import Group, ListReference, RuleReference
from hassil.intents import Intents
from hassil.parser import ParseError

from assistant.understanding.graph import read_template, word_graph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from hassil.expression import Expression

    from assistant.values import Scope, WordGraph

SCOPES = (
    "idle",
    "offer",
    "guiding",
    "paused",
    "yes_no",
    "progress",
    "pain",
    "count",
    "place",
    "off",
    "posture",
    "fact",
    "side",
    "onset",
    "trigger",
    "hours",
)
"""What the dialogue can be listening for. What can be said in ``idle`` can be said in ``offer`` as well."""

ASLEEP = "asleep"
"""One scope more, in which nothing but `ALWAYS` can be said, whatever the files say."""

ALWAYS = frozenset({"cramp", "help", "emergency", "stop", "wake"})
"""Intents that are heard asleep, too."""

_FLAGS = ("chest_pain", "breathing", "coughing_blood", "passed_out", "cannot_move_leg", "cannot_feel_leg",
          "ambulance", "cannot_get_up")  # fmt: skip

_THEN = ("slower", "faster", "louder", "quieter", "stop", "pause")
"""Intents that may stand behind an answer."""
_TOLD = ("q2", "q3", "q4", "q5", "q7", "q8", "q10", "q12", "q13", "q14", "q16", "q17", "child")
"""Questions that somebody answers without being asked."""

MINUTES = tuple(str(n) for n in (*range(1, 9), 10, 12, 15, 20, 25, 30, 45, 50, 60, 90, 120))
"""What a timer can be set for."""

_TIMES = (
    *(f"{hour:02}:00" for hour in (*range(6, 12), *range(18, 24))),
    *(f"{hour}:30" for hour in range(18, 24)),
)

_REMINDERS = ("drink", "stretch", "leg", "bedtime", "medicine")
_TIMERS = ("timer", "drink", "stretch", "leg", "bedtime", "heat", "ice")

_SLOTS: Mapping[str, Mapping[str, Sequence[str] | None]] = {
    "cramp": {"muscle": ("thigh", "calf", "foot"), "side": ("left", "right")},
    "emergency": {"flag": _FLAGS},
    "symptom": {"question": _TOLD, "side": ("left", "right")},
    "count_cramps": {"period": ("tonight", "week", "month")},
    "place": {"place": ("uk", "ie", "eu", "us", "ca", "au", "nz", "in", "za", "jp")},
    "side": {"side": ("left", "right", "both")},
    "onset": {"onset": ("sleep", "rest", "exercise", "after_exercise", "walking")},
    "trigger": {"trigger": ("sitting", "standing", "effort", "heat", "alcohol", "illness", "medicine")},
    "hours": {"hours": tuple(str(hours) for hours in range(25))},
    "start": {"routine": None},
    "topic": {"topic": None},
    "fact": {"fact": None, "since": None},
    "no_fact": {"fact": None},
    "forget_fact": {"known": None},
    "age": {"age": ("under_16", "16_to_39", "40_to_64", "65_to_74", "75_and_over")},
    "usual": {"usual_muscle": ("thigh", "calf", "foot"), "usual_side": ("left", "right", "both")},
    "since": {"since": None},
    "drank": {
        "vessel": None,
        "count": ("1", "2", "3", "4"),
        "drink": ("water", "tea", "coffee", "milk", "juice"),
    },
    "set_timer": {"minutes": MINUTES, "about": _REMINDERS},
    "set_interval": {"minutes": ("30", "60", "120", "180"), "about": _REMINDERS},
    "set_daily": {"at": _TIMES, "about": _REMINDERS},
    "cancel_timer": {
        "about": ("timer", "drink", "stretch", "leg", "bedtime", "all"),
        "minutes": MINUTES[1:-3],
    },
    "pause_timer": {"about": _TIMERS},
    "resume_timer": {"about": _TIMERS},
    "extend_timer": {"minutes": ("2", "5", "10", "15", "20", "30"), "about": _TIMERS},
    "correct": {
        "answer": ("yes", "no"),
        "score": tuple(str(score) for score in range(11)),
        "side": ("left", "right", "both"),
    },
    **{name: {"then": _THEN} for name in ("yes", "no", "unsure")},
    "pain": {
        "then": _THEN,
        "score": tuple(str(score) for score in range(11)),
        "band": ("none", "mild", "medium", "strong", "worst"),
    },
}

_WITHOUT_SLOTS = (
    *("last_cramp", "what_helped", "drunk_today", "read_summary", "delete_last", "export_log", "forget_all"),
    "good_morning",
    *("help", "screen", "better", "same", "worse"),
    *("stop", "enough", "pause", "resume", "next", "back", "other_leg", "unreachable", "off", "end_heat"),
    *("tell_more", "source", "set_profile", "read_profile", "delete_profile", "skip"),
    *("list_timers", "thanks", "sleep", "wake", "are_you_there", "who_are_you", "what_time", "privacy"),
    *("how_long", "repeat", "what_can_i_say", "louder", "quieter", "slower", "faster"),
    *("weak_yes", "weak_no", "other", "standing", "sitting"),
)

INTENTS = {**_SLOTS, **{name: {} for name in _WITHOUT_SLOTS}}
"""What the dialogue understands: intent -> slot -> its values. A sentence need not fill its slots.

None: the values are ids of the care content, and whoever reads both holds them against each other.
"""

Place: TypeAlias = "tuple[object, ...]"
"""Keys and indexes that lead to a value of a file."""


# --- what stands in a file ----------------------------------------------------------------------------------

STRICT = {"extra": "forbid"}
"""Read by the validator: a key that no field is named after is a fault of the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Sentences that mean the same, and where they do."""

    __pydantic_config__ = STRICT
    sentences: tuple[str, ...]
    """In hassil's template language."""
    slots: Mapping[str, str] = field(default_factory=dict)
    requires_context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``scope``: the only ones in which they can be said; without it, every one."""
    excludes_context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """``scope``: where they cannot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocks:
    """The sentences of one intent."""

    __pydantic_config__ = STRICT
    data: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Words with a part in understanding, whatever sentence they stand in."""

    __pydantic_config__ = STRICT
    negations: frozenset[str] = frozenset()
    """Turn a sentence into its opposite."""
    answers: frozenset[str] = frozenset()
    """Those of them that can be an answer by themselves: ``no``."""
    carriers: frozenset[str] = frozenset()
    """May stand between a negation and what it denies: ``don't have any``."""
    openers: frozenset[str] = frozenset()
    """Open a statement of its own, which a ``no`` in front does not deny."""
    doubts: frozenset[str] = frozenset()
    """Deny a statement with a negation in front: ``don't think``."""
    joins: frozenset[str] = frozenset()
    """Carry a denial over to what follows: ``or``."""
    fillers: frozenset[str] = frozenset()
    """May be missing or too many when a sentence is understood in spite of its spelling."""
    distinct: frozenset[str] = frozenset()
    """Spelled right, so never a slip for a word that looks or sounds like them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GrammarFile:
    """One file of ``grammars/<language>``. A file holds what its author likes to keep together."""

    __pydantic_config__ = STRICT
    language: str
    intents: Mapping[str, Blocks] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    expansion_rules: Mapping[str, str] = field(default_factory=dict)
    skip_words: tuple[str, ...] = ()
    """Dropped from typed and open text."""
    words: Words | None = None


# --- faults -------------------------------------------------------------------------------------------------


T = TypeVar("T")


def faults_of_grammar(files: Sequence[tuple[T, GrammarFile]]) -> Iterator[tuple[T, tuple[Place, str]]]:
    """Yield what is wrong in the files of a grammar: whose file, the place in it, and what to do about it."""
    known = Names(
        lists=frozenset(name for _, file in files for name in file.lists),
        rules=frozenset(name for _, file in files for name in file.expansion_rules),
    )
    defined: set[str] = set()
    for owner, file in files:
        for fault in (*_intent_faults(file, known), *_definition_faults(file, known, defined)):
            yield owner, fault


def _intent_faults(file: GrammarFile, known: Names) -> Iterator[tuple[Place, str]]:
    for name, intent in file.intents.items():
        if name not in INTENTS:
            yield ("intents", name), f"there is no intent {name!r}: use one of {_listed(INTENTS)}"
            continue
        for number, block in enumerate(intent.data):
            for place, what in _block_faults(name, block, known):
                yield ("intents", name, "data", number, *place), what


def _definition_faults(file: GrammarFile, known: Names, defined: set[str]) -> Iterator[tuple[Place, str]]:
    """Check lists and rules; ``defined`` collects what earlier files defined."""
    for kind, bodies in (("lists", file.lists), ("expansion_rules", file.expansion_rules)):
        for name, body in bodies.items():
            if f"{kind}.{name}" in defined:
                yield (kind, name), f"{name!r} is defined in another file too: give it another name"
            defined.add(f"{kind}.{name}")
            for what in _list_faults(name, body) if isinstance(body, Mapping) else known.faults(body):
                yield (kind, name), what


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What a template may refer to."""

    lists: frozenset[str]
    rules: frozenset[str]

    def faults(self, template: str) -> Iterator[str]:
        """Yield what is wrong with a template."""
        try:
            expression = read_template(template)
        except ParseError as fault:
            yield f"the template {template!r} is malformed ({fault}): close its brackets"
            return
        for part in _parts(expression):
            if isinstance(part, RuleReference) and part.rule_name not in self.rules:
                yield f"there is no rule <{part.rule_name}>: use one of {_listed(self.rules)}, or define it"
            if isinstance(part, ListReference) and part.list_name not in self.lists:
                yield f"there is no list {{{part.list_name}}}: use one of {_listed(self.lists)}, or define it"


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, Group):
        for item in expression.items:
            yield from _parts(item)


def _block_faults(intent: str, block: Block, known: Names) -> Iterator[tuple[Place, str]]:
    for number, template in enumerate(block.sentences):
        for what in known.faults(template):
            yield ("sentences", number), what
    for slot, value in block.slots.items():
        if slot not in INTENTS[intent]:
            slots = _listed(INTENTS[intent]) or "none"
            yield ("slots", slot), f"{intent!r} has no slot {slot!r}: use {slots}"
        elif (values := INTENTS[intent][slot]) is not None and value not in values:
            yield ("slots", slot), f"the slot {slot!r} cannot be {value!r}: use one of {_listed(values)}"
    for key in ("requires_context", "excludes_context"):
        for what in _context_faults(getattr(block, key)):
            yield (key,), what


def _context_faults(context: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name, scopes in context.items():
        if name != "scope":
            yield f"there is no context {name!r}: use 'scope'"
            continue
        for scope in scopes:
            if scope not in (*SCOPES, ASLEEP):
                yield f"there is no scope {scope!r}: use one of {_listed(SCOPES)}"


def _list_faults(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    try:
        Intents.from_dict({"language": "", "intents": {}, "lists": {name: values}})
    except (ParseError, ValueError, KeyError, TypeError, AttributeError, AssertionError) as fault:
        yield f"the list {name!r} is malformed ({fault!r}): give it values, or a range with from and to"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


# --- the whole ----------------------------------------------------------------------------------------------


class Grammar:
    """All sentences of a language. Graphs are compiled once and kept."""

    def __init__(self, files: Sequence[GrammarFile]) -> None:
        """Take files in which there are no `faults`."""
        self.words = next((file.words for file in files if file.words), Words())
        self.skip_words = frozenset(word for file in files for word in file.skip_words)
        self.intents = Intents.from_dict(_merged(files))
        self._graphs: dict[tuple[str, str | None], WordGraph] = {}

    def graph(self, scope: Scope, intent: str | None = None) -> WordGraph:
        """Return all that can be said in a scope, or only what stands for one intent there.

        Raises `ContentError` for a template that cannot be spoken.
        """
        key = scope.name, intent
        if key not in self._graphs:
            asleep = ALWAYS if scope.name == ASLEEP else None
            self._graphs[key] = word_graph(self._only(asleep if intent is None else {intent}), scope)
        return self._graphs[key]

    def _only(self, names: Collection[str] | None) -> Intents:
        if names is None:
            return self.intents
        return Intents(
            self.intents.language,
            {name: body for name, body in self.intents.intents.items() if name in names},
            self.intents.slot_lists,
            self.intents.expansion_rules,
        )


def _merged(files: Sequence[GrammarFile]) -> dict[str, Any]:
    """Return the files as the one dictionary that hassil takes."""
    blocks: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        for name, intent in file.intents.items():
            blocks.setdefault(name, []).extend(_as_hassil(block) for block in intent.data)
    return {
        "language": files[0].language,
        "intents": {name: {"data": data} for name, data in blocks.items()},
        "lists": {name: values for file in files for name, values in file.lists.items()},
        "expansion_rules": {name: body for file in files for name, body in file.expansion_rules.items()},
        "skip_words": [word for file in files for word in file.skip_words],
    }


def _as_hassil(block: Block) -> dict[str, Any]:
    return {
        "sentences": list(block.sentences),
        "slots": dict(block.slots),
        "requires_context": {name: _widened(values) for name, values in block.requires_context.items()},
        "excludes_context": {name: _widened(values) for name, values in block.excludes_context.items()},
    }


def _widened(scopes: Sequence[str]) -> list[str]:
    """Return the scopes of a block; whoever was offered something can say all that can be said in idle."""
    return [*scopes, *(("offer",) if "idle" in scopes else ())]
