"""The doctor's page: one sheet, twelve items in their order, every fact on it, nothing typed is run."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from invented import UNTIL, diary, hostile
from pypdf import PdfReader

from assistant.data import load_content, load_vocabulary
from assistant.journal.diary import Diary, Flag
from assistant.report import html, pdf
from assistant.report.charts import draw
from assistant.report.facts import summarize
from assistant.report.page import compose
from assistant.report.spoken import spoken
from assistant.reportwords import TOLD

if TYPE_CHECKING:
    from assistant.report.page import Page

VOCABULARY = load_vocabulary()
TODAY = date(2026, 11, 23)
HEADINGS = """1. Main worry
2. First noticed and pattern
3. How often, how long, how bad
4. Site and side
5. Triggers and what eases
6. Related signs
7. Conditions, pregnancy, family history
8. Medicines and supplements
9. Activity, fluids, diet, alcohol
10. Home care tried
11. Urgent levels given
12. Questions to ask""".splitlines()
FOOTER = "Self-reported, recorded by voice, may contain errors."
DIARIES = {
    "none": diary(0),
    "one": diary(1),
    "forty": diary(40),
    "three hundred": diary(300, 365),
    "hostile": hostile(),
}
PAPERS = {"a4": (595.28, 841.89), "letter": (612, 792)}


def made(diary: Diary) -> Page:
    return compose(diary, VOCABULARY, TODAY)


def squeezed(text: str) -> str:
    """Return text without its spaces: where a line breaks is no matter."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module", params=[(name, paper) for name in DIARIES for paper in PAPERS], ids="-".join)
def sheet(request: pytest.FixtureRequest) -> tuple[Page, str, PdfReader]:
    """Return a page, its paper and the PDF."""
    name, paper = request.param
    page = made(DIARIES[name])
    return page, paper, PdfReader(io.BytesIO(pdf.render(page, paper)))


def test_one_sheet_holds_it(sheet: tuple[Page, str, PdfReader]) -> None:
    """With no cramp and with hundreds, on A4 and on Letter."""
    _, paper, reader = sheet
    (only,) = reader.pages
    assert (float(only.mediabox.width), float(only.mediabox.height)) == pytest.approx(PAPERS[paper], abs=0.1)


def test_the_pdf_can_be_read_aloud_and_names_nobody(sheet: tuple[Page, str, PdfReader]) -> None:
    """It is tagged, has a language and a title; its metadata say nothing else."""
    _, _, reader = sheet
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert set(reader.metadata or {}) == {"/Title", "/Producer"}
    assert (reader.metadata or {})["/Title"] == "Leg cramp summary"


def test_the_pdf_has_every_fact(sheet: tuple[Page, str, PdfReader]) -> None:
    """Every line, label and figure of the page is text in the PDF, the headings in their order."""
    page, _, reader = sheet
    # pypdf takes the two bytes of a letter for two where a line has signs of several alphabets.
    text = squeezed(reader.pages[0].extract_text().replace("\x00", ""))
    places = [text.find(squeezed(heading)) for heading in HEADINGS]
    assert -1 not in places
    assert squeezed(FOOTER) in text
    # Of letters that run from right to left and of signs no font has, a reader makes what it likes.
    wanted = [
        part
        for item in page.items
        for part in (*item.lines, *(row.text for row in (*item.rows, *item.figures)), *sum(item.table, ()))
        if part.isascii()
    ]
    assert [part for part in wanted if squeezed(part) not in text] == []


class Outline(HTMLParser):
    """What a screen reader goes by, and whatever could reach out of the file."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def outline(diary: Diary) -> Outline:
    parser = Outline()
    parser.feed(html.render(made(diary)))
    return parser


@pytest.fixture(scope="module", params=[*DIARIES.values(), diary(36_500, 3650)], ids=[*DIARIES, "ten years"])
def document(request: pytest.FixtureRequest) -> Outline:
    return outline(request.param)


def test_the_html_is_accessible(document: Outline) -> None:
    """A language, a title, headings in order, and each chart has a name, a description and a table."""
    tags = document.tags
    assert ("html", {"lang": "en"}) in tags
    levels = [tag for tag, _ in tags if re.fullmatch(r"h\d", tag)]
    assert levels == ["h1", *["h2"] * 12]
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [str(attributes["aria-labelledby"]) for _, attributes in tags if "aria-labelledby" in attributes]
    assert {name for names in named for name in names.split()} <= set(ids)
    pictures = [attributes for tag, attributes in tags if tag == "svg"]
    assert all(attributes["role"] == "img" and attributes["aria-labelledby"] for attributes in pictures)
    assert sum(tag == "caption" for tag, _ in tags) == len(pictures)
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


def test_its_colors_can_be_told_apart() -> None:
    """Every color of letters has a contrast of at least 4.5 to the white page (WCAG AA)."""
    style = (Path(html.__file__).parent / "page.css").read_text(encoding="utf-8")
    colors = set(re.findall(r"[{;] *color: #(\w{6})", style))
    assert len(colors) > 1
    for color in colors:
        shares = [int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (light + 0.05) >= 4.5, color


def test_the_html_needs_nothing_from_elsewhere(document: Outline) -> None:
    """No script, no link, no picture and no font is loaded, and no attribute runs anything."""
    assert not {"script", "link", "img", "iframe", "object", "form", "a"} & {tag for tag, _ in document.tags}
    names = {name for _, attributes in document.tags for name in attributes}
    assert not any(name.startswith("on") or name in {"href", "src", "style"} for name in names)
    assert "url(" not in "".join(document.texts)
    assert "@import" not in "".join(document.texts)


def test_what_was_typed_is_shown_and_not_run() -> None:
    """Markup is text, marks that turn the direction and control characters are gone, what is long is cut."""
    text = html.render(made(hostile()))
    assert "&lt;script&gt;alert(" in text
    assert "49" not in re.sub(r"[\d.]{3,}", "", text.split("</style>")[1].split("2. First")[0])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ud800]", text)
    assert max(len(line) for item in made(hostile()).items for line in item.lines) <= 245


def test_the_items_stand_in_their_order() -> None:
    """Twelve of them, numbered, with or without anything to say."""
    for name, value in DIARIES.items():
        assert [item.heading for item in made(value).items] == HEADINGS, name


def test_what_nobody_said_is_not_recorded() -> None:
    """An empty diary says so everywhere and claims nothing."""
    page = made(Diary(since=diary().since, until=diary().until))
    for item in page.items:
        rows = [row.text for row in (*item.rows, *item.figures)]
        if item.key == "counts":
            assert item.lines == ("No cramp was recorded in this time.",)
            assert rows == ["0", "0.0", *["not recorded"] * 4]
        elif item.key != "questions":
            assert {*rows, *item.lines} == {"not recorded"}
        assert item.charts == ()


def test_a_page_of_two_weeks() -> None:
    """The facts of an invented fortnight, as a doctor reads them."""
    items = {item.key: item for item in made(diary(12)).items}
    rows = {row.label: row.text for item in items.values() for row in (*item.rows, *item.figures)}
    assert rows["First noticed"] == "Oct 2026 (as told), 11 Nov 2026 (first one recorded)"
    assert rows["cramps"] == "12"
    assert rows["per week"] == "6.0"
    assert rows["Pregnancy"] == "no"
    assert rows["Conditions"] == "diabetes, artery disease in the legs"
    assert rows["Allergies"] == "no"
    assert rows["Activity, posture"] == "exercise on most days: yes"
    assert rows["Alcohol, caffeine"].startswith(
        "alcohol on most days: no, coffee or strong tea on most days: yes"
    )
    assert rows["Fluids"] == "1,000 ml a day, mean of the days with notes (14)"
    assert rows["Medical advice the same day"] == "20 Nov 2026, 12 Nov 2026"
    assert rows["One leg newly swollen, warm, red or darker (left)"].startswith(
        "yes: 20 Nov 2026, 12 Nov 2026"
    )
    assert items["medicines"].lines == (
        "statin, since Sep 2026 (started in the 3 months before the first cramp)",
        "supplement, since 2024",
        "salbutamol inhaler",
    )
    assert items["questions"].lines == VOCABULARY.words.questions


def test_the_thigh_is_pointed_out() -> None:
    """Only where most cramps were in its back."""
    thigh = made(diary(300, 365)).items[3]
    assert thigh.lines == ("Back of the thigh mainly.",)
    assert made(diary(0)).items[3].lines == ()


@pytest.mark.parametrize(
    ("cramps", "days"), [(1, 1), (12, 14), (40, 45), (300, 365), (900, 1500), (2000, 3650)]
)
def test_the_charts_add_up_and_stay_inside(cramps: int, days: int) -> None:
    """Every chart of cramps counts each once; at most 67 bars; no shape leaves its drawing."""
    charts = [chart for item in made(diary(cramps, days)).items for chart in item.charts]
    assert [chart.key for chart in charts] == ["hours", "days", "lengths", "sites", "remedies"]
    for chart in charts:
        assert chart.key == "remedies" or sum(bar.total for bar in chart.bars) == cramps, chart.key
        assert len(chart.bars) <= 67
        drawing = draw(chart)
        assert drawing.boxes
        for box in drawing.boxes:
            assert box.x >= 0
            assert box.y >= 0
            assert box.x + box.width <= drawing.width
            assert box.y + box.height <= drawing.height


def test_shades_differ_in_print() -> None:
    """Every group of a chart has a gray of its own, and white has an outline."""
    for item in made(diary(40)).items:
        for chart in item.charts:
            assert len(set(chart.grays)) == len(chart.groups)


def test_whatever_can_be_told_of_a_person_has_its_words() -> None:
    """No id of a condition, a medicine or a habit is on the page, and none of the words to the person."""
    facts = load_content("en", "uk").facts
    groups = {group: [one.id for one in facts.values() if one.group == group] for group in TOLD}
    assert all(len(names) > 4 for names in groups.values())
    named = [VOCABULARY.name(group, name) for group, names in groups.items() for name in names]
    assert not [name for name in named if "_" in name or "your" in name.split()]
    rows = VOCABULARY.words.habits.values()
    assert sorted(name for row in rows for name in row) == sorted(groups["habit"])


def test_only_signs_are_signs() -> None:
    """That the light was off is nothing for a doctor; what nobody knows any more is not dropped."""
    at = UNTIL - timedelta(hours=3)
    asked = ("progress", "stand_light", "place_right", "diabetes", "statin", "woke")
    asked += ("q13", "q2", "q3", "q3_side", "of a later version")
    flags = tuple(Flag(question=question, answer="danger", at=at) for question in asked)
    whole = Diary(since=UNTIL - timedelta(days=14), until=UNTIL, flags=flags)
    labels = {row.label.lower() for row in made(whole).items[5].rows}
    assert labels == {
        "one leg newly swollen, warm, red or darker",
        "a pop, a fall or a hurt leg",
        "surgery, days in bed, a cast or a journey",
        "of a later version",
    }
    said = " ".join(spoken(summarize(whole), VOCABULARY))
    assert "progress" not in said
    assert "light" not in said
