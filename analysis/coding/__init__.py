"""Coding answers to a codebook: the machine proposes, with a confidence and a reason, and may abstain.

Knows no particular codebook, channel or storage.
"""

from analysis.coding.head import UnusableHead
from analysis.coding.suggest import KernelCoder, shipped_coder
from analysis.coding.suggestion import Coder, Suggestion

__all__ = ["Coder", "KernelCoder", "Suggestion", "UnusableHead", "shipped_coder"]
