"""Survey files: schema, loading and checks, and the templates that ship. Knows no conversation and no storage."""

from consultation.surveys.areas import UnusableAreas, with_areas
from consultation.surveys.loader import load_survey, parse_survey, shipped_templates, template

__all__ = ["UnusableAreas", "load_survey", "parse_survey", "shipped_templates", "template", "with_areas"]
