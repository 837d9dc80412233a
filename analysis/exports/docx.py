"""The chapter as a Word document that an officer can paste into a strategy. Takes the report, knows no query.

What things look like is in `word_styles`, what they say in `phrasing` and in the report itself.
"""

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.shared import Cm

from analysis.exports import phrasing, word_styles
from analysis.exports.archive import without_times
from analysis.findings.report import Clause, KeyMessages, OutcomeSection, Quotation, Report, Statement, Table, Voice

_TEXT_WIDTH = 16.6  # cm: A4 less its margins
_LABEL_WIDTH = 3.9


def export_docx(report: Report) -> bytes:
    """One chapter."""
    document = Document()
    word_styles.set_page(document)
    word_styles.set_styles(document)
    word_styles.draw_left_rule(document.styles["Quote"])
    _set_properties(document, report)
    _write_margins(document, report)
    _write_opening(document, report)
    for section in report.sections:
        _write_outcome(document, section, report)
    for messages in report.key_messages:
        _write_key_messages(document, messages, report)
    _write_tables(document, report)
    _write_list(document, phrasing.TRUST, report.trust)
    _write_list(document, phrasing.HOW, report.how)
    _write_list(document, phrasing.LIMITS, report.limits)
    source = " ".join(filter(None, (phrasing.source_note(report), f"Analysis run {report.run[:12]}.")))
    document.add_paragraph(phrasing.curled(source), style=word_styles.NOTE)
    file = BytesIO()
    document.save(file)
    return without_times(file.getvalue())


def _set_properties(document: Any, report: Report) -> None:
    """A document's own facts, without the moment or the person of its making."""
    day = datetime.combine(report.dated, time()) if report.dated else datetime(1980, 1, 1)  # noqa: DTZ001
    facts = document.core_properties
    facts.title = phrasing.printable(f"{phrasing.CHAPTER}: {report.title}")
    facts.author = facts.last_modified_by = phrasing.printable(report.authority)
    facts.subject = phrasing.SIMULATED_SHORT if report.simulated else ""
    facts.comments = facts.keywords = ""
    facts.language = "en-GB"
    facts.created = facts.modified = day
    facts.revision = 1


def _write_margins(document: Any, report: Report) -> None:
    section = document.sections[0]
    simulated = f"{phrasing.SIMULATED_SHORT} · " if report.simulated else ""
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    header.add_run(phrasing.curled(f"{simulated}{phrasing.CHAPTER} · {report.authority}"))
    if report.simulated:
        footer.add_run(f"{phrasing.SIMULATED_SHORT} · ")
    word_styles.add_page_number(footer)


def _write_opening(document: Any, report: Report) -> None:
    document.add_heading(phrasing.CHAPTER, level=1)
    document.add_paragraph(phrasing.curled(report.title), style="Subtitle")
    if report.simulated:
        notice = document.add_paragraph(phrasing.SIMULATED, style=word_styles.NOTICE)
        word_styles.shade(notice, word_styles.NOTICE_SHADE)
    for paragraph in report.opening:
        document.add_paragraph(phrasing.curled(paragraph))


def _write_outcome(document: Any, section: OutcomeSection, report: Report) -> None:
    document.add_heading(phrasing.curled(section.title), level=2)
    if phrasing.nothing_at_all(section):
        document.add_paragraph(phrasing.NOTHING_AT_ALL)
    table = document.add_table(rows=0, cols=2)
    if not phrasing.nothing_at_all(section):
        for voice in section.voices:
            _write_voice(_labelled(table, phrasing.tell_us(voice.audience)), voice, section.voices)
    if section.workforce:
        _write_clauses(_labelled(table, phrasing.WORKFORCE), section.workforce)
    if section.objectives:
        cell = _labelled(table, phrasing.OBJECTIVES)
        for objective in section.objectives:
            _bullet(cell, objective)
        _drop_first(cell)
    if table.rows:
        word_styles.draw_borders(table)
        word_styles.set_widths(table, [Cm(_LABEL_WIDTH), Cm(_TEXT_WIDTH - _LABEL_WIDTH)])
    else:
        table._tbl.getparent().remove(table._tbl)
    _write_note(document, (phrasing.check_note(section.voices), phrasing.rare_note(section.voices)))
    _write_quotations(document, section.quotations, report)


def _labelled(table: Any, label: str) -> Any:
    """A new row: its label on the left, and the cell for what goes beside it."""
    row = table.add_row()
    word_styles.keep_whole(row)
    row.cells[0].paragraphs[0].style = word_styles.LABEL
    row.cells[0].paragraphs[0].add_run(label)
    word_styles.shade(row.cells[0], word_styles.LABEL_SHADE)
    return row.cells[1]


def _write_voice(cell: Any, voice: Voice, voices: Sequence[Voice]) -> None:
    if not voice.statements:
        cell.paragraphs[0].add_run(phrasing.nothing_to_show(voice))
        return
    for statement in voice.statements:
        _write_statement(cell, statement, voice.audience, voices)
    _drop_first(cell)


def _write_statement(holder: Any, statement: Statement, audience: str, voices: Sequence[Voice]) -> None:
    bullet = _bullet(holder, f"{statement.text} ({phrasing.how_many(statement, audience)})")
    _refer(bullet, phrasing.reference(statement, voices))


def _write_clauses(cell: Any, clauses: Sequence[Clause]) -> None:
    for clause in clauses:
        _refer(_bullet(cell, clause.text), ", ".join(clause.evidence))
    _drop_first(cell)


def _refer(bullet: Any, references: str) -> None:
    """References stand small on a line of their own, where they disturb no sentence and are easily deleted."""
    bullet.add_run().add_break()
    bullet.add_run(references, style=word_styles.REFERENCE)


def _bullet(holder: Any, text: str) -> Any:
    return holder.add_paragraph(phrasing.curled(text), style="List Bullet")


def _drop_first(cell: Any) -> None:
    """A new cell starts with an empty paragraph, which bullets make superfluous."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def _write_quotations(document: Any, quotations: Sequence[Quotation], report: Report) -> None:
    for each in quotations:
        document.add_paragraph(phrasing.in_quotation_marks(each), style="Quote")
        line = document.add_paragraph(phrasing.attribution(each, report), style=word_styles.ATTRIBUTION)
        line.add_run(f"  {each.evidence}", style=word_styles.REFERENCE)


def _write_key_messages(document: Any, messages: KeyMessages, report: Report) -> None:
    document.add_heading(phrasing.curled(messages.title), level=2)
    voice = messages.voice
    if not voice.statements:
        document.add_paragraph(phrasing.nothing_to_show(voice))
        return
    document.add_paragraph(phrasing.key_messages_lead(voice)).paragraph_format.keep_with_next = True
    for statement in voice.statements:
        _write_statement(document, statement, voice.audience, [voice])
    _write_note(document, (phrasing.check_note([voice]), phrasing.rare_note([voice])))
    _write_quotations(document, messages.quotations, report)


def _write_tables(document: Any, report: Report) -> None:
    if report.who_took_part:
        document.add_heading(phrasing.WHO, level=2)
    for table in report.who_took_part:
        _write_table(document, table)
    for table in report.scales:
        document.add_heading(phrasing.curled(table.title), level=2)
        _write_table(document, table, under_its_title=True)
        _write_note(document, (phrasing.mean_note(table.columns),))


def _write_table(document: Any, table: Table, under_its_title: bool = False) -> None:
    """One characteristic: its options down the side, its audiences across."""
    if not under_its_title:
        document.add_paragraph(phrasing.curled(table.title), style="Caption")
    drawn = document.add_table(rows=1 + len(table.labels), cols=1 + len(table.columns))
    heads = ("Answer", *(phrasing.column_head(each) for each in table.columns))
    for cell, head in zip(drawn.rows[0].cells, heads, strict=True):
        _write_cell(cell, head, bold=True)
        word_styles.shade(cell, word_styles.HEAD_SHADE)
    word_styles.repeat_as_head(drawn.rows[0])
    for place, label in enumerate(table.labels):
        row = drawn.rows[place + 1]
        _write_cell(row.cells[0], label, last=place + 1 == len(table.labels))
        for cell, column in zip(row.cells[1:], table.columns, strict=True):
            _write_cell(cell, phrasing.cell_text(column.cells[place]), last=place + 1 == len(table.labels))
    word_styles.draw_borders(drawn)
    word_styles.set_widths(
        drawn, [Cm(5.8), *[Cm((_TEXT_WIDTH - 5.8) / max(3, len(table.columns)))] * len(table.columns)]
    )
    _write_note(document, (", ".join(each.evidence for each in table.columns),), style=word_styles.REFERENCE)


def _write_cell(cell: Any, text: str, bold: bool = False, last: bool = False) -> None:
    """Rows of a small table stay together: each but the last keeps with the next."""
    paragraph = cell.paragraphs[0]
    paragraph.add_run(phrasing.curled(text)).bold = bold
    paragraph.paragraph_format.space_after = Cm(0)
    paragraph.paragraph_format.keep_with_next = not last


def _write_list(document: Any, title: str, sentences: Sequence[str]) -> None:
    document.add_heading(title, level=2)
    for sentence in sentences:
        _bullet(document, sentence)


def _write_note(document: Any, sentences: Sequence[str], style: str | None = None) -> None:
    text = " ".join(filter(None, sentences))
    if text:
        document.add_paragraph(style=word_styles.NOTE).add_run(phrasing.curled(text), style=style)
