"""The redaction model's weights belong to the texts in examples/, none of which is in the evaluation sets."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from consultation.privacy import cues
from consultation.privacy.allowed import allowed_words
from consultation.privacy.features import features
from consultation.privacy.learning import examples
from consultation.privacy.learning.batches import MOST_FEATURES
from consultation.privacy.learning.lessons import MARKED, WHOLE, Namer, changed, lessons
from consultation.privacy.likelihoods import KINDS, likelihoods, stored_weights
from consultation.privacy.rampart import FixedEncoder
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import recognize

EVALUATION = Path(__file__).parents[3] / "evaluation"


def test_weights_were_fitted_on_these_texts() -> None:
    assert stored_weights().fitted_on == examples.fingerprint(), "run python -m consultation.privacy.learning.train"


def test_fingerprint_notices_any_change(tmp_path: Path) -> None:
    (tmp_path / "answers.txt").write_text("a", encoding="utf-8")
    before = examples.fingerprint(tmp_path)
    (tmp_path / "answers.txt").write_text("b", encoding="utf-8")
    assert examples.fingerprint(tmp_path) != before


@pytest.mark.parametrize("name", ["redaction_dev", "redaction_held_out"])
def test_evaluation_sets_are_not_learnt_from(name: str) -> None:
    known = {row["text"].lower() for row in examples.rows(MARKED)}
    for file in ("frames", "not_people", "near_misses", "everyday"):
        known |= {line.lower() for line in examples.lines(file)}
    rows = (EVALUATION / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    held = [json.loads(line)["text"].lower() for line in rows]
    assert len(held) > 400
    assert len(known) > 8000
    assert not known & set(held)


def test_markup() -> None:
    row = examples.parse("hi {PERSON:Kemi}, {?AGE:12}", "x")
    assert row["text"] == "hi Kemi, 12"
    assert examples.marks(row) == ((3, 7, "PERSON"), (9, 11, "?"))
    with pytest.raises(ValueError, match="does not close"):
        examples.parse("hi {PERSON:Kemi", "x")


def test_lessons_are_the_same_each_time_and_leave_out_what_is_kept_back() -> None:
    some, again = (list(lessons(random.Random(3))) for _ in range(2))
    assert some == again
    kept_back = {row["text"] for row in examples.rows(MARKED) if examples.is_kept_back(row["text"])}
    assert len(kept_back) > 400
    assert not kept_back & {lesson.text for lesson in some if lesson.weight == WHOLE}


def test_other_names_and_numbers_stand_where_the_old_ones_did() -> None:
    rng = random.Random(5)
    text, marks = "ask Mr Osei on 07700 900123", ((7, 11, "PERSON"), (15, 27, "PHONE"))
    made = [changed(text, marks, Namer(rng), rng) for _ in range(20)]
    for lesson in made:
        (start, end, _), (at, _, _) = lesson.marks
        assert lesson.text[start - 3 : start].lower() == "mr "
        assert lesson.text[start:end].istitle()
        assert lesson.text[at:].replace(" ", "").isdigit()
    assert len({lesson.text for lesson in made}) == 20


def test_unlisted_names_count_as_in_no_list() -> None:
    reading = Reading.of("bilqis left")
    plain, hidden = (features(reading, (), frozenset(), frozenset(unlisted))[0] for unlisted in ([], ["bilqis"]))
    assert cues.listing("bilqis") is not cues.Listing.UNKNOWN
    assert "listed=unknown" in hidden
    assert "listed=unknown" not in plain


def test_no_word_has_more_features_than_a_batch_holds() -> None:
    readings = [Reading.of(row["text"]) for row in examples.rows(["mixture"])]
    most = max(len(has) for each in readings for has in features(each, recognize(each), allowed_words(each)))
    assert 10 < most <= MOST_FEATURES


def test_likelihoods_are_shares_and_follow_the_weights() -> None:
    weights = stored_weights()
    likely = likelihoods(Reading.of("ask kemi"), (), frozenset(), FixedEncoder({"kemi": 0}), weights)
    assert likely.shape == (2, len(KINDS))
    assert np.allclose(likely.sum(axis=1), 1, atol=1e-5)
    weights.head[0, 1] += 50
    assert likelihoods(Reading.of("ask kemi"), (), frozenset(), FixedEncoder({"kemi": 0}), weights)[1, 1] > 0.99
