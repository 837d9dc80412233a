"""Every recognizer in the registry finds its hits, leaves its near misses, and says both in its docstring."""

import importlib
import re
from pathlib import Path

import pytest

from consultation.privacy import recognizers
from consultation.privacy.reading import Reading
from consultation.privacy.recognizers import RECOGNIZERS
from tests.unit.consultation.privacy.recognizer_cases import HITS, NEAR_MISSES

BY_NAME = {recognizer.name: recognizer for recognizer in RECOGNIZERS}


def _found(name: str, text: str) -> list[str]:
    return [text[start:end] for start, end in BY_NAME[name].find(Reading.of(text))]


def test_every_recognizer_has_cases_and_every_file_is_registered() -> None:
    folder = Path(recognizers.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "recognizer"}
    assert len(files) >= 15
    assert files == set(BY_NAME) == set(HITS) == set(NEAR_MISSES)
    assert all(HITS.values())
    assert all(NEAR_MISSES.values())


@pytest.mark.parametrize("name", BY_NAME)
def test_docstring_tells_hits_and_near_misses(name: str) -> None:
    doc = importlib.import_module(f"consultation.privacy.recognizers.{name}").__doc__ or ""
    assert "Hits:" in doc
    assert "Near misses:" in doc


@pytest.mark.parametrize(("name", "marked"), [(name, text) for name, texts in HITS.items() for text in texts])
def test_hit(name: str, marked: str) -> None:
    wanted = re.findall(r"\{(.*?)\}", marked)
    text = marked.replace("{", "").replace("}", "")
    found = _found(name, text)
    assert wanted
    assert all(any(want in one for one in found) for want in wanted), found


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in NEAR_MISSES.items() for text in texts])
def test_near_miss(name: str, text: str) -> None:
    assert _found(name, text) == []
