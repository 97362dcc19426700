"""A conversation in real time, through a duplex stream on null sinks, with the echo in the microphone."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003  (a dataclass reads it)

import numpy as np
import pytest
import soundfile

from assistant.config import Settings
from assistant.runtime.driver import begin
from assistant.runtime.live import converse
from assistant.runtime.parts import opened
from assistant.runtime.work import worker
from assistant.sound.stream import DuplexStream
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer
from assistant.values import RATE, Voice

PERSON = Voice(name="en-gb", rate=145)
PATIENCE = 6.0
"""Seconds that the person waits for an answer."""
TIMES = 3
"""How often the person says a thing, if nothing is understood."""
LONGEST = 100.0
"""Seconds after which the conversation is given up."""


@dataclass
class Person:
    """Says one thing each time the assistant has said, or done, what they wait for."""

    sinks: object
    folder: Path
    cues: list
    """What is waited for, seconds to wait then, what is said."""
    lines: list = field(default_factory=list)

    def hears(self, line):
        self.lines.append((time.monotonic(), line.who, line.text, line.intent))
        if self.cues and self.cues[0][0] in line.text:
            _, pause, words = self.cues.pop(0)
            if words:
                threading.Timer(pause, self.says, [words]).start()
                for again in range(1, TIMES):
                    wait = pause + again * PATIENCE
                    threading.Timer(wait, self.insists, [words, self.understood()]).start()

    def says(self, words):
        self.sinks.play(self.folder / f"{words}.wav")

    def insists(self, words, before):
        """Say it again, as people do, if nothing was understood meanwhile."""
        if self.understood() == before:
            self.says(words)

    def understood(self):
        return sum(who == "person" for _, who, _, _ in self.lines)


def live(sinks, folder, cues):
    """Run the assistant on the sound card until the last cue has come; return the transcript."""
    settings = Settings(locale="uk", engine="moonshine", data_dir=folder / "data", cache_dir=folder / "cache")
    person = Person(sinks, folder, cues)
    ends = time.monotonic() + LONGEST
    with DuplexStream() as stream, opened(settings, worker) as parts:
        converse(
            stream, *begin(parts, person.hears), going=lambda: bool(person.cues) and time.monotonic() < ends
        )
    return person.lines


@pytest.fixture
def words(tmp_path):
    """What the person says, as files that paplay can play."""
    voice = Pyttsx3Synthesizer()
    for text in ("I have a cramp", "stop", "resume", "it's much better"):
        sound = voice.synthesize(text, PERSON)
        edge = np.zeros(RATE // 5, np.int16)
        soundfile.write(tmp_path / f"{text}.wav", np.concatenate([edge, sound, edge]), RATE)
    voice.close()
    return tmp_path


def test_a_conversation_in_real_time_with_the_echo_in_the_microphone(null_sinks, words):
    """Cramp, stop into its words, resume, better: heard through PortAudio, while it hears itself."""
    null_sinks.echo()
    cues = [
        ("I am ready", 3.5, "I have a cramp"),
        ("Breathe in slowly", 1.0, "stop"),
        ("silent", 2.0, "resume"),
        ("Breathe in slowly", 1.0, "it's much better"),
        ("Before you stand", 0.0, ""),
    ]
    lines = null_sinks.call(live, words, cues, timeout=LONGEST + 30)
    transcript = "\n".join(f"{at - lines[0][0]:6.1f} {who:<9} {text}" for at, who, text, _ in lines)
    print(transcript)
    heard = [intent for _, who, _, intent in lines if who == "person"]
    assert heard == ["cramp", "stop", "resume", "better"], transcript
    assert any("Before you stand" in text for _, _, text, _ in lines), transcript
