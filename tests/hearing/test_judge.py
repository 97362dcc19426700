"""Who is believed: the calibration that is kept as data, and what it makes of candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import InstallError
from assistant.hearing import vosk
from assistant.hearing.beam import Path as Spelled
from assistant.hearing.calibration import FILE, load
from assistant.hearing.judge import FEATURES, Candidate, conclude
from assistant.hearing.tokengraph import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.values import Hypothesis

CALIBRATION = load("moonshine", FEATURES)


@pytest.mark.parametrize(("engine", "features"), [("moonshine", FEATURES), ("vosk", vosk.FEATURES)])
def test_each_engine_is_calibrated(engine: str, features: frozenset[str]) -> None:
    """The file says for both engines on what, when and by what they were fitted."""
    found = load(engine, features)
    assert found.fitted[:4].isdigit()
    assert len(found.on) > 100
    assert all(0.05 < bar < 1 for name, bar in found.bars.items() if name != "other")
    assert 0.05 < found.accepted < 1


def test_what_only_sounds_like_ours_is_never_acted_on() -> None:
    """No confidence is enough for the intent that stands for everything else."""
    assert CALIBRATION.bars["other"] == 1
    assert CALIBRATION.confidence(dict.fromkeys(FEATURES, 6.0)) < 1
    sure = Candidate(Reading("other", (), "health"), Spelled((1, 2)), -0.1, -30.0)
    assert not any(one.accepted or one.either for one in conclude([sure], CALIBRATION))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("accepted = 0.7", "accepted = 1.7", r"moonshine\.accepted in .* is wrong .*less than or equal to 1"),
        ("accepted = 0.7", "", r"moonshine\.accepted in .* is wrong .*required"),
        ("[moonshine.weights]", "[moonshine.weights]\nfoo = 1.0", r"weighs other evidence .*\(foo\)"),
        ("[moonshine.weights]", "[moonshine.weights]\nfoo = nan", r"moonshine\.weights\.foo in .* finite"),
        ("[moonshine]", "[moonshine", "cannot be read"),
        ("[moonshine", "[sunshine", "has no table 'moonshine'"),
    ],
)
def test_a_damaged_calibration_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """The message says which file and which value is wrong, and what to do; nothing is half loaded."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE.name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InstallError, match=f"(?s){fault}.*install the assistant again"):
        load("moonshine", FEATURES, tmp_path / FILE.name)
    with pytest.raises(InstallError, match="cannot be read"):
        load("moonshine", FEATURES, tmp_path / "nowhere")


def heard(**scores: tuple[float, float]) -> list[Hypothesis]:
    """Return what is made of answers that were found, each with its score and that without sound."""
    found = [
        Candidate(Reading("pain", (("score", name),), name), Spelled((1, 2)), *both)
        for name, both in scores.items()
    ]
    return conclude(found, CALIBRATION)


def test_what_fits_far_better_than_its_rival_is_believed() -> None:
    """Nine at even odds, five at a thousandth of it: nine."""
    nine, five = heard(nine=(-0.2, -12.0), five=(-9.0, -12.0))
    assert nine.accepted
    assert not five.accepted
    assert not nine.either
    assert nine.confidence > five.confidence


def test_what_fits_as_well_as_its_rival_is_half_believed() -> None:
    """Nine and five alike: neither is accepted, both are marked, a third is not."""
    nine, five, two = heard(nine=(-0.9, -14.0), five=(-1.1, -14.0), two=(-9.0, -14.0))
    assert [one.accepted for one in (nine, five, two)] == [False] * 3
    assert [one.either for one in (nine, five, two)] == [True, True, False]


def test_what_hardly_fits_is_not_even_half_believed() -> None:
    """Two that are alike, but that the model likes to write on anything, are nothing."""
    assert not any(one.either for one in heard(nine=(-5.9, -8.0), five=(-6.1, -8.0)))
    assert heard() == []


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(-60, 0), st.floats(-60, 0)), max_size=6))
def test_promises_of_the_judge(scores: list[tuple[float, float]]) -> None:
    """Whatever was found: best first, at most one accepted, two or none half believed, never both at once."""
    found = heard(**{str(n): both for n, both in enumerate(scores)})
    assert all(0 <= one.confidence <= 1 for one in found)
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    accepted, either = ([getattr(one, name) for one in found] for name in ("accepted", "either"))
    assert sum(accepted) <= 1
    assert not any(accepted[1:])
    assert either in ([False] * len(found), [True, True] + [False] * (len(found) - 2))
    assert not (any(accepted) and any(either))
