"""What a coder gives back for an answer, and what every coder promises; knows no particular coder or codebook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis.records import AnswerRecord, Coding, Facet


class UnusableHead(RuntimeError):
    """What a coder learned is not there, or belongs to another encoder or codebook; the message says how to mend it."""


@dataclass(frozen=True)
class Suggestion:
    """The machine's proposal for one answer.

    `codings` hold outcomes, then themes (each by falling confidence), then one sentiment. `uncoded` is the sentence
    that says why there is neither outcome nor theme, and None where there is one. `confidences` holds every code of
    the codebook, proposed or not, so that a reviewer can be led to the least certain.
    """

    answer_id: str
    codings: tuple[Coding, ...]
    uncoded: str | None
    confidences: Mapping[str, float]

    def codes(self, facet: Facet) -> tuple[str, ...]:
        """The proposed codes of one facet, the most confident first."""
        return tuple(each.code for each in self.codings if each.facet is facet)


@dataclass(frozen=True)
class Explanation:
    """Why one code was given to an answer, for a person to judge.

    `words` are the places of the few words that weigh most, half-open, in the order of the text; `nearest` the texts of
    the most similar exemplars that carry the code, the nearest first.
    """

    words: tuple[tuple[int, int], ...]
    nearest: tuple[str, ...]


class Coder(Protocol):
    """Proposes codings for answers."""

    @property
    def version(self) -> str:
        """Changes whenever the same answer might be coded otherwise."""
        ...

    def code(self, records: Sequence[AnswerRecord]) -> list[Suggestion]:
        """One suggestion a record, in their order.

        Pure: what an answer gets depends on its text, question and audience alone, never on its neighbours.
        """
        ...


class ExplainingCoder(Coder, Protocol):
    """A coder that can be asked why."""

    def explain(self, record: AnswerRecord, codes: Sequence[str]) -> Mapping[str, Explanation]:
        """For each of these codes that the coder knows, why it might stand; for what it doesn't read, nothing."""
        ...
