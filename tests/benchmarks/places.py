"""Databases to measure in: each holds one open consultation, and they are copied from one another in a moment.

What is made here is removed at the end. Knows nothing of what is measured.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from sqlalchemy import URL

from bot.sayso import Sayso
from bot.settings import Settings
from bot.wiring import add_lead_key, wire
from consultation.domain.concern import Concern, Level
from consultation.domain.consultation import Wave
from consultation.domain.due import day_in_london
from consultation.domain.text import Span
from consultation.operations.open_wave import open_wave
from consultation.storage import consultations
from consultation.storage.store import migrate
from consultation.surveys import template
from tests.builders import SURVEY, commission, lead_identity, settings_in, signed_off
from tests.contracts.databases import running

SLUG = "have-your-say"


class Kind(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class Places:
    """Any number of equal places of one kind, for as long as the `with` lasts."""

    def __init__(self, kind: Kind = Kind.SQLITE) -> None:
        self._kind = kind
        self._made = 0

    def __enter__(self) -> "Places":
        self._folder = Path(tempfile.mkdtemp(prefix="sayso-benchmarks-"))
        self._seed = self._make_seed()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for number in range(self._made + 1) if self._kind is Kind.POSTGRESQL else ():
            running().run(f"DROP DATABASE IF EXISTS {self._database(number)} WITH (FORCE)")
        shutil.rmtree(self._folder, ignore_errors=True)

    def fresh(self) -> Settings:
        """A place in which nobody has answered yet."""
        return self.copy(self._seed)

    def copy(self, place: Settings) -> Settings:
        """Another with the same in it. Nobody may have `place` open."""
        self._made += 1
        data = self._folder / str(self._made)
        shutil.copytree(place.data, data)
        shutil.copytree(place.key_folder, data.with_name(f"{data.name}-keys"))
        at = place.database_at
        if not isinstance(at, URL):
            return settings_in(data)
        running().run(f"CREATE DATABASE {self._database(self._made)} TEMPLATE {at.database}")
        return settings_in(data, database_url=self._url(self._made))

    def drop(self, place: Settings) -> None:
        """Make room at once."""
        shutil.rmtree(place.data)

    def _make_seed(self) -> Settings:
        data = self._folder / "seed"
        data.mkdir()
        settings = settings_in(data)
        if self._kind is Kind.POSTGRESQL:
            running().run(f"CREATE DATABASE {self._database(0)}")
            settings = settings_in(data, database_url=self._url(0))
        migrate(settings.database_at)
        add_lead_key(settings, str(lead_identity().to_public()))
        today = day_in_london(datetime.now(UTC))
        dates = {"opens_on": today - timedelta(days=30), "closes_on": today + timedelta(days=30)}
        with _wired(settings) as sayso:
            open_wave(signed_off(sayso).desk, sayso.keys, commission(SLUG, **dates), template(SURVEY))
        return settings

    def _database(self, number: int) -> str:
        return f"{self._folder.name.replace('-', '_').lower()}_{number}"

    def _url(self, number: int) -> str:
        return running().url(self._database(number)).render_as_string(hide_password=False)


@contextmanager
def opened(place: Settings, *, models: bool = False) -> Iterator[tuple[Sayso, Wave]]:
    """Sayso at work in a place. Without models typed words are taken as they are, and what is measured is the rest."""
    with _wired(place) as sayso:
        with sayso.store.read() as session:
            [wave] = consultations.waves(session)
        desk = sayso.desk if models else replace(sayso.desk, detector=NoDetector(), screen=no_screen)
        yield replace(sayso, desk=desk), wave


class NoDetector:
    """Finds nothing, at no cost."""

    def detect(self, text: str) -> tuple[Span, ...]:
        return ()


def no_screen(text: str) -> Concern:
    return Concern(Level.NONE, 0.0, "")


@contextmanager
def _wired(settings: Settings) -> Iterator[Sayso]:
    sayso = wire(settings)
    try:
        yield sayso
    finally:
        sayso.store.close()
