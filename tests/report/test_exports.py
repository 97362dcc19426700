"""The exports: lossless JSON, CSV that runs nothing, FHIR that keeps FHIR's rules."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import HOSTILE, diary, hostile

from assistant.data import load_vocabulary
from assistant.errors import SettingsError
from assistant.journal.diary import (
    Applied,
    Diary,
    Drink,
    Episode,
    Flag,
    Given,
    Habit,
    Medicine,
    Profile,
    Tried,
)
from assistant.report import fhir, interchange, tables
from assistant.report.text import plain

VOCABULARY = load_vocabulary()
SCHEMA = Path(__file__).parents[2] / "docs/diary.schema.json"

zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=zones)  # noqa: DTZ001 (zones follow)
texts = st.text(max_size=30)
maybe = st.none() | texts
seconds = st.none() | st.floats(0, 1e6)
scale = st.none() | st.integers(0, 10)
truth = st.none() | st.booleans()
tried = st.builds(Tried, name=texts, began=times, seconds=seconds, helped=truth)
flags = st.builds(Flag, question=texts, answer=texts, at=times)
drinks = st.builds(Drink, at=times, milliliters=st.integers(0, 5000), what=texts)
applied = st.builds(Applied, application=texts, began=times, seconds=seconds)
episodes = st.builds(
    Episode,
    id=st.integers(1, 10**9),
    began=times,
    eased=st.none() | times,
    ended=st.none() | times,
    side=maybe,
    muscle=maybe,
    worst_pain=scale,
    end_pain=scale,
    woke=truth,
    onset=maybe,
    trigger=maybe,
    soreness_hours=seconds,
    sleep_lost=scale,
    tried=st.lists(tried, max_size=2).map(tuple),
    flags=st.lists(flags, max_size=2).map(tuple),
    level=maybe,
)
profiles = st.builds(
    Profile,
    age=maybe,
    pregnant=truth,
    conditions=st.lists(texts, max_size=2).map(tuple),
    medicines=st.lists(st.builds(Medicine, name=texts, since=maybe), max_size=2).map(tuple),
    allergies=truth,
    habits=st.lists(st.builds(Habit, name=texts, holds=st.booleans()), max_size=2).map(tuple),
    fluid_limit=maybe,
    usual_side=maybe,
    usual_muscle=maybe,
    worry=maybe,
    noticed=maybe,
)
diaries = st.builds(
    Diary,
    since=times,
    until=times,
    episodes=st.lists(episodes, max_size=3, unique_by=lambda one: one.id).map(tuple),
    drinks=st.lists(drinks, max_size=2).map(tuple),
    applied=st.lists(st.builds(Applied, application=texts, began=times, seconds=seconds), max_size=2).map(
        tuple
    ),
    stretches=st.lists(tried, max_size=2).map(tuple),
    flags=st.lists(flags, max_size=2).map(tuple),
    levels=st.lists(st.builds(Given, level=texts, at=times), max_size=2).map(tuple),
    profile=profiles,
    first=st.none() | times,
)


@given(diaries)
@settings(max_examples=30, deadline=None)
def test_json_is_lossless(made: Diary) -> None:
    """Whatever a diary holds comes back as it was, with the offset of every time."""
    back = interchange.load(interchange.dump(made))
    assert back == made
    assert back.since.utcoffset() == made.since.utcoffset()


def test_the_schema_is_the_documented_one() -> None:
    """docs/diary.schema.json is what the code reads and writes; after a change it is written anew."""
    made = json.dumps(interchange.schema(), indent=2) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == made, "write interchange.schema() to the file"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1 is not JSON"),
        ("{}", "format is no part of an export"),
        ('{"format": "cramp-assistant-diary", "version": 2, "diary": {}}', "version is no part of an export"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(text: str, what: str) -> None:
    """With what is wrong in it."""
    with pytest.raises(SettingsError, match=f"^{what}.*: export it again$"):
        interchange.load(text)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_a_row_for_each_cramp_and_units_in_its_header() -> None:
    """What was not recorded is empty; a length is in minutes."""
    made = diary(40)
    head, *body = rows(tables.cramps(made))
    assert len(body) == 40
    for name in ("began (ISO 8601)", "length (min)", "worst pain (0-10)", "soreness (h)"):
        assert name in head
    for episode, row in zip(made.episodes, body, strict=True):
        cells = dict(zip(head, row, strict=True))
        assert cells["began (ISO 8601)"] == episode.began.isoformat()
        assert cells["length (min)"] == ("" if episode.minutes is None else str(round(episode.minutes, 2)))
        assert cells["woke from sleep (yes/no)"] == {True: "yes", False: "no", None: ""}[episode.woke]


def test_the_archive_has_every_table() -> None:
    """One CSV each, and the same archive for the same diary."""
    made = diary(12)
    with zipfile.ZipFile(io.BytesIO(tables.archive(made))) as packed:
        read = {name: rows(packed.read(name).decode()) for name in packed.namelist()}
    counts = {name.removesuffix(".csv"): len(table) - 1 for name, table in read.items()}
    assert counts == {
        "cramps": 12,
        "tried": sum(len(one.tried) for one in made.episodes) + len(made.stretches),
        "answers": sum(len(one.flags) for one in made.episodes),
        "levels": len(made.levels),
        "fluids": len(made.drinks),
        "heat_and_cold": len(made.applied),
        "medicines": 3,
    }
    assert tables.archive(made) == tables.archive(made)


def test_no_cell_is_run_by_a_spreadsheet() -> None:
    """Nothing begins like a formula; no control character gets through."""
    evil = tuple(Medicine(name=f"{start}cmd|' /C calc'!A0\x00\r\n") for start in ("=", "+", "-", "@", "\t="))
    made = Diary(since=diary().since, until=diary().until, profile=Profile(medicines=evil))
    for one in (made, hostile()):
        with zipfile.ZipFile(io.BytesIO(tables.archive(one))) as packed:
            cells = [
                cell for name in packed.namelist() for row in rows(packed.read(name).decode()) for cell in row
            ]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert not [cell for cell in cells if any(ord(character) < 32 for character in cell)]


def checked(made: Diary) -> dict[str, object]:
    """Return the bundle after the library has found it to be FHIR."""
    text = fhir.bundle(made, VOCABULARY)
    Bundle.model_validate_json(text)
    return dict(json.loads(text))


@given(diaries)
@settings(max_examples=15, deadline=None)
def test_fhir_is_fhir(made: Diary) -> None:
    """Whatever a diary holds, the bundle keeps FHIR's rules, and the same diary gives the same bundle."""
    assert checked(made) == checked(made)


def test_fhir_of_forty_cramps() -> None:
    """Each is an observation with its pain under LOINC's code and its length in UCUM's minutes."""
    made = diary(40)
    resources = [entry["resource"] for entry in checked(made)["entry"]]
    cramps = [one for one in resources if one["resourceType"] == "Observation"]
    assert len(cramps) == 40
    assert len({one["id"] for one in resources}) == len(resources)
    for episode, one in zip(made.episodes, cramps, strict=True):
        assert "subject" not in one
        assert one["effectivePeriod"]["start"] == episode.began.isoformat()
        pains = [
            part["valueQuantity"]["value"]
            for part in one["component"]
            if part["code"].get("coding", [{}])[0].get("code") == "72514-3"
        ]
        assert pains == [pain for pain in (episode.worst_pain, episode.end_pain) if pain is not None]
        lengths = [
            p["valueQuantity"] for p in one["component"] if p.get("valueQuantity", {}).get("code") == "min"
        ]
        assert [length["value"] for length in lengths] == ([episode.minutes] if episode.minutes else [])
    answers = [one for one in resources if one["resourceType"] == "QuestionnaireResponse"]
    assert len(answers) == 41


def test_an_id_outlives_the_range() -> None:
    """A cramp that is exported twice, in different ranges, is the same resource."""
    long = diary(12)
    short = Diary(since=long.episodes[5].began, until=long.until, episodes=long.episodes[5:])
    ids = [
        {
            entry["resource"]["id"]
            for entry in checked(one)["entry"]
            if entry["resource"]["resourceType"] == "Observation"
        }
        for one in (long, short)
    ]
    assert ids[1] < ids[0]


def test_hostile_text_is_fhir_too() -> None:
    """Control characters and halves of characters are left out."""
    assert HOSTILE[:8] in json.dumps(checked(hostile()))


def test_plain_text_is_one_visible_line() -> None:
    """Right-to-left text is kept, set apart so that it turns nothing around it."""
    assert plain("a\x00b\n c\u202e\u200b") == "a b c"
    assert plain("\u05e9\u05dc") == "\u2068\u05e9\u05dc\u2069"
    assert plain("abcdef", 4) == "abc…"
    assert plain("abce\u0301\u0301f" * 2, 5) in {"abcé…", "abc…"}
