"""The conversation as a pure function of events and time: no clock, thread, file or sound in here.

`Dialogue.handle(event, now)` is all there is; `content` is the shape of what it can say.
"""

from assistant.dialogue.dialogue import Dialogue

__all__ = ["Dialogue"]
