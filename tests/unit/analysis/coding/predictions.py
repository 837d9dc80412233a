"""Predictions whose truth follows their confidences, so that what is measured on them is known."""

import numpy as np

from analysis.coding.held_out import Floats, HeldOut


def predictions(chance: np.random.Generator, n: int, codes: int = 12, honest: float = 1.0) -> HeldOut:
    """`honest` below 1: more is wrong than the confidences say, and of some codes more than of others."""
    sure = chance.beta(0.2, 0.5, size=(n, codes)) * np.linspace(1.0, 0.99, codes)
    return HeldOut(
        tuple(f"c{at}" for at in range(codes)), sure, sure >= 0.4, chance.random((n, codes)) < truly(sure, honest)
    )


def truly(sure: Floats, honest: float) -> Floats:
    """How likely each code is."""
    trust = honest ** np.linspace(0, 2, sure.shape[1])
    return np.asarray(sure * trust)
