"""Blind readings: the answers that two analysts each code without seeing what anybody else made of them.

Must not know what agreement is or how a difference is settled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.findings.trust import Codes
from analysis.records import Facet
from analysis.storage.tables import BlindCodingRow, DecisionRow, ReviewRow, SecondReadingRow


class NotToBeRead(LookupError):
    """This analyst has no such answer to code blind: it was never drawn for them, or was withdrawn meanwhile."""


@dataclass(frozen=True)
class Doubled:
    """An answer that was drawn for `readers`, and what those of them gave who are done with it."""

    answer: str
    readers: tuple[str, ...]
    given: Mapping[str, Codes]

    @property
    def finished(self) -> bool:
        """Whether all are done, so that each may see what the others gave."""
        return set(self.readers) == self.given.keys()

    @property
    def pair(self) -> tuple[Codes, Codes]:
        first, second = self.readers[:2]
        return self.given[first], self.given[second]

    @property
    def shared(self) -> Codes:
        return reduce(frozenset.__and__, self.given.values())

    @property
    def differing(self) -> Codes:
        return reduce(frozenset.__or__, self.given.values()) - self.shared


def doubled(session: Session, answers: SelectOfScalar[str]) -> list[Doubled]:
    """Those of the answers whose ids the query selects, in the order of their ids: a random one."""
    readers: dict[str, dict[str, bool]] = {}
    drawn = select(SecondReadingRow).where(col(SecondReadingRow.answer_id).in_(answers))
    for row in session.exec(drawn.order_by(col(SecondReadingRow.answer_id), col(SecondReadingRow.coder))):
        readers.setdefault(row.answer_id, {})[row.coder] = row.done_on is not None
    codes: dict[tuple[str, str], set[tuple[Facet, str]]] = {}
    for given in session.exec(select(BlindCodingRow).where(col(BlindCodingRow.answer_id).in_(answers))):
        codes.setdefault((given.answer_id, given.coder), set()).add((Facet(given.facet), given.code))
    return [
        Doubled(
            answer,
            tuple(its),
            {each: frozenset(codes.get((answer, each), ())) for each, is_done in its.items() if is_done},
        )
        for answer, its in readers.items()
    ]


def kept_from(session: Session, reader: str, answers: SelectOfScalar[str]) -> set[str]:
    """The answers of which this analyst may see no codes yet: theirs to code blind, and not all are done with them."""
    return {each.answer for each in doubled(session, answers) if reader in each.readers and not each.finished}


def untouched(session: Session, answers: SelectOfScalar[str]) -> list[str]:
    """Those that nobody has reviewed, decided anything about, or drawn to be read blind; in the order of their ids."""
    touched: set[str] = set()
    for column in (ReviewRow.answer_id, DecisionRow.answer_id, SecondReadingRow.answer_id):
        touched.update(session.exec(select(column).where(col(column).in_(answers))))
    return sorted(set(session.exec(answers)) - touched)


def draw(session: Session, answers: Iterable[str], readers: Sequence[str]) -> None:
    session.add_all(SecondReadingRow(answer_id=answer, coder=each) for answer in answers for each in readers)


def put(session: Session, answer: str, reader: str, codes: Codes, on: date) -> None:
    """Note that a reader is done, in place of what they gave before. Raises `NotToBeRead`."""
    reading = session.get(SecondReadingRow, (answer, reader))
    if reading is None:
        raise NotToBeRead
    mine = (BlindCodingRow.answer_id == answer, BlindCodingRow.coder == reader)
    for row in session.exec(select(BlindCodingRow).where(*mine)):
        session.delete(row)
    session.flush()
    reading.done_on = on
    session.add(reading)
    session.add_all(
        BlindCodingRow(answer_id=answer, coder=reader, facet=facet.value, code=code) for facet, code in sorted(codes)
    )
    session.flush()
