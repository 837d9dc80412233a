"""The only way by which the analysis reaches answers: redacted, with no order of arrival, without safeguarding."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from consultation.domain.ids import WaveId
from consultation.storage.store import Store
from consultation.storage.tables import AnswerRow, ResponseRow


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
    """One respondent's answers in one wave."""

    response_id: str
    audience: str
    channel: str
    finished: bool
    answers: tuple[RedactedAnswer, ...]


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
            answers[each.response_id].append(
                RedactedAnswer(each.id, each.question, each.kind, each.value, each.text, each.answered_on)
            )
        return [
            RedactedResponse(row.id, row.audience, row.channel, row.finished, tuple(answers[row.id])) for row in rows
        ]
