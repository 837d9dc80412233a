"""`sayso evaluate coding` with a codebook and coded rows of one's own."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_command_line import Shell, sayso

__all__ = ["sayso"]  # the fixture

CODEBOOK = """
codebook: cafe
version: 2
themes:
  tea: hot drinks
  cake: things to eat
  music: what is played
"""
SAID = {
    "tea": ["the tea was cold", "lovely pot of tea", "tea too weak", "more kinds of tea please", "my tea was stewed"],
    "cake": ["dry cake", "the lemon cake was gorgeous", "cake ran out by noon", "bigger slices of cake", "stale cake"],
    "music": ["music too loud", "nice quiet music", "turn the music down", "play older music", "the music was awful"],
}
CODED = [{"text": text, "themes": [theme]} for theme, texts in SAID.items() for text in texts]
ASKED = [
    {"id": "a", "text": "cold tea again", "themes": ["tea"]},
    {"id": "b", "text": "loud music", "themes": ["music"]},
]


class Desk:
    """Files in a folder, and the command over them."""

    def __init__(self, folder: Path, shell: Shell) -> None:
        self.folder, self.shell = folder, shell
        self.write("cafe.yaml", CODEBOOK)

    def write(self, name: str, content: str) -> None:
        (self.folder / name).write_text(content, encoding="utf-8")

    def arguments(self, asked: Sequence[Mapping[str, Any]], coded: Sequence[Mapping[str, Any]] | None) -> list[str]:
        self.write("asked.jsonl", "".join(f"{json.dumps(each)}\n" for each in asked))
        told = ["evaluate", "coding", f"{self.folder / 'asked.jsonl'}", "--codebook", f"{self.folder / 'cafe.yaml'}"]
        if coded is None:
            return told
        self.write("coded.jsonl", "".join(f"{json.dumps(each)}\n" for each in coded))
        return [*told, "--train", f"{self.folder / 'coded.jsonl'}"]


@pytest.fixture
def desk(tmp_path: Path, sayso: Shell) -> Desk:
    return Desk(tmp_path, sayso)


def test_a_codebook_is_learned_from_the_rows_and_the_file_predicted(desk: Desk) -> None:
    found = desk.folder / "found.jsonl"
    done = desk.shell(*desk.arguments([*ASKED], [*CODED]), "--json", "--predictions", str(found))
    assert done.code == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["n"] == 2
    assert figures["themes"]["micro_f1"] == figures["themes"]["samples_f1"] == 1.0
    assert figures["learned_from"]["rows"] == len(CODED)
    rows = [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
    assert [(each["id"], each["themes"]) for each in rows] == [("a", ["tea"]), ("b", ["music"])]
    assert done.stderr == ""


def test_without_rows_to_learn_from_the_codebooks_own_words_serve(desk: Desk) -> None:
    done = desk.shell(*desk.arguments([*ASKED], None))
    assert done.code == 0, done.stderr
    assert "samples_f1" in done.stdout
    assert "learned_from" not in done.stdout


BAD = [
    ({"text": "a", "themes": ["caek"]}, "coded.jsonl, line 16: themes[0]: 'caek' is not a code of cafe (version 2). "
     "The nearest is 'cake'."),
    ({"text": "a"}, "coded.jsonl, line 16: themes is missing. Write a list of ids"),
    ({"themes": []}, "coded.jsonl, line 16: text is missing."),
    ({"text": "a", "themes": "cake"}, "coded.jsonl, line 16: themes: input should be a valid list"),
    ({"text": "a", "themes": [], "codebook_version": 1}, "coded.jsonl, line 16: codebook_version: the row was coded to "
     "version 1, and cafe (version 2) is used."),
    ({"text": "a", "themes": [], "id": "line 3"}, "coded.jsonl, line 16: the id 'line 3' is taken by line 3."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "said"), BAD)
def test_a_bad_row_is_named_and_nothing_is_written(desk: Desk, row: Mapping[str, Any], said: str) -> None:
    found = desk.folder / "found.jsonl"
    heard = desk.shell.refused(*desk.arguments([*ASKED], [*CODED, row]), "--predictions", str(found))
    assert said in heard
    assert not found.exists()


def test_the_file_to_predict_is_checked_alike(desk: Desk) -> None:
    twice = [ASKED[0], {**ASKED[1], "id": "a"}]
    assert "asked.jsonl, line 2: the id 'a' is taken by line 1." in desk.shell.refused(*desk.arguments(twice, [*CODED]))
    older = [{**ASKED[0], "codebook_version": 1}]
    assert "asked.jsonl, line 1: codebook_version" in desk.shell.refused(*desk.arguments(older, [*CODED]))


def test_what_flatters_or_muddles_the_figures_is_said(desk: Desk) -> None:
    muddled = [*CODED, {"text": "Dry  cake", "themes": ["tea"]}]
    done = desk.shell(*desk.arguments([{"text": "stale cake", "themes": ["cake"]}], muddled), "--json")
    assert done.code == 0, done.stderr
    said = " ".join(done.stderr.split())
    assert "coded.jsonl: the same words stand under different themes in lines 6 and 16." in said
    assert "The figures flatter the coder where coded.jsonl has the same words: lines 1 (10) of asked.jsonl" in said


def test_a_codebook_that_cannot_be_used_is_refused(desk: Desk) -> None:
    arguments = desk.arguments([*ASKED], [*CODED])
    desk.write("cafe.yaml", "codebook: cafe\nthemes: {}\n")
    assert "cafe.yaml" in desk.shell.refused(*arguments)
    (desk.folder / "cafe.yaml").unlink()
    assert "can't be read" in desk.shell.refused(*arguments)
