"""A codebook of somebody else's, learned in a moment: what a taught coder promises."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from analysis.codebook import Code, Codebook, UnknownCode, shipped_codebook
from analysis.coding import UnusableHead
from analysis.coding.deciding import Decision, best_sets, learn_decision, overall_f1
from analysis.coding.dual import Lesson, solve
from analysis.coding.exemplars import Exemplar
from analysis.coding.learned import from_bytes, to_bytes
from analysis.coding.learner import learn
from analysis.coding.taught import TaughtCoder
from analysis.coding.views import HashedReader, LayeredMiniLM, ViewReader, installed_reader, read_text
from analysis.records import AnswerRecord, Facet

CAFE = Codebook(
    id="cafe",
    version=1,
    title="A café",
    outcomes=(),
    themes=tuple(
        Code(id=each, guid=UUID(int=number), name=each.title(), facet="theme", definition=each)
        for number, each in enumerate(("tea", "cake", "music"))
    ),
)
SAID = {
    "tea": ["the tea was cold", "lovely pot of tea", "tea too weak", "more kinds of tea please", "my tea was stewed"],
    "cake": ["dry cake", "the lemon cake was gorgeous", "cake ran out by noon", "bigger slices of cake", "stale cake"],
    "music": ["music too loud", "nice quiet music", "turn the music down", "play older music", "the music was awful"],
}
ROWS = [Exemplar(text, themes=(theme,)) for theme, texts in SAID.items() for text in texts]
ROWS += [Exemplar(text, themes=()) for text in ("dunno", "no idea", "nothing to say")]
MIXED = "my tea was cold, and the music was awful"


def _taught(rows: Sequence[Exemplar], reader: ViewReader | None = None) -> TaughtCoder:
    reader = reader or HashedReader()
    return TaughtCoder(learn(rows, CAFE, reader), CAFE, reader)


@pytest.fixture(scope="module")
def coder() -> TaughtCoder:
    return _taught(ROWS)


def _ask(text: str, answer: str = "1") -> AnswerRecord:
    return AnswerRecord(answer, "1", "", "", text)


def test_another_codebook_is_learned_from_a_handful_of_rows(coder: TaughtCoder) -> None:
    [found] = coder.code([_ask("that cake was stale")])
    assert found.codes(Facet.THEME) == ("cake",)
    assert found.codes(Facet.OUTCOME) == found.codes(Facet.SENTIMENT) == ()  # nobody taught it any
    assert set(found.confidences) == {"tea", "cake", "music"}


def test_each_code_stands_on_its_clause_with_words_and_an_example(coder: TaughtCoder) -> None:
    [found] = coder.code([_ask(MIXED)])
    spans = {each.code: MIXED[each.start : each.end] for each in found.codings}
    assert spans == {"tea": "my tea was cold", "music": "and the music was awful"}
    reasons = {each.code: each.reason for each in found.codings}
    assert "“tea”" in reasons["tea"]
    assert any(text in reasons["music"] for text in SAID["music"])
    explained = coder.explain(_ask(MIXED), ["music", "tea", "unheard of"])
    assert [MIXED[start:end] for start, end in explained["music"].words if MIXED[start:end] == "music"]
    assert set(explained["tea"].nearest) <= set(SAID["tea"])
    assert set(explained) == {"music", "tea"}


def test_what_says_nothing_is_left_uncoded_with_a_sentence(coder: TaughtCoder) -> None:
    for text in ("dunno", "…", ""):
        [found] = coder.code([_ask(text)])
        assert found.codings == ()
        assert found.uncoded
    [polish] = coder.code([replace(_ask("herbata"), language="pl")])
    assert polish.uncoded is not None
    assert "A person must code it" in polish.uncoded
    assert coder.explain(replace(_ask("herbata"), language="pl"), ["tea"]) == {}


def test_an_answer_is_coded_alike_alone_and_in_company() -> None:
    coder = _taught(ROWS, installed_reader())
    records = [_ask(text, str(at)) for at, text in enumerate([MIXED, "the scones were rock hard", "cake 🍰", "loud"])]
    assert coder.code(records) == [coder.code([each])[0] for each in records]


def test_the_same_rows_give_the_same_bytes_and_a_kept_coder_codes_as_before(coder: TaughtCoder) -> None:
    kept = to_bytes(coder.learned)
    assert kept == to_bytes(_taught(ROWS).learned)
    again = TaughtCoder(from_bytes(kept), CAFE, HashedReader())
    assert again.code([_ask(MIXED)]) == coder.code([_ask(MIXED)])
    assert again.version == coder.version
    assert _taught(ROWS[1:]).version != coder.version


def test_without_a_single_example_the_codebooks_own_words_are_learned() -> None:
    [found] = _taught([], installed_reader()).code([_ask("a slice of cake")])
    assert found.codes(Facet.THEME)[0] == "cake"
    assert max(found.confidences, key=lambda code: found.confidences[code]) == "cake"


def test_an_unknown_code_another_reader_and_other_bytes_are_refused(coder: TaughtCoder) -> None:
    with pytest.raises(UnknownCode, match="cakes"):
        _taught([*ROWS, Exemplar("crumbs", themes=("cakes",))])
    with pytest.raises(UnusableHead, match="Teach it again"):
        TaughtCoder(coder.learned, CAFE, installed_reader())
    with pytest.raises(UnusableHead, match="other codes"):
        TaughtCoder(coder.learned, shipped_codebook(), HashedReader())
    with pytest.raises(UnusableHead, match="Teach it again"):
        from_bytes(b"not a head")


def test_outcomes_and_tones_that_nobody_gave_are_not_taken_for_a_no() -> None:
    book = shipped_codebook()
    rows = [
        Exemplar("i was bullied on the bus", ("stay_safe",), ("bullying",), "negative"),
        Exemplar("they bully me at lunch", None, ("bullying",), None),
        Exemplar("buses cost too much", (), ("transport",), "negative"),
        Exemplar("she always listened", (), ("listening",), "positive"),
    ]
    learned = learn(rows, book, HashedReader())
    assert list(learned.decisions) == [Facet.OUTCOME, Facet.THEME, Facet.SENTIMENT]
    at = learned.columns.index((Facet.OUTCOME, "stay_safe"))
    assert learned.stages.first[1, at] == 0, "the row that is silent about outcomes weighs nothing for them"
    [found] = TaughtCoder(learned, book, HashedReader()).code([_ask("bullied again")])
    assert len(found.codes(Facet.SENTIMENT)) == 1


def test_scores_left_out_one_at_a_time_are_those_of_fitting_again_without() -> None:
    rng = np.random.default_rng(7)
    points = rng.normal(size=(12, 3)).astype(np.float32)
    likeness = (points @ points.T).astype(np.float32)
    truth = rng.random((12, 2)) < 0.5
    lesson = Lesson(truth, np.ones_like(truth), np.ones(12, dtype=np.float32))
    _, scores = solve(likeness.copy(), lesson, 0.5)
    kept = np.arange(1, 12)
    wanted = (truth - lesson.mean)[kept]
    weights = np.linalg.solve(likeness[np.ix_(kept, kept)] + 0.5 * np.eye(11), wanted)
    assert scores[0] == pytest.approx(likeness[0, kept] @ weights + lesson.mean, abs=1e-3)


def test_the_set_with_the_highest_expected_f1_is_proposed() -> None:
    confidence = np.array([[0.9, 0.8, 0.1], [0.3, 0.2, 0.1], [0.3, 0.2, 0.1]], dtype=np.float32)
    found = best_sets(confidence, np.array([0.0, 0.0, 0.6], dtype=np.float32))
    assert found.tolist() == [[True, True, False], [True, True, False], [False, False, False]]


def test_the_rule_that_serves_best_is_learned() -> None:
    rng = np.random.default_rng(3)
    which = rng.integers(0, 8, size=400)
    truth = np.zeros((400, 9), dtype=bool)
    truth[np.arange(400), which] = True
    scores = (truth * 0.25 + rng.normal(scale=0.15, size=truth.shape)).astype(np.float32)
    decision = learn_decision(scores, truth)
    assert decision.rule in ("one", "set"), "each answer has a code, so the likeliest is worth proposing"
    each = Decision(decision.slope, decision.shift, decision.threshold, "each")
    confidence = decision.confidence(scores)
    assert overall_f1(truth[:, :-1], decision.proposed(confidence)) > overall_f1(
        truth[:, :-1], each.proposed(confidence)
    )


def test_the_middle_layer_is_read_and_the_last_as_ever() -> None:
    reader = LayeredMiniLM()
    offsets, views = reader.look("the tea was cold")
    assert np.array_equal(views["meaning"], reader.tokens("the tea was cold")[1])
    assert len(offsets) == len(views["middle"])
    assert not np.allclose(views["meaning"], views["middle"])
    assert [each.text for each in read_text(MIXED, ("", ""), reader).segments] == [
        "my tea was cold",
        "and the music was awful",
    ]
