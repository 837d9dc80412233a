"""The hand-coded answers that coders learn from: what a row must have, and how rows are kept apart."""

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.codebook import shipped_codebook
from analysis.coding.exemplars import Exemplar, UnusableExemplar, exemplar_from, folds, own_words, read_exemplars
from analysis.text import normalise


def test_what_nobody_said_is_not_taken_for_a_no() -> None:
    own = own_words(shipped_codebook())
    assert {(each.outcomes is None, each.themes is None) for each in own} == {
        (True, False),
        (False, True),
        (False, False),
    }
    assert all(not each.question for each in own)


def test_a_row_that_cannot_be_learned_from_is_named() -> None:
    with pytest.raises(UnusableExemplar, match="Row 3 of notes: 'angry'"):
        exemplar_from({"text": "hm", "sentiment": "angry"}, "notes", 3)
    with pytest.raises(UnusableExemplar, match="Row 4 of notes has no text"):
        exemplar_from({"themes": []}, "notes", 4)


def test_neighbours_of_one_author_fall_into_one_fold() -> None:
    rows = [Exemplar(str(at), source="a", question="q") for at in range(80)]
    drawn = np.array(folds(rows, 5)).reshape(-1, 8)
    assert (drawn == drawn[:, :1]).all()
    assert len(set(drawn[:, 0])) > 1


def test_every_shipped_exemplar_was_coded_to_codes_that_there_are_most_of_them_twice() -> None:
    rows, codebook = read_exemplars(), shipped_codebook()
    assert len(rows) > 56_000
    assert sum(row.again is not None for row in rows) > 0.75 * len(rows)
    for row in rows:
        assert None not in (row.outcomes, row.themes, row.sentiment)
        for coded in (row, row.again or row):
            assert set(coded.outcomes or ()) <= set(codebook.outcome_ids)
            assert set(coded.themes or ()) <= set(codebook.theme_ids)


def test_nothing_is_learned_of_what_the_coder_is_measured_by() -> None:
    held_out = Path(__file__).parents[3] / "evaluation" / "coding_held_out.jsonl"
    asked = {normalise(json.loads(line)["text"]) for line in held_out.read_text(encoding="utf-8").splitlines()}
    both = asked & {normalise(each.text) for each in read_exemplars()}
    assert all(len(each) < 30 for each in both), "short answers may come twice"
    assert len(both) < 0.05 * len(asked)
