"""Learning reckons as the shipped screen does (skipped where torch is not installed), and from what it may."""

import json
import random
import re
from pathlib import Path

import numpy as np
import pytest

from consultation.domain.concern import Level
from consultation.encoder import TunedMiniLM
from consultation.encoder.minilm import installed_model
from consultation.safeguarding.examples import ALLEGATION, Example, load_examples
from consultation.safeguarding.learning.lessons import lesson, lessons


def test_a_bert_that_learnt_something_reads_as_the_tuned_model_does() -> None:
    torch = pytest.importorskip("torch", reason="pip install 'sayso[train-screen]'")
    from consultation.safeguarding.learning.bert import Bert

    torch.manual_seed(1)
    bert = Bert(installed_model(), drop=0.1, rough=torch.float32).eval()
    for each in [*bert.up.values(), *bert.small.values()]:
        each.data += torch.randn_like(each) * 0.01
    tuned = TunedMiniLM(bert.changes())
    for text in ("my dad hits me .", "i like the youth club on saturdays because the staff are kind"):
        pieces = torch.tensor([tuned.pieces(text)])
        read = bert(pieces, torch.ones(pieces.shape))[0].detach().numpy()
        assert np.abs(read - tuned.tokens(text)[1]).max() < 1e-3


def test_what_is_joined_with_a_danger_is_still_one() -> None:
    danger = Example("my coach hits us", Level.SUPPORT, ALLEGATION, "yp")
    plain = Example("the bus is late", Level.NONE, "ordinary", "yp")
    made = [each for seed in range(200) for each in lessons([danger, plain], random.Random(seed))]
    assert {(each.concern, each.staff) for each in made if each.kind == ALLEGATION} == {(True, True)}
    assert {each.concern for each in made if each.kind == "ordinary"} == {False}
    assert any("bus" in each.text and each.concern for each in made)


def test_nobody_is_asked_who_did_it_where_the_kind_does_not_say() -> None:
    vague = Example("my teacher knows what he does to me", Level.SUPPORT, "indirect", "yp")
    assert lesson(vague, vague.text).staff is None
    assert lesson(vague, "something happens at home").staff is False


def test_what_measures_the_screen_was_not_learnt_from() -> None:
    def plain(text: str) -> str:
        return re.sub(r"\W+", " ", text.lower()).strip()

    held_out = Path(__file__).parents[3] / "evaluation" / "screening_held_out.jsonl"
    asked = {plain(json.loads(line)["text"]) for line in held_out.read_text(encoding="utf-8").splitlines()}
    assert len(asked) > 400
    assert not asked & {plain(each.text) for each in load_examples()}
