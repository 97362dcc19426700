"""From microphone frames to what may have been said: echo canceller, segmenter, recognizer."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.runtime.bystanders import Bystanders
from assistant.runtime.glances import Glances
from assistant.runtime.manners import loudness
from assistant.sound.delay import ECHO_FRAMES
from assistant.sound.echo import EchoCanceller
from assistant.sound.own_voice import likeness
from assistant.sound.segmenter import LONGEST_FRAMES, PATIENCE, PRE_ROLL_FRAMES, Segmenter, SpeechOnset
from assistant.values import FRAME, FRAME_SECONDS, RATE, URGENT_INTENTS, Scope, Utterance
from assistant.wordgraph import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Executor, Future

    from assistant.hearing import Recognizer
    from assistant.values import Hypothesis, Samples, WordGraph

ANSWER_PATIENCE = {"yes_no": 0.4, "progress": 0.4, "pain": 0.5, "count": 0.5, "off": 0.4, "posture": 0.4}
"""Seconds of silence that end an answer, by scope; people hesitate before a number."""
EARLY_SILENCE = 0.096
"""Seconds of silence after which an utterance is decoded as if it were over; mostly it is. At 0.064 the "t"
of "quieter" was silence enough to hear "quiet"."""
MOST_EARLY = 4
"""Pauses of one utterance in which that is tried."""
UNHURRIED_INTENTS = frozenset({"no", "weak_no", "pain", "off"})
"""What is waited for to the end: people correct such answers, and much hangs on them."""
SILENCE_BEHIND, FADE = RATE * 2 // 5, RATE // 100
"""Samples of silence that the recognizer gets behind an utterance, and over which it fades into it. With less
silence it takes the end of the sound for the middle of a sentence: of 96 commands over its words that are
decoded early 77 are right with it, and 66 without."""
RIVAL = 0.1
"""Confidence of a longer sentence from which on the end is waited for: "quiet" may become "quieter"."""
FAINT = Utterance(samples=np.random.default_rng(0).integers(-300, 300, RATE // 2, np.int16), started=0.0)
"""What is heard in a scope to be ready for it."""
REMEMBERED = LONGEST_FRAMES + PRE_ROLL_FRAMES + ECHO_FRAMES
"""Frames that were played: those of the longest utterance, and what it may hold of before."""


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
    loudness: float = -90.0
    """Of the utterance, in decibels of full scale."""
    likeness: float = 0.0
    """To what was played meanwhile: see `assistant.sound.own_voice`."""

    @property
    def answer(self) -> bool:
        """Whether it was said where an answer was awaited."""
        return self.scope.name in ANSWER_PATIENCE


@dataclass(slots=True)
class _Pending:
    future: Future[list[Hypothesis]]
    utterance: Utterance
    scope: Scope
    played: Samples
    """Meanwhile and shortly before, longer than the utterance."""
    ended: float = 0.0
    whole: Utterance | None = None
    """With all of its trailing silence: listened to once more if the first part was not clear."""

    @property
    def found(self) -> list[Hypothesis]:
        """What the recognizer found; nothing also while it is still at work, and when it failed."""
        if not self.future.done() or self.future.cancelled() or self.future.exception():
            return []
        return self.future.result()

    @property
    def clear(self) -> Hypothesis | None:
        """What the recognizer would act on, if nothing longer may have been meant."""
        best = next(iter(self.found), None)
        if best is None or not best.accepted:
            return None
        longer = (one for one in self.found[1:] if one.words.startswith(best.words))
        return best if all(one.confidence < RIVAL for one in longer) else None


class Ears:
    """Listens frame by frame. For one thread; the recognizer belongs to its worker."""

    def __init__(
        self,
        recognizer: Recognizer,
        graph: Callable[[Scope], WordGraph],
        worker: Executor,
        canceller: EchoCanceller | None = None,
    ) -> None:
        """Take a canceller only to look at what it does."""
        self._recognizer = recognizer
        self._graph = graph
        self._worker = worker
        self._canceller = canceller or EchoCanceller()
        self.cancels_echo = True
        """False where the device does it."""
        self._segmenter = Segmenter()
        self._scope = Scope(name="idle")
        self._scope_at_onset = self._scope
        self._speech = False
        """Somebody speaks."""
        self._silence = 0.0
        """Seconds since the last speech of the utterance, at the frame before."""
        self._tries = 0
        """Pauses of the utterance in which it was decoded."""
        self._early: _Pending | None = None
        """The utterance, decoded as if it had ended; forgotten when more is said."""
        self._onset = 0.0
        """When the utterance began."""
        self._glances = Glances()
        self._glance: _Pending | None = None
        """The utterance so far, being decoded while more is said."""
        self._pending: list[_Pending] = []
        self._bystanders = Bystanders()
        self._cold: deque[Scope] = deque()
        self._warming: Future[list[Hypothesis]] | None = None
        self._played = deque([np.zeros(FRAME, np.int16)] * REMEMBERED, REMEMBERED)

    def listen_for(self, scope: Scope) -> None:
        """From now on this is what can be said; speech under way is judged by what could be said before."""
        self._scope = scope
        self._segmenter.patience = ANSWER_PATIENCE.get(scope.name, PATIENCE)

    def warm_up(self, scopes: Iterable[Scope]) -> None:
        """Be ready for these scopes, one by one, while nobody speaks: the first time takes longest."""
        self._cold.extend(scopes)

    def _warm_up(self) -> None:
        if self._cold and not self.hearing and (self._warming is None or self._warming.done()):
            self._warming = self._worker.submit(self._hear, FAINT, self._cold.popleft())

    @property
    def hearing(self) -> bool:
        """Whether somebody speaks, or what was spoken is being decided."""
        return self._speech or bool(self._pending) or self._bystanders.waiting

    def frame(self, microphone: Samples, loudspeaker: Samples, now: float) -> list[SpeechOnset | Heard]:
        """Take a frame and the loudspeaker frame before it; return what began or was decided."""
        self._segmenter.now = now - FRAME_SECONDS
        self._played.append(loudspeaker)
        began: list[SpeechOnset | Heard] = []
        clean = self._canceller.process(microphone, loudspeaker) if self.cancels_echo else microphone
        for found in self._segmenter.push(clean):
            if isinstance(found, SpeechOnset):
                self._begin(found.started)
                began.append(found)
            else:
                self._end(found, now)
        if self._speech:
            self._decode_early(now)
        self._warm_up()
        decided = (self._clear(now) or self._glimpsed(now)) + self._decided()
        return self._bystanders.sift(began + decided, now)

    def _begin(self, started: float) -> None:
        self._speech = True
        self._onset = started
        self._glances, self._glance = Glances(), None
        self._scope_at_onset = self._scope
        self._silence = 0.0
        self._tries = 0
        self._early = None

    def _end(self, utterance: Utterance, now: float) -> None:
        """The utterance is over: what was decoded early counts if it is clear."""
        pending = self._early or self._decode(utterance)
        pending.whole = utterance if self._early else None
        pending.ended = now
        self._pending.append(pending)
        self._forget()

    def _forget(self) -> None:
        """Nobody speaks any more, or it is known what they say."""
        self._speech = False
        self._early = self._glance = None

    def _decode(self, utterance: Utterance) -> _Pending:
        scope = self._scope_at_onset
        return _Pending(self._submit(utterance, scope), utterance, scope, self._played_meanwhile(utterance))

    def _played_meanwhile(self, utterance: Utterance) -> Samples:
        """Return what was played during an utterance that ends now, and shortly before."""
        count = len(utterance.samples) // FRAME + ECHO_FRAMES
        return np.concatenate(list(self._played)[-count:])

    def _submit(self, utterance: Utterance, scope: Scope) -> Future[list[Hypothesis]]:
        heard = replace(utterance, samples=_fading(utterance.samples)) if utterance.complete else utterance
        return self._worker.submit(self._hear, heard, scope)

    def _hear(self, utterance: Utterance, scope: Scope) -> list[Hypothesis]:
        """Recognize in the worker, where the graph is compiled as well: that takes up to ten frames."""
        return self._recognizer.recognize(utterance, self._graph(scope))

    def _decode_early(self, now: float) -> None:
        silence = self._segmenter.silence
        if silence < self._silence and self._early:
            self._early.future.cancel()  # more is said
            self._early = None
        if self._silence < EARLY_SILENCE <= silence and self._tries < MOST_EARLY:
            utterance = self._segmenter.so_far()
            assert utterance is not None
            self._early = self._decode(replace(utterance, complete=True))
            self._early.ended = now
            self._tries += 1
        self._silence = silence

    def _clear(self, now: float) -> list[SpeechOnset | Heard]:
        """Return what need not wait for the silence after it: nothing that may follow would change it."""
        early = self._early
        best = early.clear if early else None
        if early is None or best is None or not self._need_not_wait(best):
            return []
        self._segmenter.take()
        self._forget()
        early.ended = now
        return [_heard(early)]

    def _glimpsed(self, now: float) -> list[SpeechOnset | Heard]:
        """Return what is urgent and certain although the person speaks on."""
        if not self._speech:
            return []
        self._look(now)
        found = self._glances.seen and self._glances.seen[-1]
        if not found:
            return []
        done = settled(self._graph(self._scope_at_onset), found[0].words)
        clear = self._glances.clear(settled=done)
        if clear is None:
            return []
        seen = self._segmenter.take()
        assert seen is not None
        self._forget()
        return [
            Heard(
                hypotheses=clear,
                scope=self._scope_at_onset,
                started=self._onset,
                ended=now,
                likeness=likeness(seen.samples, self._played_meanwhile(seen)),
            )
        ]

    def _look(self, now: float) -> None:
        """Take what the last glance found, and another one if it is time."""
        glance = self._glance
        if glance and glance.future.done():
            self._glance = None
            found = [] if glance.future.exception() else glance.future.result()
            self._glances.note(found, URGENT_INTENTS)
        if self._glance is None and self._early is None and self._glances.due(now - self._onset):
            so_far = self._segmenter.so_far()
            assert so_far is not None
            self._glances.taken += 1
            self._glance = self._decode(so_far)

    def _need_not_wait(self, best: Hypothesis) -> bool:
        if best.intent in URGENT_INTENTS:
            return True
        return best.intent not in UNHURRIED_INTENTS and settled(self._graph(self._scope_at_onset), best.words)

    def _decided(self) -> list[SpeechOnset | Heard]:
        done: list[SpeechOnset | Heard] = []
        while self._pending and self._pending[0].future.done():
            pending = self._pending[0]
            if pending.whole and not pending.future.exception() and not pending.clear:
                pending.future, pending.whole = self._submit(pending.whole, pending.scope), None
            else:
                done.append(_heard(self._pending.pop(0)))
        return done


def _fading(samples: Samples) -> Samples:
    """Return sound that fades into silence."""
    slope = np.interp(np.arange(len(samples), 0, -1), (0, FADE), (0, 1))
    return np.concatenate([(samples * slope).astype(np.int16), np.zeros(SILENCE_BEHIND, np.int16)])


def _heard(pending: _Pending) -> Heard:
    fault = pending.future.exception()
    return Heard(
        hypotheses=pending.found,
        scope=pending.scope,
        started=pending.utterance.started,
        ended=pending.ended,
        fault=fault,
        loudness=loudness(pending.utterance.samples),
        likeness=likeness(pending.utterance.samples, pending.played),
    )
