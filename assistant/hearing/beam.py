"""Beam search through a token graph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from assistant.hearing.tokens import END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.hearing.tokengraph import Step, TokenGraph


Index: TypeAlias = "int | Sequence[int] | NDArray[np.int64]"


class Scores(Protocol):
    """Natural log probabilities of tokens by row: an array, or what works them out when asked."""

    def __getitem__(self, rows_and_tokens: tuple[Index, Index], /) -> NDArray[np.floating]:
        """Return one, or several as numpy does."""


MAX_TOKENS = 80
"""Longest sentence that is followed; six tokens a second are usual speech."""

SPARE = 3
"""So many times the width of continuations are looked at, because several may say the same words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beam:
    """How much is followed."""

    widths: tuple[int, ...]
    """Hypotheses at once: of one token, of two, and so on; the last holds for all that are longer."""
    lag: float
    """Natural log below the best hypothesis from which on others are dropped: few stay when it is clear."""
    margin: float
    """Natural log below the best sentence down to which others are looked for."""

    def width(self, tokens: int) -> int:
        """Return how many hypotheses of so many tokens are kept."""
        return self.widths[min(tokens, len(self.widths)) - 1]


class Decoder(Protocol):
    """Says how likely each token is next, for several token sequences at once."""

    def first(self) -> Scores:
        """Return the log probabilities of the first token, in one row."""

    def next(self, parents: Sequence[int], tokens: Sequence[int]) -> Scores:
        """Append a token to each row named; return log probabilities, row by row."""


@dataclass(frozen=True, slots=True)
class Path:
    """A token sequence and how likely it is."""

    tokens: tuple[int, ...] = ()
    total: float = 0.0
    """Natural log of their probability."""


@dataclass(frozen=True, slots=True)
class _Live:
    """A hypothesis that may be continued."""

    path: Path
    step: Step
    row: int
    """Of the decoder: that of its parent until the decoder has taken its last token, then its own."""
    said: str = ""
    """Its text, without capitals and punctuation."""


def search(decoder: Decoder, graph: TokenGraph, beam: Beam) -> list[Path]:
    """Return the complete sentences, best first, each with its end token."""
    scores = decoder.first()
    live = [_Live(Path(), graph.start, 0)]
    done: list[Path] = []
    for length in range(1, MAX_TOKENS + 1):
        done += [_ended(at, scores) for at in live if at.step.final]
        bar = max((path.total for path in done), default=-np.inf) - beam.margin
        live = [at for at in _best(graph, live, scores, beam.width(length), beam.lag) if at.path.total >= bar]
        if not live:
            break
        scores = decoder.next([at.row for at in live], [at.path.tokens[-1] for at in live])
        live = [replace(at, row=row) for row, at in enumerate(live)]
    return sorted((path for path in done if path.total >= bar), key=lambda path: -path.total)


def _best(graph: TokenGraph, live: list[_Live], scores: Scores, width: int, lag: float) -> list[_Live]:
    """Return the likeliest continuations, best first, one for each way to say something."""
    choices = [at.step.tokens for at in live]
    totals = np.concatenate([at.path.total + scores[at.row, at.step.tokens] for at in live])
    owners = np.repeat(np.arange(len(live)), [len(tokens) for tokens in choices])
    tokens = np.concatenate(choices)
    best = np.argsort(-totals, kind="stable")[: width * SPARE]
    distinct: dict[object, _Live] = {}
    for n in best[totals[best] >= totals[best[:1]] - lag]:
        at = _continued(graph, live[owners[n]], int(tokens[n]), float(totals[n]))
        key = (at.said, at.step.after) if at.step.after else at.path.tokens
        if key in distinct:
            distinct[key] = _merged(distinct[key], at)
        elif len(distinct) < width:
            distinct[key] = at
    return list(distinct.values())


def _ended(at: _Live, scores: Scores) -> Path:
    return Path((*at.path.tokens, END), at.path.total + float(scores[at.row, END]))


def _continued(graph: TokenGraph, at: _Live, token: int, total: float) -> _Live:
    path = Path((*at.path.tokens, token), total)
    return _Live(path, graph.follow(at.step, token), at.row, at.said + graph.plain(token))


def _merged(better: _Live, other: _Live) -> _Live:
    """Return the better way to write the same words, with the probability of both."""
    total = float(np.logaddexp(better.path.total, other.path.total))
    return replace(better, path=replace(better.path, total=total))
