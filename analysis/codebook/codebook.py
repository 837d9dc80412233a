"""What an answer can be coded to: codes with their meaning and wording, in one versioned codebook.

Knows no file format, no coder and no particular codebook: outcomes may be none, and nothing here names one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal
from uuid import UUID

CodeFacet = Literal["outcome", "theme"]


class UnknownCode(LookupError):
    """An id that the codebook does not have. `str()` is a sentence that names the nearest one that it has."""

    def __init__(self, code: str, codebook: str, nearest: str | None) -> None:
        hint = f"The nearest is '{nearest}'." if nearest else "Nothing in it comes near."
        mend = "Correct the id, or add the code to the codebook."
        super().__init__(f"'{code}' is not a code of {codebook}. {hint} {mend}")
        self.code, self.nearest = code, nearest

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Statements:
    """Clauses that complete "… tell us", by audience; `under` holds those that read differently under an outcome."""

    general: Mapping[str, str] = field(default_factory=dict, hash=False)
    under: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    def of(self, audience: str, outcome: str | None = None) -> str | None:
        """The clause for `audience`, in the wording for `outcome` where there is one; None where none is written."""
        return self.under.get(outcome or "", {}).get(audience) or self.general.get(audience)


@dataclass(frozen=True)
class Workforce:
    """A clause that completes "So therefore we need a workforce that …", and its wordings under an outcome."""

    general: str | None = None
    under: Mapping[str, str] = field(default_factory=dict, hash=False)

    def of(self, outcome: str | None = None) -> str | None:
        """The clause in the wording for `outcome` where there is one; None where none is written."""
        return self.under.get(outcome or "") or self.general


@dataclass(frozen=True)
class Code:
    """One thing that an answer can be about. `guid` stays the same through every renaming and export."""

    id: str
    guid: UUID
    name: str
    facet: CodeFacet
    definition: str
    topic: str = ""  # as it stands inside a sentence: "being listened to"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    statements: Statements = Statements()
    workforce: Workforce = Workforce()
    former_names: tuple[str, ...] = ()
    retired: bool = False

    def tells_us(self, audience: str, outcome: str | None = None) -> str:
        """What completes "… tell us"; where no clause is written, "about <topic>", which claims nothing."""
        return self.statements.of(audience, outcome) or f"about {self.topic or self.name}"

    def needs_workforce_that(self, outcome: str | None = None) -> str | None:
        """What completes "So therefore we need a workforce that"; None where the codebook draws no conclusion."""
        return self.workforce.of(outcome)


@dataclass(frozen=True)
class Codebook:
    """One version of a set of codes. `outcomes` may be empty. `retired` codes are found but no longer offered."""

    id: str
    version: int
    title: str
    outcomes: tuple[Code, ...]
    themes: tuple[Code, ...]
    retired: tuple[Code, ...] = ()

    def __str__(self) -> str:
        return f"{self.id} (version {self.version})"

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes in use, outcomes first, in the order of the file."""
        return self.outcomes + self.themes

    @property
    def every(self) -> tuple[Code, ...]:
        """The codes in use and the retired ones."""
        return self.codes + self.retired

    def uses(self, code_id: str) -> bool:
        """Whether answers are coded to it: not where it is retired, or of another codebook."""
        return any(each.id == code_id for each in self.codes)

    def has_codes_of(self, other: "Codebook") -> bool:
        """Whether answers are coded to the same codes, whatever these are called: then what learned one can do both."""
        return {(each.id, each.facet) for each in self.codes} == {(each.id, each.facet) for each in other.codes}

    @property
    def outcome_ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.outcomes)

    @property
    def theme_ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.themes)

    def code(self, code_id: str) -> Code:
        """The code of that id, retired ones too. Raises `UnknownCode`."""
        return self._among(self.every, code_id)

    def outcome(self, code_id: str) -> Code:
        """The outcome of that id. Raises `UnknownCode`."""
        return self._among(self.outcomes, code_id)

    def theme(self, code_id: str) -> Code:
        """The theme of that id. Raises `UnknownCode`."""
        return self._among(self.themes, code_id)

    def _among(self, codes: tuple[Code, ...], code_id: str) -> Code:
        for each in codes:
            if each.id == code_id:
                return each
        raise UnknownCode(code_id, str(self), _nearest(code_id, codes))


def _nearest(code_id: str, codes: tuple[Code, ...]) -> str | None:
    """The id that is spelt most like `code_id`; names, present and former, count as spellings of their id."""
    spelt = {name.lower(): each.id for each in codes for name in (*each.former_names, each.name, each.id)}
    found = get_close_matches(code_id.lower(), spelt, n=1, cutoff=0.6)
    return spelt[found[0]] if found else None
