"""Whom a person can turn to, read from help_lines.yaml. Must not know who is asking or what was said."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, field_validator, model_validator

from consultation.content import load
from consultation.domain.consultation import Audience
from consultation.domain.languages import is_easy, language_of

SHIPPED = Path(__file__).with_name("help_lines.yaml")
LONGEST_UNCHECKED = 90  # days
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Translated(BaseModel):
    """A line in another language than English; without a `name` it goes by its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    plain: Text
    hours: Text
    name: str = ""


class HelpLine(BaseModel):
    """One service. `keyword` is what to text where `how` is text; `plain` and `easy` are what people read, in English,
    and `translations` what they read in other languages; `website` is where it can be found, too, if it can."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Text
    name: Text
    number: Annotated[str, StringConstraints(pattern=r"^[0-9 ]+$")]
    how: Literal["call", "text"]
    audiences: frozenset[Audience]
    hours: Text
    verified_on: date
    plain: Text
    easy: Text
    translations: dict[str, Translated] = {}
    keyword: str = ""
    website: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]*$")] = ""  # without https://

    @field_validator("verified_on", mode="before")
    @classmethod
    def _somebody_checked(cls, said: object) -> object:
        if said is None:
            raise ValueError("write the day on which somebody checked this line, such as 'verified_on: 2026-11-22'.")
        return said

    @model_validator(mode="after")
    def _keyword_where_texted(self) -> "HelpLine":
        if (self.how == "text") != bool(self.keyword):
            raise ValueError(f"'{self.id}': a line to text needs a 'keyword: …' to send; a line to call has none.")
        return self

    def words(self, locale: str) -> str:
        """Name, number and what it is, as people read it. The keyword stands before the number that it is sent to."""
        translated = self.translations.get(language_of(locale))
        name = (translated.name if translated else "") or self.name
        about = translated.plain if translated else self.easy if is_easy(locale) else self.plain
        english = f"text {self.keyword} to {self.number}" if self.keyword else self.number
        number = f"{self.keyword} → {self.number}" if self.keyword and translated else english
        return f"{name}, {number}: {about}"

    def verified_days_ago(self, today: date) -> int:
        return (today - self.verified_on).days


def _everyone_has_somebody(lines: tuple[HelpLine, ...]) -> tuple[HelpLine, ...]:
    ids = [line.id for line in lines]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise ValueError(f"{', '.join(twice)} stands there twice. Keep one.")
    for audience in Audience:
        if not lines_for(audience, lines):
            raise ValueError(f"nobody is named for {audience.value}. Add a line for them.")
    return lines


HelpLines = Annotated[tuple[HelpLine, ...], AfterValidator(_everyone_has_somebody)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    lines: HelpLines


@cache
def load_help_lines(path: Path = SHIPPED) -> tuple[HelpLine, ...]:
    """In the order in which they are offered. Raises `BadFile`."""
    return load(path, _File).lines


def lines_for(audience: Audience, lines: tuple[HelpLine, ...]) -> tuple[HelpLine, ...]:
    """The lines meant for an audience, in their order."""
    return tuple(line for line in lines if audience in line.audiences)


def unchecked(lines: tuple[HelpLine, ...], on: date) -> tuple[HelpLine, ...]:
    """Those that nobody has checked for so long, on that day, that they may be wrong; or that nobody can have checked,
    because their day is still to come."""
    return tuple(line for line in lines if not 0 <= line.verified_days_ago(on) <= LONGEST_UNCHECKED)
