"""Consultations, their waves, and the survey versions that they ask."""

from datetime import date
from typing import Any

from sqlalchemy import and_, update
from sqlmodel import Session, col, select

from consultation.domain.consultation import Consultation, ContactMode, Wave
from consultation.domain.ids import ConsultationId, SurveyId, WaveId
from consultation.domain.retention import USUAL, Kept
from consultation.storage.tables import ClosingRow, ConsultationRow, RetentionRow, SurveyRow, WaveRow


def add_wave(session: Session, wave: Wave, survey_body: str) -> None:
    """Store the wave, its consultation if new, and the survey version word for word."""
    consultation = wave.consultation
    if session.get(ConsultationRow, consultation.id) is None:
        terms = [[first.isoformat(), last.isoformat()] for first, last in consultation.terms]
        session.add(ConsultationRow(**{**vars(consultation), "terms": terms}))
    if session.get(SurveyRow, (wave.survey, wave.survey_version)) is None:
        session.add(SurveyRow(id=wave.survey, version=wave.survey_version, body=survey_body))
    session.flush()
    session.add(
        WaveRow(
            id=wave.id,
            consultation_id=consultation.id,
            survey_id=wave.survey,
            survey_version=wave.survey_version,
            opens_on=wave.opens_on,
            closes_on=wave.closes_on,
        )
    )


def put_off(session: Session, wave: WaveId, opens_on: date) -> None:
    """Let a wave open on a later day than was planned."""
    session.execute(update(WaveRow).where(col(WaveRow.id) == wave).values(opens_on=opens_on))


def wave_by_slug(session: Session, slug: str) -> Wave | None:
    """The newest wave of the consultation at `slug`."""
    found = session.exec(_joined().where(ConsultationRow.slug == slug).order_by(col(WaveRow.opens_on).desc())).first()
    return _wave(*found) if found else None


def wave_by_id(session: Session, wave: WaveId) -> Wave | None:
    return next((each for each in waves(session) if each.id == wave), None)


def waves(session: Session) -> list[Wave]:
    """All waves, newest first."""
    order = (col(WaveRow.opens_on).desc(), col(ConsultationRow.slug))
    return [_wave(*row) for row in session.exec(_joined().order_by(*order))]


def survey_body(session: Session, survey: SurveyId, version: int) -> str:
    """A survey version word for word. Raises `KeyError`."""
    body = find_survey_body(session, survey, version)
    if body is None:
        raise KeyError(f"{survey} version {version}")
    return body


def find_survey_body(session: Session, survey: SurveyId, version: int) -> str | None:
    """The same; None where this version was never stored."""
    row = session.get(SurveyRow, (survey, version))
    return row.body if row else None


def _joined() -> Any:
    """Waves, their consultations, how far the closing of those has come that are being closed, or are, and how long
    answers are kept."""
    columns: list[Any] = [WaveRow, ConsultationRow, ClosingRow.step, RetentionRow.days, RetentionRow.begun_on]
    joined: Any = select(*columns)
    joined = joined.join(ConsultationRow, col(WaveRow.consultation_id) == ConsultationRow.id)
    joined = joined.join(ClosingRow, col(ClosingRow.wave_id) == WaveRow.id, isouter=True)
    answers = and_(col(RetentionRow.consultation_id) == ConsultationRow.id, col(RetentionRow.what) == Kept.ANSWERS)
    return joined.join(RetentionRow, answers, isouter=True)


def _wave(
    row: WaveRow, consultation: ConsultationRow, closing: str | None, days: int | None, gone_on: date | None
) -> Wave:
    return Wave(
        id=WaveId(row.id),
        consultation=Consultation(
            id=ConsultationId(consultation.id),
            slug=consultation.slug,
            title=consultation.title,
            authority=consultation.authority,
            purpose=consultation.purpose,
            decided_by=consultation.decided_by,
            framework=consultation.framework,
            simulated=consultation.simulated,
            contact=ContactMode(consultation.contact),
            translations=consultation.translations,
            terms=tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in consultation.terms),
        ),
        survey=SurveyId(row.survey_id),
        survey_version=row.survey_version,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        closed=closing is not None,
        answers_kept=USUAL[Kept.ANSWERS] if days is None else days,
        answers_gone_on=gone_on,
    )
