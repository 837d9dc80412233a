"""Acts on an answer's codings: what somebody changed, written with what stood before, so that it can be taken back.

Must not know what an act means. What stands of an answer is rows as data, by key: "theme listening" for the decision
about that code, "review" for the review; None where there is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from analysis.records import Facet
from analysis.storage.codings import UnknownAnswer
from analysis.storage.tables import ActRow, DecisionRow, ReviewRow

REVIEW = "review"
UNDONE = "undone"
BULK = "accepted in bulk"  # with many others: who would have them back takes back all of them
MERGED, SPLIT = "merged", "split"  # with their codes: who would have them back takes back the codebook
Data: TypeAlias = dict[str, Any]


class Overtaken(Exception):
    """Somebody else acted on the answer meanwhile, so nothing was written. `acts` are theirs, the oldest first."""

    def __init__(self, acts: Sequence[ActRow]) -> None:
        super().__init__("what was decided about the answer had changed meanwhile")
        self.acts = tuple(acts)


def key_of(facet: Facet, code: str) -> str:
    return f"{facet.value} {code}"


def standing(session: Session, answer: str) -> dict[str, Data]:
    """Everything that people decided about an answer."""
    decided = session.exec(select(DecisionRow).where(DecisionRow.answer_id == answer))
    found = {f"{row.facet} {row.code}": _as_data(row) for row in decided}
    review = session.get(ReviewRow, answer)
    return found | ({REVIEW: _as_data(review)} if review else {})


def numbers(session: Session, answers: Sequence[str]) -> dict[str, int]:
    """The number of the last act on each of these few answers; those without an act are left out."""
    wanted = select(ActRow.answer_id, func.max(ActRow.number)).where(col(ActRow.answer_id).in_(answers))
    return dict(session.exec(wanted.group_by(ActRow.answer_id)).all())


def since(session: Session, answer: str, seen: int = 0) -> list[ActRow]:
    """The acts on an answer after the one numbered `seen`, the oldest first."""
    wanted = select(ActRow).where(ActRow.answer_id == answer, ActRow.number > seen)
    found = list(session.exec(wanted.order_by(col(ActRow.number))))
    for each in found:
        session.expunge(each)  # they tell what happened when this session's own writing has come to nothing
    return found


def to_undo(session: Session, by: str, answer: str | None = None) -> Iterator[ActRow]:
    """What this person did, on this answer or on any, and has not taken back: the last first."""
    later = aliased(ActRow)
    taken_back = select(later.number).where(later.answer_id == ActRow.answer_id, later.undoes == ActRow.number).exists()
    wanted = select(ActRow).where(ActRow.by == by, col(ActRow.act).not_in((UNDONE, MERGED, SPLIT, BULK)), ~taken_back)
    if answer is not None:
        wanted = wanted.where(ActRow.answer_id == answer)
    yield from session.exec(wanted.order_by(col(ActRow.turn).desc(), col(ActRow.answer_id)))


def perform(
    session: Session,
    answer: str,
    changes: Mapping[str, Data | None],
    *,
    act: str,
    by: str,
    on: date,
    seen: int | None = None,
    facet: str = "",
    code: str = "",
    undoes: int | None = None,
) -> int:
    """Make what stands of an answer be `changes`, where it is not so already, and record that. Returns its number.

    `seen` is the number of the last act that whoever acts knew of; None where they act upon whatever stands. Raises
    `Overtaken` where there is a later one, and `UnknownAnswer`.
    """
    stood = standing(session, answer)
    last = numbers(session, [answer]).get(answer, 0)
    if seen not in (None, last):
        raise Overtaken(since(session, answer, min(seen or 0, last)))
    row = ActRow(
        answer_id=answer,
        number=last + 1,
        by=by,
        turn=(session.exec(select(func.max(ActRow.turn)).where(ActRow.by == by)).one() or 0) + 1,
        act=act,
        facet=facet,
        code=code,
        before={key: stood.get(key) for key in changes},
        after=dict(changes),
        undoes=undoes,
        done_on=on,
    )
    _take_number(session, row)
    for key, data in changes.items():
        _put(session, answer, key, data)
    session.flush()
    return last + 1


def _take_number(session: Session, row: ActRow) -> None:
    """Write the act. Where another transaction took its number, this waits for that one's end."""
    answer, last = row.answer_id, row.number - 1
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        between = since(session, answer, last)
        raise (Overtaken(between) if between else UnknownAnswer(answer)) from None


def _put(session: Session, answer: str, key: str, data: Data | None) -> None:
    facet, _, code = key.partition(" ")
    named = {"answer_id": answer} if key == REVIEW else {"answer_id": answer, "facet": facet, "code": code}
    table = ReviewRow if key == REVIEW else DecisionRow
    if data is not None:
        session.merge(table.model_validate(named | data))
    elif (row := session.get(table, tuple(named.values()))) is not None:
        session.delete(row)


def _as_data(row: DecisionRow | ReviewRow) -> Data:
    return row.model_dump(mode="json", exclude={"answer_id", "facet", "code"})
