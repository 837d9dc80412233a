"""The name model's weights belong to the texts in examples/, and none of those is in the evaluation set."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from consultation.privacy import cues, examples, names, train
from consultation.privacy.rampart import FixedTagger
from consultation.privacy.reading import Reading

EVALUATION = Path(__file__).parents[3] / "evaluation" / "redaction_dev.jsonl"


def test_weights_were_fitted_on_these_texts() -> None:
    stored = json.loads(train.WEIGHTS.read_text(encoding="utf-8"))
    assert stored["fitted_on"] == examples.fingerprint(), "run python -m consultation.privacy.train"
    assert len(stored["weights"]) > 500


def test_fingerprint_notices_any_change(tmp_path: Path) -> None:
    (tmp_path / "answers.txt").write_text("a", encoding="utf-8")
    before = examples.fingerprint(tmp_path)
    (tmp_path / "answers.txt").write_text("b", encoding="utf-8")
    assert examples.fingerprint(tmp_path) != before


def test_evaluation_set_is_not_learnt_from() -> None:
    known = {row["text"].lower() for row in examples.answers()}
    for name in ("frames", "not_people", "near_misses", "everyday"):
        known |= {line.lower() for line in examples.lines(name)}
    held = [json.loads(line)["text"].lower() for line in EVALUATION.read_text(encoding="utf-8").splitlines()]
    assert len(held) > 600
    assert len(known) > 2500
    assert not known & set(held)


def test_markup() -> None:
    row = examples.parse("hi {PERSON:Kemi}, {?AGE:12}", "x")
    assert row["text"] == "hi Kemi, 12"
    assert row["spans"] == [{"start": 3, "end": 7, "type": "PERSON"}]
    assert row["optional_spans"] == [{"start": 9, "end": 11, "type": "AGE"}]
    with pytest.raises(ValueError, match="does not close"):
        examples.parse("hi {PERSON:Kemi", "x")


def test_texts_are_the_same_each_time_and_names_stand_where_said() -> None:
    some, again = (list(train.texts(random.Random(3))) for _ in range(2))
    assert some == again
    put_in = [one for one in some if one.weight == 0.5 and one.names]
    assert len(put_in) > 1000
    assert all(one.text[start:end].strip() for one in put_in for start, end in one.names)


def test_regression_finds_what_tells_names_apart() -> None:
    matrix = np.array([[1, 1], [1, 1], [1, 0], [1, 0]] * 20, dtype=np.float32)
    bias, cue = train.regress(matrix, np.array([1.0, 1, 0, 0] * 20), np.ones(80), free=0)
    assert cue > 2
    assert bias < -1


def test_fit_learns_a_cue_from_few_texts() -> None:
    material = [train.Text(f"my friend {name} left", ((10, 10 + len(name)),)) for name in ("kemi", "bilqis", "tomek")]
    weights = train.fit(material * 5 + [train.Text("nobody left us here")] * 5, FixedTagger())
    assert weights["cue=relation"] > 0


def test_unlisted_names_count_as_in_no_list() -> None:
    reading = Reading.of("bilqis left")
    (plain, _), (hidden, _) = (list(names.features(reading, (), frozenset(unlisted))) for unlisted in ([], ["bilqis"]))
    assert cues.listing("bilqis") is not cues.Listing.UNKNOWN
    assert "listed=unknown" in hidden
    assert "listed=unknown" not in plain
