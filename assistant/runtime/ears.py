"""From microphone frames to what may have been said: echo canceller, segmenter, recognizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.sound.echo import EchoCanceller
from assistant.sound.segmenter import Segmenter, SpeechOnset
from assistant.values import FRAME_SECONDS, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

    from assistant.hearing import Recognizer
    from assistant.values import Hypothesis, Samples, Utterance, WordGraph

PATIENCE = {"yes_no": 0.4, "progress": 0.4, "pain": 0.5, "off": 0.4}
"""Seconds of silence that end an answer, by scope; people hesitate before a number."""
COMMAND_PATIENCE = 0.3
EARLY_SILENCE = 0.12
"""Seconds of silence after which, while we speak, it is tried whether a command is complete."""
EARLY_INTENTS = frozenset({"stop", "pause", "cramp", "help", "emergency"})
"""What is acted on before the silence after it is over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A decision of the recognizer, or its failure."""

    hypotheses: list[Hypothesis]
    scope: Scope
    """What could be said when the speech began."""
    started: float
    ended: float
    """End of the speech with its trailing silence."""
    fault: BaseException | None = None


@dataclass(slots=True)
class _Pending:
    future: Future[list[Hypothesis]]
    utterance: Utterance
    scope: Scope
    ended: float


class Ears:
    """Listens frame by frame. For one thread; the recognizer belongs to its worker."""

    def __init__(self, recognizer: Recognizer, graph: Callable[[Scope], WordGraph], worker: Executor) -> None:
        self._recognizer = recognizer
        self._graph = graph
        self._worker = worker
        self._canceller = EchoCanceller()
        self._segmenter = Segmenter()
        self._scope = Scope(name="idle")
        self._scope_at_onset = self._scope
        self._pending: list[_Pending] = []
        self._early: _Pending | None = None
        self._early_tried = False

    def listen_for(self, scope: Scope) -> None:
        """From now on this is what can be said; speech under way is judged by what could be said before."""
        self._scope = scope
        self._segmenter.patience = PATIENCE.get(scope.name, COMMAND_PATIENCE)

    @property
    def hearing(self) -> bool:
        """Whether somebody speaks, or what was spoken is being decided."""
        return self._segmenter.so_far() is not None or bool(self._pending)

    def frame(
        self, microphone: Samples, loudspeaker: Samples, now: float, *, speaking: bool
    ) -> list[SpeechOnset | Heard]:
        """Take a frame and the loudspeaker frame before it; return what began or was decided."""
        self._segmenter.now = now - FRAME_SECONDS
        happened: list[SpeechOnset | Heard] = []
        for found in self._segmenter.push(self._canceller.process(microphone, loudspeaker)):
            if isinstance(found, SpeechOnset):
                self._scope_at_onset, self._early_tried = self._scope, False
                happened.append(found)
            else:
                self._early = None
                self._pending.append(self._decide(found, now))
        if speaking:
            self._try_early(now)
        return happened + self._early_decision() + self._decisions()

    def _decide(self, utterance: Utterance, now: float) -> _Pending:
        graph = self._graph(self._scope_at_onset)
        future = self._worker.submit(self._recognizer.recognize, utterance, graph)
        return _Pending(future, utterance, self._scope_at_onset, now)

    def _try_early(self, now: float) -> None:
        """While we speak, decide once before the trailing silence is over: "stop" should not have to wait."""
        if self._early_tried or self._segmenter.silence < EARLY_SILENCE:
            return
        utterance = self._segmenter.so_far()
        if utterance:
            self._early_tried = True
            self._early = self._decide(utterance, now)

    def _early_decision(self) -> list[SpeechOnset | Heard]:
        early = self._early
        if early is None or not early.future.done():
            return []
        self._early = None
        best = None if early.future.exception() else next(iter(early.future.result()), None)
        if best is None or not best.accepted or best.intent not in EARLY_INTENTS:
            return []
        self._segmenter.take()
        return [_heard(early)]

    def _decisions(self) -> list[SpeechOnset | Heard]:
        done = []
        while self._pending and self._pending[0].future.done():
            done.append(_heard(self._pending.pop(0)))
        return list(done)


def _heard(pending: _Pending) -> Heard:
    fault = pending.future.exception()
    return Heard(
        hypotheses=[] if fault else pending.future.result(),
        scope=pending.scope,
        started=pending.utterance.started,
        ended=pending.ended,
        fault=fault,
    )
