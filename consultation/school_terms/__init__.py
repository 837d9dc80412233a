"""Days on which schools are open, from YAML files: those that ship, one an authority, or an officer's own. Data alone:
which hours of a day are free is `domain/school_hours.py`.
"""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from consultation.content import BadFile, load
from consultation.domain.school_hours import Terms

SHIPPED = Path(__file__).parent
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Term(BaseModel):
    """Schools are open from the first day to the last, but for weekends and bank holidays. A half-term lies between
    two of these."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: date
    last: date

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Term":
        if self.last < self.first:
            raise ValueError(f"it ends on {self.last}, before it begins on {self.first}. Put the days right.")
        return self


class SchoolTerms(BaseModel):
    """`name`: whose they are; `source`: where they were published."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Text
    source: Text
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]

    @field_validator("terms")
    @classmethod
    def _in_order(cls, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        for one, other in pairwise(terms):
            if other.first <= one.last:
                raise ValueError(
                    f"the one from {other.first} begins before the one from {one.first} is over. Write them in their "
                    "order, each after the one before."
                )
        return terms

    def covers(self, day: date) -> bool:
        """Up to the end of the last of them; what comes then, nobody has said."""
        return self.terms[0].first <= day <= self.terms[-1].last

    @property
    def days(self) -> Terms:
        return tuple((each.first, each.last) for each in self.terms)


def load_terms(named: str) -> SchoolTerms:
    """Those that ship under this name, or those in this file. Raises `BadFile`."""
    path = Path(named)
    if path.suffix in (".yaml", ".yml"):
        return load(path, SchoolTerms)
    if named not in shipped_terms():
        known = ", ".join(shipped_terms())
        raise BadFile(path, None, f"no term dates ship under this name. There are: {known}. Or name a .yaml file.")
    return load(SHIPPED / f"{named}.yaml", SchoolTerms)


def shipped_terms() -> tuple[str, ...]:
    return tuple(sorted(each.stem for each in SHIPPED.glob("*.yaml")))
