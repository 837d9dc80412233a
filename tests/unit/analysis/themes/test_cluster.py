"""Candidate themes: groups as another library finds them, words that are the group's own, and what is left out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from analysis.codebook import codebook_from, shipped_codebook
from analysis.coding.exemplars import Exemplar
from analysis.coding.suggestion import Suggestion
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from analysis.themes.cluster import FEWEST, Candidate, find_candidates
from analysis.themes.distinctive import distinctive, name_of
from analysis.themes.grouping import apart_from, average_link, common_of
from analysis.themes.measure import measure
from consultation.encoder import HashEncoder

BOOK = shipped_codebook()
LIGHTS = (
    "more street lights on the path", "street lights that work", "the street lights are off at nine",
    "fix the street lights please", "street lights by the rec", "no street lights on our road",
)  # fmt: skip
OTHERS = tuple(  # forty that have nothing in common
    f"{first} {second} {third}"
    for first, second, third in zip(*(iter([f"word{number}" for number in range(120)]),) * 3, strict=True)
)


def answer(number: int, text: str, **more: str) -> AnswerRecord:
    return AnswerRecord(f"a{number:03}", more.get("who", f"r{number:03}"), "young_person", "safer", text)


def told(*texts: str) -> list[AnswerRecord]:
    return [answer(number, text) for number, text in enumerate(texts)]


def find(answers: Sequence[AnswerRecord], codings: Sequence[Coding] = ()) -> list[Candidate]:
    return find_candidates(answers, codings, BOOK, HashEncoder())


def coded(answer: AnswerRecord, start: int, end: int, verdict: Verdict | None = None) -> Coding:
    return Coding(answer.answer_id, Facet.THEME, "community_safety", start, end, 0.8, "", "machine", verdict)


class TestGroups:
    @settings(deadline=None)
    @given(st.integers(2, 40), st.integers(0, 1000), st.sampled_from((-0.2, 0.1, 0.4, 0.8)))
    def test_they_are_those_that_scipy_finds(self, count: int, seed: int, least: float) -> None:
        vectors = np.random.default_rng(seed).normal(size=(count, 6)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        labels = fcluster(linkage(vectors.astype(float), "average", metric="cosine"), 1 - least, "distance")
        theirs = sorted(np.flatnonzero(labels == each).tolist() for each in set(labels))
        assert average_link(vectors, least) == theirs

    def test_what_all_answers_to_a_question_share_tells_nobody_apart(self) -> None:
        shared, own = np.eye(4, dtype=np.float32)[0], np.eye(4, dtype=np.float32)[1:]
        vectors = np.stack([shared * 3 + each for each in own] * 20)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        kinds = ["safer"] * len(vectors)
        apart = apart_from(common_of(vectors, kinds), vectors, kinds)
        assert vectors[0] @ vectors[1] > 0.8
        assert apart[0] @ apart[1] < 0


class TestWords:
    def test_they_are_the_groups_own_and_the_name_is_made_of_them(self) -> None:
        words = distinctive(LIGHTS, OTHERS * 5)
        assert words[0] == "street lights"
        assert name_of(words).startswith("Street lights")
        said = " ".join(LIGHTS)
        assert all(part in said for each in words for part in each.split())

    def test_what_fewer_than_three_say_and_what_was_hidden_are_no_words(self) -> None:
        texts = ("[name] listened", "[name] listened", "[name] listened to marlowe", "marlowe listened")
        assert "listened" in distinctive(texts, OTHERS * 20)
        assert not {"marlowe", "name"} & {part for each in distinctive(texts, OTHERS) for part in each.split()}


class TestCandidates:
    def test_a_group_that_no_code_explains_is_offered_with_its_nearest_first(self) -> None:
        found = find(told(*LIGHTS, *OTHERS))
        assert [set(each.answers) for each in found] == [{f"a{at:03}" for at in range(len(LIGHTS))}]
        nearness = list(found[0].answers.values())
        assert nearness == sorted(nearness, reverse=True)
        assert found[0].name.startswith("Street lights")

    def test_what_the_codes_stand_on_is_no_candidate(self) -> None:
        answers = told(*LIGHTS, *OTHERS)
        explained = [coded(each, 0, len(each.text)) for each in answers[: len(LIGHTS)]]
        assert find(answers, explained) == []
        rejected = [replace(each, verdict=Verdict.REJECTED) for each in explained]
        assert len(find(answers, rejected)) == 1

    def test_a_code_on_no_words_in_particular_explains_the_whole_answer(self) -> None:
        answers = told(*LIGHTS, *OTHERS)
        assert find(answers, [coded(each, 0, 0, Verdict.ADDED) for each in answers[: len(LIGHTS)]]) == []

    def test_a_clause_beside_a_code_can_be_one(self) -> None:
        answers = told(*(f"she listens to me, {each}" for each in LIGHTS), *OTHERS)
        codings = [coded(each, 0, len("she listens to me")) for each in answers[: len(LIGHTS)]]
        found = find(answers, codings)
        assert len(found) == 1
        code, share, _ = found[0].overlap[0]
        assert (code, share) == ("community_safety", 1.0)

    @pytest.mark.parametrize(("shared", "offered"), [("mole", 1), ("[name]", 0)])
    def test_a_group_without_a_word_of_its_own_is_none(self, shared: str, offered: int) -> None:
        alike = [f"{shared} {shared} odd{each}" for each in range(6)]
        assert len(find(told(*alike, *OTHERS))) == offered

    def test_one_person_who_says_it_often_is_no_theme(self) -> None:
        answers = [answer(at, text, who="the same") for at, text in enumerate(LIGHTS)]
        assert find([*answers, *(replace(each, answer_id=f"b{each.answer_id}") for each in told(*OTHERS))]) == []

    @pytest.mark.parametrize("change", [{"withheld": True}, {"language": "ur"}])
    def test_what_can_not_be_read_is_left_out(self, change: dict[str, object]) -> None:
        answers, others = told(*LIGHTS), [replace(each, answer_id=f"b{each.answer_id}") for each in told(*OTHERS)]
        hidden = [replace(each, **change) for each in answers[FEWEST - 1 :]]  # type: ignore[arg-type]
        assert len(find([*answers, *others])) == 1
        assert find([*answers[: FEWEST - 1], *hidden, *others]) == []

    def test_the_order_of_answers_changes_nothing(self) -> None:
        answers = told(*LIGHTS, *OTHERS, *(f"{each} again" for each in LIGHTS))
        assert find(answers) == find(answers[::-1])
        assert find([]) == []


def test_the_measure_counts_a_hidden_theme_that_comes_back() -> None:
    """Every answer carries one of three themes in words of its own; a coder that proposes what it was taught."""
    topics = {
        "lights": "street lights on the path",
        "buses": "late buses back home",
        "food": "hot dinners served daily",
    }
    body = {"codebook": "small", "themes": [{"id": each, "definition": words} for each, words in topics.items()]}
    rows = [
        Exemplar(f"{words} number{at}", (), (code,), source=f"{code}{at}")
        for code, words in topics.items()
        for at in range(40)
    ]

    class Knowing:
        version = "1"

        def __init__(self, known: Sequence[str]) -> None:
            self._known = known

        def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
            return [Suggestion(each.answer_id, tuple(self._codings(each)), None, {}) for each in records]

        def _codings(self, record: AnswerRecord) -> list[Coding]:
            codes = [code for code in self._known if record.text.startswith(topics[code])]
            return [Coding(record.answer_id, Facet.THEME, code, 0, len(record.text), 0.9, "", "m") for code in codes]

    drawn = measure(rows, codebook_from(body), HashEncoder(), 1, lambda _, book: Knowing(book.theme_ids), hide=(1, 2))
    assert drawn.back == set(drawn.hidden)
    assert drawn.purity == (1.0,) * len(drawn.hidden)
    assert drawn.left == 0
