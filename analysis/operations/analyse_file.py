"""The same analysis for answers that came from elsewhere: no database, nothing kept but what is written out."""

from collections.abc import Callable, Sequence

from analysis.codebook import Codebook
from analysis.coding.suggestion import Coder
from analysis.findings.build import build_report
from analysis.findings.report import Commission
from analysis.frameworks import Framework
from analysis.operations.report_wave import Analysed, run_id
from analysis.operations.take_records import answer_records, response_records
from analysis.records import Coding
from consultation.operations.redacted_answers import RedactedResponse


def analyse_file(
    responses: Sequence[RedactedResponse],
    coder: Coder,
    codebook: Codebook,
    framework: Framework | None,
    commission: Commission,
    progress: Callable[[int], None] = lambda done: None,
) -> Analysed:
    """Code and report. Nothing is cleared for quotation: no person has read these answers here."""
    answers = answer_records(responses)
    codings: list[Coding] = []
    for done, answer in enumerate(answers, 1):
        if not answer.withheld:
            codings += coder.code([answer])[0].codings
        progress(done)
    findings = build_report(
        commission=commission,
        answers=answers,
        responses=response_records(responses),
        codings=codings,
        codebook=codebook,
        framework=framework,
        run=run_id(answers, codings, codebook),
    )
    return Analysed(findings, answers, codings, {})
