"""Coding answers to a codebook: the machine proposes, with a confidence and a reason, and may abstain.

Knows no particular codebook, channel or storage.
"""

from analysis.coding.attentive import shipped_coder
from analysis.coding.suggestion import Coder, Suggestion, UnusableHead

__all__ = ["Coder", "Suggestion", "UnusableHead", "shipped_coder"]
