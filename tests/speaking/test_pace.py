"""How fast the real voice gives the steps of the routines."""

from __future__ import annotations

from assistant.data import load_content
from assistant.dialogue.content import Block, Routine, Step
from assistant.speaking.pyttsx3_voice import Pyttsx3Synthesizer
from assistant.values import RATE, Voice


def steps(routine: Routine) -> list[Step]:
    parts = [part.steps if isinstance(part, Block) else (part,) for part in routine.steps]
    return [step for part in parts for step in part]


def test_steps_are_spoken_at_about_150_words_a_minute() -> None:
    """With the pauses between them, and without anything that is timed: measured 154."""
    routines = load_content().routines
    texts = [step.say for name in ("relief_bed", "massage") for step in steps(routines[name])]
    voice, speaker = Voice(), Pyttsx3Synthesizer()
    seconds = sum(len(speaker.synthesize(text, voice)) / RATE + voice.pause for text in texts)
    speaker.close()
    assert 140 < 60 * sum(len(text.split()) for text in texts) / seconds < 165
