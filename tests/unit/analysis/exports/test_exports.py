"""Every file opens in what reads it, says the same, leaks nothing small, and is the same bytes each time."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from analysis.exports.coded_answers import INTERNAL, neutralised
from analysis.exports.csv import export_csv
from analysis.exports.docx import export_docx
from analysis.exports.html import export_html
from analysis.exports.phrasing import SIMULATED, curled
from analysis.exports.xlsx import export_xlsx
from analysis.findings.trust import brief
from tests.unit.analysis.findings.small_consultation import COMMISSION, SmallConsultation, small_consultation

MADE = small_consultation()
REPORT = MADE.report().report
HEADINGS = [
    "Be healthy", "Stay safe", "Key messages from parents and carers", "Key messages from staff", "Who took part",
    "How well people listen", "How far the coding was checked", "How it was done", "Limits",
]  # fmt: skip


def as_csv(made: SmallConsultation) -> bytes:
    return export_csv(made.answers, made.codings, brief(MADE.report().trust), simulated=True)


def as_xlsx(made: SmallConsultation) -> bytes:
    return export_xlsx(made.report().report, made.answers, made.codings)


def as_docx(made: SmallConsultation) -> bytes:
    return export_docx(made.report().report)


def as_html(made: SmallConsultation) -> bytes:
    return export_html(made.report().report)


@pytest.mark.parametrize("export", [as_csv, as_xlsx, as_docx, as_html])
def test_the_same_answers_in_any_order_are_the_same_bytes(
    export: Callable[[SmallConsultation], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export(MADE)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)  # a zip would otherwise take the hour from here
    assert export(small_consultation().reversed()) == first


def table_texts(document: Any) -> str:
    return "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)


def whole_text(document: Any) -> str:
    return "\n".join([*(each.text for each in document.paragraphs), table_texts(document)])


class TestDocx:
    document: Any = Document(BytesIO(export_docx(REPORT)))

    def test_headings_are_words_own_and_in_order(self) -> None:
        assert [each.text for each in self.document.paragraphs if each.style.name == "Heading 1"] == [
            "Consultation research"
        ]
        assert [each.text for each in self.document.paragraphs if each.style.name == "Heading 2"] == HEADINGS

    def test_the_table_of_an_outcome_has_the_chapters_rows_and_real_bullets(self) -> None:
        table = next(each for each in self.document.tables if "bullying" in each.rows[0].cells[1].text)
        assert [row.cells[0].text for row in table.rows] == [
            "Children and young people tell us:",
            "Parents and carers tell us:",
            "Staff tell us:",
            "So therefore we need a workforce that:",
            "Delivered through the strategic objective to:",
        ]
        first = table.rows[0].cells[1].paragraphs[0]
        assert first.style.name == "List Bullet"
        assert first.text.startswith(
            "they want bullying dealt with (about 25 of about 40 young people)\nSS-YP-bullying"
        )

    def test_it_is_marked_as_simulated_wherever_it_may_be_cut(self) -> None:
        section = self.document.sections[0]
        assert SIMULATED in whole_text(self.document)
        assert "Simulated" in section.header.paragraphs[0].text
        assert "Simulated" in section.footer.paragraphs[0].text
        attributions = [each.text for each in self.document.paragraphs if each.style.name == "Attribution"]
        assert attributions
        assert all("(simulated)" in each for each in attributions)

    def test_page_and_language_are_british(self) -> None:
        section = self.document.sections[0]
        assert (round(section.page_width.cm), round(section.page_height.cm, 1)) == (21, 29.7)
        assert 'w:lang w:val="en-GB"' in self.document.styles.element.xml

    def test_it_reads_as_prose(self) -> None:
        text = whole_text(self.document)
        assert "None" not in text
        assert '"' not in text
        assert "'" not in text
        assert not re.search(r"\b[ar]\d-\d\d\b", text)

    def test_odd_characters_do_not_break_it(self) -> None:
        made = MADE.quoting("a0-00", 'I said \x00 it was \ud800 all right with me, "honest" <b>so</b>')
        text = whole_text(Document(BytesIO(as_docx(made))))
        assert "‘honest’ <b>so</b>”" in text

    def test_real_data_is_not_called_simulated(self) -> None:
        report = MADE.report(replace(COMMISSION, simulated=False)).report
        assert "imulated" not in whole_text(Document(BytesIO(export_docx(report))))
        assert b"imulated data" not in export_html(report)


class Outline(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def count(self, tag: str) -> int:
        return sum(1 for each, _ in self.tags if each == tag)


class TestHtml:
    page = export_html(REPORT)
    outline = Outline(page)

    def test_it_can_be_read_by_a_machine_that_reads_aloud(self) -> None:
        assert self.outline.count("h1") == 1
        assert self.outline.count("h2") == len(HEADINGS)
        assert ("html", {"lang": "en-GB"}) in self.outline.tags
        assert self.outline.count("table") == self.outline.count("caption")
        assert all(attributes.get("scope") in ("row", "col") for tag, attributes in self.outline.tags if tag == "th")

    def test_it_needs_nothing_from_elsewhere(self) -> None:
        assert not {"script", "img", "iframe"} & {tag for tag, _ in self.outline.tags}
        assert not [
            each for _, each in self.outline.tags if "src" in each or (each.get("href") or "data:,") != "data:,"
        ]

    def test_what_people_typed_is_text_and_not_markup(self) -> None:
        attack = "<script>alert('you have been quoted')</script> is what I would like to say"
        page = as_html(MADE.quoting("a0-00", attack))
        assert b"<script" not in page
        assert b"&lt;script&gt;" in page

    def test_it_says_what_the_word_file_says(self) -> None:
        text = " ".join("".join(self.outline.said).split())
        document: Any = Document(BytesIO(export_docx(REPORT)))
        for paragraph in document.paragraphs:
            assert " ".join(paragraph.text.split()) in text or paragraph.style.name in ("Attribution", "Table note")


class TestSpreadsheets:
    def test_csv_parses_back_with_every_answer_and_its_mark(self) -> None:
        written = as_csv(MADE)
        assert written.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(StringIO(written.decode("utf-8-sig"))))
        assert [each["answer_id"] for each in rows] == [
            each.answer_id for each in sorted(MADE.answers, key=lambda a: (a.audience, a.question, a.answer_id))
        ]
        assert {each["handling"] for each in rows} == {f"{INTERNAL}. Simulated data"}
        states = [each["state"] for each in rows]
        assert {state: states.count(state) for state in states} == {"coded": 64, "uncoded": 1, "withheld": 1}
        assert next(each for each in rows if each["answer_id"] == "a0-00") == {
            "handling": f"{INTERNAL}. Simulated data",
            "answer_id": "a0-00",
            "audience": "young_person",
            "question": "safer",
            "text": MADE.answers[0].text,
            "hidden": "",
            "state": "coded",
            "outcomes": "stay_safe",
            "outcomes_confidence": "0.75",
            "themes": "bullying",
            "themes_confidence": "0.75",
            "sentiment": "mixed",
            "sentiment_confidence": "0.75",
            "checked_by_person": "no",
            "words": f"bullying: {MADE.answers[0].text[:12]}",
            "trust": "0 of 65 answers reviewed by a person; F1 not known (n = 0 drawn at random); alpha not known"
            " (n = 0 coded by two people); codebook “A small codebook”, version 2; coder 1",
        }

    def test_a_token_is_explained_beside_the_answer_and_in_the_read_me(self) -> None:
        told = replace(MADE.answers[0], text="[name] at [school] told [name]")
        made = replace(MADE, answers=(told, *MADE.answers[1:]))
        row = next(csv.DictReader(StringIO(as_csv(replace(made, answers=(told,))).decode("utf-8-sig"))))
        assert row["hidden"] == "[name] a person’s name; [school] the name of a school or college"
        read_me = [str(each[0]) for each in load_workbook(BytesIO(as_xlsx(made)))["Read me"].values if each[0]]
        assert any("[school]: the name of a school or college" in each for each in read_me)
        assert not any("postcode" in each for each in read_me)

    def test_no_one_is_linked_or_described(self) -> None:
        assert b"r0-00" not in as_csv(MADE)
        assert b"11_12" not in as_csv(MADE)

    def test_the_workbook_has_its_sheets_with_heads_and_filters(self) -> None:
        book = load_workbook(BytesIO(as_xlsx(MADE)))
        assert book.sheetnames == ["Read me", "Answers", "Codings", "Counts"]
        for name, rows in (("Answers", len(MADE.answers)), ("Codings", len(MADE.codings))):
            sheet = book[name]
            assert INTERNAL in str(sheet["A1"].value)
            assert sheet.freeze_panes == "A3"
            assert sheet.auto_filter.ref
            assert sheet.max_row == rows + 2

    @pytest.mark.parametrize("text", ["=1+1", "+44 is not", "-2", "@all", "\tcmd", "  =SUM(A1)"])
    def test_no_answer_becomes_a_formula(self, text: str) -> None:
        assert neutralised(text) == f"'{text}"
        made = MADE.with_text("a0-00", text)
        row = next(csv.reader(StringIO(as_csv(made).decode("utf-8-sig").split("a0-00", 1)[1])))
        assert row[3] == f"'{text}"
        sheet = load_workbook(BytesIO(as_xlsx(made)))["Answers"]
        assert all(cell.data_type != "f" for each in sheet.iter_rows() for cell in each)
        assert f"'{text}" in [cell.value for cell in sheet["E"]]


def test_every_file_says_how_far_its_coding_was_checked() -> None:
    said = "No person has yet read an answer through and judged how it was coded (0 of about 65 answers)."
    assert said in REPORT.trust
    assert said in whole_text(Document(BytesIO(export_docx(REPORT))))
    assert said in export_html(REPORT).decode()
    assert said in [each[0] for each in load_workbook(BytesIO(as_xlsx(MADE)))["Read me"].values]
    rows = list(csv.DictReader(StringIO(as_csv(MADE).decode("utf-8-sig"))))
    assert all("0 of 65 answers reviewed" in each["trust"] for each in rows)


def test_no_small_number_of_people_is_in_any_published_cell() -> None:
    """Cells are read back out of the files. What may stand there is nought, a multiple of five, or a word."""
    counts = load_workbook(BytesIO(as_xlsx(MADE)))["Counts"]
    numbers = [row[3:5] for row in counts.iter_rows(min_row=3, values_only=True)]
    assert ("not shown", 40) in numbers
    assert ("not shown", "not shown") in numbers
    assert all(each == "not shown" or int(str(each)) % 5 == 0 for row in numbers for each in row)
    cells = []
    for table in Document(BytesIO(export_docx(REPORT))).tables:
        if table.rows[0].cells[0].text == "Answer":
            cells += [cell.text for row in table.rows[1:] for cell in row.cells[1:]]
    assert "not shown" in cells
    assert all(re.fullmatch(r"0|not shown|\d*[05]( \(\d+%\))?", each) for each in cells)
    said = [int(each) for each in re.findall(r"about (\d+) of", export_html(REPORT).decode())]
    assert said
    assert all(each >= 10 and each % 5 == 0 for each in said)


def test_marks_are_set_as_printers_set_them() -> None:
    assert curled('"It\'s fine," she said') == "“It’s fine,” she said"
    assert curled("they said 'maybe' and 'til then") == "they said ‘maybe’ and ’til then"
