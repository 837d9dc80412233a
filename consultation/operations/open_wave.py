"""Open a round of a consultation: the survey version is fixed word for word, and its key is made. On its first day: see
that answers can be taken."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from consultation.domain.consultation import Consultation, Wave
from consultation.domain.due import Kind, Next, closing, opening
from consultation.domain.ids import ConsultationId, WaveId
from consultation.domain.retention import USUAL, Kept
from consultation.operations.converse import Desk
from consultation.operations.due_work import NotYet
from consultation.storage import consultations, due
from consultation.storage.keys import KeyStore, UnusableKeys
from consultation.storage.tables import RetentionRow
from consultation.surveys import parse_survey

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # it stands in links, on paper and in Telegram's ?start=


@dataclass(frozen=True)
class Commission:
    """What an officer decides before a consultation opens."""

    slug: str
    title: str
    authority: str
    purpose: str
    decided_by: str
    framework: str
    opens_on: date
    closes_on: date
    simulated: bool = False
    answers_kept: int = USUAL[Kept.ANSWERS]  # days after the close


class NotReady(Exception):
    """The consultation cannot open yet. `str()` says what is missing."""


def open_wave(desk: Desk, keys: KeyStore, commission: Commission, survey_body: str) -> Wave:
    """Store the consultation with its first wave. Raises `NotReady`, or `BadFile` for the survey."""
    if not SLUG.fullmatch(commission.slug):
        raise NotReady(
            f"'{commission.slug}' can't stand in a link. Use at most 40 small letters, digits and hyphens, "
            "such as our-say."
        )
    survey = parse_survey(survey_body, Path("survey.yaml"))
    if not desk.leads:
        raise NotReady("No safeguarding lead has a key yet. Run 'sayso safeguarding key' first.")
    if commission.closes_on < commission.opens_on:
        raise NotReady(f"It would close on {commission.closes_on}, before it opens on {commission.opens_on}.")
    with desk.store.read() as session:
        if consultations.wave_by_slug(session, commission.slug) is not None:
            raise NotReady(f"There is a consultation at '{commission.slug}' already. Choose another short name.")
        stored = consultations.find_survey_body(session, survey.id, survey.version)
    if stored is not None and stored != survey_body:
        raise NotReady(
            f"Version {survey.version} of the survey '{survey.id}' is stored here with another wording, and a version "
            f"never changes once it was asked. In your survey file, raise 'version:' to {survey.version + 1} or more."
        )
    consultation = Consultation(
        id=ConsultationId(desk.new_id()), slug=commission.slug, title=commission.title,
        authority=commission.authority, purpose=commission.purpose, decided_by=commission.decided_by,
        framework=commission.framework, simulated=commission.simulated,
    )  # fmt: skip
    wave = Wave(
        WaveId(desk.new_id()),
        consultation,
        survey.id,
        survey.version,
        commission.opens_on,
        commission.closes_on,
        answers_kept=commission.answers_kept,
    )
    # The key first: a wave without its key could take nobody's answer, a key without its wave does no harm.
    with suppress(FileExistsError):  # left by an opening that was cut short: nobody has answered under it yet
        keys.create(consultation.id)
    with desk.store.write() as session:
        consultations.add_wave(session, wave, survey_body)
        for what, days in (USUAL | {Kept.ANSWERS: commission.answers_kept}).items():
            session.add(RetentionRow(consultation_id=consultation.id, what=what, days=days))
        due.plan(session, Kind.OPEN, wave.id, opening(wave.opens_on))
        due.plan(session, Kind.CLOSE, wave.id, closing(wave.closes_on))
    return wave


def see_it_open(desk: Desk, wave_id: WaveId) -> Next:
    """See that a wave whose first day has come can take an answer. Raises `NotYet`, which says what is missing."""
    with desk.store.read() as session:
        wave = consultations.wave_by_id(session, wave_id)
    lack = _lack(desk, wave) if wave and wave.is_open(desk.today()) else None
    if wave and lack:
        raise NotYet(f"'{wave.consultation.slug}' has opened and can't take answers. {lack}")
    return None


def _lack(desk: Desk, wave: Wave) -> str | None:
    try:
        desk.key_of(wave.consultation.id)
        desk.survey_of(wave)
    except UnusableKeys as why:
        return str(why)
    except KeyError:
        return (
            f"Version {wave.survey_version} of the survey '{wave.survey}' isn't in the database any more. "
            "Put the database back from its backup."
        )
    if desk.leads:
        return None
    return (
        "No safeguarding lead has a key. Put safeguarding-leads.json back beside the keys, or run "
        "'sayso safeguarding key'; then start Sayso again."
    )
