"""An assistant in a simulated bedroom, and people who talk to it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest
from scene import Scene

from assistant.config import Settings
from assistant.runtime.driver import begin
from assistant.runtime.parts import opened
from assistant.runtime.simulate import BEDSIDE
from assistant.runtime.stage import Stage
from assistant.runtime.work import at_once
from assistant.sound.room import Room


@pytest.fixture
def settings(tmp_path):
    return Settings(locale="uk", engine="moonshine", data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")


@pytest.fixture
def enact(settings):
    """Return a function that opens a scene with the recognizer asked for."""

    @contextmanager
    def scene(bedroom=BEDSIDE, recognizer=None, seed=0, **changes):
        lines = []
        with opened(replace(settings, **changes), at_once, recognizer) as parts:
            stage = Stage(*begin(parts, lines.append), Room(bedroom, seed=seed).frame)
            yield Scene(stage, lines)

    return scene
