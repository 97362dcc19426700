"""The embedded recognizer: Moonshine's tiny English model, decoded under the grammar of the moment."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from assistant.errors import InstallError
from assistant.hearing.beam import search
from assistant.hearing.judge import judge
from assistant.hearing.prepare import prepare
from assistant.hearing.tokengraph import TokenGraph
from assistant.hearing.tokens import START, Tokens
from assistant.values import RATE

if TYPE_CHECKING:
    from typing import TypeAlias

    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.hearing.beam import Scores
    from assistant.values import Hypothesis, Utterance, WordGraph

    Caches: TypeAlias = dict[str, NDArray[np.float32]]

FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")

LAYERS, HEADS, DEPTH = 6, 8, 36
"""Of the decoder's attention."""

OWN = [f"{layer}.decoder.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
CROSS = [f"{layer}.encoder.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
"""Its caches: of the tokens so far, and of the sound."""

WIDTH = 10
"""Hypotheses that are followed at once."""

MARGIN = 10.0
"""Natural log below the best sentence down to which others are looked for."""

MOST_GRAPHS = 32
"""Graphs that are kept spelled in tokens."""


class MoonshineRecognizer:
    """Decodes utterances under word graphs. Not to be shared between threads."""

    def __init__(self, folder: Path | None = None, threads: int = 2) -> None:
        """Load the model of ``folder``, or the one that the package ``moonshine-voice`` brings.

        Raises `InstallError` naming the file that is missing or damaged.
        """
        place = folder or embedded_model()
        _check(place)
        self._tokens = Tokens.read(place / "tokenizer.bin")
        self._model = _Model(place, threads)
        self._graphs: dict[int, tuple[WordGraph, TokenGraph]] = {}

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:
        """Return what may have been said, best first; empty if nothing can be heard or it fits no sentence."""
        sound = prepare(utterance.samples)
        if not len(sound):
            return []
        spelled = self._spelled(graph)
        return judge(search(self._model.decoding(sound), spelled, WIDTH, MARGIN), spelled, len(sound) / RATE)

    def close(self) -> None:
        """Free the model; harmless when called twice."""
        self._graphs.clear()
        self._model = None

    def _spelled(self, graph: WordGraph) -> TokenGraph:
        """Return the graph in tokens, made once. The key is the graph's identity, which holding it keeps valid."""
        if id(graph) not in self._graphs:
            while len(self._graphs) >= MOST_GRAPHS:
                del self._graphs[next(iter(self._graphs))]
            self._graphs[id(graph)] = graph, TokenGraph(graph, self._tokens)
        return self._graphs[id(graph)][1]


def embedded_model() -> Path:
    """Return the model folder inside ``moonshine-voice``, without importing it: that would load its own engine."""
    found = find_spec("moonshine_voice")
    if found is None or found.origin is None:
        raise InstallError("the package 'moonshine-voice' is missing: pip install 'moonshine-voice==0.1.0'")
    return Path(found.origin).parent / "assets" / "tiny-en"


def _check(folder: Path) -> None:
    for name in FILES:
        if not (folder / name).is_file():
            raise InstallError(
                f"{str(folder / name)!r} is missing: pip install --force-reinstall 'moonshine-voice==0.1.0' "
                "(later releases do not carry it), or name the folder that has it"
            )


class _Model:
    """The encoder and the decoder."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._encoder = _session(folder / FILES[0], threads)
        self._decoder = _session(folder / FILES[1], threads)

    def decoding(self, sound: NDArray[np.float32]) -> _Decoding:
        """Encode a sound, float32 in [-1, 1], shape ``(n,)``."""
        mask = np.ones((1, len(sound)), dtype=np.int64)
        (encoded,) = self._encoder.run(None, {"input_values": sound[None], "attention_mask": mask})
        return _Decoding(self._decoder, encoded, len(sound))


class _Decoding:
    """The decoder at work on one sound."""

    def __init__(self, session: onnxruntime.InferenceSession, encoded: NDArray[np.float32], samples: int) -> None:
        self._session = session
        self._encoded = encoded
        self._mask = np.ones((1, samples), dtype=np.int64)
        self._own: dict[str, NDArray[np.float32]] = {}
        self._cross: dict[str, NDArray[np.float32]] = {}

    def first(self) -> Scores:
        empty = np.zeros((1, HEADS, 0, DEPTH), dtype=np.float32)
        past = {f"past_key_values.{name}": empty for name in [*OWN, *CROSS]}
        scores, caches = self._run([START], past, [*OWN, *CROSS], cached=False)
        self._own = {name: caches[name] for name in OWN}
        self._cross = {name: caches[name] for name in CROSS}
        return scores

    def next(self, parents: Sequence[int], tokens: Sequence[int]) -> Scores:
        past = {f"past_key_values.{name}": self._own[name][parents] for name in OWN}
        past |= {f"past_key_values.{name}": np.repeat(self._cross[name], len(tokens), axis=0) for name in CROSS}
        scores, self._own = self._run(tokens, past, OWN, cached=True)
        return scores

    def _run(
        self, tokens: Sequence[int], past: Caches, wanted: list[str], *, cached: bool
    ) -> tuple[Scores, Caches]:
        rows = len(tokens)
        feed = past | {
            "input_ids": np.array(tokens, dtype=np.int64)[:, None],
            "encoder_hidden_states": np.repeat(self._encoded, rows, axis=0),
            "encoder_attention_mask": np.repeat(self._mask, rows, axis=0),
            "use_cache_branch": np.array([cached]),
        }
        logits, *caches = self._session.run(["logits", *(f"present.{name}" for name in wanted)], feed)
        return _log_probabilities(logits[:, -1]), dict(zip(wanted, caches, strict=True))


def _log_probabilities(logits: Scores) -> Scores:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
