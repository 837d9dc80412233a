"""The only way by which the analysis reaches answers: redacted, with no order of arrival, without safeguarding."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from consultation.domain.ids import ConsultationId, WaveId
from consultation.domain.wording import PLAIN
from consultation.storage.store import Store
from consultation.storage.tables import AnswerRow, ResponseRow, WaveRow


@dataclass(frozen=True)
class RedactedAnswer:
    """One stored answer. `text` is set for free text alone, `value` for choices, scores and numbers."""

    answer_id: str
    question: str
    kind: str
    value: Any
    text: str | None
    answered_on: date


@dataclass(frozen=True)
class RedactedResponse:
    """One respondent's answers in one wave. `locale` is that of the talk, as it was last."""

    response_id: str
    audience: str
    channel: str
    finished: bool
    answers: tuple[RedactedAnswer, ...]
    locale: str = PLAIN


def redacted_answers(store: Store, wave: WaveId, *, counted_only: bool = False) -> list[RedactedResponse]:
    """Responses of the wave in the order of their random ids, which says nothing of when they came: all of them, or
    those that published figures count by now."""
    with store.read() as session:
        wanted = select(ResponseRow).where(ResponseRow.wave_id == wave).order_by(col(ResponseRow.id))
        rows = session.exec(wanted.where(col(ResponseRow.counted)) if counted_only else wanted).all()
        answers: dict[str, list[RedactedAnswer]] = {row.id: [] for row in rows}
        mine = select(AnswerRow).join(ResponseRow).where(ResponseRow.wave_id == wave)
        for each in session.exec(mine.order_by(col(AnswerRow.question), col(AnswerRow.id))):
            if each.response_id not in answers:
                continue
            answers[each.response_id].append(_answer(each))
        return [_response(row, *answers[row.id]) for row in rows]


def answer_ids(consultation: ConsultationId) -> SelectOfScalar[str]:
    """Ids of all answers of a consultation, as a query: there may be millions."""
    mine = select(AnswerRow.id).join(ResponseRow).join(WaveRow)
    return mine.where(WaveRow.consultation_id == consultation)


def unread_answers(store: Store, wave: WaveId, read: Select[Any], page: int) -> Iterator[list[RedactedResponse]]:
    """Free texts of the wave whose ids `read` does not select, at most `page` at a time and each as a response that
    holds nothing else. Between two pages the database is left alone; what comes in meanwhile may be among the rest."""
    known = read.subquery()
    # One look into an index for each answer. PostgreSQL makes a join of NOT EXISTS, of everything, for every page.
    is_new = select(known.c[0]).where(known.c[0] == AnswerRow.id).scalar_subquery().is_(None)
    last = ""
    while True:
        unread = (
            select(AnswerRow, ResponseRow)
            .join(ResponseRow)
            .where(ResponseRow.wave_id == wave, AnswerRow.kind == "Told", is_new)
        )
        with store.read() as session:
            rows = session.exec(unread.where(col(AnswerRow.id) > last).order_by(col(AnswerRow.id)).limit(page)).all()
            found = [_response(response, _answer(answer)) for answer, response in rows]
        if not found:
            return
        yield found
        last = found[-1].answers[0].answer_id


@dataclass(frozen=True)
class Place:
    """Where a free text stands: of whom it was asked, what, and in which language they talked. Not the text."""

    audience: str
    question: str
    locale: str


def told_in(wave: WaveId) -> SelectOfScalar[str]:
    """Ids of the wave's free texts, as a query: there may be many."""
    return select(AnswerRow.id).join(ResponseRow).where(ResponseRow.wave_id == wave, AnswerRow.kind == "Told")


def places_of(store: Store, wave: WaveId) -> dict[str, Place]:
    """Every free text of the wave by its id."""
    columns = (AnswerRow.id, ResponseRow.audience, AnswerRow.question, ResponseRow.locale)
    wanted = select(*columns).join(ResponseRow).where(ResponseRow.wave_id == wave, AnswerRow.kind == "Told")
    with store.read() as session:
        return {answer: Place(*where) for answer, *where in session.exec(wanted)}


def redacted_answer(store: Store, wave: WaveId, answer: str) -> RedactedResponse | None:
    """One free text of the wave, as a response that holds nothing else; None where there is none by that id."""
    wanted = select(AnswerRow, ResponseRow).join(ResponseRow)
    with store.read() as session:
        found = session.exec(
            wanted.where(AnswerRow.id == answer, ResponseRow.wave_id == wave, AnswerRow.kind == "Told")
        ).first()
        return _response(found[1], _answer(found[0])) if found else None


def _answer(row: AnswerRow) -> RedactedAnswer:
    return RedactedAnswer(row.id, row.question, row.kind, row.value, row.text, row.answered_on)


def _response(row: ResponseRow, *answers: RedactedAnswer) -> RedactedResponse:
    return RedactedResponse(row.id, row.audience, row.channel, row.finished, answers, row.locale)
