"""Confidences that mean what they say, and thresholds that codes with few examples do not learn by luck."""

import numpy as np

from analysis.coding.calibration import calibrate


def _drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    scores = rng.uniform(0, 1, (count, 2)).astype(np.float32)
    chance = 1 / (1 + np.exp(-(6 * scores - 4)))
    return scores, rng.uniform(size=scores.shape) < chance


def test_confidence_is_the_share_that_proves_right() -> None:
    scores, truth = _drawn(4000)
    confidence = calibrate(scores, truth, [slice(0, 2)]).confidence(scores)
    for low in (0.1, 0.3, 0.5, 0.7):
        band = (confidence >= low) & (confidence < low + 0.2)
        assert abs(truth[band].mean() - confidence[band].mean()) < 0.05


def test_confidence_rises_with_the_score() -> None:
    scores, truth = _drawn(500)
    found = calibrate(scores, truth, [slice(0, 2)])
    ladder = found.confidence(np.linspace(0, 1, 11, dtype=np.float32)[:, None].repeat(2, axis=1))
    assert (np.diff(ladder, axis=0) > 0).all()


def test_a_code_without_examples_is_never_proposed() -> None:
    scores, truth = _drawn(200)
    truth[:, 1] = False
    found = calibrate(scores, truth, [slice(0, 2)])
    assert (found.confidence(scores)[:, 1] < found.threshold[1]).all()


def test_where_one_of_several_is_true_its_share_is_as_often_right() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(0, 5, (4000, 4)).astype(np.float32)
    odds = np.exp(0.4 * scores)
    truth = np.stack([rng.multinomial(1, each) for each in odds / odds.sum(axis=1, keepdims=True)]).astype(bool)
    found = calibrate(scores, truth, [], slice(0, 4))
    assert found.slope.tolist() == [found.slope[0]] * 4
    assert abs(found.slope[0] - 0.4) < 0.03
