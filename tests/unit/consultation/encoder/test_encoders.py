"""One contract over the real encoder and the fake, and what only the real one can get wrong."""

from pathlib import Path

import numpy as np
import pytest

from consultation.encoder import DIMENSIONS, Encoder, HashEncoder, MiniLM, ModelUnavailable

TEXTS = ["my worker listened", "MY WORKER  listened", "", "🙂", "the bus never comes " * 400, "a\x00b\ud800"]


class EncoderContract:
    @pytest.fixture
    def encoder(self) -> Encoder:
        raise NotImplementedError

    def test_gives_one_unit_row_a_text(self, encoder: Encoder) -> None:
        vectors = encoder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), DIMENSIONS)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)

    def test_gives_no_rows_for_no_texts(self, encoder: Encoder) -> None:
        assert encoder.encode([]).shape == (0, DIMENSIONS)

    def test_a_text_is_the_same_alone_and_in_company(self, encoder: Encoder) -> None:
        together = encoder.encode(TEXTS)
        alone = np.vstack([type(encoder)().encode([text]) for text in reversed(TEXTS)])[::-1]
        assert np.array_equal(together, alone)

    def test_shared_words_are_nearer_than_none(self, encoder: Encoder) -> None:
        asked, near, far = encoder.encode(["my worker listened", "a worker who listened", "buy cheap fuel"])
        assert asked @ near > asked @ far

    def test_tokens_stand_in_the_text_and_pool_to_its_vector(self, encoder: Encoder) -> None:
        for text in TEXTS:
            offsets, vectors = encoder.tokens(text)
            assert vectors.dtype == np.float32
            assert len(vectors) >= 1
            assert vectors.shape == (len(offsets), DIMENSIONS)
            assert (offsets >= 0).all()
            assert (offsets <= len(text)).all()
        _, vectors = encoder.tokens(TEXTS[0])
        pooled = vectors.mean(axis=0)
        assert np.allclose(pooled / np.linalg.norm(pooled), encoder.encode([TEXTS[0]])[0], atol=1e-5)

    def test_tokens_reach_the_end_of_a_long_text(self, encoder: Encoder) -> None:
        text = "the bus never comes " * 400
        assert encoder.tokens(text)[0].max() == len(text.rstrip())

    def test_is_named(self, encoder: Encoder) -> None:
        assert encoder.name


class TestHashEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return HashEncoder()


class TestMiniLM(EncoderContract):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return MiniLM()

    def test_meaning_beats_words(self, encoder: Encoder) -> None:
        asked, near, far = encoder.encode(["i want to die", "my life is not worth it", "to dye my hair"])
        assert asked @ near > asked @ far

    def test_does_not_hand_out_its_cache(self, encoder: Encoder) -> None:
        encoder.encode(["hello"])[:] = 0
        assert np.linalg.norm(encoder.encode(["hello"])) == pytest.approx(1.0, abs=1e-5)


def test_a_broken_model_is_a_clear_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "model.onnx"
    broken.write_bytes(b"not a model")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        MiniLM(model=broken)


def test_a_missing_vocabulary_is_a_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="vocabulary"):
        MiniLM(vocabulary=tmp_path / "none.txt")
