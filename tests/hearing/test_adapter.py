"""What the encoder learned about bedrooms: it hears more, and the model's own file stays as it is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from assistant.bench import heard, speak
from assistant.bench.speech import VOICES
from assistant.errors import InstallError
from assistant.hearing.adapter import adapted
from assistant.hearing.model import ENCODER, Model
from assistant.hearing.moonshine import VOCABULARY, embedded_model
from assistant.hearing.prepare import prepare
from assistant.hearing.tokens import WORD, Tokens

if TYPE_CHECKING:
    from pathlib import Path

SAID = ("I have a cramp.", "Say that again.", "Please help me.", "It is worse.")
"""As the model writes it."""

KITCHEN = 6.0
"""Decibels by which speech is louder than the noise."""


@pytest.fixture(scope="module")
def encoder() -> bytes:
    return (embedded_model() / ENCODER).read_bytes()


@pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("flite")), reason="needs espeak-ng and flite"
)
def test_in_a_loud_kitchen_what_was_said_is_likelier_than_to_the_model_as_it_came(
    tmp_path: Path, encoder: bytes
):
    """The corrections are for one file only, so a byte behind its end is enough to do without them."""
    shutil.copytree(embedded_model(), tmp_path / "as it came")
    (tmp_path / "as it came" / ENCODER).write_bytes(encoder + b"\0")
    spell, dice = Tokens.read(embedded_model() / VOCABULARY).spell, np.random.default_rng(1)
    said = [
        (spell(WORD + text.replace(" ", WORD)), prepare(heard(speak(text, voice), KITCHEN, dice)))
        for text in SAID
        for voice in VOICES
    ]

    def likely(folder: Path) -> float:
        model = Model(folder)
        return float(np.mean([model.listen(sound).totals([tokens])[0] for tokens, sound in said if tokens]))

    assert likely(embedded_model()) > likely(tmp_path / "as it came") + 2


def test_only_weights_change(encoder: bytes):
    changed = np.frombuffer(adapted(encoder), np.uint8) != np.frombuffer(encoder, np.uint8)
    assert 0.3 < changed.mean() < 0.95
    assert not changed[:64].any()


def test_another_model_is_left_as_it_is():
    assert adapted(b"another model") == b"another model"


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_damaged_corrections_are_told(tmp_path: Path, encoder: bytes, content: bytes):
    (tmp_path / "adapter.npz").write_bytes(content)
    with pytest.raises(InstallError, match=r"adapter\.npz.* install the assistant again"):
        adapted(encoder, tmp_path / "adapter.npz")
    with pytest.raises(InstallError, match=r"nothing\.npz"):
        adapted(encoder, tmp_path / "nothing.npz")
