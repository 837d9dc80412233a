"""YAML as its author meant it, checked against a model; every fault with its line."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from consultation.content import BadFile, load, parse

PATH = Path("some/where/things.yaml")


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    size: int = 1


class Things(BaseModel):
    model_config = ConfigDict(extra="forbid")
    things: list[Thing]
    on: bool = False


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "8_10", "1:30", "0o17", "1e3", "NO", "~x", "08", "010"])
def test_words_stay_the_words_that_their_author_wrote(word: str) -> None:
    assert parse(f"things: [{{name: {word}}}]", PATH, Things).things[0].name == word


def test_numbers_and_truth_values_are_still_read() -> None:
    read = parse("things: [{name: a, size: 12}]\non: true", PATH, Things)
    assert (read.things[0].size, read.on) == (12, True)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("things:\n  - name: a\n    sise: 2\n", 3, "'sise' is not a word this file knows. Check the spelling"),
        ("things:\n  - name: a\n  - size: 2\n", 3, "'name' is missing here. Add a line 'name: …'."),
        ("things:\n  - name: a\n    size: big\n", 3, "things.0.size: input should be a valid integer"),
        ("on: true\n", 1, "'things' is missing here"),
        ("things: []\nthings: []\n", 2, "'things' is given twice"),
        ("things: [\n", 2, "this is not valid YAML"),
        ("things:\n  - name: a: b\n", 2, "put quotes around text that holds a colon"),
        ("- a\n- b\n", 1, "the file must be a list of 'name: value' lines."),
        ("", 1, "the file must be a list of 'name: value' lines."),
        ("things:\n- name: !!python/name:os.system\n", 2, "this is not valid YAML"),
    ],
)
def test_a_fault_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(BadFile) as refused:
        parse(text, PATH, Things)
    assert (refused.value.line, refused.value.path) == (line, PATH)
    assert str(refused.value).startswith(f"things.yaml, line {line}: ")
    assert words in str(refused.value)


def test_what_was_found_is_shown_but_not_all_of_a_long_one() -> None:
    with pytest.raises(BadFile) as refused:
        parse(f"things: [{{name: a, size: {'x' * 500}}}]", PATH, Things)
    assert "found 'xxx" in str(refused.value)
    assert len(str(refused.value)) < 300


def test_missing_and_wrongly_encoded_files(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"no\.yaml: there is no such file in .*Check the name and the folder"):
        load(tmp_path / "no.yaml", Things)
    (tmp_path / "bad.yaml").write_bytes(b"things: caf\xe9")
    with pytest.raises(BadFile, match=r"bad\.yaml: this is not UTF-8 text \(byte 11\)\. Save it as UTF-8\."):
        load(tmp_path / "bad.yaml", Things)
