"""One contract over both screens, and what only the learnt one promises."""

from pathlib import Path

import pytest

from consultation.content import BadFile
from consultation.domain.concern import Level
from consultation.encoder import HashEncoder, MiniLM
from consultation.safeguarding.examples import InvalidExamples, fingerprint, load_examples
from consultation.safeguarding.head import InvalidHead, load_head
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


def test_the_head_was_trained_on_the_examples_as_they_are() -> None:
    head, examples = load_head(MiniLM()), load_examples()
    assert head.examples == fingerprint(examples), "run python -m consultation.safeguarding.train"
    assert len(head.vectors) == len(examples)
    assert head.is_concern.tolist() == [each.level is not Level.NONE for each in examples]


def test_a_head_refuses_another_encoder() -> None:
    with pytest.raises(InvalidHead, match="hashed-words"):
        load_head(HashEncoder())


def test_a_missing_head_is_a_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidHead, match="run `python -m"):
        load_head(MiniLM(), tmp_path / "head.npz")


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
