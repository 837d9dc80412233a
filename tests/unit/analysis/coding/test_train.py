"""A codebook of somebody else's, learned in a moment; and the shipped head is the one its exemplars make."""

from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from analysis.codebook import Code, Codebook, UnknownCode, shipped_codebook
from analysis.coding import KernelCoder, UnusableHead
from analysis.coding.exemplars import (
    Exemplar,
    UnusableExemplar,
    exemplar_from,
    fingerprint,
    folds,
    own_words,
    read_exemplars,
)
from analysis.coding.head import load, save
from analysis.coding.passages import read_answer
from analysis.coding.train import train
from analysis.records import AnswerRecord, Facet
from consultation.encoder import HashEncoder, MiniLM

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


@pytest.fixture(scope="module")
def coder() -> KernelCoder:
    return train(ROWS, CAFE, HashEncoder())


def _ask(text: str) -> AnswerRecord:
    return AnswerRecord("1", "1", "", "", text)


def test_another_codebook_is_learned_from_a_handful_of_rows(coder: KernelCoder) -> None:
    [found] = coder.code([_ask("that cake was stale")])
    assert found.codes(Facet.THEME)[0] == "cake"
    assert found.codes(Facet.OUTCOME) == found.codes(Facet.SENTIMENT) == ()  # nobody taught it any


def test_without_a_single_example_the_codebooks_own_words_are_learned() -> None:
    coder = train([Exemplar("hm", outcomes=(), themes=())], CAFE, HashEncoder())
    scores = coder.code([_ask("cake, cake and cake")])[0].confidences
    assert set(scores) == {"tea", "cake", "music"}


def test_the_question_counts_where_it_is_known_and_only_there() -> None:
    rows = [
        Exemplar(each.text, themes=each.themes, audience="a", question=each.themes[0]) for each in ROWS if each.themes
    ]
    head = train(rows, CAFE, HashEncoder()).head
    asked, unasked = (read_answer("lovely", ("a", question), HashEncoder()).passage for question in ("cake", "new"))
    assert head.likeness(asked)[1] is head.asked
    assert head.likeness(unasked)[1] is head.unasked
    assert train(ROWS, CAFE, HashEncoder()).head.asked is None  # no row has a question


def test_what_nobody_said_is_not_taken_for_a_no() -> None:
    own = own_words(shipped_codebook())
    assert {(each.outcomes is None, each.themes is None) for each in own} == {
        (True, False),
        (False, True),
        (False, False),
    }
    assert all(not each.question for each in own)


def test_training_again_gives_the_same_file(coder: KernelCoder, tmp_path: Path) -> None:
    save(coder.head, tmp_path / "one.npz")
    save(train(ROWS, CAFE, HashEncoder()).head, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_saved_head_codes_as_before(coder: KernelCoder, tmp_path: Path) -> None:
    save(coder.head, tmp_path / "head.npz")
    again = KernelCoder(load(tmp_path / "head.npz"), CAFE, HashEncoder())
    assert again.code([_ask("cold tea, loud music")]) == coder.code([_ask("cold tea, loud music")])


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownCode, match="cakes"):
        train([*ROWS, Exemplar("crumbs", themes=("cakes",))], CAFE, HashEncoder())


def test_a_row_that_cannot_be_learned_from_is_named() -> None:
    with pytest.raises(UnusableExemplar, match="Row 3 of notes: 'angry'"):
        exemplar_from({"text": "hm", "sentiment": "angry"}, "notes", 3)
    with pytest.raises(UnusableExemplar, match="Row 4 of notes has no text"):
        exemplar_from({"themes": []}, "notes", 4)


def test_a_head_refuses_another_encoder_and_another_codebook(coder: KernelCoder) -> None:
    with pytest.raises(UnusableHead, match="hashed-words"):
        KernelCoder(coder.head, CAFE, MiniLM())
    with pytest.raises(UnusableHead, match="other codes"):
        KernelCoder(coder.head, shipped_codebook(), HashEncoder())


def test_a_broken_file_is_refused_with_a_way_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "head.npz").write_bytes(b"not a head")
    with pytest.raises(UnusableHead, match="Make it again"):
        load(tmp_path / "head.npz")


def test_neighbours_of_one_author_fall_into_one_fold() -> None:
    rows = [Exemplar(str(at), source="a", question="q") for at in range(80)]
    drawn = np.array(folds(rows, 5)).reshape(-1, 8)
    assert (drawn == drawn[:, :1]).all()
    assert len(set(drawn[:, 0])) > 1


def test_the_shipped_head_has_seen_the_shipped_exemplars() -> None:
    """If this fails, somebody changed an exemplar or the codebook: run `python -m analysis.coding.train`."""
    rows, head = read_exemplars(), load()
    assert len(rows) > 2000
    assert head.exemplars == fingerprint(rows)
    assert head.encoder == MiniLM.name
    codes = {code for facet, code in head.columns if facet is not Facet.SENTIMENT}
    assert codes == {each.id for each in shipped_codebook().codes}
