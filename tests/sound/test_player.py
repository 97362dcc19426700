"""The player, frame by frame."""

from __future__ import annotations

from itertools import chain, repeat, takewhile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sound.player import DUCK_GAIN, FADE, Player
from assistant.values import FRAME, FRAME_SECONDS, RATE


def level(height: int, frames: float) -> np.ndarray:
    return np.full(round(frames * FRAME), height, np.int16)


def frames(player: Player, count: int) -> np.ndarray:
    return np.concatenate([player.frame() for _ in range(count)])


def test_sentences_follow_each_other_to_the_sample() -> None:
    """Two sentences and the pause between them come out as they went in; each finishes after its pause."""
    first, second = level(1000, 1.5), level(2000, 0.7)
    player = Player()
    player.play(1, first, pause=2 * FRAME_SECONDS)
    player.play(2, second)
    assert player.busy
    expected = np.concatenate([first, level(0, 2), second, level(0, 0.8)])
    heard, finished = [], []
    for _ in range(5):
        heard.append(player.frame())
        finished.append(player.finished())
    np.testing.assert_array_equal(np.concatenate(heard), expected)
    assert finished == [[], [], [], [1], [2]]
    assert not player.busy


def test_where_it_is_in_a_sentence_can_be_asked() -> None:
    """The position grows with the frames, stays at the end during the pause, then is None."""
    player = Player()
    assert player.current() is None
    player.play(7, level(1000, 2), pause=FRAME_SECONDS)
    positions = []
    for _ in range(3):
        positions.append(player.current())
        player.frame()
    assert positions == [(7, "", n * FRAME_SECONDS, 2 * FRAME_SECONDS) for n in (0, 1, 2)]
    assert player.current() is None


def test_stop_is_silent_within_a_frame_and_does_not_click() -> None:
    """After a stop 5 ms fade out, nothing follows or is finished, and the next sentence is heard at once."""
    player = Player()
    player.play(1, level(8000, 9))
    player.play(2, level(8000, 9))
    frames(player, 3)
    player.stop()
    ending = player.frame()
    assert np.abs(np.diff(np.concatenate([[8000], ending]))).max() < 2 * 8000 / FADE
    assert not ending[FADE:].any()
    assert not frames(player, 3).any()
    assert player.finished() == []
    player.play(3, level(500, 1))
    np.testing.assert_array_equal(player.frame(), level(500, 1))


def test_volume_changes_at_once_without_a_step() -> None:
    """A new volume is reached within 20 ms on a straight line, in mid-sentence."""
    player = Player(volume=1.0)
    player.play(1, level(10_000, 9))
    player.frame()
    player.volume = 0.25
    heard = frames(player, 2).astype(int)
    assert np.abs(np.diff(heard)).max() < 50
    assert (heard[RATE // 50 :] == 2500).all()


def test_ducking_is_down_within_two_frames_and_smoothly_back_within_a_second() -> None:
    """Playback goes down by 12 to 18 dB within 64 ms and is back within a second, without a step."""
    player = Player()
    player.play(1, level(20_000, 99))
    player.frame()
    player.duck(True)
    down = frames(player, 2)
    assert np.all(down[FRAME:] == round(20_000 * DUCK_GAIN))
    assert 12 <= -20 * np.log10(down[-1] / 20_000) <= 18
    player.duck(False)
    up = frames(player, round(1 / FRAME_SECONDS)).astype(int)
    assert up[-1] == 20_000
    assert np.diff(up).min() >= 0
    assert np.diff(up).max() <= 2


def test_what_is_covered_for_half_a_second_is_said_again_once() -> None:
    """A sentence that a voice covers begins anew when the voice is over, and its end is told once."""
    speech = np.arange(1, 40 * FRAME + 1).astype(np.int16)
    player = Player()
    player.play(1, speech)
    frames(player, 2)
    player.duck(True)
    frames(player, 18)
    assert not player.say_again(), "the voice is not over"
    player.duck(False)
    assert player.say_again()
    assert player.current().position == 0
    frames(player, 30)
    np.testing.assert_array_equal(frames(player, 10), speech[30 * FRAME - FADE : -FADE])
    player.frame()
    assert player.finished() == [1]
    assert not player.say_again()


def test_a_sentence_that_ended_under_a_voice_is_said_again_before_the_next() -> None:
    """What was covered to its end comes once more, the next one from its beginning; nothing is told twice."""
    player = Player()
    player.play(1, level(1000, 20))
    player.play(2, level(2000, 20))
    player.duck(True)
    frames(player, 22)
    player.duck(False)
    assert player.finished() == [1]
    assert player.say_again()
    heard = frames(player, 41)[FRAME:]
    assert abs(np.argmax(np.diff(heard.astype(int))) - 19 * FRAME - FADE) <= 1, "the next one begins here"
    assert heard[-FRAME] == 2000
    assert player.finished() == [2]
    assert not player.busy


@pytest.mark.parametrize("lost", ["a little", "nothing, it was our own voice", "something that was stopped"])
def test_what_need_not_be_said_again_is_not(lost: str) -> None:
    """Less than half a second under a voice, our own voice taken for another, or what was stopped."""
    player = Player()
    player.play(1, level(1000, 40))
    player.duck(True)
    frames(player, 14 if lost == "a little" else 20)
    player.duck(False)
    if lost.startswith("nothing"):
        player.uncover()
    elif lost.startswith("something"):
        player.stop()
    assert not player.say_again()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("play"), st.integers(0, 24 * FRAME), st.sampled_from([0.0, 0.01, 0.05])),
        st.sampled_from([("stop",), ("say_again",), ("uncover",), ("frames",), ("frame",), ("frame",)]),
        st.tuples(st.just("volume"), st.sampled_from([0.0, 0.3, 1.0])),
        st.tuples(st.just("duck"), st.booleans()),
    ),
    max_size=40,
)


def act(player: Player, step: tuple, number: int) -> None:
    """Sentence n is a plateau of height n in thousands, so that each sample tells whose it is."""
    match step:
        case ("play", length, pause):
            player.play(number, np.full(length, 1000 * number, np.int16), pause=pause)
        case ("volume", volume):
            player.volume = volume
        case ("duck", on):
            player.duck(on)
        case ("frames",):
            frames(player, 17)
        case (name,):
            getattr(player, name)()


@given(steps)
def test_whatever_happens_ids_finish_once_and_in_order(script: list[tuple]) -> None:
    """Of the sentences that were not stopped each finishes exactly once, in the order they were queued."""
    player = Player()
    waiting: list[int] = []
    ends = chain(script, [("duck", False)], takewhile(lambda _: player.busy, repeat(("frames",), 99)))
    for number, step in enumerate(ends, 1):
        act(player, step, number % 30)
        if step[0] == "play":
            waiting.append(number % 30)
        elif step == ("stop",):
            waiting = []
        finished = player.finished()
        assert finished == waiting[: len(finished)]
        del waiting[: len(finished)]
    assert not waiting
    assert not player.busy


@given(steps)
def test_whatever_happens_no_sample_is_invented(script: list[tuple]) -> None:
    """At full volume every sample is one of a queued sentence, 0, or within a fade of 5 ms."""
    player = Player()
    for number, step in enumerate(script, 1):
        if step[0] in ("volume", "duck"):
            continue
        if step != ("frame",):
            act(player, step, number % 30)
            continue
        known = {0} | {1000 * item.id for item in player._queue}
        frame = player.frame()
        odd = [int(value) for value in frame if int(value) not in known]
        assert len(odd) <= 2 * FADE
        assert all(0 <= value <= 29_000 for value in odd)


@given(steps)
def test_whatever_happened_a_stop_is_silent_within_a_frame(script: list[tuple]) -> None:
    """5 ms after a stop there is silence, and it lasts until something else is said."""
    player = Player()
    for number, step in enumerate(script, 1):
        act(player, step, number % 30)
    player.stop()
    after = frames(player, 3)
    assert not after[FADE:].any()
    assert not player.busy


@given(steps, st.floats(0, 1))
def test_what_is_handed_out_is_never_louder_than_what_was_said(script: list[tuple], volume: float) -> None:
    """No frame exceeds the loudest sentence times the volume, once the volume has settled."""
    player = Player(volume=volume)
    for number, step in enumerate([step for step in script if step[0] != "volume"], 1):
        act(player, step, number % 30)
        assert np.abs(player.frame()).max(initial=0) <= round(29_000 * volume) + 1


def test_the_volume_is_between_nothing_and_full_scale() -> None:
    """A volume beyond full scale is our own bug."""
    with pytest.raises(AssertionError):
        Player().volume = 1.5
