"""An assistant in a simulated bedroom, and people who talk to it."""

from __future__ import annotations

from functools import cache

import numpy as np

from assistant import bench

PEOPLE = (("flite", "slt"), ("espeak-ng", "en-gb"), ("espeak-ng", "en-gb-x-rp"))
"""Program and voice; none of them is the assistant's."""
LOUDEST = 20_000
"""Peak of what they say, of 32768."""


@cache
def speak(words, person):
    """Return what a person says, as loud as the others."""
    sound = bench.speak(words, person).astype(float)
    return (sound * LOUDEST / np.abs(sound).max()).astype(np.int16)


class Scene:
    """A stage with a transcript, and a person who speaks."""

    def __init__(self, stage, lines):
        self.stage = stage
        self.lines = lines
        self.turn = 0
        self.tries = []
        """How often each thing had to be said until it was understood."""

    def says(self, words, *, interrupting=False):
        """Let somebody say something, each time another voice; return the intents understood.

        Who is not understood says it once more, as people do; `tries` keeps count.
        """
        who = PEOPLE[self.turn % len(PEOPLE)]
        self.turn += 1
        heard = self.say(words, who, interrupting=interrupting)
        self.tries.append(1 if heard else 2)
        return heard or self.say(words, who, interrupting=interrupting)

    def say(self, words, who=PEOPLE[0], *, interrupting=False):
        """Let a person say something once; return the intents understood."""
        before = len(self.lines)
        self.stage.interrupt() if interrupting else self.stage.until_quiet()
        self.stage.speak(speak(words, who))
        self.stage.until_heard()
        return [line.intent for line in self.lines[before:] if line.who == "person"]

    def waits(self, seconds):
        self.stage.wait(seconds)

    def waits_for(self, text, limit=120.0):
        """Let time pass until the assistant has begun to say something; return when it did."""
        until = self.stage.now + limit
        while self.stage.now < until:
            self.stage.frame()
            if self.lines and self.lines[-1].who == "assistant" and text in self.lines[-1].text:
                return self.lines[-1].at
        raise AssertionError(f"{text!r} was not said within {limit} s:\n{self.transcript()}")

    def said(self, since=0.0):
        return [line.text for line in self.lines if line.who == "assistant" and line.at >= since]

    def transcript(self):
        return "\n".join(f"{line.at:7.1f} {line.who:<9} {line.text}" for line in self.lines)
