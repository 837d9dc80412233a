"""Words that are meant for a person, before anyone has chosen their language.

`Words` names a sentence of the system's own (its text lives in `consultation.locale`); `Localised` carries a
sentence that somebody wrote for one survey. Neither knows how or where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, Union

PLAIN = "en"
EASY_READ = "en@easy"


@dataclass(frozen=True)
class Words:
    """A sentence of the system, by its key in the catalogue, with the values that go into it; several words in one
    value are read as a list ("a name, two schools and an age")."""

    key: str
    values: "Mapping[str, Value]" = field(default_factory=dict)


Value: TypeAlias = Union[str, int, tuple[Words, ...]]  # noqa: UP007 - Words is not defined any earlier


@dataclass(frozen=True)
class Localised:
    """A sentence of a survey in one or more locales such as ``en`` and ``en@easy``."""

    texts: Mapping[str, str]

    def in_(self, locale: str) -> str:
        """The text for `locale`: the exact one, else its language without the variant, else plain English."""
        for tag in (locale, locale.partition("@")[0], PLAIN):
            if tag in self.texts:
                return self.texts[tag]
        return next(iter(self.texts.values()))


Wording: TypeAlias = Words | Localised
