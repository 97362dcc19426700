"""The words of the page are content like any other: a slip is named with its line and its remedy."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from assistant.data import check_content_file, folder
from assistant.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "made: made on {date}",
            "made: made on {day}",
            "the placeholders here are {date}: write each of them and no other",
        ),
        ("worry: Main worry", "wory: Main worry", "headings.wory is no key that belongs here"),
        ("signs: [q3,", "signs: [q3x,", "no question is called 'q3x': did you mean 'q3'?"),
        ("sources: [HALL17,", "sources: [HALL71,", "no source is called 'HALL71': did you mean 'HALL17'?"),
        ("page: There is more on the page.", "page: There are 3 more.", "a figure is not spoken alike"),
        ("nothing: I have", "nothing: Don't worry, I have", '"don\'t worry" promises or orders too much'),
        (
            "median: Half of those timed lasted {n} or less.",
            "median: " + "Half of those that were timed lasted {n} or less " * 2,
            "20 words are too long to follow by ear",
        ),
        ("October, November, December]", "October, November]", "should have at least 12 items"),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A text that cannot be filled, found or followed by ear is refused where it stands."""
    shutil.copytree(folder("content") / "en", tmp_path / "en")
    path = tmp_path / "en/report.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(ContentError) as fault:
        check_content_file(path)
    assert str(fault.value).startswith(f"{path}:{line}: ")
    assert message in str(fault.value)
