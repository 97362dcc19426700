"""Nights by the bed, played line by line and compared with transcripts that people can read.

A transcript is what `cramp-assistant talk --script FILE --locale uk` prints, without the times. Who changes
what is said makes it anew with that command and reads it as somebody would at three in the morning.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.cli import main

FOLDER = Path(__file__).parents[1] / "conversations"
NIGHTS = sorted(path for path in FOLDER.glob("*.txt"))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sentences that one night has spoken are not synthesized again for the next."""
    return tmp_path_factory.mktemp("spoken")


@pytest.mark.parametrize("night", NIGHTS, ids=lambda path: path.stem)
def test_the_night_goes_as_it_is_written_down(night: Path, tmp_path: Path, spoken: Path, capsys) -> None:
    """Who says what, in which order, is what the transcript beside the script says."""
    folders = ["--data-dir", str(tmp_path), "--cache-dir", str(spoken)]
    assert main(["talk", "--script", str(night), "--locale", "uk", *folders]) == 0
    lines = [line[8:].lstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == night.with_suffix(".transcript").read_text(encoding="utf-8").splitlines()


def test_every_night_is_there() -> None:
    """Relief and the morning, a second cramp, heat slept on, an emergency, a check on the same day; then
    everything that is asked of the journal, and of timers.
    """
    assert [path.stem for path in NIGHTS] == [
        "asleep_on_the_heat",
        "emergency",
        "relief_and_morning",
        "same_day",
        "second_cramp",
        "timers",
        "what_is_written_down",
    ]
