"""Joins settings, models, storage and rules into what the doors need. The only place where chance and time enter."""

import json
import logging
import secrets
import uuid
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

from bot.sayso import Sayso
from bot.settings import Settings
from consultation.domain.consultation import Wave
from consultation.domain.survey import Survey
from consultation.operations.converse import Desk
from consultation.privacy.detect import default_detector
from consultation.safeguarding.screen import load_screen
from consultation.safeguarding.seal import check_leads
from consultation.storage import consultations
from consultation.storage.keys import KeyStore
from consultation.storage.store import open_store
from consultation.surveys import parse_survey

REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is mistaken for another when read aloud


def wire(
    settings: Settings,
    *,
    today: Callable[[], date] = date.today,
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    new_reference: Callable[[], str] | None = None,
) -> Sayso:
    """Put the system together over an existing database. Raises `UnusableDatabase`, `ModelUnavailable`."""
    store = open_store(settings.database)
    keys = KeyStore(settings.key_folder)

    @cache
    def survey_at(survey: str, version: int) -> Survey:
        with store.read() as session:
            body = consultations.survey_body(session, survey, version)  # type: ignore[arg-type]
        return parse_survey(body, Path(f"{survey}.yaml"))

    def survey_of(wave: Wave) -> Survey:
        return survey_at(wave.survey, wave.survey_version)

    leads = lead_keys(settings)
    with store.read() as session:
        if leads or consultations.waves(session):
            check_leads(leads)
    desk = Desk(
        store=store,
        survey_of=survey_of,
        key_of=keys.key,
        detector=default_detector(),
        screen=load_screen(),
        leads=leads,
        today=today,
        new_id=new_id,
        new_reference=new_reference or _new_reference,
    )
    return Sayso(settings, store, keys, desk)


def _new_reference() -> str:
    return "C-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))


def lead_keys(settings: Settings) -> tuple[str, ...]:
    """Public keys of the safeguarding lead and deputies, from `safeguarding-leads.json` beside the keys."""
    path = settings.key_folder / "safeguarding-leads.json"
    return tuple(json.loads(path.read_text())["public_keys"]) if path.is_file() else ()


def add_lead_key(settings: Settings, public: str) -> None:
    """Let the holder of this key read what is sealed from now on."""
    settings.key_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.key_folder / "safeguarding-leads.json"
    path.write_text(json.dumps({"public_keys": [*lead_keys(settings), public]}, indent=1))


def quieten_logs() -> None:
    """Libraries log addresses and tokens in URLs at INFO; none of that may reach a log."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for name in (
        "alembic",
        "httpx",
        "httpcore",
        "aiogram.event",
        "aiogram.dispatcher",
        "telegram",
        "apscheduler",
        "uvicorn.access",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
