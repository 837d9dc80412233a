"""Coded answers as CSV, for analysts: UTF-8 with a byte order mark, so that Excel reads it rightly.

Every row says in its first column that it is internal. Knows no report.
"""

import csv
from collections.abc import Iterable
from dataclasses import fields
from io import StringIO

from analysis.exports.coded_answers import AnswerRow, answer_rows, values
from analysis.records import AnswerRecord, Coding


def export_csv(answers: Iterable[AnswerRecord], codings: Iterable[Coding], *, simulated: bool = False) -> bytes:
    """One line an answer under a line of column names."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([each.name for each in fields(AnswerRow)])
    writer.writerows(values(each) for each in answer_rows(answers, codings, simulated))
    return written.getvalue().encode("utf-8-sig")
