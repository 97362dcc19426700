"""One turn of the dialogue: the state, the time, and the actions collected so far.

The modules that decide (`guiding`, `asking`, `applying`, `commands`) share nothing but this.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from assistant.dialogue.actions import Listen, PlayTone, Recall, Record, Say, SetVoice, StopSpeaking
from assistant.dialogue.content import Level, Outcome
from assistant.dialogue.state import Answer, Floor, Mode, Stage
from assistant.dialogue.wording import Wording
from assistant.values import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assistant.dialogue.actions import Action
    from assistant.dialogue.beats import Beat
    from assistant.dialogue.content import Content, Locale, Question
    from assistant.dialogue.facts import Fact
    from assistant.dialogue.recall import Request
    from assistant.dialogue.state import Asking, Guide, Running, State
    from assistant.values import Voice

_DAY = 24 * 60 * 60
EVERYTHING = "all"
"""The lock that forbids every routine."""


OF_NO_CRAMP = frozenset({"profile", "drank"})
"""What is written down about the person, whenever it is told: it does not go with a cramp that is deleted."""
LATE = 600
"""Seconds for which a late answer to a question that silence has closed is still heard (project rule)."""
AFTERMATH = 3600
"""Seconds for which what is done still belongs to a cramp, from its easing, or from its beginning where it
was never called better (project rule)."""


@dataclass(kw_only=True, slots=True)
class Turn:
    """What the deciding modules work on."""

    content: Content
    beats: dict[str, tuple[Beat, ...]]
    """The routines laid out flat, by routine id."""
    state: State
    now: float
    actions: list[Action] = field(default_factory=list)
    wording: Wording = field(init=False)

    def __post_init__(self) -> None:
        self.wording = Wording(self.content, self.locale, self.state.worded)

    # Speaking

    def say(self, *texts: str, pause: float | None = None) -> int:
        """Speak sentences after what is already queued; return the id of the last one."""
        state = self.state
        for text in texts:
            state.prompts += 1
            state.speaking.append(state.prompts)
            self.actions.append(Say(id=state.prompts, text=text, pause=pause))
        return state.prompts

    def tell(self, *texts: str, pause: float | None = None) -> int:
        """Speak sentences that ``repeat`` says again."""
        self.state.said = list(texts)
        return self.say(*texts, pause=pause)

    def prompt(self, prompt: str, /, **values: object) -> int:
        """Speak a prompt of the content by its id, its placeholders filled."""
        return self.tell(self.wording.prompt(prompt, **values))

    def hush(self) -> None:
        """Stop speaking. What was cut off, and an open question, will have to be said again."""
        state = self.state
        if state.speaking:
            self.actions.append(StopSpeaking())
            state.speaking.clear()
        state.script = state.script_prompt = None
        state.awaits = None
        for asking in (state.floor.asking, state.running and state.running.asking):
            if asking:
                asking.prompt = asking.since = None
        if state.floor.guide:
            state.floor.guide.prompt = None

    def tone(self, name: str) -> None:
        self.actions.append(PlayTone(name=name))

    def set_voice(self, voice: Voice) -> None:
        self.actions.append(SetVoice(voice=voice))

    def record(self, kind: str, **details: str | float | None) -> None:
        """Write something down; it belongs to the present cramp, unless ``episode`` says otherwise."""
        present = None if kind in OF_NO_CRAMP else self.present_episode
        episode = details.setdefault("episode", present)
        if episode is None:
            del details["episode"]
        self.actions.append(Record(kind=kind, details=details))

    def recall(self, request: Request) -> None:
        """Ask the journal; only the answer to the last thing that was asked is said."""
        self.state.prompts += 1
        self.state.awaits = self.state.prompts
        self.actions.append(Recall(id=self.state.prompts, request=request))

    # Who has the floor

    @property
    def asking(self) -> Asking | None:
        """The question that is open; that of heat on the skin goes before any other."""
        running = self.state.running
        return (running and running.asking) or self.state.floor.asking

    @property
    def asked(self) -> tuple[Asking, Question]:
        """The same with its content, for those who know that one is open."""
        asking = self.asking
        assert asking is not None
        return asking, self.content.questions[asking.question]

    @property
    def guide(self) -> Guide:
        """The place in the routine on the floor, for those who know that there is one."""
        guide = self.state.floor.guide
        assert guide is not None
        return guide

    @property
    def running(self) -> Running:
        """What is on the skin, for those who know that something is."""
        running = self.state.running
        assert running is not None
        return running

    @property
    def mode(self) -> Mode:
        guide = self.state.floor.guide
        if self.asking:
            return Mode.ASKING
        if guide is None:
            return Mode.ASLEEP if self.state.asleep else Mode.IDLE
        return Mode.PAUSED if guide.paused else Mode.GUIDING

    @property
    def scope(self) -> str:
        """Name of the grammar scope: the kind of answer that is awaited, or the mode."""
        if self.asking is None:
            awaits = self.mode is Mode.IDLE and (self.state.offer or self.unanswered)
            return "offer" if awaits else self.mode.value
        asking, question = self.asked
        return "yes_no" if asking.stage is Stage.CONFIRM else question.kind

    def listen(self) -> None:
        """Say what can be heard from now on, if that has changed."""
        if self.scope != self.state.scope:
            self.state.scope = self.scope
            self.actions.append(Listen(scope=Scope(name=self.scope)))

    def freeze(self) -> None:
        """Stop the clock of the step; it keeps the seconds that were done."""
        guide = self.state.floor.guide
        if guide and guide.since is not None:
            guide.spent += self.now - guide.since
            guide.since = None
        if guide:
            guide.prompt = None

    def put_aside(self) -> None:
        """Give up the floor; ``resume`` takes it up again. An empty floor leaves what was put aside."""
        self.freeze()
        floor = self.state.floor
        if floor.guide and not floor.guide.paused:
            self.record("left", routine=floor.guide.routine)
        if floor.asking:
            self.mind_unconfirmed(floor.asking)
            floor.asking.prompt = floor.asking.since = None
        if floor.guide or floor.inquiry:
            self.state.aside = floor
        self.state.floor = Floor()

    def mind_unconfirmed(self, asking: Asking) -> None:
        """A danger that was heard and not yet confirmed counts as unclear when its question is left."""
        answer = self.state.answers.get(asking.question)
        question = self.content.questions[asking.question]
        unconfirmed = asking.stage is Stage.CONFIRM and question.unclear != Outcome()
        if asking.score is not None:
            unconfirmed = unconfirmed and asking.score > question.most
        if unconfirmed and not (answer and answer.danger):
            self.state.answers[asking.question] = Answer(at=self.now, danger=False, unclear=True)

    @property
    def place(self) -> str:
        """Key of the place whose emergency numbers are spoken."""
        return self.state.place or self.content.place

    @property
    def locale(self) -> Locale:
        """Whom to call in that place; one that the content does not know any more is unknown."""
        return self.content.locales.get(self.place, self.content.locale)

    @property
    def local_time(self) -> datetime | None:
        """What the clock on the wall says; None if nobody knows."""
        return self.local(self.now)

    def local(self, at: float) -> datetime | None:
        """What the clock on the wall said at some second of the assistant's clock; None if nobody knows."""
        clock = self.state.clock
        if clock is None:
            return None
        return datetime.fromtimestamp(at + clock.ahead, timezone(timedelta(seconds=clock.offset)))

    @property
    def present_episode(self) -> float | None:
        """When the cramp began that what happens now belongs to: until an hour after it eased."""
        episode = self.state.episode
        if episode is None:
            return None
        last = episode.onset if episode.eased is None else episode.eased
        return episode.onset if self.now - last <= AFTERMATH else None

    # What is known of the person

    def outcomes(self) -> Iterable[tuple[str, Outcome]]:
        """Yield question id and outcome of every answer that was dangerous or unclear and still holds."""
        for name, answer in self.state.answers.items():
            question = self.content.questions[name]
            if self.stands(name):
                yield name, question.unclear if answer.unclear else question.outcome
        for fact in self.content.facts.values():
            if self._told(fact.id, "yes"):
                yield fact.id, self.content.questions[fact.id].outcome
                if fact.covers:
                    yield fact.id, self.content.questions[fact.covers].outcome

    @property
    def level(self) -> Level:
        """The highest level that any answer or emergency word reached."""
        if self.is_alarmed:
            return Level.EMERGENCY
        return max((outcome.level for _, outcome in self.outcomes()), default=Level.NONE)

    def locked_by(self, locks: Iterable[str], besides: Iterable[str] = ()) -> str | None:
        """Return the id of an answer that forbids something, if there is one besides those named."""
        wanted = {*locks, EVERYTHING}
        held = ((name, outcome.locks) for name, outcome in self.outcomes() if name not in besides)
        return next((name for name, held in held if wanted & set(held)), None)

    @property
    def held(self) -> set[str]:
        """The locks that hold."""
        return {lock for _, outcome in self.outcomes() for lock in outcome.locks}

    def stands(self, name: str) -> bool:
        """Tell whether a question's dangerous or unclear answer still holds; then it is to be asked again."""
        answer = self.state.answers.get(name)
        if answer is None or not (answer.danger or answer.unclear):
            return False
        return self.now - answer.at <= self.content.questions[name].stands_minutes * 60

    def is_clear(self, name: str) -> bool:
        """Tell whether a question has a safe answer that still counts."""
        answer = self.state.answers.get(name)
        if self.stands(name) or self.told(name):
            return False
        if self._denied(name):
            return True
        if answer is None or answer.danger or answer.unclear:
            return False
        return self.now - answer.at <= self.content.questions[name].valid_minutes * 60

    def told(self, name: str) -> bool:
        """Tell whether a question needs not be asked, because the profile answers it with yes."""
        return any(self._told(fact.id, "yes") for fact in self._facts_of(name))

    def knows(self, fact: str) -> bool:
        """Tell whether the profile says yes to a fact."""
        return self._told(fact, "yes")

    def _denied(self, name: str) -> bool:
        """Tell whether the profile answers a question with a no that still counts."""
        facts = self._facts_of(name)
        return bool(facts) and all(self._told(fact.id, "no") for fact in facts)

    def _facts_of(self, name: str) -> list[Fact]:
        return [fact for fact in self.content.facts.values() if name in (fact.id, fact.covers)]

    def _told(self, name: str, value: str) -> bool:
        """Tell whether the profile says this of a fact; a no counts only for its days."""
        known = self.state.profile.get(name)
        if known is None or known.value != value:
            return False
        return value != "no" or self.now - known.at <= self.content.facts[name].valid_days * _DAY

    @property
    def is_emergency(self) -> bool:
        """Whether a danger was confirmed or called out that is an emergency; silence alone is asked again."""
        answers = self.state.answers
        confirmed = (o.level for name, o in self.outcomes() if name in answers and not answers[name].unclear)
        return self.is_alarmed or Level.EMERGENCY in confirmed

    @property
    def unanswered(self) -> list[str]:
        """Ids of the questions that silence or doubt has lately made an emergency, and nothing else has."""
        if self.is_emergency:
            return []
        lately = (name for name, a in self.state.answers.items() if a.unclear and self.now - a.at <= LATE)
        return [n for n in lately if self.content.questions[n].unclear.level is Level.EMERGENCY]

    @property
    def is_alarmed(self) -> bool:
        """Whether emergency words were heard within a day: as long as the dangerous answers stand."""
        alarm = self.state.alarm
        return alarm is not None and self.now - alarm <= _DAY

    def forget_safe_answers(self) -> None:
        """Drop what was safe, because something is new; what was dangerous stands."""
        state = self.state
        state.answers = {name: a for name, a in state.answers.items() if a.danger or a.unclear}

    def louder_voice(self, by: float) -> Voice:
        """Return the voice, louder, within its range."""
        voice = self.state.voice
        return replace(voice, volume=round(min(1.0, max(0.05, voice.volume + by)), 2))
