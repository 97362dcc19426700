"""Plays a recorded or written conversation in a simulated bedroom, faster than real time."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import DeviceError, SettingsError
from assistant.runtime.driver import begin, written
from assistant.runtime.parts import opened, synthesizer
from assistant.runtime.script import acts, begins_at, read_script
from assistant.runtime.stage import Stage
from assistant.runtime.staged_clock import staged_clock
from assistant.runtime.work import at_once
from assistant.sound import files
from assistant.sound.room import Bedroom, Room
from assistant.values import FRAME_SECONDS, Voice

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.config import Settings
    from assistant.runtime.assistant import Line
    from assistant.runtime.script import Cue
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
    if conversation.suffix.lower() in _SOUNDS:
        played = _replay(settings, files.read(conversation))
    else:
        played = _perform(settings, read_script(conversation))
    played.write(_target(out, conversation))
    return 0


@dataclass(slots=True)
class _Played:
    """A conversation as it was."""

    heard: list[Samples] = field(default_factory=list)
    said: list[Samples] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    """With the times of the assistant's clock."""
    shown: list[Line] = field(default_factory=list)
    """With the places in the sound, in seconds."""

    def add(self, stage: Stage, since: float, lines: list[Line]) -> None:
        """Take what happened on a stage."""
        before = len(self.said) * FRAME_SECONDS
        self.shown += [replace(line, at=before + stage.place(line.at) - since) for line in lines]
        self.heard += stage.recorded
        self.said += stage.played
        self.lines += lines

    def write(self, target: Path) -> None:
        """Write sound, transcript and picture; ``target`` is their common name, without an ending."""
        heard, said = np.concatenate(self.heard), np.concatenate(self.said)
        text = "".join(f"{written(line, self.lines[0].at)}\n" for line in self.lines)
        print(text, end="")
        files.write(target.with_suffix(".wav"), _mixed(heard, said))
        try:
            target.with_suffix(".txt").write_text(text, encoding="utf-8")
        except OSError as fault:
            raise DeviceError(f"{target}.txt: cannot be written ({fault}): name another folder") from fault
        picture = target.with_suffix(".png")
        try:
            from assistant.runtime.timeline import draw  # noqa: PLC0415  (matplotlib is optional, slow to load)
        except ModuleNotFoundError:
            print("No picture: it needs matplotlib (pip install 'cramp-assistant[pictures]').")
        else:
            draw(heard, said, self.shown, picture)
        print(f"Written: {target}.wav, .txt" + (", .png" if picture.exists() else ""))


def _perform(settings: Settings, cues: list[Cue]) -> _Played:
    """Let somebody say the lines of a script in the bedroom."""
    clock = staged_clock(settings.data_dir, begins_at(cues))
    played = _Played()
    with closing(synthesizer(settings)) as voice:
        for act in acts(cues):
            lines: list[Line] = []
            with opened(settings, at_once, clocks=clock) as parts:
                stage = Stage(*begin(parts, lines.append), Room(BEDSIDE).frame, clock)
                since = stage.now
                stage.perform(act, lambda words: stage.speak(voice.synthesize(words, PERSON)))  # noqa: B023
            played.add(stage, since, lines)
    return played


def _replay(settings: Settings, sound: Samples) -> _Played:
    """Play a recording of the person in the bedroom."""
    played = _Played()
    lines: list[Line] = []
    with opened(settings, at_once) as parts:
        stage = Stage(*begin(parts, lines.append), Room(BEDSIDE).frame)
        since = stage.now
        stage.speak(sound)
        stage.until_quiet()
        stage.wait(_AFTERWARDS)
    played.add(stage, since, lines)
    return played


def _target(out: Path, conversation: Path) -> Path:
    """Return the files' common name, without an ending."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingsError(f"{out}: is no folder to write to ({fault}): name another with --out") from fault
    return out / f"{conversation.stem}-conversation"


def _mixed(heard: Samples, said: Samples) -> Samples:
    """Return what somebody in the room would have heard, half of each so that nothing clips."""
    return ((heard.astype(np.int32) + said) // 2).astype(np.int16)
