"""The wording of the system itself: one gettext catalogue a locale, keys to sentences. Knows no survey."""

from consultation.locale.catalogue import render

__all__ = ["render"]
