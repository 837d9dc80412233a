"""The wording of the system itself: one gettext catalogue a locale, keys to sentences. Knows no survey."""

from consultation.locale.catalogue import in_words, render, written_in

__all__ = ["in_words", "render", "written_in"]
