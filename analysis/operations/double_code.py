"""Two analysts code the same answers, each by themselves: draw the sample, take in what each gave, settle it.

Where both gave a code it is settled at once, by both; so is what the machine proposed and neither gave. What only one
of them gave waits for a person. When nothing waits any more, the answer counts as reviewed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from random import Random

from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.codebook import Codebook
from analysis.findings.trust import Codes, codes_of
from analysis.operations.review import SENTIMENTS, Judgement, Sitting, decide_codings, finish_review
from analysis.records import Facet, Verdict
from analysis.storage import codings, readings
from analysis.storage.acts import key_of, standing
from analysis.storage.database import Database
from analysis.storage.readings import Doubled, NotToBeRead
from analysis.storage.tables import ReviewRow, SecondReadingRow
from consultation.operations.note_coding import note_coding

DRAWN = "double"


class AlreadySettled(Exception):
    """All have coded the answer: what each gave may be seen, so nobody's can be changed any more."""


class UnknownBlindCode(ValueError):
    """The codebook does not offer this code."""


def draw_sample(
    database: Database, sitting: Sitting, answers: SelectOfScalar[str], readers: Sequence[str], size: int,
    chance: Random, among: Collection[str] | None = None,
) -> int:  # fmt: skip
    """Draw up to `size` of these answers (only those `among`, if given) for both readers; returns how many there were
    left to draw. Nothing that a person has touched is drawn: they would not be blind to it."""
    with database.write() as session:
        free = [each for each in readings.untouched(session, answers) if among is None or each in among]
        drawn = chance.sample(free, min(size, len(free)))
        readings.draw(session, drawn, readers)
        seats = " and ".join(each.rpartition(" ")[2] for each in readers)
        note_coding(
            session, sitting.slug, "double coding drawn", by=sitting.by, at=sitting.at,
            readers=seats, answers=len(drawn), out_of=len(free),
        )  # fmt: skip
    return len(drawn)


def code_blind(database: Database, sitting: Sitting, answer: str, codes: Codes) -> None:
    """Record what `sitting.by` gave. When all are done, what they agree on is settled.

    Raises `UnknownBlindCode`, `NotToBeRead`, and `AlreadySettled` once all are done.
    """
    for facet, code in codes:
        if code not in offered(sitting.codebook, facet):
            raise UnknownBlindCode(code)
    with database.write() as session:
        if sitting.by not in (before := _of(session, answer)).readers:
            raise NotToBeRead
        if before.finished:
            raise AlreadySettled
        readings.put(session, answer, sitting.by, codes, sitting.on)
        note_coding(session, sitting.slug, "answer coded blind", by=sitting.by, at=sitting.at)
        now = _of(session, answer)
    if now.finished:
        _settle(database, replace(sitting, by=together(now.readers)), now, [], seen=None)


def settle(
    database: Database, sitting: Sitting, answer: str, keep: Codes, drop: Codes, *, seen: int | None = None
) -> None:
    """Decide codes on which the readers differ. Raises `NotToBeRead` where they are not done, and what
    `decide_codings` does."""
    with database.read() as session:
        found = _of(session, answer)
    if not found.finished:
        raise NotToBeRead
    with database.read() as session:
        proposed = _proposed(session, answer)
    kept = [Judgement(*each, _kept(each in proposed)) for each in sorted(keep & found.differing)]
    dropped = [Judgement(*each, Verdict.REJECTED) for each in sorted(drop & found.differing)]
    _settle(database, sitting, found, [*kept, *dropped], seen=seen)


def _settle(
    database: Database, sitting: Sitting, found: Doubled, judgements: list[Judgement], *, seen: int | None
) -> None:
    """With what all agree on where that is not decided yet: a process may have ended before it was."""
    with database.read() as session:
        decided = standing(session, found.answer).keys()
        proposed = _proposed(session, found.answer)
    agreed = [Judgement(*each, _kept(each in proposed)) for each in sorted(found.shared)]
    agreed += [Judgement(*each, Verdict.REJECTED) for each in sorted(proposed - found.shared - found.differing)]
    judgements = [each for each in agreed if key_of(each.facet, each.code) not in decided] + judgements
    now = {key_of(each.facet, each.code) for each in judgements} | decided
    if {key_of(*each) for each in found.differing} <= now:
        finish_review(database, sitting, found.answer, judgements, drawn=DRAWN, seen=seen)
    elif judgements:
        decide_codings(database, sitting, found.answer, judgements, seen=seen)


def offered(codebook: Codebook, facet: Facet) -> tuple[str, ...]:
    return SENTIMENTS if facet is Facet.SENTIMENT else codes_of(codebook, facet)


def together(readers: Sequence[str]) -> str:
    """analyst A and B"""
    role = readers[0].rpartition(" ")[0]
    return f"{role} {' and '.join(each.rpartition(' ')[2] for each in readers)}"


def made_by_machine(session: Session, answers: Iterable[str]) -> dict[str, Codes]:
    """What the machine proposes for each answer; for reviewed ones what it had proposed when they were: it may have
    learned from the review since."""
    rows = {answer: session.get(ReviewRow, answer) for answer in answers}
    return {answer: as_codes(row.proposed) if row else _proposed(session, answer) for answer, row in rows.items()}


def as_codes(pairs: Collection[Sequence[str]]) -> Codes:
    return frozenset((Facet(facet), code) for facet, code in pairs)


def _proposed(session: Session, answer: str) -> Codes:
    return as_codes(codings.proposed(session, answer))


def _kept(is_proposed: bool) -> Verdict:
    return Verdict.CONFIRMED if is_proposed else Verdict.ADDED


def _of(session: Session, answer: str) -> Doubled:
    found = readings.doubled(session, select(SecondReadingRow.answer_id).where(SecondReadingRow.answer_id == answer))
    if not found:
        raise NotToBeRead
    return found[0]
