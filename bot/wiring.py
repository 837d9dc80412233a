"""Joins settings, models, storage and rules into what the doors need. The only place where chance and time enter."""

import logging
import os
import secrets
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from bot import models
from bot.metrics import Metrics
from bot.sayso import Sayso
from bot.settings import Settings
from bot.waves import Waves
from consultation.domain.consultation import Wave
from consultation.domain.due import day_in_london
from consultation.domain.survey import Survey
from consultation.operations.converse import Desk
from consultation.operations.sign_off import arrangements_now
from consultation.safeguarding.arrangements import Arrangements
from consultation.safeguarding.lead_keys import Holder, Keyring, UnusableKeyring, read_keyring, write_keyring
from consultation.safeguarding.seal import UnusableKey, check_leads
from consultation.storage import consultations
from consultation.storage.keys import KeyFolder, check_folder
from consultation.storage.roles import Role
from consultation.storage.store import Store, open_store
from consultation.surveys import parse_survey

log = logging.getLogger("sayso.wiring")

KEYLESS = {Role.ANALYST, Role.LEAD}  # whose work can be done on a machine that has no consultation's key
REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is mistaken for another when read aloud


def wire(
    settings: Settings,
    *,
    needs: Collection[Role] = (),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    today: Callable[[], date] | None = None,
    new_id: Callable[[], str] | None = None,
    new_reference: Callable[[], str] | None = None,
) -> Sayso:
    """Put the system together over an existing database, for the work of the roles it `needs`. Raises
    `UnusableDatabase`, `UnusableKeys`."""
    store = open_store(settings.database_at, needs)
    keys = KeyFolder(settings.key_folder)

    @cache
    def survey_at(survey: str, version: int) -> Survey:
        with store.read() as session:
            body = consultations.survey_body(session, survey, version)  # type: ignore[arg-type]
        return parse_survey(body, Path(f"{survey}.yaml"))

    def survey_of(wave: Wave) -> Survey:
        return survey_at(wave.survey, wave.survey_version)

    keyring = KeyringFile(settings)
    today = today or (lambda: day_in_london(now()))
    with store.read() as session:
        waves = consultations.waves(session)
    arrangements = SignedNow(store)
    if not needs or set(needs) - KEYLESS:
        taking = {each.consultation.id: each.consultation.slug for each in waves if not each.is_over(today())}
        check_folder(settings.key_folder, settings.data, taking)
    if keyring() or waves:
        check_leads(keyring())
    desk = Desk(
        store=store,
        survey_of=survey_of,
        key_of=keys.key,
        detector=models.detector(),
        screen=models.screen(thresholds=lambda: arrangements().thresholds),
        keyring=keyring,
        today=today,
        now=now,
        new_id=new_id or RandomIds(),
        new_reference=new_reference or _new_reference,
        arrangements=arrangements,
    )
    metrics = Metrics()
    store.writer.on_batch = metrics.batch_committed
    metrics.watch("turns_waiting", "turns that are not on the disk yet", store.writer.waiting)
    return Sayso(settings, store, keys, desk, metrics, Waves(store))


class SignedNow:
    """The arrangements that the safeguarding lead signed off last, looked at again every few seconds: a help line that
    was put right must not wait until Sayso is started again. While the database is away the last ones hold."""

    SECONDS = 10.0

    def __init__(self, store: Store, clock: Callable[[], float] = monotonic) -> None:
        self._store, self._clock = store, clock
        self._read()

    def __call__(self) -> Arrangements:
        if self._clock() - self._at >= self.SECONDS:
            with suppress(SQLAlchemyError):
                self._read()
        return self._found

    def _read(self) -> None:
        self._at = self._clock()
        with self._store.read() as session:
            self._found = arrangements_now(session)


class RandomIds:
    """UUID4s as hex. Chance comes from the system, for many at a time: asking it for each costs more than the turn."""

    BUFFERED = 4096  # bytes

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            if not self._bytes:
                self._bytes += os.urandom(self.BUFFERED)
            digits = self._bytes[-16:].hex()
            del self._bytes[-16:]
        return f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) % 4]}{digits[17:]}"


def _new_reference() -> str:
    return "C-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))


class KeyringFile:
    """The keys of the safeguarding lead and deputies, read anew each time: there are few concerns, and a key that was
    replaced must not be sealed to a minute longer. Where the file can't be read, as it was last."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._last = settings, lead_keys(settings)

    def __call__(self) -> Keyring:
        try:
            found = lead_keys(self._settings) or self._last
            if found != self._last:
                check_leads(found)
            self._last = found
        except (OSError, UnusableKeyring, UnusableKey):
            log.error("the safeguarding leads' keys can't be read; those that were read last are used")
        return self._last


def lead_keys(settings: Settings) -> Keyring:
    """Public keys of the safeguarding lead and deputies, from `safeguarding-leads.json` beside the keys. Raises
    `UnusableKeyring`."""
    path = settings.key_folder / "safeguarding-leads.json"
    return read_keyring(path.read_text(errors="replace")) if path.is_file() else Keyring()


def add_lead_key(settings: Settings, public: str, holder: Holder = Holder.LEAD, *, replaces: bool = False) -> Keyring:
    """Let the holder of this key read what is sealed from now on; the file is whole at any moment."""
    settings.key_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.key_folder / "safeguarding-leads.json"
    ring = lead_keys(settings).with_key(public, holder, day_in_london(datetime.now(UTC)), replaces=replaces)
    part = path.with_suffix(".part")
    part.write_text(write_keyring(ring))
    part.replace(path)
    return ring
