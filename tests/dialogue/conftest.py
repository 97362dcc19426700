"""The nights of the tests."""

from __future__ import annotations

import pytest
from night import Night

from assistant.data import load_content


@pytest.fixture(scope="session")
def content():
    return load_content("en", "uk")


@pytest.fixture
def night(content) -> Night:
    return Night(content)
