"""Coded answers, codings and guarded counts as a workbook for analysts. Knows no query and no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from analysis.exports.archive import without_times
from analysis.exports.coded_answers import (
    AnswerRow,
    CodingRow,
    answer_rows,
    coding_rows,
    handling,
    neutralised,
    values,
)
from analysis.exports.phrasing import SIMULATED
from analysis.findings.audiences import naming
from analysis.findings.report import Report
from analysis.records import AnswerRecord, Coding
from analysis.text.tokens import NOBODY_SEES, legend

_NEVER = datetime(1980, 1, 1)  # noqa: DTZ001 - the file format has no time zone, and the day means nothing
_WIDTHS = {
    "Text": 70, "Words": 50, "Reason": 50, "Outcomes": 26, "Themes": 32, "Handling": 22, "Hidden": 30, "Answer id": 14,
    "Outcome": 30, "Theme": 30, "Count": 14, "Of": 14, "Per cent": 10, "Confidence": 12, "Question": 18,
}  # fmt: skip
_OTHER_WIDTH = 18


@dataclass(frozen=True)
class _Formats:
    note: Any
    head: Any
    body: Any
    title: Any


def export_xlsx(report: Report, answers: Iterable[AnswerRecord], codings: Iterable[Coding]) -> bytes:
    """Sheets Read me, Answers, Codings and Counts. Answers and codings are exact and internal; counts are guarded."""
    answers, codings = list(answers), list(codings)
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(file, options)
    workbook.set_properties({"title": report.title, "author": report.authority, "created": _NEVER})
    formats = _formats(workbook)
    _write_read_me(workbook, report, answers, formats)
    note = f"{handling(report.simulated)}."
    answers_made = [values(each) for each in answer_rows(answers, codings, report.simulated)]
    codings_made = [values(each) for each in coding_rows(answers, codings, report.simulated)]
    _write_sheet(workbook, "Answers", note, _heads(AnswerRow), answers_made, formats)
    _write_sheet(workbook, "Codings", note, _heads(CodingRow), codings_made, formats)
    _write_counts(workbook, report, formats)
    workbook.close()
    return without_times(file.getvalue())


def _formats(workbook: Any) -> _Formats:
    return _Formats(
        note=workbook.add_format({"italic": True, "font_color": "#7A1F1F"}),
        head=workbook.add_format(
            {"bold": True, "bg_color": "#DCE8EC", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        ),
        body=workbook.add_format({"text_wrap": True, "valign": "top"}),
        title=workbook.add_format({"bold": True, "font_size": 14}),
    )


def _heads(row: type[AnswerRow] | type[CodingRow]) -> list[str]:
    return [each.name.replace("_", " ").capitalize() for each in fields(row)]


def _write_sheet(
    workbook: Any,
    name: str,
    note: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    formats: _Formats,
) -> None:
    """A note, a frozen row of heads with a filter, and the rows under it."""
    sheet = workbook.add_worksheet(name)
    sheet.write_string(0, 0, note, formats.note)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, _WIDTHS.get(head, _OTHER_WIDTH), formats.body)
        sheet.write_string(1, column, head, formats.head)
    for place, row in enumerate(rows, start=2):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(place, column, value, formats.body)
            elif value is not None:
                sheet.write_number(place, column, value, formats.body)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, max(1, len(rows) + 1), len(heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _write_counts(workbook: Any, report: Report, formats: _Formats) -> None:
    rows = [
        (
            neutralised(each.outcome or "All outcomes"),
            naming(each.audience).many.capitalize(),
            neutralised(each.theme),
            "not shown" if each.count.shown is None else each.count.shown,
            "not shown" if each.base.shown is None else each.base.shown,
            each.percent,
        )
        for each in report.counts
    ]
    simulated = f" {SIMULATED}" if report.simulated else ""
    note = f"People, not mentions. Rounded, and hidden where small: as in the published chapter.{simulated}"
    _write_sheet(workbook, "Counts", note, ("Outcome", "Audience", "Theme", "Count", "Of", "Per cent"), rows, formats)


def _write_read_me(workbook: Any, report: Report, answers: Sequence[AnswerRecord], formats: _Formats) -> None:
    sheet = workbook.add_worksheet("Read me")
    sheet.set_column(0, 0, 110, formats.body)
    sheet.write_string(0, 0, neutralised(report.title), formats.title)
    lines = (
        *((SIMULATED,) if report.simulated else ()),
        f"{handling(report.simulated)}. The sheets Answers and Codings hold single answers, from which small groups can"
        " be counted. Take figures for publication from the sheet Counts or from the chapter.",
        "Answers: one row an answer. State is coded, uncoded or withheld. Words are those that carried each theme.",
        " ".join((NOBODY_SEES, *(f"{each.text}: {each.stood}." for each in legend(each.text for each in answers)))),
        "Codings: one row a code on a span of an answer, with the reason, and what a person made of it.",
        "Counts: how many people of each audience raised each theme under each outcome, guarded for disclosure.",
        "A cell that begins with an apostrophe would otherwise have been read as a formula.",
        *report.trust,
        *report.how,
        *report.limits,
        f"Analysis run {report.run}.",
    )
    for place, line in enumerate(lines, start=2):
        sheet.write_string(place, 0, neutralised(line), formats.body)
