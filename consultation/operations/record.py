"""What a step of a talk records, as rows: a response is opened, answered, finished or taken back."""

from collections.abc import Callable
from datetime import date

from consultation.domain.answer import Answer
from consultation.domain.consultation import Audience, Channel, Wave
from consultation.domain.ids import AnswerId, QuestionId, ResponseId
from consultation.flow.effects import (
    EraseAnswer,
    ExtendAnswer,
    FinishResponse,
    RecordAnswer,
    RecordConsent,
    WithdrawResponse,
)
from consultation.flow.state import State
from consultation.flow.stepping import Step
from consultation.storage.turns import Recorded, Standing, Values, answer_values, extended


def record(
    after: Step, standing: Standing, wave: Wave, channel: Channel, new_id: Callable[[], str], today: date
) -> Recorded:
    """What to write over `standing`. Nothing is recorded where there is no consent."""
    rows = Recorded(standing.response)

    def write(response: ResponseId, question: QuestionId, answer: Answer) -> None:
        """Under a new id, so that nothing coded on an earlier wording sticks to it."""
        rows.erased.append((response, question))
        rows.answers.append(answer_values(response, question, answer, AnswerId(new_id()), today))

    for effect in after.effects:
        response = rows.response
        match effect:
            case RecordConsent(wording) if response is None:
                rows.response = ResponseId(new_id())
                rows.opened.append(_opened(rows.response, wave, channel, after.state, wording, today))
            case WithdrawResponse() if response is not None:
                rows.withdrawn.append(response)
                rows.response = None
            case RecordAnswer(question, answer) if response is not None:
                write(response, question, answer)
            case ExtendAnswer(question, more) if response is not None:
                write(response, question, extended(standing.text_of(response, question), more))
            case EraseAnswer(question) if response is not None:
                rows.erased.append((response, question))
            case FinishResponse() if response is not None:
                rows.finished.append(response)
            case _:
                pass
    if rows.response and rows.response == standing.response and standing.state:
        locale = after.state.locale
        if locale != standing.state.locale:
            rows.spoken.append((rows.response, locale))
    return rows


def _opened(response: ResponseId, wave: Wave, channel: Channel, state: State, wording: str, today: date) -> Values:
    assert state.audience is not None
    audience = Audience(state.audience).value
    return response, wave.id, audience, channel.value, state.locale, wording, today.isoformat()
