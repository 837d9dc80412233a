"""The chapter of one wave, from what is stored: answers, codings, decisions, clearances."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.codebook import Codebook
from analysis.findings.build import Findings, build_report
from analysis.findings.report import Commission
from analysis.frameworks import Framework
from analysis.operations.take_records import answer_records, characteristics, response_records
from analysis.operations.take_reviews import take_reviews
from analysis.records import AnswerRecord, Coding, Facet, ResponseRecord
from analysis.storage import codings
from analysis.storage.database import Database
from consultation.domain.consultation import Wave
from consultation.domain.survey import Survey
from consultation.operations.redacted_answers import RedactedResponse


@dataclass(frozen=True)
class Analysed:
    """The findings of a wave, with the rows under them."""

    findings: Findings
    answers: list[AnswerRecord]
    codings: list[Coding]
    cleared: dict[str, str]


def report_wave(
    database: Database,
    wave: Wave,
    survey: Survey,
    responses: Sequence[RedactedResponse],
    codebook: Codebook,
    framework: Framework | None,
) -> Analysed:
    """Build the report of the wave as it stands now."""
    answers = answer_records(responses)
    with database.read() as session:
        stored = codings.codings_of(session, [each.answer_id for each in answers])
        found = [each for each in stored if each.facet is Facet.SENTIMENT or codebook.uses(each.code)]
        cleared = codings.cleared(session)
        reviews, doubled = take_reviews(session, wave, {each.answer_id for each in answers}, found)
    findings = build_report(
        commission=_commission(wave, responses),
        answers=answers,
        responses=response_records(responses),
        codings=found,
        codebook=codebook,
        framework=framework,
        run=run_id(answers, found, codebook, response_records(responses)),
        cleared=cleared,
        characteristics=characteristics(survey),
        reviews=reviews,
        doubled=doubled,
    )
    return Analysed(findings, answers, found, cleared)


def run_id(
    answers: Sequence[AnswerRecord],
    found: Sequence[Coding],
    codebook: Codebook,
    responses: Sequence[ResponseRecord] = (),
) -> str:
    """A name for exactly these inputs, in hexadecimal: the same answers and codings give the same references."""
    digest = hashlib.sha256(f"{codebook.id}:{codebook.version}".encode())
    for answer in sorted(answers, key=lambda each: each.answer_id):
        digest.update(f"{answer.answer_id}\0{answer.audience}\0{answer.question}\0{answer.text}\n".encode())
    for coding in found:
        digest.update(f"{coding.answer_id}\0{coding.facet}\0{coding.code}\0{coding.verdict}\n".encode())
    for response in sorted(responses, key=lambda each: each.response_id):
        digest.update(f"{response.response_id}\0{response.audience}\0{sorted(response.choices.items())}\n".encode())
    return digest.hexdigest()


def _commission(wave: Wave, responses: Sequence[RedactedResponse]) -> Commission:
    channels = {each.channel for each in responses} - {"simulation"}
    ways = {"web": "in a web chat", "telegram": "on Telegram", "terminal": "in a terminal"}
    how = " and ".join(ways[each] for each in sorted(channels) if each in ways)
    collected = f"People answered {how}, one question at a time." if how else ""
    if wave.consultation.simulated:
        collected = (
            f"Simulated respondents were played through the same conversation that people have. {collected}".strip()
        )
    return Commission(
        title=wave.consultation.title,
        authority=wave.consultation.authority,
        purpose=wave.consultation.purpose,
        decided_by=wave.consultation.decided_by,
        collected=collected,
        opens_on=wave.opens_on,
        closes_on=wave.closes_on,
        simulated=wave.consultation.simulated,
    )
