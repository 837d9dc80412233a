"""Coded answers as CSV, for analysts: UTF-8 with a byte order mark, so that Excel reads it rightly.

Every row says in its first column that it is internal, and in its last how far the coding was checked: marks of the
whole file would be lost when rows are copied, and lines above the column names break what reads them. Knows no report.
"""

import csv
from collections.abc import Iterable
from dataclasses import fields
from io import StringIO

from analysis.exports.coded_answers import AnswerRow, answer_rows, neutralised, values
from analysis.records import AnswerRecord, Coding


def export_csv(
    answers: Iterable[AnswerRecord], codings: Iterable[Coding], trust: str, *, simulated: bool = False
) -> bytes:
    """One line an answer under a line of column names. `trust` says how far the coding was checked."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([*(each.name for each in fields(AnswerRow)), "trust"])
    writer.writerows((*values(each), neutralised(trust)) for each in answer_rows(answers, codings, simulated))
    return written.getvalue().encode("utf-8-sig")
