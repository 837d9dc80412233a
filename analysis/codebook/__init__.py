"""Codebooks: what answers are coded to, as versioned data."""

from analysis.codebook.codebook import Code, Codebook, Statements, UnknownCode, Workforce
from analysis.codebook.loader import load_codebook, shipped_codebook

__all__ = ["Code", "Codebook", "Statements", "UnknownCode", "Workforce", "load_codebook", "shipped_codebook"]
