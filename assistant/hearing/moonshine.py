"""The embedded recognizer: Moonshine's tiny English model, decoded under the grammar of the moment.

The sound is encoded once. A beam of hypotheses then follows the word graph, spelled in tokens, and the model
says how likely each continuation is; `judge` ranks what was found and decides whether to believe it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import EngineError, InstallError
from assistant.hearing.beam import Beam, search
from assistant.hearing.beam import Path as Found
from assistant.hearing.calibration import load
from assistant.hearing.judge import FEATURES, MOST_CANDIDATES, PRIOR, judge
from assistant.hearing.memory import give_back, keep_little
from assistant.hearing.model import DECODER, ENCODER, Model
from assistant.hearing.paces import PACES, Paces, at_pace
from assistant.hearing.prepare import prepare
from assistant.hearing.tokengraph import TokenGraph
from assistant.hearing.tokens import Tokens
from assistant.values import RATE, URGENT_INTENTS

if TYPE_CHECKING:
    from assistant.hearing.model import Decoding
    from assistant.values import Hypothesis, Samples, Utterance, WordGraph

VOCABULARY = "tokenizer.bin"
FILES = (ENCODER, DECODER, VOCABULARY)

BEAM = Beam(widths=(6,), lag=7.0, margin=5.0)
"""A width of 8 took a quarter more time and found the same; 5 found less; a lag of 5 left more in doubt."""

WIDE = Beam(widths=(20, 14, 10, 6), lag=10.0, margin=5.0)
"""For what was not believed, and is searched again. Across a room the first word is the least clear: "hold
on a second" begins as "four" or "told", and is likelier than them only with its second word."""

SURE, FITTING = 0.98, -12.0
"""Confidence and score of an accepted sentence that is not searched again. The score is that of the whole:
one wrong word among twenty that fit shows neither in the score per token nor in the confidence."""

SURE_IF_URGENT = 0.9
"""The same for a call for help or for silence: a second search takes as long as the first. Of 56 such calls
between the two (of 3,551 sounds) all were right, and after a second search 54 were believed."""

LONG = 6 * RATE
"""Samples beyond which a sound is listened to at its own pace alone. Our sentences are shorter, 10 s at three
paces would take 20 MiB more, and of 28 orders of coffee that are longer the same 27 are right."""

HOPELESS = -6.5
"""Score per token below which nothing is. A quick search that lost what was said ends with a word that does
not fit at all: of 13 such commands below -4 a second search found 11."""

MOST_GRAPHS = 64
"""Graphs that are kept spelled in tokens; the oldest goes first."""

MOST_STEPS = 250
"""Of one graph, about 2 KB each; it is then spelled anew, which takes 20 ms."""

MOST_PRIORS = 5000
"""Sentences whose probability without sound is kept."""


class MoonshineRecognizer:
    """Decodes utterances under word graphs. For one thread at a time."""

    def __init__(self, folder: Path | None = None, threads: int = 2) -> None:
        """Load the model of ``folder``, or the one that the package ``moonshine-voice`` brings.

        ``threads`` is how many paces are decoded side by side.
        Raises `InstallError` naming the file that is missing or damaged.
        """
        place = folder or embedded_model()
        _check(place)
        keep_little()
        self._calibration = load("moonshine", FEATURES)
        self._tokens = Tokens.read(place / VOCABULARY)
        self._model: Model | None = Model(place)
        self._workers = ThreadPoolExecutor(max_workers=threads)
        self._graphs: dict[int, tuple[WordGraph, TokenGraph]] = {}
        self._priors: dict[tuple[int, ...], float] = {}

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:
        """Return what may have been said, best first; empty if nothing can be heard or it fits no sentence.

        Raises `EngineError` if the model failed or was closed.
        """
        spelled = self.spelled(graph)
        found = self.search(utterance.samples, spelled, again=utterance.complete)
        return judge(found, spelled, self.unheard, self._calibration)

    def search(self, samples: Samples, graph: TokenGraph, *, again: bool = True) -> list[Found]:
        """Return the sentences that fit a sound, best first: what `judge` ranks.

        ``again``: a second time if they are in doubt. Half a sentence always is, and the whole would wait.
        Raises `EngineError` if the model failed or was closed.
        """
        if self._model is None:
            raise EngineError("the recognizer was closed: make another")
        sound = prepare(samples)
        if not len(sound):
            return []
        heard = self._model.listen(sound)
        found = search(heard, graph, BEAM)
        if not again or not found or _fit(found[0]) < HOPELESS:
            return found
        best = self._best(found, graph)
        if _sure(best, found[0]):
            return found
        paces = PACES if len(sound) <= LONG else ()
        others = self._workers.map(self._model.listen, [at_pace(sound, pace) for pace in paces])
        found = self._again(found, [heard, *others], graph, believed=best.accepted)
        self._workers.submit(give_back)  # while what was found is acted on
        return found

    def _again(
        self, found: list[Found], paces: list[Decoding], graph: TokenGraph, *, believed: bool
    ) -> list[Found]:
        """Return what was found, compared at all paces, if that makes it sure; else what they all find.

        Where something was believed its first word was clear, and the search need not be wide.
        """
        if not believed:
            return self._searched(paces, graph, WIDE)
        compared = self._compared(found[:MOST_CANDIDATES], paces[1:])
        if _sure(self._best(compared, graph), compared[0]):
            return compared
        return self._searched(paces, graph, BEAM)

    def _compared(self, found: list[Found], others: list[Decoding]) -> list[Found]:
        """Return sentences with their mean probability at the pace they were found at and at others."""
        sequences = [path.tokens for path in found]
        each = self._workers.map(lambda pace: pace.totals(sequences), others)
        totals = np.logaddexp.reduce([[path.total for path in found], *each]) - np.log(1 + len(others))
        compared = [Found(path.tokens, float(total)) for path, total in zip(found, totals, strict=True)]
        return sorted(compared, key=lambda path: -path.total)

    def _searched(self, paces: list[Decoding], graph: TokenGraph, beam: Beam) -> list[Found]:
        """Return what a search finds that follows the sound, at several paces, more than habit."""
        assert self._model
        against = Paces(paces, self._model.hush(), PRIOR, self._workers)
        found = search(against, graph, beam)[:MOST_CANDIDATES]
        priors = self.unheard([path.tokens for path in found]) if found else []
        return [
            Found(path.tokens, path.total + PRIOR * prior) for path, prior in zip(found, priors, strict=True)
        ]

    def _best(self, found: list[Found], graph: TokenGraph) -> Hypothesis:
        return judge(found, graph, self.unheard, self._calibration)[0]

    def close(self) -> None:
        """Free the model; harmless when called twice."""
        self._workers.shutdown()
        self._graphs.clear()
        self._model = None

    def unheard(self, sequences: list[tuple[int, ...]]) -> list[float]:
        """Return the log probability of each token sequence when there is nothing to hear.

        That is how much the model likes to write it anyway; it is asked once for each sequence.
        """
        assert self._model
        new = [tokens for tokens in sequences if tokens not in self._priors]
        if len(self._priors) + len(new) > MOST_PRIORS:
            self._priors.clear()
            new = sequences
        if new:
            self._priors |= zip(new, self._model.hush().totals(new), strict=True)
        return [self._priors[tokens] for tokens in sequences]

    def spelled(self, graph: WordGraph) -> TokenGraph:
        """Return the graph in tokens, made once. Its key is its identity, which holding it keeps valid."""
        if id(graph) in self._graphs and self._graphs[id(graph)][1].size > MOST_STEPS:
            del self._graphs[id(graph)]
        if id(graph) not in self._graphs:
            if len(self._graphs) >= MOST_GRAPHS:
                del self._graphs[next(iter(self._graphs))]
            self._graphs[id(graph)] = graph, TokenGraph(graph, self._tokens)
        return self._graphs[id(graph)][1]


def _fit(path: Found) -> float:
    return path.total / len(path.tokens)


def _sure(best: Hypothesis, path: Found) -> bool:
    sure = SURE_IF_URGENT if best.intent in URGENT_INTENTS else SURE
    return best.accepted and best.confidence >= sure and path.total >= FITTING


def embedded_model() -> Path:
    """Return the model folder in ``moonshine-voice``, which is not imported: that loads its engine."""
    found = find_spec("moonshine_voice")
    if found is None or found.origin is None:
        raise InstallError("the package 'moonshine-voice' is missing: pip install 'moonshine-voice==0.1.0'")
    return Path(found.origin).parent / "assets" / "tiny-en"


def _check(folder: Path) -> None:
    for name in FILES:
        if not (folder / name).is_file():
            raise InstallError(
                f"{str(folder / name)!r} is missing: pip install --force-reinstall 'moonshine-voice==0.1.0' "
                "(later releases do not bring it), or name the folder that has it"
            )
