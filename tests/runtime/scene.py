"""An assistant in a simulated bedroom, and people who talk to it."""

from __future__ import annotations

from assistant.values import Voice

PEOPLE = tuple(Voice(name=name, rate=145) for name in ("en-gb", "en-gb-scotland", "en-us+f3"))
"""None of them is the assistant's voice."""


class Scene:
    """A stage with a transcript, and a person who speaks."""

    def __init__(self, stage, lines, voice):
        self.stage = stage
        self.lines = lines
        self.voice = voice
        self.turn = 0
        self.tries = []
        """How often each thing had to be said until it was understood."""

    def says(self, words, *, interrupting=False):
        """Let somebody say something, each time another voice; return the intents understood.

        Who is not understood says it once more, as people do; `tries` keeps count.
        """
        who = PEOPLE[self.turn % len(PEOPLE)]
        self.turn += 1
        heard = self._say(words, who, interrupting)
        self.tries.append(1 if heard else 2)
        return heard or self._say(words, who, interrupting)

    def _say(self, words, who, interrupting):
        before = len(self.lines)
        sound = self.voice.synthesize(words, who)
        self.stage.interrupt() if interrupting else self.stage.until_quiet()
        self.stage.speak(sound)
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
