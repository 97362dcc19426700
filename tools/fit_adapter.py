# ruff: noqa: INP001, PLR2004 - a program, not a module; shares and ranges are a recipe
"""Teaches the embedded recognizer noise, rooms and short commands; writes ``assistant/hearing/adapter.npz``.

    nice python tools/fit_adapter.py FOLDER --natural VOICES [--minutes 40] [--from adapter.npz]

The encoder hears speech that was made worse (rooms, noise, other people's talk) and is to answer what it
answered, as it was, to the same speech clean (distillation); and where the words are known, the decoder,
which stays as it is, is to read them there. Sounds without speech have to stay what they are. Only
corrections of low rank are learned, with the rounding to bytes in the loop. No voice of the bench is in it.

FOLDER has a ``manifest.tsv`` as ``cramp-assistant bench --audio`` takes it; every other one of its speakers
and noises is used, by a checksum. VOICES has one, too: sentences, as commands, in natural voices that are not
the bench's. A part of both is spoken over the assistant's own words, and learned from as the echo canceller
leaves it. ``--from``: go on from corrections that were learned before. Needs ``espeak-ng``, ``flite`` and,
beside the assistant, ``pip install torch scipy``; two cores, 4 GB and, for 1,000 steps of 16 sounds, the
better part of an hour.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import re
import subprocess
import tempfile
import zlib
from dataclasses import replace
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import torch
from onnxruntime.tools.ort_format_model.ort_flatbuffers_py.fbs.InferenceSession import InferenceSession
from scipy.signal import fftconvolve, resample_poly
from torch import nn
from torch.nn import functional

from assistant.bench.bedside import Bedside, as_loud, timeline
from assistant.bench.recordings import manifest
from assistant.bench.speech import SCOPES
from assistant.config import Settings
from assistant.data import folder, load_grammar
from assistant.hearing.adapter import FILE
from assistant.hearing.model import DECODER, ENCODER, HEADS
from assistant.hearing.moonshine import VOCABULARY, embedded_model
from assistant.hearing.tokens import END, START, WORD, Tokens
from assistant.sound import files
from assistant.sound.room import Bedroom, Room, impulse_response, somewhere
from assistant.values import FRAME, RATE, Scope
from assistant.wordgraph import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from assistant.values import Hypothesis, Utterance, WordGraph

    Sound = NDArray[np.float32]
    Places = tuple[torch.Tensor, torch.Tensor]
    Words = tuple[int, ...] | None

RANK = 24
"""Of the corrections."""

WORDS_COUNT = 0.15
"""What a natural log of the words' probability, per token, weighs against a variance of the encoding."""

PACE = 1e-3
"""Of learning, for the corrections; a third of it for what is no matrix."""

KEPT = 0.8
"""Of what was learned; less is nearer to the model as it came (robust fine-tuning, Wortsman et al. 2022)."""

OVER_ITS_WORDS, IN_A_ROOM = 60, 30
"""Rooms in which it is talked over, and sounds in each."""

BATCH, POOL = 16, 8
"""Sounds learned from at once; sounds of so many batches are sorted by length."""

LANGUAGES = ("en-us", "en-us", "en-gb", "en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc")
SPEAKERS = [
    "m1",
    "m2",
    "m3",
    "m4",
    "m6",
    "m7",
    "m8",
    "f1",
    "f2",
    "f3",
    "f5",
    "adam",
    "Andy",
    "Annie",
    "belinda",
    "benjamin",
    "ed",
    "edward",
    "Lee",
    "linda",
    "max",
    "Michael",
    "Mike",
    "pablo",
    "quincy",
    "rob",
    "robert",
    "steph",
    "steph2",
    "shelby",
    "travis",
    "victor",
    "grandpa",
    "grandma",
    "Alicia",
    "Andrea",
    "zac",
    "whisper",
    "whisperf",
    "klatt2",
    "anika",
]
"""Of espeak-ng, in any pairs: none is a voice of the bench."""

SHAPES = ((288, 1, 127), (576, 288, 7), (288, 576, 3))
"""Of the convolutions."""

PRODUCTS = {
    f"{kind}_attn.{part}_proj": f"{kind}_attn/{part}_proj" for kind in ("self", "encoder") for part in "qkvo"
}
PRODUCTS |= {"mlp.fc1": "mlp/fc1", "mlp.fc2": "mlp/fc2"}
NORMS = [f"{kind}_layernorm.weight" for kind in ("input", "post_attention", "final")]
BIASES = ["mlp.fc1.bias", "mlp.fc2.bias"]
"""Weights of a layer of the decoder."""

ORDER = (
    ("can i have a", "i would like a", "get me a", "could you make me a", "make a", "i want a"),
    ("small", "medium", "large"),
    ("", "light roast", "medium roast", "dark roast"),
    ("", "single shot", "double shot", "triple shot"),
    ("latte", "coffee", "espresso", "cappuccino", "mocha", "americano"),
    ("", "with skim milk", "with whole milk", "with soy milk", "with almond milk", "with no milk"),
    ("", "please", "and no sugar", "and two sugars", "and lots of brown sugar", "with a little sugar"),
)
"""Long sentences of another trade."""

DIRECT = 16
"""Samples of a room's response that are kept before its direct sound; three times as many are that sound."""

SETS = ("librispeech", "meeting_ami", "speech_commands", "words_englishccc", "wakewords", "alnum")
"""Folders of the recordings that are learned from: licences that ask for no more than a name."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--natural", type=Path, required=True)
    parser.add_argument("--from", type=Path, dest="before")
    parser.add_argument("--minutes", type=float, default=40)
    asked = parser.parse_args()
    place = embedded_model()
    stored = Stored(place / ENCODER)
    encoder, teacher = Encoder(stored, RANK), Encoder(stored, 0)
    if asked.before:
        go_on(encoder, stored, asked.before)
    lessons = Lessons(asked.folder, asked.natural, Tokens.read(place / VOCABULARY))
    decoder = Decoder(Stored(place / DECODER), encoder.turns)
    learn(encoder, teacher, decoder, lessons, asked.minutes * 60)
    write(encoder, stored, FILE)


def learn(encoder: Encoder, teacher: Encoder, decoder: Decoder, lessons: Lessons, seconds: float) -> None:
    """Learn for so long, faster at first; print every 20th step how far off it is."""
    factors = [part for name, part in encoder.named_parameters() if name.endswith(("left", "right"))]
    others = [part for name, part in encoder.named_parameters() if not name.endswith(("left", "right"))]
    optimizer = torch.optim.AdamW(
        [{"params": factors, "share": 1.0}, {"params": others, "share": 0.3}],
        betas=(0.9, 0.98),
        weight_decay=0,
    )
    began = monotonic()
    for step, (clean, worse, words) in enumerate(lessons.batches()):
        done = (monotonic() - began) / seconds
        if done >= 1:
            return
        for group in optimizer.param_groups:
            group["lr"] = PACE * group["share"] * min(1, (step + 1) / 60) * (1 + math.cos(math.pi * done)) / 2
        with torch.no_grad():
            wanted = teacher(torch.from_numpy(clean))
        got = encoder(torch.from_numpy(worse))
        distance = functional.mse_loss(got, wanted) / wanted.var()
        surprise = decoder.surprise(got, words)
        optimizer.zero_grad()
        (distance + WORDS_COUNT * surprise).backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            print(
                f"{step:5} {done:4.0%}  distance {distance.item():.4f}  words {float(surprise):.3f}",
                flush=True,
            )


class Stored:
    """A network of ONNX Runtime's own format: its weights, and where they are in the file."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        buffer = np.frombuffer(self.data, np.uint8)
        self._weights: dict[str, NDArray[np.generic]] = {}
        self.places: dict[str, int] = {}
        self._inputs: dict[str, list[str]] = {}
        self._read(InferenceSession.GetRootAsInferenceSession(buffer, 0).Model().Graph(), buffer)

    def _read(self, graph: object, buffer: NDArray[np.uint8]) -> None:
        kinds = {1: np.float32, 2: np.uint8}
        for tensor in map(graph.Initializers, range(graph.InitializersLength())):
            raw = tensor.RawDataAsNumpy()
            if tensor.DataType() in kinds and not isinstance(raw, int):
                name, shape = tensor.Name().decode(), [tensor.Dims(i) for i in range(tensor.DimsLength())]
                self.places[name] = raw.ctypes.data - buffer.ctypes.data
                self._weights[name] = raw.view(kinds[tensor.DataType()]).reshape(shape)
        for node in map(graph.Nodes, range(graph.NodesLength())):
            name = node.Name().decode().removesuffix("_quant")
            self._inputs[name] = [node.Inputs(i).decode() for i in range(node.InputsLength())]
            for attribute in map(node.Attributes, range(node.AttributesLength())):
                if attribute.G() is not None:
                    self._read(attribute.G(), buffer)

    def plain(self, name: str) -> torch.Tensor:
        """Return a weight that is stored as numbers."""
        return torch.tensor(np.array(self._weights[name], dtype=np.float32)).squeeze()

    def matrix(self, name: str) -> torch.Tensor:
        """Return a weight that is stored in bytes, shape ``(from, to)``."""
        stored, scale, zero = (
            self._weights[f"{name}_{part}"] for part in ("quantized", "scale", "zero_point")
        )
        return torch.tensor((stored.astype(np.float32) - zero.item()) * scale.item())

    def of(self, node: str) -> str:
        """Return the name of the weight by which a node multiplies."""
        inputs = self._inputs[f"{node}/MatMul"]
        return next(
            name.removesuffix("_quantized") for name in inputs if re.match(r"onnx::.*_quantized$", name)
        )


class Changed(nn.Module):
    """A weight that is learned, by its names in the file: it, and its scale and zero point if it has them."""

    names: tuple[str, ...]

    def places(self, stored: Stored) -> tuple[int, ...]:
        """Return where these are in the file, -1 for those it has not."""
        return (*(stored.places[name] for name in self.names), -1, -1)[:3]


class Corrected(Changed):
    """A weight and its correction."""

    def __init__(self, weight: torch.Tensor, rank: int, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names
        self.register_buffer("stored", weight)
        self.left = nn.Parameter(torch.zeros(len(weight), rank))
        self.right = nn.Parameter(torch.randn(rank, weight[0].numel()) / weight[0].numel() ** 0.5)

    def now(self) -> torch.Tensor:
        return self.stored + (self.left @ self.right).view_as(self.stored)

    def go_on(self, left: torch.Tensor, right: torch.Tensor) -> None:
        self.left.copy_(left)
        self.right.copy_(right)


class Plain(Changed):
    """A weight of one row, which is learned as it is."""

    def __init__(self, weight: torch.Tensor, name: str) -> None:
        super().__init__()
        self.names = (name,)
        self.register_buffer("stored", weight)
        self.value = nn.Parameter(weight.clone())

    @property
    def left(self) -> torch.Tensor:
        return (self.value - self.stored)[:, None]

    @property
    def right(self) -> torch.Tensor:
        return torch.ones(1, 1)

    def go_on(self, left: torch.Tensor, right: torch.Tensor) -> None:
        self.value.copy_(self.stored + (left @ right)[:, 0])


class Multiplied(nn.Module):
    """A product with a weight stored in bytes; what is multiplied is rounded to bytes, too."""

    def __init__(self, stored: Stored, node: str, rank: int, bias: str | None = None) -> None:
        super().__init__()
        name = stored.of(node)
        names = tuple(f"{name}_{part}" for part in ("quantized", "scale", "zero_point"))
        self.weight = Corrected(stored.matrix(name), rank, names)
        self.bias = Plain(stored.plain(bias), bias) if bias else None

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        product = in_bytes(given, (1, 2)) @ in_bytes(self.weight.now(), (0, 1))
        return product if self.bias is None else product + self.bias.value


def in_bytes(values: torch.Tensor, axes: tuple[int, ...]) -> torch.Tensor:
    """Return values as 256 steps give them; the slope is that of no rounding."""
    with torch.no_grad():
        low = values.amin(axes, keepdim=True).clamp(max=0)
        step = ((values.amax(axes, keepdim=True).clamp(min=0) - low) / 255).clamp(min=1e-9)
        zero = torch.round(-low / step)
        lost = (torch.clamp(torch.round(values / step) + zero, 0, 255) - zero) * step - values
    return values + lost


class Encoder(nn.Module):
    """Moonshine's (Jeffries et al. 2024): three convolutions, six layers of attention."""

    def __init__(self, stored: Stored, rank: int) -> None:
        super().__init__()
        convolutions = [f"conv{i}.weight_add_tensor" for i in (1, 2, 3)]
        self.convolutions = nn.ModuleList(
            Corrected(stored.plain(name).view(shape), rank, (name,))
            for name, shape in zip(convolutions, SHAPES, strict=True)
        )
        plain = ("onnx::Mul_2080", "onnx::Add_2081", "conv2.bias", "conv3.bias", "layer_norm.weight")
        self.plain = nn.ModuleList(Plain(stored.plain(name), name) for name in plain)
        self.layers = nn.ModuleList(Layer(stored, f"layers.{i}", rank) for i in range(6))
        self.register_buffer("turns", stored.plain("onnx::Expand_202"))

    def forward(self, sound: torch.Tensor) -> torch.Tensor:
        """Turn sounds in [-1, 1], shape ``(sounds, samples)``, to encodings, ``(sounds, frames, 288)``."""
        first, second, third = (weight.now() for weight in self.convolutions)
        scale, shift, second_bias, third_bias, last = (plain.value for plain in self.plain)
        x = torch.tanh(functional.conv1d(sound[:, None], first, stride=64))
        x = functional.group_norm(x, 1, scale, shift)
        x = functional.gelu(functional.conv1d(x, second, second_bias, stride=3))
        x = functional.gelu(functional.conv1d(x, third, third_bias, stride=2)).transpose(1, 2)
        places = turned(x.shape[1], self.turns)
        for layer in self.layers:
            x = layer(x, places)
        return normal(x, last)


class Layer(nn.Module):
    def __init__(self, stored: Stored, name: str, rank: int) -> None:
        super().__init__()
        attention = [Multiplied(stored, f"/{name}/self_attn/{kind}_proj", rank) for kind in "qkvo"]
        self.attention = nn.ModuleList(attention)
        self.widen = Multiplied(stored, f"/{name}/mlp/fc1", rank, f"{name}.mlp.fc1.bias")
        self.narrow = Multiplied(stored, f"/{name}/mlp/fc2", rank, f"{name}.mlp.fc2.bias")
        norms = (f"{name}.input_layernorm.weight", f"{name}.post_attention_layernorm.weight")
        self.norms = nn.ModuleList(Plain(stored.plain(norm), norm) for norm in norms)

    def forward(self, x: torch.Tensor, places: Places) -> torch.Tensor:
        query, key, value, out = self.attention
        given = normal(x, self.norms[0].value)
        heard = attended(query(given), key(given), value(given), places)
        x = x + out(heard)
        given = normal(x, self.norms[1].value)
        return x + self.narrow(functional.gelu(self.widen(given)))


def normal(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return functional.layer_norm(x, x.shape[-1:], weight)


def turned(length: int, turns: torch.Tensor) -> Places:
    """Return cosine and sine by which places are told (rotary embedding), shape ``(length, 32)`` each."""
    angles = torch.outer(torch.arange(length, dtype=torch.float32), turns).repeat_interleave(2, -1)
    return angles.cos(), angles.sin()


def attended(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    places: Places | None,
    *,
    causal: bool = False,
) -> torch.Tensor:
    """Return what eight heads attend to, shape ``(sounds, length, 288)``."""
    heads = [part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in (query, key, value)]
    if places:
        heads[:2] = [turn(part, *places) for part in heads[:2]]
    found = functional.scaled_dot_product_attention(*heads, is_causal=causal)
    return found.transpose(1, 2).flatten(-2)


def turn(x: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    first, rest = x[..., : cosine.shape[-1]], x[..., cosine.shape[-1] :]
    across = torch.stack((-first[..., 1::2], first[..., ::2]), -1).flatten(-2)
    return torch.cat((first * cosine + across * sine, rest), -1)


class Decoder:
    """Moonshine's, as it is."""

    def __init__(self, stored: Stored, turns: torch.Tensor) -> None:
        begin, end = "model.decoder.", "_merged_0"
        self._tokens = stored.matrix(f"{begin}embed_tokens.weight{end}")
        self._out = stored.matrix(stored.of("/proj_out"))
        self._last = stored.plain(f"{begin}norm.weight{end}")
        self._turns = turns
        self._layers = [
            {
                part: stored.matrix(stored.of(f"/model/decoder/layers.{i}/{node}"))
                for part, node in PRODUCTS.items()
            }
            | {part: stored.plain(f"{begin}layers.{i}.{part}{end}") for part in NORMS + BIASES}
            for i in range(6)
        ]

    def surprise(self, encoded: torch.Tensor, words: list[Words]) -> torch.Tensor:
        """Return minus the mean natural log of a token's probability, where the words are known."""
        known = [row for row, tokens in enumerate(words) if tokens]
        if not known:
            return torch.zeros(())
        longest = max(len(words[row]) for row in known) + 1
        given = torch.full((len(known), longest), END)
        wanted = torch.full((len(known), longest), -100)
        for place, row in enumerate(known):
            tokens = torch.tensor([START, *words[row], END])
            given[place, : len(tokens) - 1], wanted[place, : len(tokens) - 1] = tokens[:-1], tokens[1:]
        scores = self._scores(given, encoded[known])
        return functional.cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=-100)

    def _scores(self, tokens: torch.Tensor, encoded: torch.Tensor) -> torch.Tensor:
        x = self._tokens[tokens]
        places = turned(tokens.shape[1], self._turns)
        for layer in self._layers:
            given = normal(x, layer["input_layernorm.weight"])
            parts = [given @ layer[f"self_attn.{kind}_proj"] for kind in "qkv"]
            x = x + attended(*parts, places, causal=True) @ layer["self_attn.o_proj"]
            given = normal(x, layer["post_attention_layernorm.weight"])
            parts = [
                given @ layer["encoder_attn.q_proj"],
                *(encoded @ layer[f"encoder_attn.{kind}_proj"] for kind in "kv"),
            ]
            x = x + attended(*parts, None) @ layer["encoder_attn.o_proj"]
            given = normal(x, layer["final_layernorm.weight"])
            wide, gate = (given @ layer["mlp.fc1"] + layer["mlp.fc1.bias"]).chunk(2, -1)
            x = x + (functional.silu(gate) * wide) @ layer["mlp.fc2"] + layer["mlp.fc2.bias"]
        return normal(x, self._last) @ self._out


class Lessons:
    """Speech, clean and worse."""

    def __init__(self, recordings: Path, natural: Path, tokens: Tokens) -> None:
        self._random = np.random.default_rng(0)
        self._spell = tokens.spell
        self._natural = [
            (row["label"], files.read(natural / row["path"])) for row in manifest(natural)["command"]
        ]
        by_kind = manifest(recordings)
        half = {kind: [row for row in rows if chosen(kind, row)] for kind, rows in by_kind.items()}
        read = {kind: [files.read(recordings / row["path"]) for row in rows] for kind, rows in half.items()}
        self._noises = [noise for noise in read["noise"] if len(noise) > RATE // 2 and noise.std() > 3]
        self._cries = read["human_nonspeech"]
        self._talk = read["speech_negative"]
        self._words = [
            (row["label"].lower(), sound)
            for kind in ("command", "word_negative")
            for row, sound in zip(half[kind], read[kind], strict=True)
        ]
        self._said = list(made(random.Random(3)))  # noqa: S311 - a sample, not a secret
        self._rooms = [self._room() for _ in range(160)]
        self._over = list(chain.from_iterable(self._over_its_words(seed) for seed in range(OVER_ITS_WORDS)))

    def batches(self) -> Iterator[tuple[Sound, Sound, list[Words]]]:
        """Yield without end clean sounds, the same worse, shape ``(sounds, samples)``, and their tokens."""
        while True:
            lessons = sorted((self._lesson() for _ in range(BATCH * POOL)), key=lambda lesson: len(lesson[0]))
            for at in self._random.permutation(POOL) * BATCH:
                clean, worse, words = zip(*lessons[at : at + BATCH], strict=True)
                yield self._together(clean), self._together(worse), list(words)

    def _together(self, sounds: tuple[Sound, ...]) -> Sound:
        together = self._random.standard_normal((len(sounds), max(map(len, sounds)))) * 1e-4
        for row, sound in zip(together, sounds, strict=True):
            row[: len(sound)] += sound
        return together.astype(np.float32)

    def _lesson(self) -> tuple[Sound, Sound, Words]:
        dice = self._random
        if dice.random() < 0.06:
            same = peaked(
                self._part(self._cries) if dice.random() < 0.4 else self._noise(dice.integers(RATE, 2 * RATE))
            )
            return same, same, None
        if dice.random() < 0.22:
            sound, worse, text = self._over[dice.integers(len(self._over))]
            return peaked(sound), peaked(worse), self._spell(written(text)) if text else None
        text, sound = self._clean()
        words = self._spell(written(text)) if text else None
        worse = sound
        if dice.random() < 0.5:
            response = self._rooms[dice.integers(len(self._rooms))]
            worse = fftconvolve(sound, response)[DIRECT : DIRECT + len(sound)]
            sound = fftconvolve(sound, response[: 3 * DIRECT])[DIRECT : DIRECT + len(sound)]
        noise, ratio = self._noise(len(sound)), dice.uniform(1, 28)
        if dice.random() < 0.13:
            noise, ratio = self._people(len(sound)), dice.uniform(10, 25)
        elif dice.random() < 0.15:
            ratio = 60
        worse = worse + noise * worse.std() * 10 ** (-ratio / 20)
        if dice.random() < 0.05:
            worse = np.clip(worse, -0.3 * np.abs(worse).max(), 0.3 * np.abs(worse).max())
        return peaked(sound), peaked(worse), words

    def _clean(self) -> tuple[str | None, Sound]:
        """Return speech, and silence around it."""
        dice = self._random
        text, samples = self._said_by_one()
        sound = peaked(samples)
        if dice.random() < 0.6:
            sound = resample_poly(sound, int(dice.integers(85, 121)), 100)
        margins = (dice.uniform((0.15, 0.2), (0.45, 0.5)) * RATE).astype(int)
        return text, np.pad(sound[: 5 * RATE], margins)

    def _said_by_one(self) -> tuple[str | None, NDArray[np.int16]]:
        """Return speech, made or natural, a piece of talk or a recorded word; and the words if known."""
        kind = self._random.random()
        if kind < 0.27:
            return None, self._part(self._talk)
        said = self._said if kind < 0.45 else self._natural if kind < 0.72 else self._words
        return said[self._random.integers(len(said))]

    def _over_its_words(self, seed: int) -> Iterator[tuple[Sound, Sound, str | None]]:
        """Yield what is said while the assistant speaks: as it is said, and as the canceller leaves it."""
        dice = self._random
        bedroom = Bedroom(
            size=tuple(dice.uniform((2.8, 2.6, 2.3), (5.2, 4.8, 2.9))),
            reverberation=dice.uniform(0.15, 0.5),
            loudspeaker_distance=dice.uniform(0.08, 0.22),
            user_distance=dice.uniform(0.4, 1.2),
            echo_over_user=dice.uniform(-3, 18),
            delay=dice.uniform(0.02, 0.15),
            drift=dice.uniform(-20, 20),
            noise=dice.choice(("none", "none", "fan", "rain", "talk")),
            noise_level=dice.uniform(-62, -50),
        )
        said = [self._said_by_one() for _ in range(IN_A_ROOM)]
        user, spans = timeline([as_loud(sound) for _, sound in said], seed)
        frames = user.reshape(-1, FRAME)
        # The same places, and walls of wool.
        dry = Room(replace(bedroom, reverberation=0.1, noise="none", echo_over_user=0, floor=-99), seed=seed)
        near = np.concatenate([dry.frame(np.zeros(FRAME, np.int16), frame) for frame in frames])
        bedside = Bedside(Settings(), load_grammar(), Deaf())
        cleaned = np.concatenate([moment.cleaned for moment in bedside.talk(bedroom, seed, frames)])
        for (text, _), (began, ended) in zip(said, spans, strict=True):
            first, last = (np.array((began, ended)) + dice.uniform((-0.45, 0.2), (-0.15, 0.5))) * RATE
            part = slice(int(first), int(min(last, first + 5 * RATE)))
            yield near[part], cleaned[part], text

    def _part(self, recordings: list[NDArray[np.int16]]) -> NDArray[np.int16]:
        """Return 1 to 4 s of one of them."""
        recording, length = (
            recordings[self._random.integers(len(recordings))],
            int(self._random.uniform(1, 4) * RATE),
        )
        at = self._random.integers(max(1, len(recording) - length))
        return np.pad(recording[at : at + length], (0, max(0, RATE // 2 - len(recording))))

    def _noise(self, length: int) -> Sound:
        """Return noise of unit power: recorded, or a rush with a hum and clatter."""
        dice = self._random
        if dice.random() < 0.53:
            recording = self._noises[dice.integers(len(self._noises))].astype(np.float32)
            recording = np.tile(recording, length // len(recording) + 1)
            at = dice.integers(len(recording) - length + 1)
            return unit(recording[at : at + length])
        tones = np.fft.rfftfreq(length, 1 / RATE)
        rush = np.fft.rfft(dice.standard_normal(length)) / np.maximum(tones, 60) ** dice.uniform(0, 1.3)
        noise, seconds = unit(np.fft.irfft(rush, length)), np.arange(length) / RATE
        if dice.random() < 0.5:
            lowest = dice.uniform(45, 260)
            for over in range(1, 5):
                noise += dice.uniform(0, 0.7) / over * np.sin(2 * np.pi * lowest * over * seconds)
        for at in dice.integers(length, size=dice.integers(1, 5) if dice.random() < 0.4 else 0):
            blow = seconds[: min(length - at, int(dice.uniform(0.02, 0.15) * RATE))]
            ring = dice.standard_normal(len(blow)) * 0.4 + np.sin(2 * np.pi * dice.uniform(300, 4500) * blow)
            noise[at : at + len(blow)] += dice.uniform(0.5, 5) * np.exp(-blow * dice.uniform(20, 150)) * ring
        return unit(noise)

    def _people(self, length: int) -> Sound:
        """Return one to four who talk across a room, of unit power."""
        voices = (self._part(self._talk) for _ in range(self._random.integers(1, 5)))
        rooms = (self._rooms[at] for at in self._random.integers(len(self._rooms), size=4))
        pairs = zip(voices, rooms, strict=False)
        return unit(sum(fftconvolve(np.resize(voice, length), room)[:length] for voice, room in pairs))

    def _room(self) -> NDArray[np.float64]:
        """Return the response of a room from 16 samples before its direct sound on."""
        dice = self._random
        size = dice.uniform((2.5, 2.5, 2.3), (5.5, 5, 3))
        microphone = np.array([*size[:2] * dice.uniform(0.2, 0.8, 2), dice.uniform(0.5, 1)])
        speaker = somewhere(size, microphone, dice.uniform(0.3, 2.2), dice)
        response = impulse_response(size, microphone, speaker, dice.uniform(0.12, 0.55))
        return response[max(0, int(np.abs(response).argmax()) - DIRECT) :]


class Deaf:
    """Where nothing needs to be understood."""

    def recognize(self, utterance: Utterance, graph: WordGraph) -> list[Hypothesis]:
        del utterance, graph
        return []

    def close(self) -> None:
        """Keep nothing."""


def chosen(kind: str, row: dict[str, str]) -> bool:
    """Whether a recording is learned from: every other speaker, or noise, of sets that allow it."""
    noise = kind in {"noise", "human_nonspeech"}
    source = row["path"] if noise else row["path"].split("/")[0] + row["speaker"]
    half = hashlib.md5(source.encode(), usedforsecurity=False).digest()[-1] % 2
    return half == 1 and (noise or row["path"].startswith(SETS))


def made(dice: random.Random) -> Iterator[tuple[str, NDArray[np.int16]]]:
    """Yield sentences of all scopes and of the content, and orders of coffee, in many voices."""
    grammar = load_grammar()
    scopes = (list(sentences(grammar.graph(Scope(name=name)), 30_000)) for name in SCOPES)
    commands = [text for scope in scopes for text in dice.sample(scope, min(255, len(scope)))]
    pages = " ".join(
        path.read_text(encoding="utf-8")
        for name in ("content", "grammars")
        for path in folder(name).rglob("*.*")
    )
    prose = {text.lower() for text in re.findall(r"[A-Z][a-z]+(?: [a-z']+){1,9}", pages)}
    orders = {" ".join(" ".join(map(dice.choice, ORDER)).split()) for _ in range(500)}
    for text in chain(commands, sorted(prose), sorted(orders)):
        samples = spoken(text, dice)
        if RATE // 4 < len(samples) < 6 * RATE:
            yield text, samples


def spoken(text: str, dice: random.Random) -> NDArray[np.int16]:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        if dice.random() < 0.22:
            stretch = f"duration_stretch={dice.uniform(0.85, 1.3):.2f}"
            voice = dice.choice(("rms", "rms", "kal16"))
            command = ["flite", "-voice", voice, "--setf", stretch, "-o", file.name, "-t", text]
        else:
            voice = f"{dice.choice(LANGUAGES)}+{dice.choice(SPEAKERS)}"
            pitch, pace = str(dice.randint(25, 75)), str(dice.randint(120, 200))
            command = ["espeak-ng", "-v", voice, "-p", pitch, "-s", pace, "-w", file.name, text]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        return files.read(Path(file.name))


def written(text: str) -> str:
    """Return a sentence as the model writes it."""
    text = re.sub(r"\bi\b", "I", text)
    return f" {text[0].upper()}{text[1:]}.".replace(" ", WORD)


def peaked(sound: NDArray[np.generic]) -> Sound:
    return (sound * (0.7 / max(float(np.abs(sound).max()), 1e-6))).astype(np.float32)


def unit(sound: NDArray[np.floating]) -> NDArray[np.float64]:
    return sound / (float(sound.std()) + 1e-6)


def corrections(encoder: Encoder) -> list[Changed]:
    return [part for part in encoder.modules() if isinstance(part, Changed)]


@torch.no_grad()
def go_on(encoder: Encoder, stored: Stored, path: Path) -> None:
    """Begin with corrections that were written before."""
    with np.load(path) as before:
        indices = {tuple(before[f"places_{index}"]): index for index in range(len(before.files) // 3)}
        for part in corrections(encoder):
            index = indices[part.places(stored)]
            left, right = (before[f"{side}_{index}"].astype(np.float32) for side in ("left", "right"))
            part.go_on(torch.from_numpy(left), torch.from_numpy(right))


def write(encoder: Encoder, stored: Stored, path: Path) -> None:
    """Write the corrections and their places in the encoder's file."""
    arrays: dict[str, NDArray[np.generic]] = {"crc32": np.array(zlib.crc32(stored.data))}
    for index, part in enumerate(corrections(encoder)):
        arrays[f"places_{index}"] = np.array(part.places(stored))
        arrays[f"left_{index}"] = (KEPT * part.left).detach().numpy().astype(np.float16)
        arrays[f"right_{index}"] = part.right.detach().numpy().astype(np.float16)
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main()
