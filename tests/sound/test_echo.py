"""The assistant's own voice is taken out of the microphone, the user's stays."""

from __future__ import annotations

import time
from itertools import cycle, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from assistant.bench import speak
from assistant.sound.echo import EchoCanceller
from assistant.sound.room import Bedroom, Room
from assistant.values import FRAME, RATE, Samples

if TYPE_CHECKING:
    from assistant.sound.delay import Sound

ROOMS = (
    Bedroom(reverberation=0.2, user_distance=0.5, loudspeaker_distance=0.1, delay=0.02, drift=5.0),
    Bedroom(size=(3.5, 2.9, 2.4), reverberation=0.35, delay=0.08, noise="fan", noise_level=-70.0),
    Bedroom(
        size=(5.1, 4.2, 2.6),
        reverberation=0.5,
        user_distance=2.0,
        loudspeaker_distance=0.2,
        delay=0.148,
        drift=20.0,
    ),
)
INSTRUCTIONS = (
    "Lie on your back and straighten your leg.",
    "Slide a towel or a belt around the ball of your foot.",
    "Pull gently until you feel the stretch, and keep breathing slowly.",
    "Half way. Keep your shoulders relaxed and your jaw loose.",
)
SETTLED = 5 * RATE


class Night(NamedTuple):
    """What was recorded, in units of full scale, and what came out."""

    echo: Sound
    voice: Sound
    """All that is not echo."""
    out: Sound
    canceller: EchoCanceller

    def rest(self, part: slice) -> float:
        """Return the echo left over, in decibels of the echo."""
        return level(self.out[part] - self.voice[part]) - level(self.echo[part])


def level(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))


@pytest.fixture(scope="module")
def instructions() -> Samples:
    """12 s of the assistant, without pauses longer than a breath, at 0.1 of full scale RMS."""
    return loud(np.concatenate([speak(text, ("espeak-ng", "en-us")) for text in INSTRUCTIONS]), 12.0)


@pytest.fixture(scope="module")
def command() -> Samples:
    """Another voice, as loud, from the sixth second on every two seconds."""
    word = np.pad(speak("I have a cramp", ("espeak-ng", "en-gb+f3")), (0, RATE // 2))
    said = loud(np.concatenate(list(islice(cycle([word]), 12))), 12.0)
    said[:SETTLED] = 0
    return said


def loud(speech: Samples, seconds: float) -> Samples:
    """Return so many seconds of it, over and over if need be, at 0.1 of full scale RMS."""
    sound = np.resize(speech, int(seconds * RATE) // FRAME * FRAME).astype(float)
    scaled: Sound = sound * 3277 / float(np.sqrt(np.mean(sound**2)))
    return np.clip(scaled, -32_768, 32_767).astype(np.int16)


def spend(room: Room, played: Samples, user: Samples | None = None) -> Night:
    canceller = EchoCanceller()
    spoken = np.zeros_like(played) if user is None else user
    parts, out = [], []
    for loudspeaker, voice in zip(played.reshape(-1, FRAME), spoken.reshape(-1, FRAME), strict=True):
        parts.append(room.parts(loudspeaker, voice))
        microphone = np.clip(np.rint(sum(parts[-1]) * 32_768), -32_768, 32_767).astype(np.int16)
        out.append(canceller.process(microphone, loudspeaker) / 32_768)
    echo, near = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Night(echo, near, np.concatenate(out), canceller)


@pytest.mark.parametrize("bedroom", ROOMS)
def test_it_does_not_hear_itself(bedroom: Bedroom, instructions: Samples) -> None:
    """After five seconds of its own instructions less than 20 dB of echo are left, in three rooms."""
    night = spend(Room(bedroom), instructions)
    assert night.rest(slice(SETTLED, None)) < -20


@pytest.mark.parametrize("bedroom", ROOMS)
def test_the_user_is_heard_over_it(bedroom: Bedroom, instructions: Samples, command: Samples) -> None:
    """While both speak, the user 6 dB softer, 15 dB of the echo go and the voice stays."""
    night = spend(Room(bedroom), instructions, command)
    both = slice(SETTLED + RATE, None)
    assert night.rest(both) < -15
    assert level(night.out[both]) == pytest.approx(level(night.voice[both]), abs=1)


def test_it_touches_nothing_while_nothing_plays(instructions: Samples, command: Samples) -> None:
    """Before the first word and once the last has died away, samples come out bit by bit as they went in."""
    canceller, room = EchoCanceller(), Room(ROOMS[2])
    silence = np.zeros(FRAME, np.int16)
    quiet = command[-2 * RATE // FRAME * FRAME :].reshape(-1, FRAME) // 50
    assert all((canceller.process(frame, silence) == frame).all() for frame in quiet)
    for frame in instructions.reshape(-1, FRAME):
        canceller.process(room.frame(frame), frame)
    for _ in range(RATE // FRAME):
        canceller.process(room.frame(silence), silence)
    assert all((canceller.process(frame, silence) == frame).all() for frame in quiet)


def test_it_adds_nothing_where_there_is_no_echo() -> None:
    """A headset: whoever says its words after it sounds like a late echo, and is left as they are."""
    played = loud(speak("You can say: I have a cramp.", ("espeak-ng", "en-us")), 30.0)
    said = loud(speak("I have a cramp.", ("espeak-ng", "en-gb")), 30.0)
    canceller = EchoCanceller()
    frames = zip(said.reshape(-1, FRAME), played.reshape(-1, FRAME), strict=True)
    out = np.concatenate([canceller.process(*frame) for frame in frames])
    assert canceller.delay is not None, "nothing was tried"
    added = (out.astype(float) - said)[: 10 * RATE].reshape(10, RATE)
    assert max(level(second) for second in added) < level(said.astype(float)) - 26
    np.testing.assert_array_equal(out[-20 * RATE :], said[-20 * RATE :])


def test_it_finds_and_follows_the_delay(instructions: Samples) -> None:
    """The delay is known to two samples, though the clocks drift apart by ten samples meanwhile."""
    room = Room(Bedroom(delay=0.07, drift=50.0, loudspeaker_distance=0.15))
    night = spend(room, instructions)
    assert night.canceller.delay == pytest.approx(room._playback.delay + 0.15 / 343 * RATE, abs=2)
    assert night.rest(slice(9 * RATE, None)) < -18


def test_a_lost_block_is_made_up_within_a_second(instructions: Samples) -> None:
    """The delay jumps by 10 ms in mid-sentence, and two seconds later the echo is gone again."""
    room = Room(ROOMS[0])
    canceller = EchoCanceller()
    rest, echoes = [], []
    for count, frame in enumerate(instructions.reshape(-1, FRAME)):
        if count == 7 * RATE // FRAME:
            room._playback._late = 160
        echo, voice = room.parts(frame)
        microphone = np.rint((echo + voice) * 32_768).astype(np.int16)
        rest.append(canceller.process(microphone, frame) / 32_768 - voice)
        echoes.append(echo)
    after = slice(8 * RATE, None)
    assert level(np.concatenate(rest)[after]) - level(np.concatenate(echoes)[after]) < -15


def test_a_delay_that_is_a_little_wrong_is_not_taken_for_drift(instructions: Samples) -> None:
    """Three samples off, it is mended within six seconds, and clocks never seem to differ by 200 ppm."""
    room, canceller = Room(Bedroom(reverberation=0.2, drift=0.0)), EchoCanceller()
    rest, echoes = [], []
    for count, frame in enumerate(np.concatenate([instructions, instructions]).reshape(-1, FRAME)):
        if count == 4 * RATE // FRAME:
            canceller._delay = (canceller.delay or 0.0) + 3
        echo, voice = room.parts(frame)
        microphone = np.rint((echo + voice) * 32_768).astype(np.int16)
        rest.append(canceller.process(microphone, frame) / 32_768 - voice)
        echoes.append(echo)
        assert abs(canceller._fine.rate) / FRAME < 200e-6 or count < 4 * RATE // FRAME
    after = slice(10 * RATE, None)
    assert level(np.concatenate(rest)[after]) - level(np.concatenate(echoes)[after]) < -20


def test_reset_forgets_the_room(instructions: Samples) -> None:
    """After a reset it works as if new."""
    night = spend(Room(ROOMS[0]), instructions)
    night.canceller.reset()
    assert night.canceller.delay is None
    room, again, new = Room(ROOMS[1]), night.canceller, EchoCanceller()
    for frame in instructions[: 4 * RATE // FRAME * FRAME].reshape(-1, FRAME):
        heard = room.frame(frame)
        assert (again.process(heard, frame) == new.process(heard, frame)).all()


@pytest.mark.parametrize("kind", ["zeros", "constant", "clipping", "loud and deaf"])
def test_broken_sound_breaks_nothing(kind: str, instructions: Samples) -> None:
    """After zeros, a constant, clipped sound or a deaf microphone it cancels as before."""
    canceller, frame = EchoCanceller(), np.ones(FRAME, np.int16)
    square = np.where(np.arange(FRAME) % 64 < 32, 32_767, -32_768).astype(np.int16)
    microphone, loudspeaker = {
        "zeros": (frame * 0, frame * 0),
        "constant": (frame * 5000, frame * 5000),
        "clipping": (square, square),
        "loud and deaf": (frame * 0, square),
    }[kind]
    for _ in range(100):
        out = canceller.process(microphone, loudspeaker)
        assert out.dtype == np.int16
        assert out.shape == (FRAME,)
    room, rest, echoes = Room(ROOMS[0]), [], []
    for played in instructions.reshape(-1, FRAME):
        echo, voice = room.parts(played)
        heard = np.rint((echo + voice) * 32_768).astype(np.int16)
        rest.append(canceller.process(heard, played) / 32_768 - voice)
        echoes.append(echo)
    after = slice(6 * RATE, None)
    assert level(np.concatenate(rest)[after]) - level(np.concatenate(echoes)[after]) < -15


def test_it_is_quick(instructions: Samples) -> None:
    """It takes less than a tenth of one core (a twentieth is the aim, on a machine that is not shared)."""
    room, canceller = Room(ROOMS[0]), EchoCanceller()
    heard = [(room.frame(frame), frame) for frame in instructions.reshape(-1, FRAME)]
    started = time.process_time()
    for microphone, loudspeaker in heard:
        canceller.process(microphone, loudspeaker)
    assert time.process_time() - started < 0.1 * len(instructions) / RATE
