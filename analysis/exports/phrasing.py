"""The words that the chapter's formats share: headings, counts in words, attributions, typographers' marks.

Knows no file format. Holds no number that is not in the report.
"""

import re
from collections.abc import Iterable, Sequence

from analysis.findings.audiences import naming
from analysis.findings.report import Cell, Checked, Column, OutcomeSection, Quotation, Report, Statement, Voice

CHAPTER = "Consultation research"
WORKFORCE = "So therefore we need a workforce that:"
OBJECTIVES = "Delivered through the strategic objective to:"
WHO, TRUST, HOW, LIMITS = "Who took part", "How far the coding was checked", "How it was done", "Limits"
SIMULATED = (
    "Simulated data: nobody said these things. The answers were written to show how the system works, and no decision"
    " should rest on them."
)
SIMULATED_SHORT = "Simulated data"

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
_OPENS = re.compile(r"(?:^|(?<=[\s(\[{–—-]))\"")


def printable(text: str) -> str:
    """The text without the characters that no file format can hold."""
    return _UNPRINTABLE.sub("", text)


def curled(text: str) -> str:
    """Straight quotation marks and apostrophes as printers set them."""
    text = _OPENS.sub("“", printable(text)).replace('"', "”")
    text = re.sub(r"(?:^|(?<=[\s(\[{“]))'(?=\w+')", "‘", text)  # 'so' in single marks, but not 'til
    return text.replace("'", "’")


def tell_us(audience: str) -> str:
    """Children and young people tell us:"""
    return f"{_capital(naming(audience).tellers)} tell us:"


def how_many(statement: Statement, audience: str) -> str:
    """about 40 of about 115 young people"""
    return f"{statement.count} of {statement.base} {naming(audience).many}"


def nothing_to_show(voice: Voice) -> str:
    """Why an audience has no line here."""
    return f"Too few {naming(voice.audience).many} said the same thing about this for it to be shown."


def nothing_at_all(section: OutcomeSection) -> bool:
    return not any(voice.statements for voice in section.voices)


NOTHING_AT_ALL = (
    "Too few people said the same thing about this outcome for anything to be shown without a risk of giving somebody"
    " away. That does not mean that it matters to nobody."
)


def rare_note(voices: Iterable[Voice]) -> str:
    """That there was more, which too few said each; "" where there was not."""
    if not any(voice.rare for voice in voices):
        return ""
    return "Other things were said too, each by too few people to be shown."


def check_of_all(voices: Iterable[Voice]) -> Checked | None:
    """How far all these figures have been checked, where that is the same for all of them."""
    found = {statement.checked for voice in voices for statement in voice.statements}
    return found.pop() if len(found) == 1 else None


def check_note(voices: Sequence[Voice]) -> str:
    """How far the figures of a table have been checked, or that each line says so for itself."""
    check = check_of_all(voices)
    if check is None:
        said = any(voice.statements for voice in voices)
        return "Coded by machine; each line says how far a person has checked it." if said else ""
    return "All of these figures: " + ("" if check is Checked.FULLY else "coded by machine, ") + f"{check.value}."


def reference(statement: Statement, voices: Iterable[Voice]) -> str:
    """SS-YP-bullying.a41c, with how far it has been checked where that differs among the lines around it."""
    return statement.evidence if check_of_all(voices) else f"{statement.evidence} · {statement.checked.value}"


def key_messages_lead(voice: Voice) -> str:
    """What leads into the bullets of one audience over all outcomes."""
    return f"Over all outcomes together, {naming(voice.audience).many} tell us most often:"


def in_quotation_marks(quotation: Quotation) -> str:
    """The words, with any double marks inside them turned single."""
    inside = curled(quotation.text).replace("“", "‘").replace("”", "’")
    return f"“{inside}”"


def attribution(quotation: Quotation, report: Report) -> str:
    """Young person (simulated)"""
    who = _capital(naming(quotation.audience).one)
    return f"{who} (simulated)" if report.simulated else who


def column_head(column: Column) -> str:
    """Young people (about 115)"""
    return f"{_capital(naming(column.audience).many)} ({column.base})"


def cell_text(cell: Cell) -> str:
    """40 (35%)"""
    if cell.count.shown is None:
        return "not shown"
    share = f" ({cell.percent}%)" if cell.percent is not None else ""
    return f"{cell.count.shown:,}{share}" if cell.count.shown else "0"


def mean_note(columns: Sequence[Column]) -> str:
    """Average, from the rounded numbers: 3.4 (about 40 young people). "" where none may be shown."""
    means = [
        f"{column.mean} (about {_scored(column):,} {naming(column.audience).many})" for column in columns if column.mean
    ]
    return f"Average, from the rounded numbers: {'; '.join(means)}." if means else ""


def _scored(column: Column) -> int:
    """Whoever is in a cell but the last, which holds those who did not answer."""
    return sum(each.count.shown or 0 for each in column.cells[:-1])


def source_note(report: Report) -> str:
    return f"Strategic objectives: {report.framework_source}." if report.framework_source else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
