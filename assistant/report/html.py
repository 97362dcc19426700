"""The page as HTML: one file without scripts, fonts or pictures from elsewhere; it prints on one sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.report.charts import draw

if TYPE_CHECKING:
    from assistant.report.page import Page

FOLDER = Path(__file__).parent
FONTS = "'Liberation Sans', Arial, Helvetica, 'DejaVu Sans', sans-serif"
"""What systems have; nothing is loaded."""


def render(page: Page) -> str:
    """Return the document; whatever somebody typed is escaped."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    style = (FOLDER / "page.css").read_text(encoding="utf-8").replace("FONTS", FONTS)
    # The style is a file of ours: escaped, its quotation marks would be no quotation marks.
    return environment.get_template("page.html").render(
        page=page,
        draw=draw,
        fonts=FONTS,
        style=Markup(style),  # noqa: S704
    )
