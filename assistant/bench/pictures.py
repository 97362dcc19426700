"""Pictures of what the bench measured, SVG or PNG by the name."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from assistant.bench.pages import write
from assistant.errors import InstallError

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure


def figure(width: float = 6, height: float = 4) -> Figure:
    """Return an empty picture of so many inches; raise `InstallError` without matplotlib."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as fault:
        raise InstallError("pictures need matplotlib: pip install 'cramp-assistant[pictures]'") from fault
    return Figure(figsize=(width, height), layout="constrained")


def save(drawn: Figure, path: Path) -> None:
    """Write a picture, the same bytes for the same drawing; raise `SettingsError` if that cannot be done."""
    import matplotlib as mpl  # noqa: PLC0415

    kind = path.suffix.removeprefix(".")
    content = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": path.stem}):
        drawn.savefig(content, format=kind, dpi=70, metadata={"Date": None} if kind == "svg" else None)
    write(path, content.getvalue())
