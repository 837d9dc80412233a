"""Codebooks: what answers are coded to, as versioned data."""

from analysis.codebook.codebook import Code, Codebook, Statements, UnknownCode, Workforce
from analysis.codebook.loader import codebook_from, load_codebook, shipped_codebook

__all__ = [
    "Code",
    "Codebook",
    "Statements",
    "UnknownCode",
    "Workforce",
    "codebook_from",
    "load_codebook",
    "shipped_codebook",
]
