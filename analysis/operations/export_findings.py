"""Every file that comes out of an analysis, as name and bytes; the same findings give the same bytes."""

import json
from collections.abc import Mapping
from typing import Any

from analysis.exports.csv import export_csv
from analysis.exports.docx import export_docx
from analysis.exports.html import export_html
from analysis.exports.xlsx import export_xlsx
from analysis.findings.trust import brief, figures
from analysis.operations.report_wave import Analysed

EVIDENCE = "evidence.jsonl"


def export_findings(analysed: Analysed) -> dict[str, bytes]:
    """The chapter for publication, and the analysts' files, by file name."""
    report, trust = analysed.findings.report, brief(analysed.findings.trust)
    return {
        "chapter.docx": export_docx(report),
        "chapter.html": export_html(report),
        "coded-answers.csv": export_csv(analysed.answers, analysed.codings, trust, simulated=report.simulated),
        "coded-answers.xlsx": export_xlsx(report, analysed.answers, analysed.codings),
        EVIDENCE: "".join(
            json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in evidence_rows(analysed)
        ).encode(),
    }


def evidence_rows(analysed: Analysed) -> list[dict[str, Any]]:
    """What each reference of the report resolves to, by reference."""
    answers = {each.answer_id: each for each in analysed.answers}
    return [_evidence_row(analysed, ref, answers) for ref in sorted(analysed.findings.evidence)]


def _evidence_row(analysed: Analysed, ref: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    evidence = analysed.findings.evidence[ref]
    by_answer: dict[str, list[Any]] = {each: [] for each in evidence.answers}
    for coding in evidence.codings:
        by_answer.setdefault(coding.answer_id, []).append(coding)
    return {
        "ref": ref,
        "statement": evidence.statement,
        "respondents": len(evidence.responses),
        "of": evidence.base,
        "trust": figures(analysed.findings.trust),
        "simulated": analysed.findings.report.simulated,
        "answers": [
            {
                "answer": answer,
                "audience": answers[answer].audience,
                "question": answers[answer].question,
                "text": answers[answer].text,
                "codings": [
                    {
                        "code": each.code,
                        "words": answers[answer].text[each.start : each.end],
                        "confidence": each.confidence,
                        "coder": each.coder,
                        "verdict": each.verdict.value if each.verdict else "not yet checked by a person",
                        "reason": each.reason,
                    }
                    for each in codings
                ],
            }
            for answer, codings in sorted(by_answer.items())
        ],
    }
