"""Ten years of ten cramps a night, invented, and how long the journal takes to tell of them.

``python -m assistant.bench.decade`` prints the table, in about two minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from assistant.bench import pages
from assistant.bench.pages import Row, Table, below
from assistant.data import load_vocabulary
from assistant.dialogue.recall import FindHelp, FindLastCramp, FindLastEntry
from assistant.journal.store import Journal
from assistant.runtime.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Details: TypeAlias = "dict[str, str | float | None]"
Line: TypeAlias = "tuple[str, str, float, float, int | None]"

NIGHTS = 3650
CRAMPS = 10
"""A night."""
DRINKS, FAULTS = 137, 137
"""A day: half a million of each in ten years."""
TABLE = Table(page="journal.md", name="decade", command="python -m assistant.bench.decade")
ABOUT = f"{NIGHTS:,} invented nights of {CRAMPS} cramps, with {DRINKS} drinks and {FAULTS} faults a day"
BEGINS = datetime(2016, 11, 1, 12, tzinfo=UTC)
"""Noon of the first day."""
SWOLLEN = 0.01
"""Part of the cramps with a warning sign."""
TIMES = 3
"""Tries of everything that is timed."""
_HOUR = 3600
_INSERT = "INSERT INTO events (kind, details, now, wall, offset, episode) VALUES (?, ?, ?, ?, 3600, ?)"


def fill(journal: Journal, nights: int, drinks: int = DRINKS, faults: int = FAULTS) -> None:
    """Write nights of ten cramps into an empty journal, with the drinks and the faults of their days."""
    lines = _lines(nights, drinks, faults)
    if not journal.change(
        lambda db: [db.execute("BEGIN"), db.executemany(_INSERT, lines), db.execute("COMMIT")]
    ):
        raise AssertionError(journal.failing)


def _lines(nights: int, drinks: int, faults: int) -> Iterator[Line]:
    """Yield rows of the journal's table; the first has the id 1."""
    dice = random.Random(nights)  # noqa: S311 (nothing is secret here)
    written = 0
    for night in range(nights):
        noon = night * 24 * _HOUR
        day = [(noon + 8 * _HOUR * part / drinks, "drank", _drink(dice)) for part in range(drinks)]
        day += [(noon + 8 * _HOUR * part / faults, "fault", _fault()) for part in range(faults)]
        for at, kind, details in sorted(day, key=lambda one: one[0]):
            written += 1
            yield _line(at, kind, details, None)
        for number in range(CRAMPS):
            began = noon + (10 + 1.2 * number) * _HOUR + dice.randrange(1800)
            cramp = written + 1
            for after, kind, details in _cramp(dice, number):
                written += 1
                yield _line(began + after, kind, details, None if written == cramp else cramp)


def _line(at: float, kind: str, details: Details, cramp: int | None) -> Line:
    return kind, json.dumps(details), at, BEGINS.timestamp() + at, cramp


def _drink(dice: random.Random) -> Details:
    return {"milliliters": dice.choice([150.0, 200.0, 250.0]), "what": dice.choice(["water", "tea"])}


def _fault() -> Details:
    return {"part": "hearing", "what": "the recognizer took too long: nothing was heard"}


def _cramp(dice: random.Random, number: int) -> Iterator[tuple[float, str, Details]]:
    """Yield what the dialogue writes down of one cramp, with the seconds since it began."""
    muscle = dice.choice(["thigh", "calf", "foot"])
    routine: Details = {"routine": f"relief_{'bed' if muscle == 'thigh' else muscle}"}
    eased = float(dice.randrange(60, 700))
    yield 0, "cramp", {"muscle": muscle, "side": None, "words": f"i have a cramp in my {muscle}"}
    yield 0, "routine", routine
    yield 45, "answer", {"question": "q1", "answer": "safe", "score": None}
    swollen = "danger" if dice.random() < SWOLLEN else "safe"
    yield 50, "answer", {"question": "q3", "answer": swollen, "score": None}
    yield eased, "eased", {"seconds": eased}
    yield eased + 60, "routine_over", routine
    yield eased + 60, "ended", {}
    for after, (about, value) in enumerate(_told(dice, number).items()):
        yield eased + 70 + 5 * after, "told", {"about": about, "value": value}


def _told(dice: random.Random, number: int) -> Details:
    """Return what is answered: of the first cramp also at night, of the last one about the night."""
    told: Details = {"worst_pain": float(dice.randrange(3, 11)), "woke": "yes", "onset": "sleep"}
    if number == 0:
        told |= {"side": dice.choice(["left", "right"]), "end_pain": 1.0}
    if number == CRAMPS - 1:
        told |= {"trigger": dice.choice(["sitting", "effort"]), "sleep_lost": 5.0, "soreness_hours": 3.0}
    return told


# --- the table ----------------------------------------------------------------------------------------------


def measure(folder: Path, nights: int = NIGHTS) -> Iterator[Row]:
    """Fill a journal in an empty folder and ask it."""
    with Journal.open(folder) as journal:
        fill(journal, nights)
        memory = Memory(journal, load_vocabulary())
        ((rows,),) = journal._read("SELECT count(*) FROM events")  # noqa: SLF001 (nobody else counts them)
        for name, request in (
            ("when was my last cramp", FindLastCramp()),
            ("what helped last time", FindHelp()),
            ("delete the last entry", FindLastEntry()),
        ):
            yield below(f"'{name}'", _seconds(partial(memory.answer, request)), 0.05, "s", digits=3)
    size = journal.path.stat().st_size
    yield Row(what="cramps, and rows in all", figure=f"{nights * CRAMPS:,}, {rows:,}")
    yield Row(what="file", figure=f"{size / 2**20:.0f} MiB")
    yield Row(what="of that, a night", figure=f"{size / nights / 1000:.1f} kB")
    for kind in ("pdf", "html"):
        before = _of_children()
        took = _seconds(partial(_report, folder, folder / f"page.{kind}"))
        yield Row(what=f"report of all of it, {kind}", figure=f"{took:.3f} s")
        yield below("of the processor, mean", (_of_children() - before) / TIMES, 3, "s", digits=3)


def _seconds(work: Callable[[], object]) -> float:
    """Return how long it takes, the best time."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def _of_children() -> float:
    """Return the seconds of the processor that commands took: the clock tells how busy a machine is."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _report(folder: Path, page: Path) -> None:
    days = ("--from", "2016-11-01", "--to", "2026-11-01")
    command = [sys.executable, "-m", "assistant", "report", "-o", str(page), "--force", *days]
    command += ["--data-dir", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (our own command)


def main() -> int:
    flags = argparse.ArgumentParser(prog=TABLE.command, description="Measure the journal of ten years.")
    pages.add_docs(flags)
    docs = flags.parse_args().docs
    with TemporaryDirectory() as folder:
        return 0 if pages.report(TABLE, measure(Path(folder)), ABOUT, docs) else 1


if __name__ == "__main__":
    sys.exit(pages.run(main))
