"""Sentence vectors, shared by safeguarding and analysis: equal meaning, near vectors.

Must not know what the vectors are used for, nor keep any text it was given.
"""

from consultation.encoder.contract import DIMENSIONS, Encoder, ModelUnavailable, Offsets, Vectors
from consultation.encoder.hashed import HashEncoder
from consultation.encoder.minilm import MiniLM
from consultation.encoder.tuned import Changes, TunedMiniLM

__all__ = [
    "DIMENSIONS",
    "Changes",
    "Encoder",
    "HashEncoder",
    "MiniLM",
    "ModelUnavailable",
    "Offsets",
    "TunedMiniLM",
    "Vectors",
]
