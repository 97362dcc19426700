"""The encoder and the decoder of a Moonshine model, run by ONNX Runtime."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as faults

from assistant.errors import EngineError, InstallError
from assistant.hearing.adapter import adapted
from assistant.hearing.tokens import END, START
from assistant.values import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Scores: TypeAlias = NDArray[np.float32]
    """Natural log probabilities of tokens, last axis the vocabulary; or what they are made from."""
    Caches: TypeAlias = dict[str, NDArray[np.float32]]
    Feed: TypeAlias = dict[str, NDArray[Any]]
    Tokens: TypeAlias = tuple[int, ...]

ENCODER, DECODER = "encoder_model.ort", "decoder_model_merged.ort"

LAYERS, HEADS, DEPTH = 6, 8, 36
"""Of the decoder's attention, tiny model."""

OWN = [f"{layer}.decoder.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
CROSS = [f"{layer}.encoder.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
"""The decoder's caches: of the tokens so far, and of the sound."""

MOST_PLACES = 32
"""Tokens, over all rows, that are scored in one step: 0.3 MiB each. More are no faster."""

HUSH = 0.01
"""Amplitude of the faint noise that stands for nothing to hear; no recording is all zeros."""

FAULTS = (
    faults.Fail,
    faults.InvalidArgument,
    faults.InvalidGraph,
    faults.InvalidProtobuf,
    faults.NoModel,
    faults.NoSuchFile,
    faults.NotImplemented,
    faults.RuntimeException,
)


class Model:
    """The two networks, loaded."""

    def __init__(self, folder: Path) -> None:
        """Raise `InstallError` if a file is not a network."""
        self._encoder = _session(folder / ENCODER, adapted)
        self._decoder = _session(folder / DECODER)
        hush = np.random.default_rng(0).standard_normal(RATE) * HUSH
        self._hush = self.listen(hush.astype(np.float32))

    def listen(self, sound: NDArray[np.float32]) -> Decoding:
        """Encode a sound in [-1, 1], shape ``(samples,)``, to be decoded."""
        mask = np.ones((1, len(sound)), dtype=np.int64)
        (encoded,) = _run(self._encoder, None, {"input_values": sound[None], "attention_mask": mask})
        return Decoding(self._decoder, {"encoder_hidden_states": encoded, "encoder_attention_mask": mask})

    def hush(self) -> Decoding:
        """Return what `listen` does when there is nothing to hear."""
        return copy(self._hush)


class Decoding:
    """The decoder at work on one sound: a `beam.Decoder`."""

    def __init__(self, session: onnxruntime.InferenceSession, sound: Feed) -> None:
        self._session = session
        first, caches = self._run([[START]], _empty([*OWN, *CROSS], 1) | sound, [*OWN, *CROSS], cached=False)
        self._first = _log_probabilities(first[:, -1]), {name: caches[name] for name in OWN}
        self._own: Caches = {}
        self._sound: Feed = sound | {_past(name): caches[name] for name in CROSS}
        """What is known of the sound: one row, which counts for however many hypotheses there are."""

    def first(self) -> Scores:
        """Return the log probabilities of the first token, shape ``(1, vocabulary)``."""
        scores, self._own = self._first
        return scores

    def next(self, parents: Sequence[int], tokens: Sequence[int]) -> Scores:
        """Append a token to each parent row; return log probabilities, shape ``(rows, vocabulary)``."""
        past = {_past(name): self._own[name][list(parents)] for name in OWN}
        logits, self._own = self._run([[token] for token in tokens], past | self._sound, OWN)
        return _log_probabilities(logits[:, -1])

    def totals(self, sequences: Sequence[Tokens]) -> list[float]:
        """Return the log probability of each token sequence, as many in one step as memory allows."""
        step = max(1, MOST_PLACES // max(map(len, sequences), default=1))
        parts = (sequences[at : at + step] for at in range(0, len(sequences), step))
        return [total for part in parts for total in self._totals(part)]

    def _totals(self, sequences: Sequence[Tokens]) -> list[float]:
        longest = max(map(len, sequences))
        given = [[START, *tokens[:-1], *[END] * (longest - len(tokens))] for tokens in sequences]
        logits, _ = self._run(given, _empty(OWN, len(sequences)) | self._sound, [])
        return [_total(logits[row, : len(tokens)], tokens) for row, tokens in enumerate(sequences)]

    def _run(
        self, given: list[list[int]], feed: Feed, wanted: list[str], *, cached: bool = True
    ) -> tuple[Scores, Caches]:
        """Return the logits behind each token given, shape ``(rows, tokens, vocabulary)``, and caches."""
        tokens = {"input_ids": np.array(given, dtype=np.int64), "use_cache_branch": np.array([cached])}
        names = ["logits", *(f"present.{name}" for name in wanted)]
        logits, *caches = _run(self._session, names, feed | tokens)
        return logits, dict(zip(wanted, caches, strict=True))


def _total(logits: Scores, tokens: Tokens) -> float:
    """Return the log probability of a token sequence, given the logits at each of its places."""
    chosen = logits[range(len(tokens)), tokens].astype(np.float64)
    highest = logits.max(axis=-1)
    rest = np.log(np.exp(logits - highest[:, None]).sum(axis=-1))
    return float((chosen - highest - rest).sum())


def _empty(caches: list[str], rows: int) -> Feed:
    return {_past(name): np.zeros((rows, HEADS, 0, DEPTH), dtype=np.float32) for name in caches}


def _past(name: str) -> str:
    return f"past_key_values.{name}"


def _log_probabilities(logits: Scores) -> Scores:
    """Turn logits, which are overwritten: at a row for each hypothesis a copy is not small."""
    logits -= logits.max(axis=-1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits


def _session(path: Path, change: Callable[[bytes], bytes] | None = None) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # Calls are short: a second thread within one gains nothing. Several calls may run side by side.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena would keep the memory of the longest utterance for ever.
    options.enable_cpu_mem_arena = False
    # ONNX Runtime would keep a plan of memory for every shape of input that ever was: thousands.
    options.enable_mem_pattern = False
    try:
        model = change(path.read_bytes()) if change else str(path)
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except FAULTS as fault:
        raise InstallError(f"{str(path)!r} cannot be run ({fault}): install it again") from fault
    # It would keep the file, 13 MB, to start afresh with another provider.
    session._model_bytes = None  # noqa: SLF001
    return session


def _run(session: onnxruntime.InferenceSession, wanted: list[str] | None, feed: Feed) -> list[Scores]:
    try:
        return list(session.run(wanted, feed))
    except FAULTS as fault:
        raise EngineError(f"the recognition model failed ({fault}): it starts afresh") from fault
