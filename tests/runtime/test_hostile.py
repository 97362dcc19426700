"""Whatever is typed, told or imported is text and nothing else: on the page, in tables, files and lines."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from html.parser import HTMLParser

import pytest
from test_talk import talk

from assistant.cli import main
from assistant.journal.store import Journal

HOSTILE = {
    "formula": '=HYPERLINK("http://x";"y")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(A1:A9)",
    "tab": "\t=1+1",
    "full width": "\uff1d1+1",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onload="alert(1)',
    "template": "{{ 7*7 }}{% include '/etc/passwd' %}",
    "sql": "'); DROP TABLE events; --",
    "path": "../../../../etc/passwd\x00.csv",
    "terminal": "\x1b]0;owned\x07\x1b[31mred",
    "new lines": "one\r\n2026-11-23 ERROR forged\u2028two",
    "turned": "\u202egnp.exe",
    "half a character": "\ud800",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ENTRIES = 8 * len(HOSTILE) + 1
DAYS = ("--from", "2020-01-01", "--to", "2099-01-01")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return the data folder of a journal in which everything that may be text is hostile, in every way."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    with Journal.open(folder) as journal:
        for number, text in enumerate(HOSTILE.values()):
            began = 10.0 * number
            for kind, details in happened(text, began):
                assert journal.record(kind, details, began)
        everything = dict.fromkeys(
            (f"{group}.{text}" for group in GROUPS for text in HOSTILE.values()), "yes"
        )
        journal.record("profile", everything | {"age": HOSTILE["markup"]}, 1e4)
    return folder


GROUPS = ("condition", "medicine", "habit")


def happened(text, began):
    yield "cramp", {"muscle": text, "side": text, "words": text}
    yield "routine", {"routine": text, "episode": began}
    yield "told", {"about": "trigger", "value": text, "episode": began}
    yield "answer", {"question": text, "answer": "danger", "episode": began}
    yield "drank", {"milliliters": 200.0, "what": text}
    yield "applied", {"application": text}
    yield "profile", {"worry": text, "noticed": text}
    yield "fault", {"part": "hearing", "what": text}


def report(data, name):
    path = data.parent / name
    assert main(["report", "-o", str(path), *DAYS, "--data-dir", str(data)]) == 0
    return path.read_bytes()


def cells(table):
    return [cell for row in csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")) for cell in row]


def test_no_cell_of_a_table_is_run(data):
    """Neither in the table of cramps nor in any of the archive; no control character either."""
    with zipfile.ZipFile(io.BytesIO(report(data, "a.zip"))) as packed:
        assert all(name.isascii() and "/" not in name for name in packed.namelist())
        found = [cell for name in packed.namelist() for cell in cells(packed.read(name))]
    found += cells(report(data, "a.csv"))
    assert len(found) > 50
    assert not [cell for cell in found if cell.startswith(FORMULA)]
    assert not [cell for cell in found if any(not sign.isprintable() for sign in cell)]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(name for name, _ in attrs)}


def test_no_markup_gets_onto_the_page(data):
    """The page has the tags and attributes that it has without any of it."""
    tags = Tags()
    page = report(data, "a.html").decode()
    tags.feed(page)
    assert not tags.found & {"script", "img", "src", "onerror", "onload", "href", "iframe", "style="}
    assert "49" not in page.split("</style>")[1].split("<svg")[0]
    assert "root:" not in page


def test_the_other_exports_keep_their_form(data):
    """JSON is JSON, and what was written is in it as it was."""
    diary = json.loads(report(data, "a.json"))["diary"]
    for field in ("muscle", "side", "trigger"):
        assert [one[field] for one in diary["episodes"]] == list(HOSTILE.values())
    assert {one["what"] for one in diary["drinks"]} == set(HOSTILE.values())
    assert json.loads(report(data, "a.fhir.json"))["resourceType"] == "Bundle"


def test_a_line_of_the_journal_stays_a_line(data, capsys):
    """Nothing steers the terminal, and no text begins a line of its own."""
    for command in (["list"], ["show", "1"], ["verify"]):
        main(["journal", *command, "--data-dir", str(data)])
    lines = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert all(line.isprintable() for line in lines)
    assert sum(line.split()[0].isdigit() for line in lines) == ENTRIES + 4


def test_an_export_is_one_file_of_one_line_for_each_entry(data, tmp_path):
    """What comes out of the journal goes into the file that was named and nowhere else."""
    before = {path for path in data.parent.rglob("*") if path.is_file()}
    assert main(["journal", "export", str(tmp_path / "log.jsonl"), "--data-dir", str(data)]) == 0
    made = {path.name for path in data.parent.rglob("*") if path.is_file() and path not in before}
    assert made <= {"journal.sqlite-wal", "journal.sqlite-shm"}
    assert [path.name for path in tmp_path.iterdir()] == ["log.jsonl"]
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert len(lines) == 1 + ENTRIES
    assert all(line.startswith("{") and line.isascii() for line in lines)


def test_what_is_typed_neither_steers_the_terminal_nor_names_a_file(tmp_path, capsys):
    """In a conversation by keyboard, with every hostile text as a line, and an export at the end."""
    typed = [text.replace("\n", " ").replace("\r", " ").replace("#", "") for text in HOSTILE.values()]
    script = [f"! {text}".encode("utf-8", "replace").decode() for text in typed if "\u2028" not in text]
    said = talk(tmp_path, capsys, *script, "export my log", "(wait 3)")
    assert all(line.isprintable() for line in said)
    assert sum(line.startswith("note       not understood") for line in said) >= len(script) - 2
    (exported,) = (tmp_path / "data/exports").iterdir()
    assert exported.name.startswith("cramp-journal-2")
    assert exported.suffix == ".jsonl"
