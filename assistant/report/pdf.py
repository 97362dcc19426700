"""The page as PDF: the HTML, set by WeasyPrint on one sheet, tagged so that it can be read aloud."""

from __future__ import annotations

import logging
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Final

from assistant.errors import InstallError
from assistant.report import html

if TYPE_CHECKING:
    from assistant.report.page import Page

PAPERS: Final = {"a4": "A4", "letter": "letter"}
SIZES = (8.5, 7.5, 6.5)
"""Points of the type, largest first: the first in which one sheet holds all is taken."""


def load_early() -> None:
    """Load what draws letters in the background: it looks for its libraries for a while, mostly waiting."""
    Thread(target=_load, daemon=True, name="letters").start()


def _load() -> None:
    with suppress(ImportError, OSError):  # `render` says it
        import weasyprint  # noqa: F401, PLC0415


def render(page: Page, paper: str = "a4") -> bytes:
    """Return the document on ``a4`` or ``letter`` paper.

    Raises `InstallError` where WeasyPrint or Pango, which it draws letters with, is missing.
    """
    try:
        # It loads Pango when it is imported, and says that it cannot by OSError.
        from weasyprint import CSS, HTML  # noqa: PLC0415
    except (ImportError, OSError) as fault:
        raise InstallError(
            f"a PDF cannot be made here ({' '.join(str(fault).split())[:80]!r}):"
            " pip install 'cramp-assistant[report]' and"
            " apt-get install libpangoft2-1.0-0 libharfbuzz-subset0, or write HTML"
        ) from fault
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    document = HTML(string=html.render(page))
    for size in SIZES:
        sheet = CSS(string=f"@page {{ size: {PAPERS[paper]} }} html {{ font-size: {size}pt !important }}")
        laid_out = document.render(stylesheets=[sheet])
        if len(laid_out.pages) == 1:
            break
    return bytes(laid_out.write_pdf(pdf_variant="pdf/ua-1"))
