"""`sayso audit`: the log as people read it, and that tampering with it shows; on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from consultation.storage import audit
from consultation.storage.store import Store, open_store
from tests.contracts.databases import as_setting, cluster, kind, place
from tests.integration.test_command_line import Shell, sayso

__all__ = ["cluster", "kind", "place", "sayso"]  # fixtures

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(place: Path | URL) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


@pytest.fixture
def ask(place: Path | URL, tmp_path: Path, sayso: Shell) -> "Ask":
    return Ask(sayso, place.parent if isinstance(place, Path) else tmp_path / "data", as_setting(place))


class Ask:
    """`sayso audit` over the test's database."""

    def __init__(self, shell: Shell, folder: Path, url: str | None) -> None:
        self._shell, self._folder = shell, folder
        self._environment = {"SAYSO_DATABASE_URL": url} if url else {}

    def __call__(self) -> tuple[int, str]:
        done = self._shell("audit", "--data", str(self._folder), **self._environment)
        return done.code, done.stdout


def fill(store: Store) -> None:
    for act, details in (
        ("opened", {}),
        ("deleted", {"responses": 430, "concerns": None}),
        ("exported", {"files": ["a", "b"]}),
    ):
        with store.write() as session:
            audit.append(session, at=NOON, actor="operator", act=act, subject="our-say", details=details)


def test_an_empty_log_says_so(ask: Ask) -> None:
    assert ask() == (0, "Nothing has been done yet that is kept here.\n")


def test_the_log_is_told_in_london_time_and_plain_words(store: Store, ask: Ask) -> None:
    fill(store)
    code, said = ask()
    assert code == 0
    assert [line.split()[:5] for line in said.splitlines() if "01.07.2026" in line] == [
        [number, "01.07.2026", "13:00", "operator", act]
        for number, act in (("1", "opened"), ("2", "deleted"), ("3", "exported"))
    ]
    assert "responses: 430, concerns: a few" in said
    assert "files: a, b" in said
    assert "All 3 entries are as they were written" in said


CHANGED = "UPDATE audit SET act = 'did nothing' WHERE number = 2"
REMOVED = "DELETE FROM audit WHERE number = 2"
REMOVED_AND_NUMBERED_ANEW = (REMOVED, "UPDATE audit SET number = 2 WHERE number = 3")
INSERTED = (
    "UPDATE audit SET number = 4 WHERE number = 3",
    "UPDATE audit SET number = 3 WHERE number = 2",
    "INSERT INTO audit (number, at, actor, act, subject, details, digest) "
    "SELECT 2, at, actor, act, subject, details, digest FROM audit WHERE number = 1",
)


@pytest.mark.parametrize(
    "tampering",
    [(CHANGED,), (REMOVED,), REMOVED_AND_NUMBERED_ANEW, INSERTED],
    ids=["changed", "removed", "anew", "inserted"],
)
def test_tampering_shows_and_says_from_where_on(store: Store, ask: Ask, tampering: tuple[str, ...]) -> None:
    fill(store)
    with store.write() as session:
        for each in tampering:
            session.execute(text(each))
    code, said = ask()
    assert code == 1
    assert "From entry 2 on this log can't be relied on" in said
    assert "compare it with a backup" in said
