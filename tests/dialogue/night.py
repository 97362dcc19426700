"""A person, an assistant and a clock that only they move."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from assistant.data import load_vocabulary
from assistant.dialogue import Dialogue, actions, events
from assistant.dialogue.state import State, WallClock
from assistant.journal.clock import Stamp
from assistant.journal.store import Journal
from assistant.runtime.memory import Memory
from assistant.values import Intent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.dialogue.recall import Facts, Request
    from assistant.reportwords import Vocabulary

SECONDS_PER_WORD = 0.4
STATE = TypeAdapter(State)


@cache
def vocabulary() -> Vocabulary:
    """Return the words of the summary, read once for all nights."""
    return load_vocabulary()


class Archive:
    """The real journal, in a folder of its own; it is opened when something is asked of it."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.kept: list[tuple[actions.Record, float, Stamp]] = []
        self.stamps = [Stamp(wall=0, offset=0, boot="", uptime=0)]

    def keep(self, record: actions.Record, now: float, clock: WallClock | None) -> None:
        wall, offset = (now, 0) if clock is None else (now + clock.ahead, clock.offset)
        vouched = clock is not None and clock.vouched
        self.kept.append(
            (record, now, Stamp(wall=wall, offset=offset, boot="b", uptime=now, vouched=vouched))
        )

    def clocks(self) -> Stamp:
        """Return the moment of the next record, or the last one again."""
        if len(self.stamps) > 1:
            self.stamps.pop(0)
        return self.stamps[0]

    def answers(self, request: Request) -> Facts:
        with self.journal() as journal:
            return Memory(journal, vocabulary()).answer(request)

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """Open the journal with all that was recorded."""
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp())
            weakref.finalize(self, shutil.rmtree, self.folder)
        self.stamps += [stamp for _, _, stamp in self.kept]
        with Journal.open(self.folder) as journal:
            journal.clocks = self.clocks
            for record, now, _ in self.kept:
                assert journal.record(record.kind, record.details, now)
            self.kept.clear()
            yield journal


class Night:
    """One night by the bed: what is done and heard moves the clock, sentences take as long as their words."""

    def __init__(self, content) -> None:
        self.dialogue = Dialogue(content)
        self.content = content
        self.now = 0.0
        self.queue: list[actions.Say] = []
        self.actions: list[actions.Action] = []
        self.begins = 0.0
        self.archive = Archive()

    def happens(self, event: events.Event) -> list[str]:
        """Let an event happen; return the sentences that it brought about."""
        done = self.dialogue.handle(event, self.now)
        self.actions += done
        for action in done:
            if isinstance(action, actions.StopSpeaking):
                self.queue.clear()
            elif isinstance(action, actions.Say):
                if not self.queue:
                    self.begins = self.now
                self.queue.append(action)
            elif isinstance(action, actions.Record):
                self.archive.keep(action, self.now, self.dialogue.state.clock)
        told = [action.text for action in done if isinstance(action, actions.Say)]
        for action in done:
            if isinstance(action, actions.Recall):
                facts = self.archive.answers(action.request)
                told += self.happens(events.Recalled(id=action.id, facts=facts))
        return told

    def it_is(self, time: str) -> None:
        """Set the clock on the wall: ``2026-03-01T03:00+01:00``."""
        moment = datetime.fromisoformat(time)
        offset = moment.utcoffset()
        assert offset is not None
        wall, seconds = moment.timestamp(), round(offset.total_seconds())
        self.happens(events.ClockRead(wall=wall, offset=seconds, vouched=True))

    def says(self, intent: str, **slots: str) -> list[str]:
        """Let the person say something that is understood."""
        heard = Intent(name=intent, slots=slots, words=intent)
        return self.happens(events.SpeechHeard(intent=heard, started=self.now))

    def half_says(self, either: tuple[Intent, Intent]) -> list[str]:
        """Let the person say one of two things, the likelier first."""
        return self.happens(events.SpeechHalfHeard(either=either, started=self.now))

    def mumbles(self) -> list[str]:
        return self.happens(events.SpeechNotUnderstood(started=self.now))

    def waits(self, seconds: float) -> list[str]:
        """Let time pass; return the sentences that were begun meanwhile."""
        until, told = self.now + seconds, list[str]()
        while (moment := self.next_moment()) is not None and moment <= until:
            self.now = max(self.now, moment)
            if self.queue and moment == self.end_of_sentence():
                self.begins = moment
                told += self.happens(events.PromptFinished(id=self.queue.pop(0).id))
            else:
                told += self.happens(events.DeadlineReached())
        self.now = until
        return told

    def listens(self) -> list[str]:
        """Let it finish what it is saying; return what it went on to say."""
        told = list[str]()
        while self.queue:
            told += self.waits(self.end_of_sentence() - self.now)
        return told

    def end_of_sentence(self) -> float:
        return self.begins + SECONDS_PER_WORD * len(self.queue[0].text.split())

    def next_moment(self) -> float | None:
        moments = [self.dialogue.deadline(), self.end_of_sentence() if self.queue else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def restarts(self, away: float | None, *, power_cut: bool = False) -> list[str]:
        """Cut the power and switch it on again: only what can be written down is left."""
        text = STATE.dump_json(self.dialogue.state)
        self.dialogue = Dialogue(self.content, STATE.validate_json(text))
        self.queue.clear()
        self.now += away or 0
        return self.happens(events.Restarted(away=away, power_cut=power_cut))

    def lays_the_towel_on(self) -> None:
        """Ask for the warm towel, answer safely, and go through its steps until it is on the skin."""
        self.says("start", routine="warm_towel")
        self.answers_safely()
        while self.dialogue.state.running is None:
            self.waits(5)
            if self.mode == "guiding":
                self.says("next")
        self.listens()

    def answers_no(self, times: int) -> None:
        """Answer that many questions with a clear no."""
        for _ in range(times):
            self.listens()
            self.says("no")

    def answers_safely(self) -> list[str]:
        """Give every question the answer that means no danger, until none is open; return what was said."""
        told = self.listens()
        while self.mode == "asking":
            told += self.answers("safe")
            told += self.listens() if self.mode == "asking" else []
        return told

    def _posture(self, meaning: str) -> str:
        danger = self.content.questions[self.question].danger
        return "sitting" if (danger == "sitting") == (meaning == "danger") else "standing"

    def answers(self, meaning: str) -> list[str]:
        """Answer the open question as ``safe`` or ``danger``, and confirm it if it is read back."""
        question = self.content.questions[self.question]
        if question.kind in ("pain", "count"):
            told = self.says("pain", score="0" if meaning == "safe" else "10")
        elif question.kind == "yes_no":
            told = self.says("yes" if (question.danger == "yes") == (meaning == "danger") else "no")
        elif question.kind == "side":
            told = self.says("side", side="left")
        else:
            words = {"progress": "same", "off": "off", "posture": self._posture(meaning)}
            told = self.says(words[question.kind])
        if self.mode == "asking" and self.dialogue._turn(self.now).asked[0].stage.value == "confirm":
            self.listens()
            told += self.says("yes")
        return told

    @property
    def question(self) -> str:
        """Id of the open question."""
        return self.dialogue._turn(self.now).asked[0].question

    @property
    def scope(self) -> str:
        return self.dialogue._turn(self.now).scope

    @property
    def mode(self) -> str:
        return self.dialogue.mode.value

    @property
    def records(self) -> list[actions.Record]:
        return [action for action in self.actions if isinstance(action, actions.Record)]
