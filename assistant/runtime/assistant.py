"""Microphone frame in, loudspeaker frame out: everything between the two, and the one supervisor.

Nothing fails silently: a part that fails is said, written down, and gone round.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter

from assistant.dialogue import Dialogue, actions, events
from assistant.dialogue.recall import ExportLog, ForgetAll, Unknown
from assistant.dialogue.state import State
from assistant.errors import EngineError
from assistant.runtime.ears import Ears, Heard
from assistant.runtime.manners import Softness
from assistant.runtime.memory import Memory
from assistant.runtime.mouth import Mouth
from assistant.understanding.echo import UNLIKE, not_ours
from assistant.understanding.interpret import Interpreter
from assistant.understanding.text import visible
from assistant.values import FRAME, Hypothesis, Intent, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

    from assistant.dialogue.content import Content
    from assistant.dialogue.recall import Facts, Request
    from assistant.dialogue.state import Habits
    from assistant.hearing import Recognizer
    from assistant.journal.entries import Details
    from assistant.journal.store import Journal
    from assistant.reportwords import Vocabulary
    from assistant.sound.claps import Claps
    from assistant.speaking import Synthesizer
    from assistant.understanding.grammar import Grammar
    from assistant.values import Samples

SILENCE = np.zeros(FRAME, np.int16)
_STATE = TypeAdapter(State)
_PASSING = {
    "prompts",
    "worded",
    "speaking",
    "said",
    "scope",
    "missed",
    "deaf",
    "awaits",
    "quiet",
    "place_asked",
}
"""What of the state is not worth a write: it means nothing after a restart."""
_CLOCK_EVERY = 60.0
"""Seconds between two looks at the clock on the wall."""
_ALIVE_EVERY = 10.0
"""The same while something is timed: so exactly is known, after a power cut, how long it was off."""
_PRUNE_EVERY = 1.0
"""Seconds between two batches."""
_CLOCK_TOLERANCE = 5.0
"""Seconds by which it may drift before the dialogue is told."""
_FIRST = [Scope(name=name) for name in ("idle", "guiding", "yes_no", "pain", "progress", "paused")]
"""What can be said first in a night, likeliest first."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What an assistant is made of. Whoever makes them closes them."""

    content: Content
    grammar: Grammar
    recognizer: Recognizer
    synthesizer: Synthesizer
    journal: Journal
    habits: Habits
    vocabulary: Vocabulary
    """For the summary that is read aloud."""
    worker: Callable[[str], Executor]
    """Makes the thread, or what stands for one, in which a named part works."""
    softest: float = 1.0
    """Part of the volume down to which soft speech is answered softly."""
    claps: Claps | None = None
    """Hears two claps; None: they are not listened for."""
    diagnostics_days: int = 90
    """Older faults and restarts are deleted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the transcript."""

    at: float
    """Seconds of the assistant's clock."""
    who: str
    """``assistant``, ``person`` or ``note``."""
    text: str
    intent: str | None = None
    """Of a person's line."""


class Assistant:
    """The whole of it. For one thread."""

    def __init__(
        self, parts: Parts, *, state: State | None = None, transcript: Callable[[Line], None]
    ) -> None:
        self._dialogue = Dialogue(parts.content, state)
        self._interpreter = Interpreter(parts.grammar)
        self._ears = Ears(parts.recognizer, parts.grammar.graph, parts.worker("hearing"))
        self._mouth = Mouth(parts.synthesizer, parts.worker("speaking"))
        self._softness = Softness(parts.softest)
        self._claps = parts.claps
        self._journal = parts.journal
        self._memory = Memory(parts.journal, parts.vocabulary)
        self._notes = parts.worker("journal")
        self._archive = parts.worker("archive")
        self._transcript = transcript
        self._scope = Scope(name="idle")
        self._saved = b""
        self._gated: deque[tuple[Future[bool], list[actions.Action]]] = deque()
        self._recalled: deque[tuple[int, Request, Future[Facts]]] = deque()
        self._diagnostics_days = parts.diagnostics_days
        self._pruned: Future[bool] | None = None
        """Whether there may be more to prune; None: none was pruned since the start."""
        self._prune_due = 0.0
        self._disk_failed = False
        self._clock_due = 0.0
        self._played = SILENCE
        self.now = 0.0
        """Seconds of the assistant's clock: when the last frame ended."""

    @property
    def busy(self) -> bool:
        """Whether it is speaking, or about to."""
        return self._mouth.busy or bool(self._gated) or bool(self._recalled)

    def warm_up(self) -> None:
        """Be ready for what is heard first, before somebody waits for it."""
        self._ears.warm_up(_FIRST)

    def cancel_echo(self, ours: bool) -> None:
        """Take our own voice out of the microphone, or leave that to the device."""
        self._ears.cancels_echo = ours

    def call(self, by: str = "the button") -> None:
        """Somebody has a cramp, and says so without words."""
        self._transcript(Line(at=self.now, who="person", text=f"({by})", intent="cramp"))
        self.happen(events.SpeechHeard(intent=Intent(name="cramp", words=by), started=self.now))

    @property
    def hearing(self) -> bool:
        return self._ears.hearing

    @property
    def due(self) -> float:
        """When it wants to be called next, if nobody speaks: seconds of its clock."""
        deadline = self._dialogue.deadline()
        return self._clock_due if deadline is None else min(deadline, self._clock_due)

    @property
    def dialogue(self) -> Dialogue:
        return self._dialogue

    def frame(self, microphone: Samples, now: float, played: Samples | None = None) -> Samples:
        """Take the frame that was recorded up to ``now`` and return the frame to play next.

        ``played``: what really was played meanwhile, where that is known; None: what was returned last.
        """
        self.now = now
        for heard in self._ears.frame(microphone, self._played if played is None else played, now):
            if isinstance(heard, Heard):
                self._decide(heard)
            else:
                self._mouth.duck(True)
                self.happen(events.SpeechStarted())
        if self._claps and self._claps.push(microphone, self._played):
            self.call("two claps")
        self._read_clock()
        self._wake()
        self._carry_out()
        self._remember()
        self._prune()
        self._played = self._mouth.frame(now)
        self._report()
        return self._played

    def happen(self, event: events.Event) -> None:
        """Tell the dialogue of an event, and see to it that what follows is on disk before it is said."""
        before = self._dialogue.level
        done = self._dialogue.handle(event, self.now)
        records = [(action.kind, action.details) for action in done if isinstance(action, actions.Record)]
        state = _STATE.dump_json(self._dialogue.state, exclude=_PASSING)
        changed = state if state != self._saved else None
        written = self._notes.submit(self._write, records, changed, self.now)
        self._saved = state
        self._gated.append((written, done))
        if self._dialogue.level > before:
            self._note(f"level: {self._dialogue.level.name.lower()}")
        self._carry_out()

    def type(self, words: str) -> None:
        """Take a typed line as if it had been said."""
        typed = Hypothesis(words=words, confidence=1.0, accepted=True)
        self._understand([typed], self._scope, self.now)

    def _write(self, records: list[tuple[str, Details]], state: bytes | None, now: float) -> bool:
        if not records and state is None:
            return True
        return self._journal.write(records, None if state is None else state.decode(), now)

    def _read_clock(self) -> None:
        """Note that we are alive, and tell the dialogue what time it is if it does not know."""
        if self.now < self._clock_due:
            return
        state = self._dialogue.state
        self._clock_due = self.now + (_ALIVE_EVERY if state.running or state.timers else _CLOCK_EVERY)
        if self._saved:
            self._gated.append((self._notes.submit(self._write, [], self._saved, self.now), []))
        stamp = self._journal.clocks()
        known = state.clock
        if (
            known is None
            or abs(known.ahead + self.now - stamp.wall) > _CLOCK_TOLERANCE
            or (known.offset, known.vouched) != (stamp.offset, stamp.vouched)
        ):
            self.happen(events.ClockRead(wall=stamp.wall, offset=stamp.offset, vouched=stamp.vouched))

    def _prune(self) -> None:
        """Once after the start, in quiet moments, delete what is old of the diagnostics, a few at a time."""
        state = self._dialogue.state
        over = (
            self._pruned and self._pruned.done() and not (self._pruned.exception() or self._pruned.result())
        )
        timed = state.running or state.timers or state.floor.guide
        if self.now < self._prune_due or over or timed or self.busy or self.hearing:
            return
        self._prune_due = self.now + _PRUNE_EVERY
        if self._pruned is None or self._pruned.done():
            self._pruned = self._notes.submit(self._journal.prune, self._diagnostics_days)

    def _wake(self) -> None:
        deadline = self._dialogue.deadline()
        if deadline is not None and deadline <= self.now:
            self.happen(events.DeadlineReached())

    # What is heard

    def _decide(self, heard: Heard) -> None:
        self._mouth.duck(False)
        if heard.fault:
            self._supervise("hearing", heard.fault)
            self.happen(events.EngineFailed())
            return
        window = self._mouth.spoken(heard.started, heard.ended)
        others = not_ours(heard.hypotheses, window, heard.likeness)
        ours = window or len(others) < len(heard.hypotheses)
        if ours and not any(one.accepted for one in others):
            # More likely what is left of our own voice than a person; who speaks over us will say it again.
            self._note(f"not understood over our own words: {_best(heard.hypotheses)}")
            self._mouth.say_again(covered=heard.likeness < UNLIKE)
            return
        if others and others[0].accepted:
            self._mouth.soften(self._softness.after(heard.loudness))
        self._understand(others, heard.scope, heard.started)

    def _understand(self, hypotheses: list[Hypothesis], scope: Scope, started: float) -> None:
        intent = self._interpreter.interpret(hypotheses, scope)
        if intent is None:
            self._wonder(hypotheses, started)
            return
        self._transcript(Line(at=self.now, who="person", text=intent.words, intent=intent.name))
        self.happen(events.SpeechHeard(intent=intent, started=started))

    def _wonder(self, hypotheses: list[Hypothesis], started: float) -> None:
        """Let the dialogue ask about what was not understood."""
        either = self._interpreter.either(hypotheses)
        if either:
            self._note(f"half heard: {either[0].words!r} or {either[1].words!r}")
            self.happen(events.SpeechHalfHeard(either=either, started=started))
        else:
            self._note(f"not understood: {_best(hypotheses)}")
            self.happen(events.SpeechNotUnderstood(started=started))

    # What is done

    def _carry_out(self) -> None:
        """Do what was decided, in order, as far as it is written down."""
        while self._gated and self._gated[0][0].done():
            written, done = self._gated.popleft()
            self._mind_disk(written)
            for action in done:
                self._do(action)
            self._mouth.say_again()

    def _do(self, action: actions.Action) -> None:
        match action:
            case actions.Say():
                self._mouth.say(action)
            case actions.StopSpeaking():
                self._mouth.stop()
                self._note("silent")
            case actions.PlayTone():
                self._mouth.tone(action.name)
            case actions.SetVoice():
                self._mouth.set_voice(action.voice)
            case actions.Listen():
                self._scope = action.scope
                self._ears.listen_for(action.scope)
            case actions.Recall():
                self._recalled.append((action.id, action.request, self._ask(action.request)))
            case actions.Record():
                pass  # written before anything was done

    def _ask(self, request: Request) -> Future[Facts]:
        """Ask the journal; a long export has a thread and a connection of its own, so that nobody waits."""
        worker = self._archive if isinstance(request, ExportLog) else self._notes
        return worker.submit(self._memory.answer, request)

    def _remember(self) -> None:
        """Tell the dialogue what the journal has answered."""
        while self._recalled and self._recalled[0][2].done():
            number, request, answered = self._recalled.popleft()
            fault = answered.exception()
            if fault:
                self._supervise("journal", fault)
            if isinstance(request, ForgetAll):
                self._mouth.forget()
            self.happen(events.Recalled(id=number, facts=Unknown() if fault else answered.result()))

    def _report(self) -> None:
        """Tell the transcript what began to be said, and the dialogue what ended."""
        for _, text in self._mouth.begun():
            self._transcript(Line(at=self.now, who="assistant", text=text))
        while self._mouth.faults:
            self._supervise("speaking", self._mouth.faults.pop())
            self._mouth.tone("alarm")  # a voice that fails must not be silence
        for prompt in self._mouth.finished():
            self.happen(events.PromptFinished(id=prompt))

    # What goes wrong

    def _mind_disk(self, written: Future[bool]) -> None:
        fault = written.exception()
        if fault:
            _log.error("the journal failed", exc_info=fault)
        failed = fault is not None or not written.result()
        if failed and not self._disk_failed:
            self._disk_failed = True
            self.happen(events.DiskFailed())
        self._disk_failed = failed

    def _supervise(self, part: str, fault: BaseException) -> None:
        """Write a fault down; one that no part foresaw is ours, with its traceback."""
        foreseen = isinstance(fault, EngineError)
        _log.error("%s failed: %s", part, visible(str(fault)), exc_info=None if foreseen else fault)
        self._note(f"{part} failed: {fault}")
        entry: tuple[str, Details] = ("fault", {"part": part, "what": str(fault)})
        self._notes.submit(self._write, [entry], None, self.now)

    def _note(self, text: str) -> None:
        self._transcript(Line(at=self.now, who="note", text=text))


def _best(hypotheses: list[Hypothesis]) -> str:
    if not hypotheses:
        return "nothing that can be said now"
    return f"{hypotheses[0].words} ({hypotheses[0].confidence:.2f})"


def load_state(text: str) -> State:
    """Return a state as it was saved; raises pydantic's `ValidationError` if it is not one."""
    return _STATE.validate_json(text)
