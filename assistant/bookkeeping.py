"""The commands about the journal: list, show, export, import, delete, backup, verify."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tqdm import tqdm

from assistant.errors import DeviceError, SettingsError
from assistant.journal import transfer, upkeep
from assistant.journal.store import Journal
from assistant.understanding.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from assistant.config import Settings
    from assistant.journal.entries import Entry
    from assistant.journal.upkeep import Work

    Progress = Callable[[int, int], object]

_FAULTS_SHOWN = 20


def list_entries(settings: Settings, parsed: argparse.Namespace) -> int:
    """Print the entries in one line each, oldest first."""
    journal = Journal(settings.data_dir)
    if not journal.path.exists():
        print(f"nothing was written down yet in {settings.data_dir}")
        return 0
    for entry in journal.events(parsed.kind):
        print(_line(entry))
    if journal.failing:
        raise DeviceError(journal.failing)
    return 0


def _line(entry: Entry) -> str:
    details = visible(", ".join(f"{name}: {value}" for name, value in entry.details.items()))
    guessed = "  (the clock was not set)" if entry.guessed else ""
    return f"{entry.id:>7}  {entry.time:%Y-%m-%d %H:%M:%S %z}  {visible(entry.kind):<16}  {details}{guessed}"


def show(settings: Settings, parsed: argparse.Namespace) -> int:
    """Print an entry and what belongs to it."""
    for entry in _family(_existing(settings), parsed.id):
        print(_line(entry))
    return 0


def _family(journal: Journal, number: int) -> list[Entry]:
    found = journal.family(number)
    if journal.failing:
        raise DeviceError(journal.failing)
    if not found:
        raise SettingsError(f"there is no entry {number!r}: take a number of journal list")
    return found


def _existing(settings: Settings) -> Journal:
    journal = Journal(settings.data_dir)
    if not journal.path.exists():
        raise SettingsError(f"{journal.path}: there is no journal yet: name its folder with --data-dir")
    return journal


def export(settings: Settings, parsed: argparse.Namespace) -> int:
    """Write every entry to a file that `journal import` reads."""
    with _bar("exporting") as progress:
        count = transfer.write(_existing(settings).path, parsed.file, progress)
    print(f"{count} entries are in {parsed.file}")
    return 0


def bring(settings: Settings, parsed: argparse.Namespace) -> int:
    """Add the entries of an exported file, all or none."""
    added = list[int]()
    with Journal.open(settings.data_dir) as journal, _bar("importing") as progress:
        _change(journal, lambda db: added.append(transfer.read(db, parsed.file, progress)))
    print(f"{sum(added)} entries are new")
    return 0


def _change(journal: Journal, work: Work) -> None:
    if not journal.change(work):
        raise DeviceError(str(journal.failing))


def delete(settings: Settings, parsed: argparse.Namespace) -> int:
    """Erase one entry with what belongs to it, or everything."""
    if (parsed.id is None) is not parsed.everything:
        raise SettingsError("nothing was deleted: name one entry, or write --everything")
    with Journal.open(_existing(settings).path.parent.parent) as journal:
        if parsed.everything:
            if not journal.forget():
                raise DeviceError(str(journal.failing or "not everything could be erased: mend the disk"))
            print("everything is erased")
        else:
            count = len(_family(journal, parsed.id))
            _change(journal, lambda db: upkeep.erase(db, parsed.id))
            print(f"entry {parsed.id} is erased, with {count - 1} that belonged to it")
    return 0


def backup(settings: Settings, parsed: argparse.Namespace) -> int:
    """Copy the journal file while it may be in use."""
    with _bar("copying") as progress:
        upkeep.backup(_existing(settings).path, parsed.file, progress)
    print(f"a copy of the journal is in {parsed.file}")
    return 0


def verify(settings: Settings, _: argparse.Namespace) -> int:
    """Look for damage and for entries that do not look as they must; return 1 if there are any."""
    with _bar("checking") as progress:
        found = list(upkeep.faults_of(_existing(settings).path, progress))
    for fault in found[:_FAULTS_SHOWN]:
        print(visible(fault))
    if found[_FAULTS_SHOWN:]:
        print(f"and {len(found) - _FAULTS_SHOWN} more")
    print("the journal is damaged: keep a copy of the file" if found else "the journal is sound")
    return 1 if found else 0


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    """Give what draws a bar on a terminal, and nothing elsewhere."""
    with tqdm(desc=what, unit=" entries", leave=False, disable=None, delay=1) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
