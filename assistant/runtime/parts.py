"""Makes the parts of an assistant from the settings, and closes them again."""

from __future__ import annotations

import fcntl
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from assistant import models
from assistant.config import switched_on
from assistant.data import load_grammar, load_pronunciation, load_words
from assistant.dialogue.events import Restarted
from assistant.dialogue.state import Habits
from assistant.errors import InstallError, SettingsError
from assistant.hearing.cascade import Cascade
from assistant.hearing.moonshine import MoonshineRecognizer
from assistant.hearing.vosk import VoskRecognizer
from assistant.journal.clock import read_clocks
from assistant.journal.store import Journal
from assistant.runtime.assistant import Parts, load_state
from assistant.sound.claps import LIMITS, Claps
from assistant.speaking.cache import CachedSynthesizer
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

    from assistant.config import Settings
    from assistant.dialogue.state import State
    from assistant.hearing import Recognizer
    from assistant.journal.clock import Stamp
    from assistant.speaking import Synthesizer

EMBEDDED = "en"
"""The language of the embedded recognizer."""
LOCK = "lock"
CACHE_BYTES = 200 * 2**20
"""Of spoken sentences: about an hour and a half."""


def recognizer(settings: Settings) -> Recognizer:
    """Return the engine that was asked for.

    ``auto`` is Vosk where its model is installed, in English confirmed by the embedded one; raises
    `InstallError` if it is not there.
    """
    folder = models.installed_vosk(settings.language)
    if settings.engine == "moonshine" or (settings.engine == "auto" and folder is None):
        return MoonshineRecognizer()
    if folder is None:
        raise InstallError(
            f"no Vosk model for {settings.language!r} is installed: run `cramp-assistant models fetch`, "
            "or choose --engine moonshine"
        )
    if settings.engine == "auto" and settings.language == EMBEDDED:
        return Cascade(VoskRecognizer(folder), MoonshineRecognizer())
    return VoskRecognizer(folder)


def synthesizer(settings: Settings) -> Synthesizer:
    """Return the voice; raises `InstallError` if espeak-ng is missing."""
    voice = Pyttsx3Synthesizer(load_pronunciation(settings.language))
    return CachedSynthesizer(voice, settings.cache_dir / "speech", CACHE_BYTES, voice.edition)


def habits(settings: Settings) -> Habits:
    """Return what the dialogue has to know of the settings."""
    return Habits(
        quiet=_minutes(settings.quiet_hours) if settings.quiet_hours else None,
        waking=_minutes(settings.waking_hours),
        wake_phrase=settings.wake_phrase is not None,
    )


def _minutes(hours: str) -> tuple[int, int]:
    """Return ``22:00-07:00`` in minutes after midnight."""
    began, ends = (int(time[:2]) * 60 + int(time[3:]) for time in hours.split("-"))
    return began, ends


@contextmanager
def opened(
    settings: Settings,
    worker: Callable[[str], Executor],
    engine: Recognizer | None = None,
    clocks: Callable[[], Stamp] = read_clocks,
) -> Iterator[Parts]:
    """Open all parts and close them at the end; ``engine`` is used instead of the settings' if given."""
    with ExitStack() as closing:
        closing.enter_context(_alone(settings.data_dir))
        content, vocabulary = load_words(settings.language, settings.locale, switched_on(settings))
        grammar = load_grammar(settings.language, settings.wake_phrase)
        journal = closing.enter_context(Journal.open(settings.data_dir, clocks))
        voice = synthesizer(settings)
        closing.callback(voice.close)
        hearing = engine or recognizer(settings)
        closing.callback(hearing.close)

        def make(name: str) -> Executor:
            return closing.enter_context(worker(name))

        yield Parts(
            content=content,
            grammar=grammar,
            recognizer=hearing,
            synthesizer=voice,
            journal=journal,
            habits=habits(settings),
            vocabulary=vocabulary,
            worker=make,
            softest=settings.softest,
            claps=None if settings.claps == "off" else Claps(LIMITS[settings.claps]),
            diagnostics_days=settings.diagnostics_days,
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep a second assistant away from the same journal; raise `SettingsError` if there is a first."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = (folder / LOCK).open("w")
    except OSError as fault:
        raise SettingsError(f"{folder}: cannot be written ({fault}): name another with --data-dir") from fault
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise SettingsError(f"another assistant uses {folder}: end it, or name another folder") from fault
        yield


def resumed(journal: Journal) -> tuple[State, float, Restarted] | None:
    """Return the state that was saved, what time it is now, and what happened meanwhile; None at first.

    The assistant's clock goes on counting: it is the state's time and the absence (0 if that is not known).
    """
    saved = journal.load_state()
    if saved is None:
        return None
    away = journal.away(saved)
    happened = Restarted(away=away, power_cut=saved.stamp.boot != journal.clocks().boot)
    return load_state(saved.json), saved.now + (away or 0.0), happened
