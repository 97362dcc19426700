"""Understands a sentence in spite of its spelling, and nothing else in spite of anything.

Likeness alone is dangerous: to rapidfuzz's ``token_set_ratio`` "do not stop" is "stop". So a sentence is only
a candidate when each of its words was said, in order, give or take a slip; a word too many or too few can
only be a filler, negations must be the same, and a word that is spelled right is never a slip for another.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from jellyfish import metaphone
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from assistant.wordgraph import parse, sentences, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.understanding.grammar import Words
    from assistant.values import WordGraph
    from assistant.wordgraph import Reading

# Measured on tests/understanding/slips.yaml, in the English scopes of about 4,000 sentences each: 89 lines
# with a slip of the pen, 24 misheard ones, 27 too dangerous or too far off to be guessed, and 120 of talk,
# denials and near misses, which must mean nothing in any scope. The guards were made on the same lines.
#
#                                    typed 89               heard 24               not that 27   talk 120
#                                    right rejected wrong   right rejected wrong       taken       taken
#   this module                       75     14      0       13     11      0            0           0
#   the same without sounds           68     21      0        9     15      0            0           0
#   rapidfuzz ratio alone             89      0      0       23      1      0           25          51
#   rapidfuzz WRatio alone            87      0      2       22      0      2           26         119
#   rapidfuzz token_set_ratio alone   85      0      4       22      1      1           25         100
#
# The words decide first: every cut-off from 60 to 80 gives the same, 85 loses one line and 90 five.
# With a margin of 0 or 4 three more are right and one line of talk is taken; with 12 six are lost.
# Not tuned on: 5,148 sentences with a random slip (a letter left out, doubled, swapped with the next, or the
# key beside it), up to 40 an intent and scope: 3,075 right, 2,073 rejected, none wrong.
CUTOFF = 80.0
"""Of 100: the least likeness, the mean of letters and sounds."""
MARGIN = 8.0
"""By how much it must exceed that of every sentence with another meaning."""
EXACT_ONLY = frozenset({"no", "weak_no", "off", "pain"})
"""Answers on which safety hangs: never in spite of their spelling."""

_SHORT, _MIDDLE, _LONG = 4, 5, 8
"""Letters from which a word may have: a slip that swaps letters or sounds the same, any slip, two slips."""
_MOST_SENTENCES = 30_000
"""Compared in one scope: half as many more as the largest may have."""


class FuzzyMatcher:
    """Knows the sentences of one scope that have more than one word; a single word has to be exact."""

    def __init__(self, graph: WordGraph, words: Words) -> None:
        self._graph = graph
        self._words = words

    def match(self, said: str) -> tuple[Reading, float] | None:
        """Return what was meant and how alike it is, of 100; None if that is not certain."""
        found = next((near for near in self._near(said, CUTOFF) if self._may_be(said, near[1])), None)
        if found is None:
            return None
        score, sentence = found
        reading = parse(self._graph, sentence)[0]
        rivals = (s for likeness, s in self._near(said, score - MARGIN) if score - likeness < MARGIN)
        if reading[0] in EXACT_ONLY or any(parse(self._graph, rival) != [reading] for rival in rivals):
            return None
        return reading, score

    @cached_property
    def _sentences(self) -> list[str]:
        return [sentence for sentence in sentences(self._graph, _MOST_SENTENCES) if " " in sentence]

    @cached_property
    def _spelled_right(self) -> frozenset[str]:
        return vocabulary(self._graph) | self._words.negations | self._words.distinct

    def _near(self, said: str, least: float) -> Iterator[tuple[float, str]]:
        """Return the sentences of at least some likeness, of 100, and that likeness, best first."""
        sounds = _sounds(said)
        spelled = process.extract_iter(said, self._sentences, scorer=fuzz.ratio, score_cutoff=2 * least - 100)
        alike = (((score + fuzz.ratio(sounds, _sounds(text))) / 2, text) for text, score, _ in spelled)
        return iter(sorted((entry for entry in alike if entry[0] >= least), reverse=True))

    def _may_be(self, said: str, meant: str) -> bool:
        """Tell whether nothing but slips and fillers is between them."""
        ours, theirs = said.split(), meant.split()
        if self._negations(ours) != self._negations(theirs):
            return False
        return said.replace(" ", "") == meant.replace(" ", "") or self._pair(ours, theirs)

    def _negations(self, words: Sequence[str]) -> int:
        return sum(word in self._words.negations for word in words)

    def _pair(self, said: Sequence[str], meant: Sequence[str]) -> bool:
        """Tell whether all words pair up in order, but for fillers."""
        fillers = self._words.fillers
        if not said or not meant:
            return fillers.issuperset((*said, *meant))
        return (
            (self._same(said[0], meant[0]) and self._pair(said[1:], meant[1:]))
            or (said[0] in fillers and self._pair(said[1:], meant))
            or (meant[0] in fillers and self._pair(said, meant[1:]))
        )

    def _same(self, said: str, meant: str) -> bool:
        return said == meant or (said not in self._spelled_right and is_slip(said, meant))


def is_slip(said: str, meant: str) -> bool:
    """Tell whether a word is another one but for a slip of the pen, or sounds the same.

    >>> is_slip("crmap", "cramp"), is_slip("breeth", "breathe"), is_slip("shop", "stop")
    (True, True, False)
    """
    letters = min(len(said), len(meant))
    slips = OSA.distance(said, meant)
    if letters < _SHORT or slips > 2:  # noqa: PLR2004 (two slips make another word)
        return False
    if slips == 1 and (letters >= _MIDDLE or sorted(said) == sorted(meant)):
        return True
    return letters >= _LONG or _sound(said) == _sound(meant)


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    return metaphone(word)


def _sounds(words: str) -> str:
    return " ".join(map(_sound, words.split()))
