"""What tests share: one open consultation for a module that only talks, a fresh one for a test that breaks things."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.builders import Opened, open_consultation

# In CI the same examples every time; on a desk new ones, which is how faults are found.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """One consultation for all the talks of a module, each in a chat of its own."""
    return open_consultation(tmp_path_factory.mktemp("talking"))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A consultation of the test's own."""
    made = open_consultation(tmp_path / "data")
    yield made
    made.sayso.store.close()
