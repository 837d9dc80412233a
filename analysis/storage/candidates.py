"""Themes that the codebook may miss, as they were offered, and what became of them. Knows answers by id only."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session, col, select

from analysis.storage.tables import CandidateAnswerRow, CandidateRow
from analysis.themes.cluster import Candidate, same_group

State = Literal["open", "adopted", "merged", "dismissed"]


@dataclass(frozen=True)
class Kept:
    """A candidate with those of its answers that are still there."""

    row: CandidateRow
    answers: Mapping[str, float]

    @property
    def nearest_first(self) -> list[str]:
        return sorted(self.answers, key=lambda answer: (-self.answers[answer], answer))


class Decided(Exception):
    """The candidate is not open any more: somebody decided about it, or a later look did not find it. `row` is None
    where it is gone."""

    def __init__(self, row: CandidateRow | None) -> None:
        super().__init__("the candidate is not open")
        self.row = row


def all_of(session: Session, consultation: str) -> list[Kept]:
    """In the order in which they were offered, the most distinct first."""
    wanted = select(CandidateRow).where(CandidateRow.consultation_id == consultation)
    rows = session.exec(wanted.order_by(col(CandidateRow.place), col(CandidateRow.id))).all()
    mine = select(CandidateRow.id).where(CandidateRow.consultation_id == consultation)
    answers: dict[str, dict[str, float]] = {each.id: {} for each in rows}
    for each in session.exec(select(CandidateAnswerRow).where(col(CandidateAnswerRow.candidate_id).in_(mine))):
        answers[each.candidate_id][each.answer_id] = each.nearness
    return [Kept(each, answers[each.id]) for each in rows]


def offer(
    session: Session, consultation: str, found: Iterable[Candidate], *, on: date, new_id: Callable[[], str]
) -> int:
    """In place of what was open. A group about which somebody decided is not offered again, and one that was offered
    before keeps its id. Returns how many are open now."""
    before = all_of(session, consultation)
    decided = [each.answers for each in before if each.row.state != "open"]
    open_before = {each.row.id: each.answers for each in before if each.row.state == "open"}
    for each in before:
        if each.row.state == "open":
            session.delete(each.row)
    session.flush()
    offered = 0
    for candidate in found:
        if any(same_group(candidate.answers, other) for other in decided):
            continue
        again = next((id for id, answers in open_before.items() if same_group(candidate.answers, answers)), None)
        open_before.pop(again or "", None)
        _add(session, consultation, again or new_id(), offered, candidate, on)
        offered += 1
    return offered


def take(session: Session, consultation: str, candidate: str) -> Kept:
    """An open candidate, for a decision: nobody else decides before this transaction ends. Raises `Decided`."""
    row = session.get(CandidateRow, candidate, with_for_update=True)
    if row is None or row.consultation_id != consultation:
        raise Decided(None)
    if row.state != "open":
        session.expunge(row)
        raise Decided(row)
    wanted = select(CandidateAnswerRow).where(CandidateAnswerRow.candidate_id == candidate)
    return Kept(row, {each.answer_id: each.nearness for each in session.exec(wanted)})


def decide(session: Session, kept: Kept, state: State, *, by: str, on: date, became: str = "") -> None:
    kept.row.state, kept.row.decided_by, kept.row.decided_on, kept.row.became = state, by, on, became
    session.add(kept.row)


def forget_words(session: Session, answers: Collection[str]) -> None:
    """These answers hold words that nobody may see, and the names and words of their candidates may be some of them.
    Open candidates are made anew at the next look."""
    wanted = select(CandidateAnswerRow.candidate_id).where(col(CandidateAnswerRow.answer_id).in_(answers))
    for row in session.exec(select(CandidateRow).where(col(CandidateRow.id).in_(wanted))).all():
        if row.state == "open":
            session.delete(row)
        else:
            row.name, row.words = "", []
            session.add(row)


def _add(session: Session, consultation: str, id: str, place: int, found: Candidate, on: date) -> None:
    row = CandidateRow(
        id=id, consultation_id=consultation, place=place, name=found.name, words=list(found.words),
        overlap=[list(each) for each in found.overlap], state="open", found_on=on,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        CandidateAnswerRow(answer_id=answer, candidate_id=id, nearness=nearness)
        for answer, nearness in found.answers.items()
    )
