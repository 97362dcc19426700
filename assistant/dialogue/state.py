"""Everything the dialogue remembers: one plain value that can be written down and read back.

All times are seconds of the assistant's own clock, which goes on counting over a restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from assistant.values import Voice


class Mode(Enum):
    """Who has the floor."""

    IDLE = "idle"
    ASLEEP = "asleep"
    GUIDING = "guiding"
    PAUSED = "paused"
    ASKING = "asking"


@dataclass(kw_only=True, slots=True)
class Guide:
    """Where in a routine we are."""

    routine: str
    began: float = 0
    """When it was begun."""
    beat: int = 0
    """Index into the routine's beats."""
    prompt: int | None = None
    """Id of the sentence whose end is waited for."""
    since: float | None = None
    """When the timed part of the beat began, or went on; None while it does not run."""
    spent: float = 0
    """Seconds of the timed part that had passed before `since`."""
    cue: int = 0
    """How many of the beat's spoken cues are over."""
    paused: bool = False
    ends: bool = False
    """It was called better while a question of danger was open: come to the end once that is answered."""
    sleeps: bool = False
    """Good night was said while a question of danger was open: sleep once that is answered."""
    ask_over: bool = False
    """The question of this beat has been asked."""
    held: list[str] = field(default_factory=list)
    """The locks that held when it began: they decide which steps it has."""
    once: list[int] = field(default_factory=list)
    """Indexes of the beats that must not be done again, and have been begun."""


class Stage(Enum):
    """How far a question has come."""

    FIRST = "first"
    AGAIN = "again"
    """Asked once more, in other words."""
    CONFIRM = "confirm"
    """The dangerous answer was read back: is that right?"""


@dataclass(kw_only=True, slots=True)
class Asking:
    """A question that is open."""

    question: str
    stage: Stage = Stage.FIRST
    opened: float
    """An answer that began before this is not an answer to it."""
    prompt: int | None = None
    """Id of the sentence whose end is waited for."""
    since: float | None = None
    """When the person had the word; None while the question is spoken."""
    tries: int = 1
    """How often it was asked, in whatever words."""
    unheard: int = 0
    """How often nothing clear came back since it was last put in other words."""
    score: int | None = None
    """The number that is being read back."""
    other: int | None = None
    """The number that is read back next if this one is denied: it was one of the two."""
    choice: str | None = None
    """What was chosen and is being read back."""


class Purpose(Enum):
    """What a run of questions is for."""

    REST = "rest"
    """One at a time, during the rests of relief."""
    GATE = "gate"
    """Before a routine that must not be done in danger."""
    REQUEST = "request"
    """To say how soon somebody should be seen."""
    TOPIC = "topic"
    """Before an answer that might harm some."""
    PROFILE = "profile"
    """To know the person."""


@dataclass(kw_only=True, slots=True)
class Inquiry:
    """A run of questions."""

    purpose: Purpose
    queue: list[str]
    """Ids of the questions still to ask."""
    routine: str | None = None
    """What starts when the gate is clear."""
    total: int = 0
    """How many there were at first, until half of them are over and that is said; 0: it is not said."""
    topic: str | None = None
    """What is told afterwards."""
    since: str | None = None
    """When what was told of a person began, in their words."""
    side: str | None = None
    """The leg that was named with a sign of danger: ``left`` or ``right``."""
    answered: list[str] = field(default_factory=list)
    """Ids of those that are answered, oldest first: ``go back`` takes the last one."""


class Interest(Enum):
    """What a question of the diary is asked for."""

    NIGHT = "night"
    MORNING = "morning"
    OFFER = "offer"
    """May it be asked now?"""
    READ_ALOUD = "read_aloud"
    DELETE = "delete"
    FORGET = "forget"
    FORGET_AGAIN = "forget_again"


@dataclass(kw_only=True, slots=True)
class Due:
    """Something that is still to be asked about a cramp."""

    question: str
    """Id of a question of the diary."""
    cramp: float
    """When it began."""


@dataclass(kw_only=True, slots=True)
class Interview:
    """Questions for the diary, or for the leave to do something. Silence ends it."""

    interest: Interest
    queue: list[Due] = field(default_factory=list)
    """Still to be asked, at night; those of the morning are in `State.dues`."""
    asked: Due | None = None
    """What the open question is about."""
    entry: int | None = None
    """Id of the entry that may be deleted."""
    again: bool = False
    """The open question was asked again."""
    last: Due | None = None
    """What was answered last: ``no, I said ...`` mends it."""


@dataclass(kw_only=True, slots=True)
class Helped:
    """What was being done when a cramp eased."""

    routine: str
    seconds: float
    """From its beginning to the easing."""


@dataclass(kw_only=True, slots=True)
class Floor:
    """What is being done with the person just now. It can be put aside whole and taken up again."""

    guide: Guide | None = None
    inquiry: Inquiry | None = None
    interview: Interview | None = None
    asking: Asking | None = None


@dataclass(kw_only=True, slots=True)
class Running:
    """Heat or cold that is on the skin."""

    application: str
    started: float
    episode: float | None = None
    """When the cramp began during which it was laid on: what becomes of it belongs there too."""
    extended: float = 0
    """Seconds that were asked for beyond its time."""
    checks: int = 0
    """How many skin checks are answered."""
    asking: Asking | None = None
    """The skin check, or the question whether it is off; it goes before anything else."""
    insisted: int = 0
    """How often the open question was repeated unanswered."""


@dataclass(kw_only=True, slots=True)
class Episode:
    """One cramp."""

    onset: float
    side: str | None = None
    """As told: ``left``, ``right`` or ``both``."""
    eased: float | None = None
    worse: int = 0
    """How often it was called worse."""
    pain: int | None = None
    """The last number from zero to ten that was told and confirmed."""
    again: bool = False
    """It was reported again during relief, and no leg was named: which it is is still to be asked."""
    overdue: bool = False
    """It has lasted longer than a cramp should, and that was dealt with."""


@dataclass(kw_only=True, slots=True)
class Answer:
    """What was answered to a question of the screen, and when."""

    at: float
    danger: bool
    unclear: bool = False
    """Counts as `Question.unclear`, because it was not answered clearly."""


@dataclass(kw_only=True, slots=True)
class Known:
    """One thing that somebody told about themselves."""

    value: str
    """``yes``, ``no``, or one of the fact's options."""
    at: float
    """When it was told."""
    since: str | None = None
    """When it began, as told: an id of the content."""
    began: str | None = None
    """The same as an ISO date, as exact as it was told: ``2026-10``."""


@dataclass(kw_only=True, slots=True)
class Told:
    """What was last told about cramps."""

    topic: str
    parts: int = 0
    """How many of its further parts are told."""
    withheld: bool = False
    """Something else was said in its place."""


@dataclass(kw_only=True, slots=True)
class Offer:
    """Something that a yes accepts."""

    intent: str
    """What was said instead, had it been said in words."""
    slots: dict[str, str]
    made: float
    """When; a yes from before it is none."""


@dataclass(kw_only=True, slots=True)
class Timer:
    """A timer or a reminder that somebody set, timed by the assistant's own clock."""

    about: str
    """Id of the content's reminder."""
    length: float
    """Seconds that it was set for; 0 for a daily one."""
    due: float
    """When it rings; of a daily one: when it last did, or half a day before it was set."""
    left: float | None = None
    """Seconds that are left while it is paused; None: it runs."""
    every: bool = False
    """It begins anew when it was answered."""
    daily: int | None = None
    """Minutes after midnight at which it rings every day."""
    awake: bool = False
    """It was set in the quiet hours, so it may break them."""
    rung: int = 0
    """How often it rang unanswered."""
    rang: float = 0
    """When it last did."""
    unsure: bool = False
    """Nobody can tell how long the assistant was off meanwhile."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Habits:
    """What the person wants by setting."""

    quiet: tuple[int, int] | None = None
    """Minutes after midnight, from and until: only what is for safety rings then."""
    waking: tuple[int, int] = (7 * 60, 22 * 60)
    """Minutes after midnight, from and until: nobody minds being asked about the night then."""
    wake_phrase: bool = False
    """After a while of silence only a wake phrase opens everything that can be said."""


@dataclass(kw_only=True, slots=True)
class WallClock:
    """What the clock on the wall says, told from the assistant's own."""

    ahead: float
    """Seconds since 1970, UTC, less the assistant's seconds."""
    offset: int
    """Of local time from UTC, seconds, positive east."""
    vouched: bool
    """Whether it can be trusted; a Pi without network or real-time clock guesses."""


@dataclass(kw_only=True, slots=True)
class State:
    """The whole."""

    floor: Floor = field(default_factory=Floor)
    aside: Floor | None = None
    """What ``resume`` takes up again."""
    running: Running | None = None
    applied: dict[str, float] = field(default_factory=dict)
    """Application id -> when it last ended."""
    uses: dict[str, list[float]] = field(default_factory=dict)
    """Heat or cold -> when it was put on, within the last day."""
    begun: dict[str, float] = field(default_factory=dict)
    """Routine id -> when its last `Step.once` was begun."""
    episode: Episode | None = None
    dues: list[Due] = field(default_factory=list)
    """What is to be asked in the morning."""
    asked_at_night: list[float] = field(default_factory=list)
    """When the questions of the diary were asked that count for this night."""
    offered: float | None = None
    """When leave was last asked to ask about the night."""
    helped: Helped | None = None
    """What helped last."""
    answers: dict[str, Answer] = field(default_factory=dict)
    alarm: float | None = None
    """When emergency words were heard that no question asks for."""
    voice: Voice = field(default_factory=Voice)
    prompts: int = 0
    """How many sentences were said: ids are counted up from here."""
    speaking: list[int] = field(default_factory=list)
    """Ids of the sentences that have not ended."""
    script: str | None = None
    """A disposition script that has not been heard to its end."""
    script_prompt: int | None = None
    """Id of its last sentence."""
    worded: dict[str, int] = field(default_factory=dict)
    """Id of a prompt with several wordings -> the place of the next one, counted on from the last."""
    said: list[str] = field(default_factory=list)
    """The last thing said, for ``repeat``."""
    scope: str = ""
    """Of the last `Listen`."""
    awaits: int | None = None
    """Id of what was asked of the journal, while the answer is awaited."""
    place: str | None = None
    """Whose emergency numbers are spoken; None: those of the settings, which nobody has confirmed."""
    place_asked: bool = False
    """It was asked about since the last start."""
    quiet: float | None = None
    """Since when nobody speaks; None: somebody does, or nobody has yet."""
    profile: dict[str, Known] = field(default_factory=dict)
    """Fact id -> what the person told about themselves."""
    told: Told | None = None
    """None: nothing, or a routine began since."""
    offer: Offer | None = None
    """What a plain yes accepts just now, while nothing else has the floor."""
    timers: list[Timer] = field(default_factory=list)
    """In the order in which they were set."""
    unanswered: list[str] = field(default_factory=list)
    """Names of what rang and was never answered: told when the person is there again."""
    habits: Habits = field(default_factory=Habits)
    asleep: bool = False
    """Only the cry for help is heard, until it is woken."""
    heard: float = 0
    """When something was last understood."""
    clock: WallClock | None = None
    """None: nobody knows what time it is."""
    deaf: bool = False
    """The microphone is gone: silence is nobody's answer."""
    missed: float | None = None
    """When something was last not understood."""
