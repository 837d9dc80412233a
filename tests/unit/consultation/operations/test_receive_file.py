"""Files of answers that cannot be read as they are get a sentence; a question may name somebody, like an answer."""

import csv
import io
from datetime import date

import pytest

from consultation.domain.text import Kind
from consultation.operations.receive_file import BadAnswersFile, Received, receive_file
from consultation.privacy.detect import WordDetector, default_detector
from tests.builders import TODAY, plain_screen, survey

HEADER = "audience,question,text"


def received(content: str | bytes, on: date = TODAY) -> Received:
    known = WordDetector({"okonkwo": Kind.PERSON, "netherhall": Kind.SCHOOL})
    return receive_file(content if isinstance(content, bytes) else content.encode(), known, plain_screen(), on)


def questions(found: Received) -> list[str]:
    return [answer.question for each in found.responses for answer in each.answers]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_end_of_line_is_read(end: str) -> None:
    found = received(end.join([HEADER, "staff,need,time", 'staff,need,"two\nlines"']))
    assert [each.answers[0].text for each in found.responses] == ["time", "two\nlines"]


def test_a_long_answer_is_read_whole() -> None:
    words = ("somewhere to go after school " * 800)[:20_000].strip()
    assert received(f"{HEADER}\nstaff,need,{words}").responses[0].answers[0].text == words


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_cell_beyond_what_csv_reads_is_named_by_its_row(row: int) -> None:
    lines = [HEADER, "staff,need,time", "staff,need,more time"]
    lines[row - 1] += "x" * (csv.field_size_limit() + 1)
    with pytest.raises(BadAnswersFile, match=f"Row {row}: a cell is longer than 131,072 characters"):
        received("\n".join(lines))


@pytest.mark.parametrize("name", ["audience", "question", "text", "respondent"])
def test_a_column_that_is_there_twice_is_named(name: str) -> None:
    with pytest.raises(BadAnswersFile, match=f"Two columns are called '{name}'"):
        received(f"{HEADER},respondent, {name.upper()}\nstaff,need,time,a,b\n")


def test_columns_without_a_name_may_be_many() -> None:
    assert len(received(f"{HEADER},,\nstaff,need,time,,\n").responses) == 1


def test_a_question_is_redacted_like_an_answer() -> None:
    file = io.StringIO()
    asked = ["What did Mrs Okonkwo do well?", "ask_okonkwo", "What helps?", "good_worker", "safer"]
    csv.writer(file).writerows([HEADER.split(","), *[("staff", each, "listened") for each in asked]])
    found = received(file.getvalue())
    assert questions(found) == ["What did Mrs [name] do well?", "ask [name]", "What helps?", "good_worker", "safer"]
    assert found.hidden == 2


def test_the_real_detector_leaves_the_ids_of_the_shipped_questions() -> None:
    ids = [each.id for each in survey().questions]
    rows = "".join(f"staff,{each},listened\n" for each in ids)
    found = receive_file(f"{HEADER}\n{rows}".encode(), default_detector(), plain_screen(), TODAY)
    assert questions(found) == ids
    assert found.hidden == 0


def test_a_respondent_of_blanks_is_nobody_in_particular() -> None:
    found = received(f"{HEADER},respondent\nstaff,need,time, \nparent,worries,buses, \nstaff,need,rest,a\n")
    assert [len(each.answers) for each in found.responses] == [1, 1, 1]
