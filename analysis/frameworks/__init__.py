"""Authorities' frameworks: what a consultation's findings answer to, as data."""

from analysis.frameworks.framework import Framework, Milestone, Objective, PlanRequirement, Priority, Source
from analysis.frameworks.loader import load_framework, load_framework_file, shipped_frameworks

__all__ = [
    "Framework",
    "Milestone",
    "Objective",
    "PlanRequirement",
    "Priority",
    "Source",
    "load_framework",
    "load_framework_file",
    "shipped_frameworks",
]
