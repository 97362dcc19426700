"""The shape of the care content. Data only; `assistant.data` reads it from ``content/`` and checks it.

Every text is one spoken sentence of at most 18 words. Sources are ids of ``content/<lang>/sources.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (the validator reads the annotations)
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.dialogue.facts import Fact
    from assistant.dialogue.knowledge import Topic

STRICT = {"extra": "forbid"}
"""Read by the validator: a key that no field is named after is a fault of the file."""


class Level(IntEnum):
    """How soon somebody should be seen. The highest level reached stands."""

    NONE = 0
    SELF_CARE = 1
    DOCTOR = 2
    URGENT = 3
    EMERGENCY = 4

    @classmethod
    def _missing_(cls, value: object) -> Level | None:
        """Take the name that content files use: ``urgent``."""
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Who signed the text off."""

    __pydantic_config__ = STRICT
    by: str | None = None
    """Name of a clinician; None: nobody yet."""
    date: str | None = None
    """ISO date, in quotes; after 24 months the text counts as out of date."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """Something that a plain yes begins. Either a routine or an intent."""

    __pydantic_config__ = STRICT
    say: str
    """The question that offers it."""
    routine: str | None = None
    """Id of the routine that is begun, behind its gate."""
    intent: str | None = None
    """``screen``, ``set_profile`` or ``read_summary``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One sentence of a routine and what is done after it. One of hold, rest, wait, count, confirm."""

    __pydantic_config__ = STRICT
    say: str
    hold: float = 0
    """Seconds to hold a stretch: breathing cue, half-way, last three counted."""
    rest: float = 0
    """Seconds to rest."""
    wait: float = 0
    """Seconds to go on doing it: half-way and the last three are said, no breathing cue."""
    count: int = 0
    """Movements to make, counted aloud at a calm pace."""
    confirm: bool = False
    """Go on only when the person says so."""
    screen: bool = False
    """A rest in which one question of the screen may be asked."""
    ask: str | None = None
    """Id of a question that is asked when the step is over."""
    timer: str | None = None
    """Id of an application timer that starts when the step is over."""
    first: bool = False
    """Only in the first round of its block, of each leg."""
    once: bool = False
    """Its timed part is never done twice in one go, nor taken up again: like heating, it would add up."""
    if_locked: str | None = None
    """Only where this lock held when the routine began: other words for those whom it concerns."""
    unless_locked: str | None = None
    """Only where it did not."""
    label: str | None = None
    """A place to jump to: ``start`` (other leg), ``close`` (it eased), ``hands_free`` (out of reach)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Steps that are gone through several times."""

    __pydantic_config__ = STRICT
    repeat: int = 1
    """Rounds."""
    steps: tuple[Step, ...]
    ask: str | None = None
    """Id of a question that is asked after the last round."""
    again_if: str | None = None
    """Id of a question that is asked after all rounds but the last: a confirmed yes leads to one more."""
    each: str | None = None
    """``leg``, ``foot`` or ``side``: all rounds are gone through with one, then with the other."""
    if_locked: str | None = None
    """As for a step."""
    unless_locked: str | None = None
    """As for a step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Routine:
    """A guided routine."""

    __pydantic_config__ = STRICT
    id: str
    name: str
    """As spoken: ``the bed stretch``."""
    locks: tuple[str, ...]
    """Names of the locks that forbid it, of `Outcome.locks`."""
    gate: tuple[str, ...]
    """Ids of the questions that must have a safe answer before it starts; empty for the first relief."""
    instead: str | None = None
    """Id of the routine that is offered when it is locked."""
    then: str | None = None
    """Id of the routine that follows, behind a gate of its own."""
    relieves: str | None = None
    """``thigh``, ``calf`` or ``foot``: what is done at once for a cramp there."""
    setting: str | None = None
    """Name of the setting without which it is left out."""
    again_minutes: float = 0
    """Minutes before it may be started again, counted from its last step that is done but `Step.once`."""
    settle_minutes: float = 0
    """Minutes after waking before it may start."""
    sources: tuple[str, ...]
    review: Review
    steps: tuple[Step | Block, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What follows from an answer."""

    __pydantic_config__ = STRICT
    level: Level = Level.NONE
    locks: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    """Ids of the questions to ask next."""
    say: tuple[str, ...] = ()
    """Sentences to say, the reason first."""
    script: str | None = None
    """Id of a disposition script other than the level's own."""
    replaces: Mapping[str, str] = field(default_factory=dict)
    """Script id -> id of the one that is spoken in its place while this answer stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question, what its answers mean, and what silence means."""

    __pydantic_config__ = STRICT
    id: str
    say: tuple[str, ...]
    again: tuple[str, ...]
    """In other words, with a way to check; for a question that was not answered clearly."""
    kind: str
    """``yes_no``, ``progress`` (better, same, worse), ``pain`` or ``count`` (0-10), ``off``, ``posture``.

    ``side`` (left, right, both) has no danger: it is only written down.
    """
    topic: str = ""
    """For the read-back: ``I heard yes to {topic}.``"""
    danger: str = "yes"
    """The answer that is read back and has consequences: ``yes`` or ``no``, ``worse``, for a number ``>4``.

    ``>4 or rising`` also means any number above the one that was told before in the same cramp. ``sitting``
    or ``standing``, for a posture, is not read back.
    """
    outcome: Outcome = Outcome()
    """Of a confirmed danger answer."""
    unclear: Outcome = Outcome()
    """When it stayed unclear after asking again: never milder than the principles of triage allow."""
    valid_minutes: float = 30
    """How long a safe answer counts."""
    stands_minutes: float = 1440
    """How long any other answer counts; after that it is asked again."""
    sources: tuple[str, ...]
    review: Review

    @property
    def most(self) -> int:
        """The highest number that is no danger yet, of a question that a number answers."""
        return int(self.danger.lstrip(">").split()[0])

    @property
    def minds_rising(self) -> bool:
        """Whether a number above the one before is a danger too."""
        return self.danger.endswith("rising")


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """Heat or cold on the skin, timed, with checks that insist on an answer. Minutes from the start."""

    __pydantic_config__ = STRICT
    id: str
    name: str
    """As spoken: ``your heat``."""
    group: str
    """``heat`` or ``cold``: what the skin rests from, whatever it was."""
    minutes: float
    checks: tuple[float, ...]
    check: str
    """Id of the skin question."""
    end: str
    """Id of the question that ends it: is it off?"""
    hard_stop: float
    insist_seconds: float
    """Unanswered questions are repeated, louder, this often, without end."""
    rest_minutes: float
    """Before anything of its group may be used again."""
    per_day: int = 3
    """How often anything of its group may be used in a day."""
    after: tuple[str, ...] = ()
    """Sentences to say when it is off."""
    sources: tuple[str, ...]
    review: Review


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """Something that somebody can be reminded of."""

    __pydantic_config__ = STRICT
    name: str
    """As spoken: ``your water reminder``; ``{length}`` is how long it was set for."""
    ring: tuple[str, ...]
    """Sentences to say when its time has come; ``{length}`` as above."""
    also: tuple[str, ...] = ()
    """Sentences to say when it is set."""
    safety: bool = False
    """It breaks the quiet hours, and is repeated until it is answered."""
    sources: tuple[str, ...]
    review: Review


@dataclass(frozen=True, kw_only=True, slots=True)
class Triage:
    """All questions, and the orders in which they are asked."""

    __pydantic_config__ = STRICT
    questions: tuple[Question, ...]
    screen: tuple[str, ...]
    """The quick screen: asked one per rest during relief."""
    profile: tuple[str, ...]
    """What else has to be known of somebody before pressing, rolling, heat or ice."""
    request: tuple[str, ...]
    """Asked when somebody wants to know whether to see a doctor."""
    only_of: Mapping[str, str] = field(default_factory=dict)
    """Question of `request` -> id of a fact: only whoever told it is asked, or who is led to it."""
    failing: tuple[str, ...]
    """Asked when a routine did not help."""
    overdue: tuple[str, ...]
    """Asked when a cramp has been going on for longer than it should."""
    emergency: Mapping[str, str]
    """Emergency words by flag -> id of the question whose danger answer they are, or ``emergency``."""
    scripts: Mapping[str, tuple[str, ...]]
    """By level name or script id, the most urgent first; the locale fills ``{number}`` and ``{urgent}``."""
    offers: Mapping[str, str] = field(default_factory=dict)
    """Script id -> the intent of `Proposal` that a yes to it stands for."""
    review: Review


@dataclass(frozen=True, kw_only=True, slots=True)
class Cautions:
    """The questions that guard routines, and are no part of the triage."""

    __pydantic_config__ = STRICT
    questions: tuple[Question, ...]
    review: Review


@dataclass(frozen=True, kw_only=True, slots=True)
class DiaryQuestion:
    """A question that need not be answered, and whose answer has no consequences for care."""

    __pydantic_config__ = STRICT
    kind: str
    """``yes_no``, ``pain`` (zero to ten), ``side``, ``onset``, ``trigger`` or ``hours``."""
    say: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DiaryQuestions:
    """What is asked for the diary, and when. The orders hold ids of `questions`."""

    __pydantic_config__ = STRICT
    questions: Mapping[str, DiaryQuestion]
    """By the field of the diary that they fill, or by what they ask leave for."""
    most_at_night: int
    """Questions of the diary in one night."""
    night: tuple[str, ...]
    """Asked once a cramp has eased."""
    morning: tuple[str, ...]
    """Asked of every cramp."""
    morning_once: tuple[str, ...]
    """Asked of the last cramp of a night."""
    unless_woke: tuple[str, ...]
    """Asked of a cramp that did not wake the person."""
    sources: tuple[str, ...]
    review: Review


@dataclass(frozen=True, kw_only=True, slots=True)
class Locale:
    """Whom to call where."""

    __pydantic_config__ = STRICT
    name: str
    """As spoken: ``the United Kingdom``."""
    number: str
    """As spoken: ``nine nine nine``."""
    urgent: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a text comes from."""

    __pydantic_config__ = STRICT
    name: str
    """As spoken: ``the N H S page on leg cramps``."""
    year: int | None = None
    status: str
    """``D``: its text was seen; ``M``: only a copy or a summary; ``K``: general knowledge, not verified."""
    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """Everything the assistant can say, checked: every id that is referred to exists."""

    prompts: Mapping[str, str]
    """Id -> sentence with ``{placeholders}``; of one with several wordings the first."""
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Id -> all wordings of a prompt that has several."""
    routines: Mapping[str, Routine]
    triage: Triage
    questions: Mapping[str, Question]
    """Of the triage and the cautions, by id."""
    diary: DiaryQuestions
    """Its questions are among `questions` too."""
    applications: Mapping[str, Application]
    reminders: Mapping[str, Reminder]
    sources: Mapping[str, Source]
    place: str
    """Of the settings: key of `locales`, until somebody confirms or names another one."""
    locales: Mapping[str, Locale]
    numbers: tuple[str, ...]
    """Zero upwards in words, for counts and times; at least 0 to 120."""
    spelled: Mapping[str, str] = field(default_factory=dict)
    """Number in words that is easily heard as another -> its digits: ``fifteen`` -> ``one five``."""
    facts: Mapping[str, Fact]
    """What may be told about a person, by id, in the order of the set-up; `questions` has their questions."""
    since: Mapping[str, str]
    """When something began -> as spoken."""
    vessels: Mapping[str, Mapping[str, int]]
    """Locale, or ``default`` -> what is drunk from -> milliliters."""
    topics: Mapping[str, Topic]
    """What can be asked about, by id."""
    years: Mapping[int, str]
    """The years of the sources in words."""
    left_out: frozenset[str] = frozenset()
    """Ids of the routines whose setting is off."""

    @property
    def relief(self) -> dict[str, str]:
        """Return muscle -> id of the routine that is done at once for a cramp there."""
        return {routine.relieves: name for name, routine in self.routines.items() if routine.relieves}

    @property
    def locale(self) -> Locale:
        """Whom to call in the place of the settings."""
        return self.locales[self.place]
