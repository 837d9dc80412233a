"""What a person typed, and what may be kept of it: two types that cannot be mistaken for one another.

Knows nothing of how identifying detail is found; `consultation.privacy` does that and is the only place
that turns a RawText into a RedactedText.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of identifying detail. The value is stored and counted; `token` is what readers see instead."""

    PERSON = "person"
    SCHOOL = "school"
    ADDRESS = "address"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    LINK = "link"
    NHS_NUMBER = "nhs_number"
    NI_NUMBER = "ni_number"
    DATE_OF_BIRTH = "date_of_birth"
    AGE = "age"
    OTHER_ID = "other_id"

    @property
    def token(self) -> str:
        """The marker that stands in a stored text where a detail of this kind was, e.g. "[name]"."""
        return f"[{_WORDS.get(self.value, self.value.replace('_', ' '))}]"


_WORDS = {"person": "name", "handle": "username", "nhs_number": "NHS number", "ni_number": "NI number",
          "other_id": "reference"}  # fmt: skip
KIND_OF_TOKEN = {kind.token: kind for kind in Kind}
TOKEN = re.compile("|".join(re.escape(token) for token in KIND_OF_TOKEN))


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A half-open range of character offsets into a text as it was typed, and what stands there."""

    start: int
    end: int
    kind: Kind

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start} and {self.end}")


@dataclass(frozen=True, slots=True, repr=False)
class RawText:
    """Text as typed. It may hold names, so it never shows itself: only `reveal` gives the words."""

    _typed: str

    def reveal(self) -> str:
        """The words as typed; for screening and redaction in memory, never for storage or logs."""
        return self._typed

    def __repr__(self) -> str:
        return f"RawText(<{len(self._typed)} characters>)"

    __str__ = __repr__

    def __len__(self) -> int:
        return len(self._typed)


@dataclass(frozen=True, slots=True)
class RedactedText:
    """Text with identifying detail replaced by tokens, and the kinds that were hidden, in order of place."""

    text: str
    hidden: tuple[Kind, ...] = ()

    @classmethod
    def stored(cls, text: str) -> RedactedText:
        """Read back what storage kept; what was hidden is found again from the tokens in the text."""
        return cls(text, tuple(KIND_OF_TOKEN[match.group()] for match in TOKEN.finditer(text)))
