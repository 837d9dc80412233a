"""Words that are meant for a person, before anyone has chosen their language.

`Words` names a sentence of the system's own (its text lives in `consultation.locale`); `Localised` carries a
sentence that somebody wrote for one survey, `Filled` one with what was chosen before in it. None knows how or where it
is shown.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeAlias, Union

from consultation.domain.languages import is_easy, language_of

PLAIN = "en"
EASY_READ = "en@easy"
PIPE = re.compile(r"\{answer:([a-z0-9_]+)(?:\|([^{}]*))?\}")  # {answer:question}, {answer:question|words if none}
ANY = "*"  # a wording that is the same in every language, such as a place's own name


@dataclass(frozen=True)
class Localised:
    """A sentence of a survey in one or more locales such as ``en`` and ``en@easy``."""

    texts: Mapping[str, str]

    def in_(self, locale: str) -> str:
        """The text for `locale`, as `tag_for` finds it."""
        return self.texts[self.tag_for(locale)]

    def tag_for(self, locale: str) -> str:
        """Whose text it is that `locale` gets: its own, else its language's without the variant, else English, in Easy
        Read where that was wanted."""
        return next((tag for tag in fallbacks(locale) if tag in self.texts), next(iter(self.texts)))

    @cached_property
    def pipes(self) -> tuple[str, ...]:
        """The questions whose answers are to be filled in."""
        return tuple(dict.fromkeys(found[1] for text in self.texts.values() for found in PIPE.finditer(text)))


@dataclass(frozen=True)
class Filled:
    """A sentence of a survey into which goes what was chosen before: `chosen` has the labels, by question."""

    text: Localised
    chosen: Mapping[str, tuple[Localised, ...]]

    def in_(self, locale: str, join: Callable[[list[str]], str] = ", ".join) -> str:
        """`join` makes a list of several labels. Where nothing was chosen, the text's own words for that stand."""

        def fill(found: re.Match[str]) -> str:
            labels = [each.in_(locale) for each in self.chosen.get(found[1], ())]
            return join(labels) if labels else found[2] or ""

        return PIPE.sub(fill, self.text.in_(locale))

    def tag_for(self, locale: str) -> str:
        return self.text.tag_for(locale)


@dataclass(frozen=True)
class Words:
    """A sentence of the system, by its key in the catalogue, with the values that go into it: a day is written as the
    language writes it, and several wordings in one value are read as a list ("a name, two schools and an age")."""

    key: str
    values: "Mapping[str, Value]" = field(default_factory=dict)


Wording: TypeAlias = Words | Localised | Filled
Value: TypeAlias = Union[str, int, date, Localised, Filled, tuple[Wording, ...]]  # noqa: UP007 - so that it may be quoted above


def fallbacks(locale: str) -> tuple[str, ...]:
    """Where a wording is looked for, the best first."""
    return (locale, language_of(locale), ANY, *((EASY_READ,) if is_easy(locale) else ()), PLAIN)
