"""Content as versioned data: YAML files checked against a schema, with file, line and a sentence on any fault.

Knows YAML and pydantic; knows nothing of what a survey, a codebook or a framework means.
"""

from consultation.content.checked_yaml import BadFile, line_at, load, parse

__all__ = ["BadFile", "line_at", "load", "parse"]
