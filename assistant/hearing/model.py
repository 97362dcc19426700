"""The encoder and the decoder of a Moonshine model, run by ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as faults

from assistant.errors import EngineError, InstallError
from assistant.hearing.tokens import END, START
from assistant.values import RATE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from assistant.hearing.beam import Scores

    Caches: TypeAlias = dict[str, NDArray[np.float32]]
    Feed: TypeAlias = dict[str, NDArray[Any]]
    Tokens: TypeAlias = tuple[int, ...]

ENCODER, DECODER = "encoder_model.ort", "decoder_model_merged.ort"

LAYERS, HEADS, DEPTH = 6, 8, 36
"""Of the decoder's attention, tiny model."""

OWN = [f"{layer}.decoder.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
CROSS = [f"{layer}.encoder.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]
"""The decoder's caches: of the tokens so far, and of the sound."""

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
        self._encoder = _session(folder / ENCODER)
        self._decoder = _session(folder / DECODER)
        hush = np.random.default_rng(0).standard_normal(RATE) * HUSH
        self._nothing = self._encode(hush.astype(np.float32))

    def unheard(self, sequences: Sequence[Tokens]) -> list[float]:
        """Return the log probability of each token sequence when there is nothing to hear.

        That is how much the model likes to write it anyway.
        """
        rows, longest = len(sequences), max(map(len, sequences))
        given = np.full((rows, longest), END, dtype=np.int64)
        given[:, 0] = START
        for row, tokens in enumerate(sequences):
            given[row, 1 : len(tokens)] = tokens[:-1]
        empty = np.zeros((rows, HEADS, 0, DEPTH), dtype=np.float32)
        feed = _rows(self._nothing, rows) | {_past(name): empty for name in [*OWN, *CROSS]}
        feed |= {"input_ids": given, "use_cache_branch": np.array([False])}
        (logits,) = _run(self._decoder, ["logits"], feed)
        return [_total(logits[row, : len(tokens)], tokens) for row, tokens in enumerate(sequences)]

    def listen(self, sound: NDArray[np.float32], rows: int) -> Decoding:
        """Encode a sound in [-1, 1], shape ``(samples,)``, to be decoded in at most ``rows`` at once."""
        return Decoding(self._decoder, _rows(self._encode(sound), rows))

    def hush(self, rows: int) -> Decoding:
        """Return what `listen` does when there is nothing to hear."""
        return Decoding(self._decoder, _rows(self._nothing, rows))

    def _encode(self, sound: NDArray[np.float32]) -> Feed:
        mask = np.ones((1, len(sound)), dtype=np.int64)
        (encoded,) = _run(self._encoder, None, {"input_values": sound[None], "attention_mask": mask})
        return {"encoder_hidden_states": encoded, "encoder_attention_mask": mask}


class Decoding:
    """The decoder at work on one sound: a `beam.Decoder`."""

    def __init__(self, session: onnxruntime.InferenceSession, sound: Feed) -> None:
        self._session = session
        self._sound = sound
        """What is known of the sound, one row for each hypothesis there may be."""
        self._own: Caches = {}
        self._begun: tuple[Scores, Caches] | None = None
        """What the first step gave, for when the sound is decoded again."""

    def first(self) -> Scores:
        """Return the log probabilities of the first token, shape ``(1, vocabulary)``."""
        if self._begun is None:
            self._begun = self._begin()
        scores, self._own = self._begun
        return scores

    def _begin(self) -> tuple[Scores, Caches]:
        empty = np.zeros((1, HEADS, 0, DEPTH), dtype=np.float32)
        past = {_past(name): empty for name in [*OWN, *CROSS]}
        scores, caches = self._step([START], past, [*OWN, *CROSS])
        rows = len(self._sound["encoder_hidden_states"])
        self._sound |= {_past(name): np.repeat(caches[name], rows, axis=0) for name in CROSS}
        return scores, {name: caches[name] for name in OWN}

    def next(self, parents: Sequence[int], tokens: Sequence[int]) -> Scores:
        """Append a token to each parent row; return log probabilities, shape ``(rows, vocabulary)``."""
        past = {_past(name): self._own[name][list(parents)] for name in OWN}
        scores, self._own = self._step(tokens, past, OWN)
        return scores

    def _step(self, tokens: Sequence[int], past: Caches, wanted: list[str]) -> tuple[Scores, Caches]:
        sound = {name: value[: len(tokens)] for name, value in self._sound.items()}
        feed: Feed = (
            sound
            | past
            | {
                "input_ids": np.array(tokens, dtype=np.int64)[:, None],
                "use_cache_branch": np.array([self._begun is not None]),
            }
        )
        logits, *caches = _run(self._session, ["logits", *(f"present.{name}" for name in wanted)], feed)
        return _log_probabilities(logits[:, -1]), dict(zip(wanted, caches, strict=True))


def _total(logits: Scores, tokens: Tokens) -> float:
    """Return the log probability of a token sequence, given the logits at each of its places."""
    chosen = logits[range(len(tokens)), tokens].astype(np.float64)
    highest = logits.max(axis=-1)
    rest = np.log(np.exp(logits - highest[:, None]).sum(axis=-1))
    return float((chosen - highest - rest).sum())


def _rows(feed: Feed, rows: int) -> Feed:
    return {name: np.repeat(value, rows, axis=0) for name, value in feed.items()}


def _past(name: str) -> str:
    return f"past_key_values.{name}"


def _log_probabilities(logits: Scores) -> Scores:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float32)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # Calls are short: a second thread within one gains nothing. Several calls may run side by side.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena would keep the memory of the longest utterance for ever.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except FAULTS as fault:
        raise InstallError(f"{str(path)!r} cannot be run ({fault}): install it again") from fault


def _run(session: onnxruntime.InferenceSession, wanted: list[str] | None, feed: Feed) -> list[Scores]:
    try:
        return list(session.run(wanted, feed))
    except FAULTS as fault:
        raise EngineError(f"the recognition model failed ({fault}): it starts afresh") from fault
