"""A long time: a journal of half a year of bad nights still answers at once, and none of it is ever pruned.

The ten years of `assistant.bench.decade` are measured by `make bench`; here is a twentieth of them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.bench import decade
from assistant.data import load_vocabulary
from assistant.dialogue.recall import FindHelp, FindLastCramp, FindLastEntry
from assistant.journal.clock import read_clocks
from assistant.journal.projection import CARE
from assistant.journal.store import Journal
from assistant.journal.upkeep import DIAGNOSTICS
from assistant.runtime.memory import Memory

VOCABULARY = load_vocabulary()
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
NIGHTS = 180
ROWS = NIGHTS * (decade.DRINKS + decade.FAULTS + decade.CRAMPS * 10 + 5)


@pytest.fixture(scope="module")
def years(tmp_path_factory):
    """Return the data folder of a journal that was filled."""
    folder = tmp_path_factory.mktemp("years")
    with Journal.open(folder) as journal:
        decade.fill(journal, NIGHTS)
    return folder


@pytest.fixture
def journal(years):
    with Journal.open(years) as opened:
        yield opened


def test_the_nights_are_as_the_dialogue_writes_them(journal):
    """Nothing about them is odd: every cramp has eased, was asked about, and has what was tried."""
    assert len(journal.events()) == ROWS
    (last,) = journal.last_cramps(1)
    assert last.minutes
    assert (last.onset, last.sleep_lost, last.tried[0].helped) == ("sleep", 5, True)


def best(work):
    """Return the seconds of the processor that it takes, the least of three."""
    took = []
    for _ in range(3):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


@pytest.mark.parametrize(
    "asked", [FindLastCramp(), FindHelp(), FindLastEntry()], ids=lambda one: type(one).__name__
)
def test_a_question_by_voice_is_answered_at_once(journal, asked):
    """In less than fifty milliseconds."""
    assert best(lambda: Memory(journal, VOCABULARY).answer(asked)) < 0.05


def test_half_a_year_is_read_in_no_time(journal):
    """Eighteen hundred cramps in a third of a second at most, on a busy machine too."""
    assert best(lambda: journal.diary(*ALWAYS)) < 0.33


def test_no_answer_needs_more_rows_the_longer_the_journal_is(journal):
    """The last cramp is found by an index: what SQLite does for it does not grow with the file."""
    memory = Memory(journal, VOCABULARY)
    steps = 0

    def count():
        nonlocal steps
        steps += 1

    journal._db.set_progress_handler(count, 100)
    memory.answer(FindLastCramp())
    journal._db.set_progress_handler(None, 0)
    assert steps * 100 < 2000


def test_a_night_costs_few_bytes(journal):
    """Ten cramps, and some hundred drinks and faults: docs/journal.md states the growth."""
    journal.close()
    assert 20_000 < journal.path.stat().st_size / NIGHTS < 70_000


def test_care_is_never_pruned_and_diagnostics_are_all_pruned(years, tmp_path):
    """Years later, batch by batch: the faults are gone, and every row about the person is there."""
    copy = tmp_path / "journal/journal.sqlite"
    copy.parent.mkdir()
    copy.write_bytes((years / "journal/journal.sqlite").read_bytes())
    later = replace(read_clocks(), wall=4e9, vouched=True)
    with Journal.open(tmp_path, lambda: later) as journal:
        before = [entry for entry in journal.events() if entry.kind not in DIAGNOSTICS]
        while journal.prune(90):
            pass
        assert journal.events() == before
        assert len(before) == ROWS - NIGHTS * decade.FAULTS
    assert not set(CARE) & set(DIAGNOSTICS)
