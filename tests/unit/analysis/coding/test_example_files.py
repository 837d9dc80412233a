"""Coded examples from a file: read whole, or refused with rows and how to mend them."""

import json

import pytest

from analysis.codebook import shipped_codebook
from analysis.coding.example_files import LARGEST, read_examples
from analysis.coding.merging import merged
from analysis.records import Verdict
from consultation.content import BadFile

BOOK = shipped_codebook()
GOOD = {"id": "1", "text": "they hit me", "themes": ["bullying"]}


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(each) for each in rows).encode()


def test_json_lines_and_csv_say_the_same() -> None:
    row = {
        "id": 7,
        "text": "be kind",
        "question": "good_worker",
        "audience": "staff",
        "themes": ["respect", "listening"],
    }
    [one] = read_examples("a.jsonl", lines({**row, "outcomes": [], "sentiment": "positive", "x": 1}), BOOK)
    head = "ID,text,question,audience,themes,outcomes,sentiment\n"
    sheet = head + "7,be kind,good_worker,staff,respect; listening,none,positive\n"
    [other] = read_examples("a.csv", sheet.encode("utf-8-sig"), BOOK)
    assert one.exemplar == other.exemplar
    assert (one.id, one.exemplar.themes, one.exemplar.outcomes) == ("7", ("respect", "listening"), ())
    assert read_examples("a.csv", b"text,themes\nx,bullying\n", BOOK)[0].exemplar.outcomes is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [{**GOOD, "themes": ["bulying"]}],
            "row 1: 'bulying' is not a code of every-child-matters (version 1). The nearest is 'bullying'",
        ),
        ([{**GOOD, "themes": ["stay_safe"]}], "row 1: 'stay_safe' is not a code"),
        ([GOOD, {**GOOD, "text": "else"}], "row 2: the id '1' is taken by row 1"),
        (
            [GOOD, {**GOOD, "id": "2", "text": "They  hit me", "themes": []}],
            "row 2: the same words stand in row 1 under other codes",
        ),
        ([GOOD, {**GOOD, "id": "2", "codebook_version": 3}], "row 2: it was coded to version 3 of the codebook"),
        ([{**GOOD, "text": " "}], "row 1: the text is missing"),
        ([{"text": "x"}], "row 1: no themes are given"),
        ([{**GOOD, "themes": "bullying"}], "row 1: themes must be a list of ids"),
        ([{**GOOD, "sentiment": "sad"}], "row 1: 'sad' is no sentiment"),
        ([{**GOOD, "question": 3}], "row 1: question must be words"),
        ([["x"]], "row 1: this must be one JSON object"),
    ],
)
def test_each_fault_is_told_with_its_row(rows: list[object], said: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_examples("a.jsonl", lines(*rows), BOOK)
    assert said in str(caught.value)
    assert str(caught.value).startswith("a.jsonl: ")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b"", "it is empty"),
        ("a.jsonl", b"{", "row 1: this is not JSON"),
        ("a.jsonl", lines(GOOD) + b"\n\xff", "not UTF-8"),
        ("a.jsonl", b'{"text": "\\ud800", "themes": []}', "row 1: this is not JSON"),
        ("a.jsonl", b" " * (LARGEST + 1), "larger than 10 MB"),
        ("a.csv", b"text\nx\n", "Missing: themes"),
        ("a.csv", b"text,themes\nx,\n", "row 2: no themes are given"),
    ],
)
def test_what_is_no_such_file_is_refused(name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_examples(name, content, BOOK)
    assert said in str(caught.value)


def test_many_faults_are_told_at_once_and_the_rest_counted() -> None:
    with pytest.raises(BadFile, match=r"and 4 more\)\nNothing was taken in"):
        read_examples("a.jsonl", lines(*({"text": f"x{each}", "themes": ["no"]} for each in range(9))), BOOK)


@pytest.mark.parametrize(
    ("proposed", "decided", "verdict"),
    [
        ("", {}, None),
        ("a", {}, None),
        ("", {"a": Verdict.ADDED}, Verdict.ADDED),
        ("b", {"a": Verdict.ADDED}, Verdict.CONFIRMED),
        ("a", {"a": Verdict.REJECTED, "b": Verdict.CONFIRMED}, Verdict.CONFIRMED),
        ("ab", {"a": Verdict.REJECTED}, None),  # nobody said anything of b
        ("a", {"a": Verdict.REJECTED}, Verdict.REJECTED),
        ("ab", {"a": Verdict.REJECTED, "b": Verdict.ACCEPTED}, Verdict.ACCEPTED),
        ("ab", {"a": Verdict.CONFIRMED, "b": Verdict.ACCEPTED}, Verdict.CONFIRMED),
    ],
)
def test_of_several_codes_that_become_one_a_yes_beats_a_no(
    proposed: str, decided: dict[str, Verdict], verdict: Verdict | None
) -> None:
    assert merged(set(proposed), decided) is verdict
