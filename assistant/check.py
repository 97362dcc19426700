"""Tries everything the assistant needs at night, and says "ready" or what is wrong and what to do.

One line per part: ``ok``, ``note`` (it works, but the owner should know) or ``wrong``.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import switched_on
from assistant.data import load_content, load_grammar, unreviewed_content
from assistant.errors import AssistantError, DeviceError, EngineError
from assistant.journal.clock import PLAUSIBLE, read_clocks
from assistant.journal.store import Journal
from assistant.runtime import parts
from assistant.sound import tones
from assistant.sound.devices import find
from assistant.sound.stream import DuplexStream
from assistant.values import FRAME, RATE, Scope, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.config import Settings
    from assistant.values import Samples

ROOM_NEEDED = 200 * 2**20
"""Bytes: ten years of journal, the spoken sentences and a Vosk model fit in."""

HEARD = 0.3
"""Likeness of the recording to the probe. 0.96 in a simulated bedroom, at most 0.10 in noise."""

LISTENING = 2.0
"""Seconds in which the probe must come back."""

SENTENCE, MEANING = "I have a cramp.", "cramp"
"""What the recognizer is tried with, and its intent."""

EDGE = np.zeros(RATE // 2, np.int16)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part is like."""

    text: str
    notes: list[str] = field(default_factory=list)
    """What the owner should know although it works."""


def check(settings: Settings) -> int:
    """Print one line per part and the verdict; return 0 if all is well, else 1."""
    wrong = [part for part, probe in PARTS.items() if not _report(part, probe, settings)]
    if not wrong:
        print("ready")
    elif wrong == ["sound"]:
        print("ready to converse by keyboard (`cramp-assistant talk`), not by voice")
    else:
        print(f"not ready: see {', '.join(wrong)} above")
    return 1 if wrong else 0


def _report(part: str, probe: Callable[[Settings], Finding], settings: Settings) -> bool:
    try:
        finding = probe(settings)
    except AssistantError as fault:
        print(f"{part:<10} wrong  {fault}", flush=True)
        return False
    print(f"{part:<10} ok     {finding.text}", flush=True)
    for note in finding.notes:
        print(f"{part:<10} note   {note}", flush=True)
    return True


def _content(settings: Settings) -> Finding:
    content = load_content(settings.language, settings.locale, switched_on(settings))
    load_grammar(settings.language)
    drafts = len(unreviewed_content(settings.language))
    notes = [f"{drafts} of its texts await a clinician's signature: it is a draft"] if drafts else []
    if settings.locale == "unknown":
        notes.append("no emergency number is said: choose whose with --locale or in the settings file")
    return Finding(
        f"{len(content.routines)} routines and all sentences in {settings.language!r} are valid", notes
    )


def _disk(settings: Settings) -> Finding:
    with Journal.open(settings.data_dir) as journal:
        if journal.failing:
            raise DeviceError(journal.failing)
    free = shutil.disk_usage(settings.data_dir).free
    if free < ROOM_NEEDED:
        raise DeviceError(
            f"only {free / 2**20:.0f} MB are free at {str(settings.data_dir)!r}: "
            f"make room for {ROOM_NEEDED / 2**20:.0f} MB",
        )
    return Finding(f"the journal can be written in {settings.data_dir}, {free / 2**30:.1f} GB free")


def _clock(_: Settings) -> Finding:
    now = read_clocks()
    if now.wall < PLAUSIBLE:
        raise DeviceError(
            "the clock is years behind: connect to the network once, or set it with `sudo date`"
        )
    unsure = "neither network nor real-time clock vouches for it: after a power cut it may not know how long"
    return Finding("the clock is plausible", [] if now.vouched else [unsure])


def _voice(settings: Settings) -> Finding:
    started = monotonic()
    samples = _spoken(settings)
    return Finding(
        f"{settings.voice.name!r} speaks: {len(samples) / RATE:.1f} s made in {monotonic() - started:.2f} s"
    )


def _spoken(settings: Settings) -> Samples:
    with closing(parts.synthesizer(settings)) as synthesizer:
        samples = synthesizer.synthesize(SENTENCE, settings.voice)
    if not samples.any():
        raise EngineError(f"the voice {settings.voice.name!r} is silent: choose another with --voice-name")
    return samples


def _recognizer_hears(settings: Settings) -> Finding:
    sound = np.concatenate([EDGE, _spoken(settings), EDGE])
    graph = load_grammar(settings.language).graph(Scope(name="idle"))
    with closing(parts.recognizer(settings)) as recognizer:
        started = monotonic()
        heard = recognizer.recognize(Utterance(samples=sound, started=0.0), graph)
        took = monotonic() - started
    if not heard or not heard[0].accepted or heard[0].intent != MEANING:
        best = heard[0].words if heard else "nothing"
        raise EngineError(f"the recognizer heard {best!r} for {SENTENCE!r}: try another voice or engine")
    return Finding(f"{type(recognizer).__name__} heard {heard[0].words!r} in {took:.2f} s")


def _sound(settings: Settings) -> Finding:
    microphone, loudspeaker = find(settings.microphone, "input"), find(settings.loudspeaker, "output")
    with DuplexStream(settings.microphone, settings.loudspeaker) as stream:
        recording = np.concatenate(list(_recorded(stream)))
        fault = stream.health()
    if fault:
        raise DeviceError(fault)
    likeness, _ = tones.find_probe(recording)
    if likeness < HEARD:
        raise DeviceError(
            f"{microphone} did not hear the tone that {loudspeaker} played (likeness {likeness:.2f}): "
            "turn both up, or name others of `devices` with --microphone and --loudspeaker"
        )
    return Finding(f"{microphone} hears {loudspeaker} (likeness {likeness:.2f})")


def _recorded(stream: DuplexStream) -> Iterator[Samples]:
    """Play the probe behind a little silence and yield what comes in meanwhile."""
    tone = tones.probe()
    played = np.concatenate([EDGE, tone, np.zeros(-(len(EDGE) + len(tone)) % FRAME, np.int16)])
    waiting = iter(played.reshape(-1, FRAME))
    silence = np.zeros(FRAME, np.int16)
    ends = monotonic() + LISTENING
    while monotonic() < ends:
        frame = stream.read()
        if frame is not None:
            yield frame
            stream.write(next(waiting, silence))


PARTS: dict[str, Callable[[Settings], Finding]] = {
    "content": _content,
    "disk": _disk,
    "clock": _clock,
    "voice": _voice,
    "recognizer": _recognizer_hears,
    "sound": _sound,
}
