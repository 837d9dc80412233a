"""The databases over which each contract runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from consultation.storage.store import Store, open_store
from tests.contracts.databases import cluster, kind, place
from tests.contracts.talks import open_a_wave

__all__ = ["cluster", "kind", "place"]


@pytest.fixture
def database(place: Path | URL) -> Iterator[Store]:
    """The records in SQLite and in PostgreSQL, with one open wave."""
    store = open_store(place)
    open_a_wave(store)
    yield store
    store.close()


@pytest.fixture
def second(place: Path | URL, database: Store) -> Iterator[Store]:
    """The same records as another process has them."""
    store = open_store(place)
    yield store
    store.close()
