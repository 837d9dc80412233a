"""Survey files: schema, loading and checks, and the templates that ship. Knows no conversation and no storage."""

from consultation.surveys.loader import load_survey, parse_survey, template

__all__ = ["load_survey", "parse_survey", "template"]
