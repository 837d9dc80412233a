"""The talk so far, for doors that show a page: what was asked and answered, and what the bot said last."""

from dataclasses import dataclass

from consultation.domain.consultation import Channel, Wave
from consultation.domain.ids import ResponseId
from consultation.domain.survey import Question
from consultation.domain.wording import PLAIN
from consultation.flow.state import State
from consultation.operations.converse import Desk, whose_still
from consultation.operations.messages import Message
from consultation.storage import turns
from consultation.storage.tables import AnswerRow


@dataclass(frozen=True)
class Exchange:
    """One question with the answer that is stored, as text; free text as redacted."""

    asked: str
    answered: str


@dataclass(frozen=True)
class Talk:
    """`latest` ends with the prompt that stands, if one does; empty means that nothing was begun."""

    locale: str
    earlier: tuple[Exchange, ...] = ()
    latest: tuple[Message, ...] = ()


def show_conversation(desk: Desk, wave: Wave, channel: Channel, chat: str) -> Talk:
    """The conversation of this chat, with no change to it."""
    who = whose_still(desk, wave, channel, chat)
    if who is None:
        return Talk(PLAIN)
    with desk.store.read() as session:
        row = turns.conversation(session, who)
        if row is None:
            return Talk(PLAIN)
        state = State.from_json(row.state)
        latest = tuple(Message.from_json(each) for each in row.said)
        response = ResponseId(row.response_id) if row.response_id else None
        stored = {each.question: each for each in turns.answers_of(session, response)} if response else {}
    survey = desk.survey_of(wave)
    earlier = [
        Exchange(each.prompt.in_(state.locale), _as_text(each, stored[each.id], state.locale))
        for each in survey.questions
        if each.id in stored
    ]
    return Talk(state.locale, tuple(earlier), latest)


def _as_text(question: Question, answer: AnswerRow, locale: str) -> str:
    if answer.kind == "Skipped":
        return "–"
    if answer.kind == "Withheld":
        return "✉"
    if answer.text is not None:
        return answer.text
    values = [str(each) for each in (answer.value if isinstance(answer.value, list) else [answer.value])]
    labels = {str(each.id): each.label.in_(locale) for each in question.options}
    return ", ".join(labels.get(each, each) for each in values)
