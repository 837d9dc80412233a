"""From a wave's redacted responses to the flat rows of the analysis, and from its survey to what is tabulated."""

from collections.abc import Sequence
from typing import Literal

from analysis.findings.participants import Characteristic
from analysis.records import AnswerRecord, ResponseRecord
from consultation.domain.languages import language_of
from consultation.domain.survey import Question, QuestionKind, Survey
from consultation.domain.wording import PLAIN
from consultation.operations.redacted_answers import RedactedResponse

TABULATED_AS: dict[QuestionKind, Literal["several", "scale"]] = {
    QuestionKind.SCALE: "scale",
    QuestionKind.SEVERAL: "several",
    QuestionKind.RANKING: "several",  # who put it among their first, whatever its place
}


def answer_records(responses: Sequence[RedactedResponse]) -> list[AnswerRecord]:
    """Every free-text answer that was given, the withheld ones without their words; skips are no answers."""
    return [
        AnswerRecord(
            answer_id=answer.answer_id,
            response_id=response.response_id,
            audience=response.audience,
            question=answer.question,
            text=answer.text or "",
            answered_on=answer.answered_on,
            withheld=answer.kind == "Withheld",
            language=language_of(response.locale),
        )
        for response in responses
        for answer in response.answers
        if answer.kind in ("Told", "Withheld")
    ]


def response_records(responses: Sequence[RedactedResponse]) -> list[ResponseRecord]:
    return [
        ResponseRecord(
            response_id=each.response_id,
            audience=each.audience,
            finished=each.finished,
            choices={
                answer.question: tuple(answer.value) if isinstance(answer.value, list) else answer.value
                for answer in each.answers
                if answer.kind in ("Chosen", "ChosenSeveral", "Ranked", "Scored", "Counted", "Dated")
            },
        )
        for each in responses
    ]


def characteristics(survey: Survey) -> list[Characteristic]:
    """What "who took part" and "how well listened to" tabulate: the survey's segments and its scales."""
    return [
        Characteristic(
            question=each.id,
            title=_capital(each.short_name.in_(PLAIN)),
            options={option.id: option.label.in_(PLAIN) for option in each.options},
            kind=TABULATED_AS.get(each.kind, "choice"),
            audiences=tuple(sorted(audience.value for audience in each.audiences)),
        )
        for each in survey.questions
        if _is_tabulated(each)
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _is_tabulated(question: Question) -> bool:
    return question.kind is QuestionKind.SCALE or (question.reports_as == "segment" and bool(question.options))
