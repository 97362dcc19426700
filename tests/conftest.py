"""What all tests share."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Spare thousands of tests and what they import being searched for garbage: a sixth of the time."""
    gc.collect()
    gc.freeze()
