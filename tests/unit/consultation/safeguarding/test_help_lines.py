"""The shipped help lines are whole, and a bad file is refused with a sentence that says how to mend it."""

from datetime import date
from pathlib import Path

import pytest

from consultation.content import BadFile
from consultation.domain.consultation import Audience
from consultation.safeguarding.help_lines import lines_for, load_help_lines

GOOD = """
lines:
  - {id: a, name: A, number: "1", how: call, audiences: [young_person, parent_carer, staff], hours: any,
     verified_on: 2026-11-22, plain: p, easy: e}
"""


def test_the_numbers_of_the_design_are_there() -> None:
    numbers = {line.id: line.number for line in load_help_lines()}
    assert numbers == {
        "emergency": "999",
        "childline": "0800 1111",
        "shout": "85258",
        "samaritans": "116 123",
        "nspcc": "0808 800 5000",
    }


def test_999_comes_first_and_each_audience_gets_its_own() -> None:
    young, adult = (lines_for(each, load_help_lines()) for each in (Audience.YOUNG_PERSON, Audience.PARENT_CARER))
    assert young[0].id == adult[0].id == "emergency"
    assert "nspcc" not in {line.id for line in young}
    assert "childline" not in {line.id for line in adult}


@pytest.mark.parametrize("audience", list(Audience))
def test_plain_and_easy_name_the_same_numbers(audience: Audience) -> None:
    lines = lines_for(audience, load_help_lines())
    assert len(lines) >= 4
    for line in lines:
        plain, easy = line.words("en"), line.words("en@easy")
        assert plain != easy
        assert line.number in plain
        assert line.number in easy


def test_a_line_knows_how_old_its_check_is() -> None:
    assert load_help_lines()[0].verified_days_ago(date(2026, 12, 2)) == 10


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("lines:", "rows:", "'lines' is missing"),
        ("name: A, ", "", "line 3: 'name' is missing"),
        ("2026-11-22", "soon", "verified_on"),
        ('"1"', "one", r"lines\.0\.number"),
        ("how: call", "how: text", "a line to text needs"),
        ("staff]", "cats]", "young_person.*staff"),
        (", staff]", "]", "nobody is named for staff"),
    ],
)
def test_a_bad_file_is_a_clear_sentence(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    path = tmp_path / "help_lines.yaml"
    path.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(BadFile, match=sentence):
        load_help_lines(path)
