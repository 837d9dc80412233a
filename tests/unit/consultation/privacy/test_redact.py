"""Redaction: what was detected is gone, offsets hold whatever was typed, a failure lets nothing through."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.domain.text import Kind, RawText, RedactedText, Span
from consultation.privacy.detect import Detector, JointDetector, WordDetector, default_detector, settle
from consultation.privacy.likelihoods import Weights, pack, stored_weights, unpack
from consultation.privacy.rampart import FixedEncoder, ModelUnavailable, Pieces, Rampart
from consultation.privacy.redact import redact

RULES = JointDetector(FixedEncoder(), Weights.of_nothing())
PEOPLE = WordDetector({"kemi": Kind.PERSON, "oakfield": Kind.SCHOOL})
ANY_TEXT = st.text(max_size=120)
ODD = st.sampled_from(["", "\u200b", "\u00ad", "\u200d", "\u202e", "\ufeff"])


@pytest.fixture(scope="module")
def detector() -> Detector:
    return default_detector()


def test_tokens_stand_where_details_were(detector: Detector) -> None:
    done = redact(RawText("my social worker Bernadette is on 07700 900123"), detector)
    assert done == RedactedText("my social worker [name] is on [phone]", (Kind.PERSON, Kind.PHONE))


def test_raw_text_never_shows_itself() -> None:
    raw = RawText("im kemi from peckham")
    assert repr(raw) == str(raw) == f"{raw}" == "RawText(<20 characters>)"
    assert raw.reveal() == "im kemi from peckham"


def test_stored_text_tells_again_what_was_hidden() -> None:
    for kind in Kind:
        assert RedactedText.stored(f"a {kind.token} b").hidden == (kind,)


@settings(deadline=None)
@given(ANY_TEXT)
def test_spans_are_sorted_apart_and_inside_the_text(text: str) -> None:
    spans = RULES.detect(text)
    assert list(spans) == sorted(spans)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))


@settings(deadline=None, max_examples=60)
@given(ANY_TEXT, st.sampled_from(["mr okonkwo", "07700 900123", "im 14", "SW9 8QT", "my nan doreen"]), ANY_TEXT)
def test_redacting_twice_changes_nothing(before: str, detail: str, after: str) -> None:
    once = redact(RawText(f"{before} {detail} {after}"), RULES)
    assert redact(RawText(once.text), RULES).text == once.text


def test_tokens_are_left_alone(detector: Detector) -> None:
    for kind in Kind:
        text = f"my friend {kind.token} went, and miss {kind.token} too"
        assert redact(RawText(text), detector).text == text


@given(st.lists(st.sampled_from(["kemi", "said", "oakfield", "KEMI", "help", "us"]), max_size=12))
def test_nothing_of_a_detected_span_remains(words: list[str]) -> None:
    done = redact(RawText(" ".join(words)), PEOPLE)
    assert "kemi" not in done.text.lower()
    assert "oakfield" not in done.text
    assert len(done.hidden) == sum(word.lower() in {"kemi", "oakfield"} for word in words)


@given(
    st.lists(ODD, min_size=5, max_size=5),
    st.sampled_from(["kemi", "kеmі", "ｋｅｍｉ", "KÉMI", "𝓴𝓮𝓶𝓲"]),
    ANY_TEXT,
)
def test_offsets_survive_invisible_and_look_alike_letters(odd: list[str], name: str, after: str) -> None:
    hidden = odd[0].join(name)
    text = f"{odd[1]}hi {hidden} ok{odd[2]}"
    (span,) = PEOPLE.detect(text)
    assert text[span.start : span.end].strip("".join(odd)) == hidden.strip("".join(odd))
    assert redact(RawText(text), PEOPLE).text == text.replace(hidden, "[name]")


def test_the_real_detector_reads_through_disguises(detector: Detector) -> None:
    for text in (
        "mr оkonkwо is kind",
        "mr o\u200bkonk\u200bwo is kind",
        "mr ｏｋｏｎｋｗｏ is kind",
        "MR OKONKWO IS KIND",
    ):
        assert "konk" not in redact(RawText(text), detector).text.lower()
        assert redact(RawText(text), detector).hidden == (Kind.PERSON,)


def test_overlaps_become_one_span_that_covers_all() -> None:
    spans = [Span(0, 5, Kind.PERSON), Span(3, 12, Kind.SCHOOL), Span(12, 14, Kind.AGE)]
    assert settle(spans) == [Span(0, 12, Kind.SCHOOL), Span(12, 14, Kind.AGE)]


def test_a_very_long_answer_is_read_to_its_end(detector: Detector) -> None:
    text = ("they never ring back when they say they will. " * 500)[:19_950] + " my key worker Shazia did."
    spans = detector.detect(text)
    assert [text[span.start : span.end] for span in spans] == ["Shazia"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "😀😀", "\u200b", "؟", "🏳️‍🌈 ok"])
def test_texts_without_words_are_left_alone(text: str, detector: Detector) -> None:
    assert redact(RawText(text), detector).text == text


def test_a_model_that_does_not_load_is_told_plainly(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(ModelUnavailable, match="does not load"):
        Rampart({}, tmp_path_factory.mktemp("empty"))


def test_weights_survive_their_file_and_damage_is_told_plainly() -> None:
    packed = pack(stored_weights())
    assert pack(unpack(packed)) == packed
    for damaged in (packed[:-2000], b"", b"not a zip", packed[:5000] + b"\0" * 5000 + packed[10_000:]):
        with pytest.raises(ModelUnavailable, match="do not load"):
            unpack(damaged)


def test_an_encoder_that_fails_lets_nothing_through() -> None:
    class Broken:
        def read(self, text: str) -> Pieces:
            raise ModelUnavailable("gone")

    with pytest.raises(ModelUnavailable):
        redact(RawText("help us"), JointDetector(Broken(), Weights.of_nothing()))
