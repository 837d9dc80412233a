"""What the trials share: the nursery, and chance with a seed that is told."""

import os
import secrets
import zlib
from collections.abc import Iterator
from random import Random

import pytest

from tests.durability.keeping import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """In CI the same for each test every time; on a desk another, or that of DURABILITY_SEED."""
    seed = zlib.crc32(request.node.nodeid.encode()) if os.environ.get("CI") else secrets.randbits(32)
    seed = int(os.environ.get("DURABILITY_SEED", seed))
    print(f"DURABILITY_SEED={seed}")  # pytest shows it where the test fails
    return Random(seed)
