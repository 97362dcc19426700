"""Beam search through a token graph, with the unconstrained guess of the model beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from assistant.hearing.tokens import END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.hearing.tokengraph import Step, TokenGraph

Scores: TypeAlias = "NDArray[np.float32]"
"""Natural log probabilities of tokens, last axis the vocabulary."""

MAX_TOKENS = 40
"""Longest sentence that is followed; six tokens a second are usual speech."""


class Decoder(Protocol):
    """Says how likely each token is next, for several token sequences at once."""

    def first(self) -> Scores:
        """Return the log probabilities of the first token, shape ``(1, vocabulary)``."""

    def next(self, parents: Sequence[int], tokens: Sequence[int]) -> Scores:
        """Append a token to each row named; return log probabilities, shape ``(rows, vocabulary)``."""


@dataclass(frozen=True, slots=True)
class Path:
    """A token sequence and how likely each of its tokens was."""

    tokens: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    """Natural log probabilities."""
    total: float = 0.0
    """Their sum."""

    @property
    def ended(self) -> bool:
        return self.tokens[-1:] == (END,)

    def then(self, token: int, score: float) -> Path:
        return Path((*self.tokens, token), (*self.scores, score), self.total + score)


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search."""

    paths: list[Path]
    """Complete sequences with their end token, best first."""
    free: Path
    """What the model would have written, as far as the search went."""


@dataclass(frozen=True, slots=True)
class _Live:
    """A hypothesis that may be continued."""

    path: Path
    step: Step
    row: int
    """Of the decoder: that of its parent until the decoder has taken its last token, then its own."""


def search(decoder: Decoder, graph: TokenGraph, width: int, margin: float, slack: float = 99) -> Found:
    """Return the complete sentences whose log probability is within ``margin`` of the best one's."""
    scores = decoder.first()
    live, free = [_Live(Path(), graph.start, 0)], Path()
    done: list[Path] = []
    bar = -np.inf
    for _ in range(MAX_TOKENS):
        done += [at.path.then(END, float(scores[at.row, END])) for at in live if at.step.final]
        bar = max((path.total for path in done), default=-np.inf) - margin
        live = _best(graph, live, scores, width)
        bar2 = max(bar, max((at.path.total for at in live), default=0) - slack)
        live = [at for at in live if at.path.total >= bar2]
        free = _written(free, scores[-1])
        if not live:
            break
        scores = decoder.next(*_rows(live, free, len(scores) - 1))
        live = [replace(at, row=row) for row, at in enumerate(live)]
    return Found(sorted((path for path in done if path.total >= bar), key=lambda path: -path.total), free)


def _rows(live: list[_Live], free: Path, last: int) -> tuple[list[int], list[int]]:
    """Return each row's parent and new token. The free guess is the last row, until it has ended."""
    parents, tokens = [at.row for at in live], [at.path.tokens[-1] for at in live]
    return ([*parents, last], [*tokens, free.tokens[-1]]) if not free.ended else (parents, tokens)


def _written(free: Path, scores: Scores) -> Path:
    """Let the model write on as it would, until it ends the sentence."""
    token = int(scores.argmax())
    return free if free.ended else free.then(token, float(scores[token]))


def _best(graph: TokenGraph, live: list[_Live], scores: Scores, width: int) -> list[_Live]:
    """Return the ``width`` likeliest continuations, best first."""
    choices = [at.step.tokens for at in live]
    totals = np.concatenate([scores[at.row, at.step.tokens] + at.path.total for at in live])
    owners = np.repeat(np.arange(len(live)), [len(tokens) for tokens in choices])
    tokens = np.concatenate(choices)
    best = np.argsort(-totals, kind="stable")[:width]
    return [_continued(graph, live[owners[n]], int(tokens[n]), scores) for n in best]


def _continued(graph: TokenGraph, at: _Live, token: int, scores: Scores) -> _Live:
    path = at.path.then(token, float(scores[at.row, token]))
    return _Live(path, graph.follow(at.step, token), at.row)
