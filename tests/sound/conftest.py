"""The sound card of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from null_sinks import NoSoundServerError, NullSinks

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def null_sinks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NullSinks]:
    """A private PulseAudio; skips where it cannot be had."""
    try:
        sinks = NullSinks.create(tmp_path_factory.mktemp("pulse"))
    except NoSoundServerError as reason:
        pytest.skip(f"no sound server: {reason}")
    yield sinks
    sinks.stop()
