"""Every pattern is tried on its own hits and near misses; a pattern without cases fails."""

from pathlib import Path

import pytest
import yaml

from consultation.content import BadFile
from consultation.domain.concern import Level
from consultation.safeguarding.patterns import Pattern, find, load_patterns
from consultation.safeguarding.spelling import read

CASES = yaml.safe_load(Path(__file__).with_name("pattern_cases.yaml").read_text(encoding="utf-8"))
PATTERNS = load_patterns()


def test_cases_and_patterns_are_the_same_list() -> None:
    assert PATTERNS
    assert sorted(CASES) == sorted(pattern.name for pattern in PATTERNS)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_pattern(pattern: Pattern) -> None:
    hits, near_misses = CASES[pattern.name]["hits"], CASES[pattern.name]["near_misses"]
    assert hits
    assert near_misses
    missed = [text for text in hits if not find(read(text), (pattern,))]
    fooled = [text for text in near_misses if find(read(text), (pattern,))]
    assert (missed, fooled) == ([], [])


def test_the_gravest_comes_first_and_spans_lie_in_the_text_as_typed() -> None:
    text = "my dad h1ts me and ive   taken all the PILLS"
    hits = find(read(text), PATTERNS)
    levels = [hit.pattern.level for hit in hits]
    assert (levels[0], levels[-1]) == (Level.IMMEDIATE, Level.SUPPORT)
    assert levels == sorted(levels, key=lambda level: -level.rank)
    assert text[slice(*hits[0].span)] == "ive   taken all the PILLS"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("patterns: [{name: a, kind: b, level: support, reason: r}]", "'regex' is missing"),
        ("patterns: [{name: a, kind: b, level: support, reason: r, regex: '('}]", "'a' cannot be read"),
        ("patterns: [{name: a, kind: b, level: urgent, reason: r, regex: x}]", "line 1: patterns.0.level"),
        ("patterns: [&p {name: a, kind: b, level: support, reason: r, regex: x}, *p]", "a stands there twice"),
    ],
)
def test_a_bad_file_is_a_clear_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "patterns.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadFile, match=sentence):
        load_patterns(path)
