"""What the shipped coder promises for any answer: purity, places, reasons, abstention; and that it is what it was made
to be."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from analysis.codebook import shipped_codebook
from analysis.coding import Coder, Suggestion, UnusableHead, shipped_coder
from analysis.coding.attentive import AttentiveCoder
from analysis.coding.attentive_head import VOTERS, load
from analysis.coding.exemplars import fingerprint, kept_apart, read_exemplars
from analysis.coding.reading import MODEL, Reader
from analysis.records import AnswerRecord, Facet
from consultation.domain.languages import ENGLISH, IN_ENGLISH

ANSWERS = {
    "lights": ("young_person", "safer", "more street lights by the park cos its pitch black at 5"),
    "waiting": ("parent_carer", "help_good_bad", "Two years on the CAMHS waiting list. Nobody rang, nobody wrote."),
    "systems": (
        "staff",
        "in_the_way",
        "health and social care keep separate systems and won't share, and my manager is never here",
    ),
    "bullied": (
        "young_person",
        "bad_experience",
        "got bullied every day on the bus and school did nothing",
    ),
    "token": ("young_person", "good_worker", "  [name] always listened to me and never told anyone else  "),
    "unasked": ("", "", "we need cheaper buses"),
    "emoji": ("young_person", "healthy", "gym is well too expensive 💸💸 for people my age"),
}
EMPTY = {"blank": " \n ", "punctuation": "...?!", "emoji": "🤷", "hidden": "[name] [place]"}


def _record(answer_id: str, audience: str, question: str, text: str) -> AnswerRecord:
    return AnswerRecord(answer_id, "r", audience, question, text)


RECORDS = [_record(answer_id, *said) for answer_id, said in ANSWERS.items()]


@pytest.fixture(scope="module")
def coder() -> Coder:
    return shipped_coder()


@pytest.fixture(scope="module")
def together(coder: Coder) -> dict[str, Suggestion]:
    return {each.answer_id: each for each in coder.code(RECORDS)}


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.answer_id)
def test_an_answer_is_coded_alike_alone_and_in_company(record: AnswerRecord, together: dict[str, Suggestion]) -> None:
    head = shipped_coder().head
    fresh = AttentiveCoder(head, shipped_codebook(), Reader(head.places))  # nothing remembered from the batch
    assert fresh.code([record]) == [together[record.answer_id]]


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.answer_id)
def test_codings_stand_inside_the_text_with_a_reason(record: AnswerRecord, together: dict[str, Suggestion]) -> None:
    found = together[record.answer_id]
    assert found.codings
    for coding in found.codings:
        assert coding.answer_id == record.answer_id
        assert 0 <= coding.start < coding.end <= len(record.text)
        span = record.text[coding.start : coding.end]
        assert span == span.strip()
        assert 0 <= coding.confidence <= 1
        assert coding.confidence == round(coding.confidence, 2)
        assert coding.reason.endswith((".", "”.", ")."))
        assert "“" in coding.reason, "a reason quotes words or an example"
        assert coding.coder == f"machine {shipped_coder().version}"
        assert coding.verdict is None


@pytest.mark.parametrize("answer_id", ANSWERS)
def test_each_code_once_and_one_sentiment(answer_id: str, together: dict[str, Suggestion]) -> None:
    found = together[answer_id]
    codes = [(each.facet, each.code) for each in found.codings]
    assert len(codes) == len(set(codes))
    assert len(found.codes(Facet.SENTIMENT)) == 1
    assert (found.uncoded is None) == any(facet is not Facet.SENTIMENT for facet, _ in codes)
    assert set(found.confidences) == {each.id for each in shipped_codebook().codes}


def test_plain_answers_get_the_plain_codes(together: dict[str, Suggestion]) -> None:
    assert "community_safety" in together["lights"].codes(Facet.THEME)
    assert "stay_safe" in together["lights"].codes(Facet.OUTCOME)
    assert "access_availability" in together["waiting"].codes(Facet.THEME)
    assert together["waiting"].codes(Facet.SENTIMENT) == ("negative",)
    assert "bullying" in together["bullied"].codes(Facet.THEME)
    assert "transport" in together["unasked"].codes(Facet.THEME)


def test_a_code_stands_on_the_clause_that_carries_it(together: dict[str, Suggestion]) -> None:
    text = ANSWERS["systems"][2]
    spans = {each.code: text[each.start : each.end] for each in together["systems"].codings}
    assert "share" in spans["integrated_working"]
    assert "manager" in spans["leadership_supervision"]


@pytest.mark.parametrize("kind", EMPTY)
def test_nothing_to_read_is_uncoded_with_a_reason(coder: Coder, kind: str) -> None:
    [found] = coder.code([_record(kind, "young_person", "safer", EMPTY[kind])])
    assert found.codings == ()
    assert found.uncoded


@pytest.mark.parametrize("shrug", ["pass", "dont know", "see above", "nothing to add"])
def test_a_shrug_is_uncoded_with_a_reason(coder: Coder, shrug: str) -> None:
    [found] = coder.code([_record("1", "staff", "training", shrug)])
    assert found.codes(Facet.THEME) == found.codes(Facet.OUTCOME) == ()
    assert found.uncoded


def test_a_withheld_answer_is_not_read(coder: Coder) -> None:
    record = AnswerRecord("1", "r", "young_person", "safer", "", withheld=True)
    [found] = coder.code([record])
    assert found.codings == ()
    assert found.uncoded is not None
    assert "withheld" in found.uncoded


@pytest.mark.parametrize("language", [each for each in IN_ENGLISH if each != ENGLISH])
def test_other_languages_are_left_to_people_and_the_reason_says_so(coder: Coder, language: str) -> None:
    record = replace(RECORDS[0], language=language)
    [found] = coder.code([record])
    assert found.codings == ()
    assert found.uncoded == f"Written in {IN_ENGLISH[language]}: the machine reads English. A person must code it."
    [english] = coder.code([replace(record, language=ENGLISH)])
    assert english.codings


def test_why_a_code_was_given_is_told_by_words_and_examples() -> None:
    record = RECORDS[2]
    why = shipped_coder().explain(record, ["leadership_supervision", "no such code"])
    assert set(why) == {"leadership_supervision"}
    told = why["leadership_supervision"]
    assert "manager" in [record.text[start:end] for start, end in told.words]
    assert len(told.nearest) == len(set(told.nearest)) == 3
    assert shipped_coder().explain(replace(record, language="pl"), ["leadership_supervision"]) == {}


def test_the_nearest_exemplars_vote() -> None:
    """With the codes of the nearest turned round, and all else as it is, the answer speaks for other codes."""
    coder, record = shipped_coder(), RECORDS[0]
    column = coder.head.columns.index((Facet.THEME, "transport"))
    nearest = np.argsort(-coder.see(record).seen.likeness)[:VOTERS]
    turned = coder.head.truth.copy()
    turned[nearest, column] ^= True
    other = AttentiveCoder(replace(coder.head, truth=turned), shipped_codebook(), coder.reader)
    one, two = (each.see(record).seen.scores for each in (coder, other))
    assert one[column] + 1 < two[column], "nobody near speaks of transport; now all do"
    assert np.delete(one, column).tolist() == np.delete(two, column).tolist()


def test_those_that_calibrate_have_no_vote() -> None:
    rows = read_exemplars()
    away = kept_apart(rows)
    assert 0.1 < sum(away) / len(rows) < 0.2
    learnt = {each.text for each, out in zip(rows, away, strict=True) if not out}
    assert set(shipped_coder().head.texts) <= learnt


def test_the_shipped_coder_was_made_of_the_shipped_exemplars_and_encoder() -> None:
    """If this fails, somebody changed an exemplar or a file: run `python -m analysis.coding.learning.train`."""
    method, made = shipped_coder().version.split(".")
    facts = [method, fingerprint(read_exemplars()), sha256(MODEL.read_bytes()).hexdigest()]
    assert sha256(json.dumps(facts).encode()).hexdigest()[:8] == made


def test_a_head_without_its_codebook_or_its_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "head.npz").write_bytes(b"not a head")
    with pytest.raises(UnusableHead, match="Reinstall"):
        load(tmp_path / "head.npz")
    other = replace(shipped_codebook(), themes=shipped_codebook().themes[1:])
    with pytest.raises(UnusableHead, match="other codes"):
        AttentiveCoder(shipped_coder().head, other, shipped_coder().reader)


def test_a_very_long_answer_is_read(coder: Coder) -> None:
    text = "nobody ever listens to us, they just write it down. " * 60
    [found] = coder.code([_record("1", "young_person", "bad_experience", text)])
    assert found.codings
