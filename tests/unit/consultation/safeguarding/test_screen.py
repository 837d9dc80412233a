"""One contract over both screens, and what only the learnt one promises."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consultation.content import BadFile
from consultation.domain.concern import Level
from consultation.safeguarding.examples import InvalidExamples, load_examples
from consultation.safeguarding.patterns import load_patterns
from consultation.safeguarding.screen import (
    PatternScreen,
    Screen,
    load_screen,
    load_thresholds,
    screen,
)


class ScreenContract:
    @pytest.fixture
    def judge(self) -> Screen:
        raise NotImplementedError

    @pytest.mark.parametrize(
        ("text", "level"),
        [
            ("im going to k1ll myself tonight", Level.IMMEDIATE),
            ("my mum wont wake up and im on my own", Level.IMMEDIATE),
            ("my dad hits me", Level.SUPPORT),
            ("", Level.NONE),
            ("15", Level.NONE),
            ("🙂", Level.NONE),
            ("she remembered my birthday", Level.NONE),
        ],
    )
    def test_plain_cases(self, judge: Screen, text: str, level: Level) -> None:
        assert judge(text).level is level

    def test_what_is_found_is_explained_and_placed(self, judge: Screen) -> None:
        text = "Lunch is fine. My Dad HITS me"
        concern = judge(text)
        assert concern.reason
        assert concern.span is not None
        assert "HITS me" in text[slice(*concern.span)]
        assert 0.5 < concern.score <= 1

    def test_the_same_text_always_gets_the_same_concern(self, judge: Screen) -> None:
        texts = ["my dad hits me", "someone to talk to", "something happens at home but i cant say"]
        first = [judge(text) for text in texts]
        assert [judge(text) for text in reversed(texts)] == first[::-1]

    def test_danger_at_the_end_of_a_very_long_answer_is_seen(self, judge: Screen) -> None:
        assert judge("the bus was late again and lunch was cold " * 120 + "and my dad hits me").level is not Level.NONE


class TestPatternScreen(ScreenContract):
    @pytest.fixture
    def judge(self) -> Screen:
        return PatternScreen(load_patterns(), load_thresholds())


class TestFullScreen(ScreenContract):
    @pytest.fixture
    def judge(self) -> Screen:
        return load_screen()

    @pytest.mark.parametrize(
        "text",
        [
            "she only hits me when theres no money",
            "its the nights. thats all i can put",
            "One of my pupils told me her uncle touches her and I don't know who to tell",
        ],
    )
    def test_hears_what_no_pattern_says(self, judge: Screen, text: str) -> None:
        assert judge(text).level is not Level.NONE

    @pytest.mark.parametrize(
        "text",
        [
            "we need training on suicide prevention and self-harm",
            "more youth clubs and better street lights",
            "My worker was brilliant, he always turned up when he said he would",
            "CAMHS waiting list is two years",
        ],
    )
    def test_lets_everyday_answers_pass(self, judge: Screen, text: str) -> None:
        assert judge(text).level is Level.NONE


def test_the_plain_function_is_the_shipped_screen() -> None:
    assert screen("my dad hits me") == load_screen()("my dad hits me")


SAYS_NOTHING = ["", " ", "\u200b", "?!", "15", "🙂", "\ud800"]


@given(st.text(max_size=80))
@example("\ud800 my dad hits me")
@settings(max_examples=60, deadline=None)
def test_any_string_has_a_concern_whose_span_lies_inside_it(text: str) -> None:
    concern = screen(text)
    assert screen(text) == concern
    if concern.span is not None:
        assert 0 <= concern.span[0] < concern.span[1] <= len(text)


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_what_says_nothing_is_no_concern(text: str) -> None:
    assert screen(text).level is Level.NONE


@pytest.mark.parametrize("text", ["he comes in my room at night", "i dont want to wake up tomorrow", "the club is fun"])
def test_case_blanks_and_invisible_characters_change_nothing(text: str) -> None:
    plain = screen(text)
    for other in (text.upper(), f"  {text}\n", text.replace(" ", "   "), text.replace("e", "e\u200b", 1)):
        said = screen(other)
        assert (said.level, said.score) == (plain.level, plain.score), other


@pytest.mark.parametrize("kind", sorted({each.kind for each in load_examples() if each.level is not Level.NONE}))
def test_most_examples_of_each_danger_are_noticed(kind: str) -> None:
    """They were learnt from, so this measures nothing: it fails where a kind was lost on the way."""
    some = [each for each in load_examples() if each.kind == kind and each.level is not Level.NONE][::10]
    noticed = [screen(each.text).level is not Level.NONE for each in some]
    assert sum(noticed) / len(noticed) >= 0.8


@pytest.mark.parametrize(
    ("text", "about_staff"),
    [
        ("my football coach touches me in the changing room", True),
        ("a teacher at my school hit a boy in the corridor", True),
        ("my keyworker sends me messages at night and wants pictures", True),
        ("my dad hits me", False),
        ("i want to die", False),
        ("my teacher is boring", False),
    ],
)
def test_allegations_against_staff_are_told_apart(text: str, about_staff: bool) -> None:
    assert screen(text).about_staff is about_staff


def test_other_thresholds_speak_sooner_or_later() -> None:
    text, wary = "she only hits me when theres no money", load_thresholds().model_copy(update={"support": 0.001})
    assert load_screen(wary)("the club is fun on fridays").score == screen("the club is fun on fridays").score
    bold = wary.model_copy(update={"support": 0.9999, "immediate": 0.9999})
    assert load_screen(wary)(text).level is not Level.NONE
    assert load_screen(bold)(text).level is Level.NONE


@pytest.mark.parametrize("content", ["support: 0.3", "{support: 2, immediate: 0.1, pattern: 0.9}", "[]"])
def test_bad_thresholds_are_a_clear_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadFile, match=r"thresholds\.yaml"):
        load_thresholds(path)


def test_examples_are_many_and_no_text_stands_there_twice() -> None:
    texts = [each.text.strip().lower() for each in load_examples()]
    assert len(texts) > 1100
    assert len(texts) == len(set(texts))


def test_a_bad_example_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x", "level": "high"}\n', encoding="utf-8")
    with pytest.raises(InvalidExamples, match=r"a\.jsonl, line 1"):
        load_examples(tmp_path)
