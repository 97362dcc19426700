"""The bench's tables: rows that are printed as they come, and put into a page between two comments.

A page says where: ``<!-- bench: NAME -->`` before the table and ``<!-- end -->`` behind it.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import whole
from assistant.errors import AssistantError, SettingsError
from assistant.pages import table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence

HEAD = ("measured", "figure", "goal", "")
BEGIN, END = b"<!-- bench: ", b"<!-- end -->"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of a table."""

    what: str
    figure: str
    bar: str = ""
    """What it should be; empty: no bar."""
    held: bool = True

    @property
    def mark(self) -> str:
        return "" if not self.bar else "ok" if self.held else "MISSED"


def share(what: str, yes: Sequence[bool], *, least: float | None = None, most: float | None = None) -> Row:
    """Return a row with a part of a whole, and whether it is in its bounds."""
    part = sum(yes) / len(yes)
    bar = f">= {least:.1%}" if least is not None else f"<= {most:.1%}" if most is not None else ""
    held = (least is None or part >= least) and (most is None or part <= most)
    return Row(what=what, figure=f"{part:.1%} of {len(yes)}", bar=bar, held=held)


def below(what: str, value: float, most: float, unit: str, *, digits: int = 0) -> Row:
    """Return a row with a value, to so many digits behind the point, and whether it is at most so much."""
    return Row(what=what, figure=f"{value:.{digits}f} {unit}", bar=f"<= {most:g} {unit}", held=value <= most)


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Where a table stands, and what makes it."""

    page: str
    """A file of the folder with the documentation."""
    name: str
    """In the comment before it."""
    command: str

    def around(self, docs: Path) -> tuple[bytes, bytes]:
        """Return what stands before and behind the table, with its comments.

        Raises `SettingsError` if there is no such page, or not one place for it.
        """
        path, begin = docs / self.page, BEGIN + f"{self.name} -->".encode()
        try:
            text = path.read_bytes()
        except OSError as fault:
            raise SettingsError(
                f"{str(path)!r} cannot be read ({fault.strerror}): give --docs the folder of the pages"
            ) from fault
        before, _, rest = text.partition(begin)
        inside, end, behind = rest.partition(END)
        if not end or begin in rest or BEGIN in inside:
            raise SettingsError(
                f"{str(path)!r} has no place for the table {self.name!r}: write {begin.decode()!r} once, "
                f"and {END.decode()!r} on a line below it"
            )
        return before + begin, end + behind

    def put(self, docs: Path, rows: Iterable[Row], about: str) -> None:
        """Replace the table in its page, whole or not at all; raise `SettingsError` as `around` does."""
        before, behind = self.around(docs)
        lines = table(HEAD, [(row.what, row.figure, row.bar, row.mark) for row in rows])
        write(docs / self.page, before + f"\n{about}\n\n{lines}\n".encode() + behind)


def report(place: Table, rows: Iterable[Row], about: str, docs: Path | None = None) -> bool:
    """Print rows as they come, and put them into the documentation if a folder is given.

    ``about`` says what was measured. Returns whether every bar held. Raises `SettingsError` before
    anything is measured if the page has no place for the table.
    """
    made = _made(place, docs, about) if docs else ""
    shown = list(_printed(rows))
    if docs:
        place.put(docs, shown, made)
    return all(row.held for row in shown)


def _made(place: Table, docs: Path, about: str) -> str:
    """Return what stands above a table that is about to be made; there must be a place for it."""
    place.around(docs)
    return f"Made by `{place.command}` on {date.today()}, {machine()}: {about}."  # noqa: DTZ011 - of this place


def _printed(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        print(f"{row.what:<44}{row.figure:>16}  {row.bar:<12}{row.mark}".rstrip(), flush=True)
        yield row


def machine() -> str:
    """Return the name of the processor, its cores, and how busy they are."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    name = next(names, platform.machine())
    return f"{name} with {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def write(path: Path, content: bytes) -> None:
    """Write a file that everybody may read, whole or not; raise `SettingsError` if that cannot be done."""
    try:
        whole.write(path, content, 0o644)
    except OSError as fault:
        raise SettingsError(
            f"{str(path)!r} cannot be written ({fault.strerror}): make room or give --docs another folder"
        ) from fault


def add_docs(flags: argparse.ArgumentParser) -> None:
    flags.add_argument(
        "--docs", type=Path, metavar="FOLDER", help="write tables and pictures into the pages there"
    )


def run(main: Callable[[], int]) -> int:
    """Return the exit status of a bench: 2 and one line if it was asked for what cannot be."""
    try:
        return main()
    except AssistantError as fault:
        print(fault, file=sys.stderr)
        return 2
