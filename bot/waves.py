"""Which waves there are, and which one a link leads to: asked at every page and post, so remembered for a moment."""

from collections.abc import Callable
from datetime import date
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from consultation.domain.consultation import Wave
from consultation.storage import consultations
from consultation.storage.store import Store

KEPT = 2.0  # seconds in which a change of a wave may go unnoticed here; its days are compared at every turn


class Waves:
    """Waves as the doors ask for them: all, those that are open, and the newest of a consultation by its short name."""

    def __init__(self, store: Store, clock: Callable[[], float] = monotonic) -> None:
        self._store, self._clock = store, clock
        self._found: dict[str, tuple[float, Wave]] = {}

    def all(self) -> list[Wave]:
        """Newest first, over or not."""
        with self._store.read() as session:
            return consultations.waves(session)

    def open_on(self, today: date) -> list[Wave]:
        return [each for each in self.all() if each.is_open(today)]

    def remembered(self, slug: str) -> Wave | None:
        """What was found a moment ago, without asking."""
        found = self._found.get(slug)
        return found[1] if found is not None and self._clock() - found[0] < KEPT else None

    def at(self, slug: str) -> Wave | None:
        """The wave; asks the database, so not in an event loop."""
        found = self._found.get(slug)
        try:
            with self._store.read() as session:
                wave = consultations.wave_by_slug(session, slug)
        except SQLAlchemyError:  # what was typed is given back on the consultation's own page
            if found is None:
                raise
            return found[1]
        if wave is not None:
            self._found[slug] = (self._clock(), wave)
        return wave
