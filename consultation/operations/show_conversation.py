"""The talk so far, for doors that show a page: what was asked and answered, and what the bot said last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from consultation.domain.consultation import Channel, Wave
from consultation.domain.ids import ResponseId
from consultation.domain.languages import is_easy
from consultation.domain.survey import Question, Survey
from consultation.domain.wording import PLAIN, Words
from consultation.flow.asking import fill
from consultation.flow.state import State
from consultation.locale import in_words, render, written_in
from consultation.operations.converse import Desk, whose_still
from consultation.operations.messages import Message, say
from consultation.storage import turns
from consultation.storage.tables import AnswerRow


@dataclass(frozen=True)
class Exchange:
    """One question with the answer that is stored, as text; free text as redacted. `lang` is the language of what was
    asked, `picture` stands beside it in Easy Read; `own`: they are the person's words or choice, and not ours for a
    question that was skipped."""

    asked: str
    answered: str
    lang: str = PLAIN
    picture: str = ""
    own: bool = True


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
    earlier = [_exchange(survey, each, stored[each.id], state, wave) for each in survey.questions if each.id in stored]
    return Talk(state.locale, tuple(earlier), latest)


def _exchange(survey: Survey, question: Question, answer: AnswerRow, state: State, wave: Wave) -> Exchange:
    locale, prompt = state.locale, fill(survey, state.answered, question.prompt)
    labels = {str(each.id): render(fill(survey, state.answered, each.label), locale) for each in question.options}
    return Exchange(
        say(prompt, locale, wave),
        _as_text(answer, labels, locale),
        written_in(prompt, locale),
        question.picture if is_easy(locale) else "",
        answer.kind not in ("Skipped", "Withheld"),
    )


def _as_text(answer: AnswerRow, labels: Mapping[str, str], locale: str) -> str:
    match answer.kind:
        case "Skipped":
            return render(Words("web.skipped"), locale)
        case "Withheld":
            return render(Words("web.withheld"), locale)
        case "Told":
            return answer.text or ""
        case "Dated":
            return _as_day(str(answer.value), locale)
    values = [str(each) for each in (answer.value if isinstance(answer.value, list) else [answer.value])]
    shown = [labels.get(each, each) for each in values]
    if answer.kind == "Ranked":
        shown = [f"{place}. {label}" for place, label in enumerate(shown, 1)]
    return ", ".join(shown)


def _as_day(written: str, locale: str) -> str:
    """As exactly as it was asked for: in words, as 03/2025, or a year alone."""
    parts = written.split("-")
    return in_words(date.fromisoformat(written), locale) if len(parts) == 3 else "/".join(reversed(parts))
