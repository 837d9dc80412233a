"""Open a round of a consultation: the survey version is fixed word for word, and its key is made. On its first day, and
on each after it: see that answers can be taken, and that what runs is what the safeguarding lead approved."""

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from consultation.domain.consultation import Consultation, ContactMode, Wave
from consultation.domain.due import DAY, Kind, Next, closing, next_at, opening
from consultation.domain.ids import ConsultationId, WaveId
from consultation.domain.languages import IN_ENGLISH
from consultation.domain.retention import USUAL, Kept
from consultation.domain.school_hours import Terms
from consultation.domain.survey import Survey
from consultation.operations.check_sign_off import MEND, differences, differences_of
from consultation.operations.converse import Desk
from consultation.operations.due_work import NotYet
from consultation.storage import consultations, due, pictures, sign_offs
from consultation.storage.keys import KeyStore, UnusableKeys
from consultation.storage.tables import RetentionRow
from consultation.surveys import parse_survey
from consultation.surveys.missing import gaps
from consultation.surveys.pictures import MEDIA_TYPE

log = logging.getLogger("sayso.launch")

LOOKED_AT = time(9)  # every day, while people are at work who can mend what is found
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
    contact: ContactMode = ContactMode.OPT_IN
    terms: Terms = ()  # of the schools there, outside of whose hours people may be reminded
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # of what people read here
    partly_translated: bool = False  # the officer knows that the survey's languages lack something


class NotReady(Exception):
    """The consultation cannot open yet. `str()` says what is missing."""


def open_wave(
    desk: Desk, keys: KeyStore, commission: Commission, survey_body: str, images: Mapping[str, bytes] | None = None
) -> Wave:
    """Store the consultation with its first wave, and what images of its own the survey shows (as `pictures_of` gives
    them). Raises `NotReady`, or `BadFile` for the survey."""
    survey = parse_survey(survey_body, Path("survey.yaml"))
    _refuse_unready(desk, commission, survey, survey_body)
    consultation = Consultation(
        id=ConsultationId(desk.new_id()), slug=commission.slug, title=commission.title,
        authority=commission.authority, purpose=commission.purpose, decided_by=commission.decided_by,
        framework=commission.framework, simulated=commission.simulated, contact=commission.contact,
        terms=commission.terms, translations=commission.translations,
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
        pictures.add(session, survey.id, survey.version, images or {}, MEDIA_TYPE)
        for what, days in (USUAL | {Kept.ANSWERS: commission.answers_kept}).items():
            session.add(RetentionRow(consultation_id=consultation.id, what=what, days=days))
        # One that opens today was just looked at. To put it off would now cut off whoever is talking.
        planned = wave.opens_on > desk.today()
        look = opening(wave.opens_on) if planned else next_at(desk.now(), LOOKED_AT)
        due.plan(session, Kind.OPEN, wave.id, look)
        due.plan(session, Kind.CLOSE, wave.id, closing(wave.closes_on))
    return wave


def _refuse_unready(desk: Desk, commission: Commission, survey: Survey, survey_body: str) -> None:
    if not SLUG.fullmatch(commission.slug):
        raise NotReady(
            f"'{commission.slug}' can't stand in a link. Use at most 40 small letters, digits and hyphens, "
            "such as our-say."
        )
    if not desk.keyring():
        raise NotReady("No safeguarding lead has a key yet. Run 'sayso safeguarding key' first.")
    if survey.partly and not commission.partly_translated:
        raise NotReady(_lacks(survey, survey_body))
    if commission.closes_on < commission.opens_on:
        raise NotReady(f"It would close on {commission.closes_on}, before it opens on {commission.opens_on}.")
    with desk.store.read() as session:
        if consultations.wave_by_slug(session, commission.slug) is not None:
            raise NotReady(f"There is a consultation at '{commission.slug}' already. Choose another short name.")
        stored = consultations.find_survey_body(session, survey.id, survey.version)
        approved = sign_offs.newest(session)
    if stored is not None and stored != survey_body:
        raise NotReady(
            f"Version {survey.version} of the survey '{survey.id}' is stored here with another wording, and a version "
            f"never changes once it was asked. In your survey file, raise 'version:' to {survey.version + 1} or more."
        )
    first_day = max(commission.opens_on, desk.today())
    differs = differences(approved, commission.contact, survey.every_opening, first_day)
    if differs and not commission.simulated:
        raise NotReady(f"{' '.join(differs)} {MEND}")


def _lacks(survey: Survey, survey_body: str) -> str:
    counts = {each: len(gaps(survey_body, each)) for each in survey.languages if each in survey.partly}
    named = ", ".join(f"{IN_ENGLISH[each]} {count}" for each, count in counts.items())
    return (
        f"The survey is offered in languages that lack wordings: {named}. 'sayso check FILE --missing' lists them. "
        "Have them translated, take those languages out of 'languages:', or open with --partly-translated: then people "
        "read the rest in English, and are told so."
    )


def see_it_open(desk: Desk, wave_id: WaveId) -> Next:
    """See that a wave whose first day has come can take an answer, and every day that it runs as was signed off. Raises
    `NotYet`, which says what is missing.

    What is not signed off puts the first day of a wave off, because it would be a launch. Later it is said in the log,
    and on the officers' page, and the wave goes on: to cut off whoever talks to it would help nobody.
    """
    today = desk.today()
    with desk.store.read() as session:
        wave = consultations.wave_by_id(session, wave_id)
        if wave is None or not wave.is_open(today):
            return None
        slug = wave.consultation.slug
        if lack := _lack(desk, wave):
            raise NotYet(f"'{slug}' has opened and can't take answers. {lack}")
        differs = differences_of(session, desk.survey_of, wave, today)
    if not differs:
        return next_at(desk.now(), LOOKED_AT)
    if today > wave.opens_on:
        log.error("'%s' runs otherwise than the safeguarding lead signed off. %s %s", slug, " ".join(differs), MEND)
        return next_at(desk.now(), LOOKED_AT)
    with desk.store.write() as session:
        consultations.put_off(session, wave.id, today + DAY)
    log.error("'%s' can't open today, and is put off to tomorrow. %s %s", slug, " ".join(differs), MEND)
    return opening(today + DAY)


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
    if desk.keyring():
        return None
    return (
        "No safeguarding lead has a key. Put safeguarding-leads.json back beside the keys, or run "
        "'sayso safeguarding key'; then start Sayso again."
    )
