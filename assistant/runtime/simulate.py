"""Plays a recorded or written conversation in a simulated bedroom, faster than real time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import DeviceError, SettingsError
from assistant.runtime.driver import begin, written
from assistant.runtime.parts import opened, synthesizer
from assistant.runtime.script import read_script
from assistant.runtime.stage import Stage
from assistant.runtime.work import at_once
from assistant.sound import files
from assistant.sound.room import Bedroom, Room
from assistant.values import Voice

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.config import Settings
    from assistant.runtime.assistant import Line
    from assistant.values import Samples

PERSON = Voice(name="en-gb", rate=150)
"""Speaks the lines of a script: not the assistant's voice."""
BEDSIDE = Bedroom(reverberation=0.2, user_distance=0.7, echo_over_user=3)
"""The box on the bedside table, the person in the bed, carpet and curtains."""
_SOUNDS = {".wav", ".flac", ".ogg"}
_AFTERWARDS = 3.0
"""Seconds that the room is listened to after the last word of a recording."""


def simulate(settings: Settings, conversation: Path, out: Path) -> int:
    """Play a conversation; write its sound, transcript and picture; return the exit status.

    ``conversation`` is a script (``.txt``, see `script`) or a sound file of what the person says. Raises
    `SettingsError` for a file that is neither, before anything is written.
    """
    cues = None if conversation.suffix.lower() in _SOUNDS else read_script(conversation)
    sound = files.read(conversation) if cues is None else None
    lines: list[Line] = []
    with opened(settings, at_once) as parts:
        stage = Stage(*begin(parts, lines.append), Room(BEDSIDE).frame)
        since = stage.now
        if cues is not None:
            voice = synthesizer(settings)
            stage.play(cues, lambda words: stage.speak(voice.synthesize(words, PERSON)))
            voice.close()
        elif sound is not None:
            stage.speak(sound)
            stage.until_quiet()
            stage.wait(_AFTERWARDS)
    _write(stage, lines, since, _target(out, conversation))
    return 0


def _target(out: Path, conversation: Path) -> Path:
    """Return the files' common name, without an ending."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingsError(f"{out}: is no folder to write to ({fault}): name another with --out") from fault
    return out / f"{conversation.stem}-conversation"


def _write(stage: Stage, lines: list[Line], since: float, target: Path) -> None:
    heard, said = np.concatenate(stage.recorded), np.concatenate(stage.played)
    text = "".join(f"{written(line, since)}\n" for line in lines)
    print(text, end="")
    files.write(target.with_suffix(".wav"), _mixed(heard, said))
    try:
        target.with_suffix(".txt").write_text(text, encoding="utf-8")
    except OSError as fault:
        raise DeviceError(f"{target}.txt: cannot be written ({fault}): name another folder") from fault
    picture = target.with_suffix(".png")
    try:
        from assistant.runtime.timeline import draw  # noqa: PLC0415  (matplotlib is optional, and slow to load)
    except ModuleNotFoundError:
        print("No picture: it needs matplotlib (pip install 'cramp-assistant[pictures]').")
    else:
        draw(heard, said, lines, since, picture)
    print(f"Written: {target}.wav, .txt" + (", .png" if picture.exists() else ""))


def _mixed(heard: Samples, said: Samples) -> Samples:
    """Return what somebody in the room would have heard, half of each so that nothing clips."""
    return ((heard.astype(np.int32) + said) // 2).astype(np.int16)
