"""Split a code: name what it becomes, give each answer that carries it to some of these, then put them to use.

Until the last answer is given, nothing changes for anybody: the code is in use, and what was given is only noted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from analysis.codebook import Code, Codebook, codebook_from, shipped_codebook
from analysis.codebook.body import block_of
from analysis.codebook.edit import NotEdited, Wording, code_from, parts_of, split
from analysis.operations.edit_codebook import Editing, save
from analysis.records import Facet, Verdict
from analysis.storage import acts, codebooks, recoding
from analysis.storage.acts import Data, key_of
from analysis.storage.codings import UnknownAnswer
from analysis.storage.database import Database
from analysis.storage.tables import DecisionRow, SplitAnswerRow, SplitRow, SuggestionRow
from consultation.operations.note_coding import note_coding
from consultation.operations.redacted_answers import answer_ids


@dataclass(frozen=True)
class Split:
    """A split under way: the code, what it becomes, and which of that each answer was given so far. `carrying` are the
    answers that have the code, decided or not."""

    code: Code
    into: tuple[Code, ...]
    begun_by: str
    carrying: frozenset[str]
    given: Mapping[str, SplitAnswerRow]

    @property
    def left(self) -> frozenset[str]:
        return self.carrying - self.given.keys()


def begin_split(database: Database, editing: Editing, code_id: str, wordings: Sequence[tuple[Wording, UUID]]) -> None:
    """Raises `NotEdited`, and `UnknownCode`."""
    with database.write() as session:
        codebook = _codebook(session, editing)
        if not codebook.uses(codebook.code(code_id).id):
            raise NotEdited("This code is not in use, so there is nothing to split.")
        into = [block_of(each) for each in parts_of(codebook, code_id, wordings)]
        row = SplitRow(
            consultation_id=editing.consultation.id, code=code_id, into=into, begun_by=editing.by, begun_on=editing.on
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            raise NotEdited("This code is being split already. Go on with that, or stop it first.") from None
        _note(session, editing, "code split begun", code_id)


def split_under_way(database: Database, editing: Editing, code_id: str) -> Split | None:
    with database.read() as session:
        found = _split(session, editing, code_id)
        session.expunge_all()
    return found


def give(database: Database, editing: Editing, code_id: str, answer: str, given: Sequence[str]) -> None:
    """Note to which of the new codes an answer goes; to none of them is an answer, too. Raises `NotEdited` where the
    split is over meanwhile, and `UnknownAnswer`."""
    with database.write() as session:
        found = _split(session, editing, code_id)
        if found is None or not set(given) <= {each.id for each in found.into}:
            raise NotEdited("Somebody finished or stopped this split meanwhile. Look at the codebook.")
        if answer not in found.carrying:
            raise UnknownAnswer(answer)
        session.merge(
            SplitAnswerRow(
                answer_id=answer, code=code_id, given=sorted(given), given_by=editing.by, given_on=editing.on
            )
        )


def stop_split(database: Database, editing: Editing, code_id: str) -> None:
    """The code stays as it is, and what was given so far is forgotten."""
    with database.write() as session:
        codebooks.forget_split(session, editing.consultation.id, code_id, answer_ids(editing.consultation.id))
        _note(session, editing, "code split stopped", code_id)


def finish_split(database: Database, editing: Editing, code_id: str) -> Codebook:
    """Retire the code, put the new ones to use and write what was given as decisions. Raises `NotEdited`, also where
    answers are left, and `Overtaken`."""
    with database.write() as session:
        found = _split(session, editing, code_id)
        if found is None:
            raise NotEdited("Somebody finished or stopped this split meanwhile. Look at the codebook.")
        if found.left:
            raise NotEdited(f"{len(found.left)} answers carry the code and are not given yet. Give them first.")
        answers = answer_ids(editing.consultation.id)
        proposed = recoding.suggestions(session, answers, [code_id])
        decided = recoding.decisions(session, answers, [code_id])
        codebooks.forget_split(session, editing.consultation.id, code_id, answers)
        session.flush()
        after = save(session, editing, lambda codebook: split(codebook, code_id, found.into), "code split")
        for answer, row in sorted(found.given.items()):
            old = decided.get(answer, {}).get(code_id) or next(iter(proposed.get(answer, ())), None)
            acts.perform(
                session, answer, _changes(found, row, old, code_id in decided.get(answer, {})), act=acts.SPLIT,
                facet=found.code.facet, code=code_id, by=row.given_by, on=editing.on,
            )  # fmt: skip
        for rows in proposed.values():
            for each in rows:
                session.delete(each)
        recoding.forget_in_examples(session, editing.consultation.id, code_id)
    return after


def _changes(
    found: Split, row: SplitAnswerRow, old: DecisionRow | SuggestionRow | None, was_decided: bool
) -> dict[str, Data | None]:
    """The old code's decision becomes one for each new code: those that were not given were rejected by whoever read
    the answer."""
    facet = Facet(found.code.facet)
    changes: dict[str, Data | None] = {key_of(facet, found.code.id): None} if was_decided else {}
    for each in found.into:
        is_given = each.id in row.given
        changes[key_of(facet, each.id)] = {
            "verdict": (Verdict.ADDED if is_given else Verdict.REJECTED).value,
            "decided_by": row.given_by,
            "decided_on": row.given_on.isoformat(),
            "start": old.start if old and is_given else None,
            "end": old.end if old and is_given else None,
            "more": list(getattr(old, "more", [])) if is_given else [],
        }
    return changes


def _split(session: Session, editing: Editing, code_id: str) -> Split | None:
    row = session.get(SplitRow, (editing.consultation.id, code_id))
    if row is None:
        return None
    code = _codebook(session, editing).code(code_id)
    answers = answer_ids(editing.consultation.id)
    decided = recoding.decisions(session, answers, [code_id])
    stands = {answer for answer, rows in decided.items() if rows[code_id].verdict != Verdict.REJECTED.value}
    proposed = recoding.suggestions(session, answers, [code_id]).keys() - decided.keys()
    into = tuple(code_from(each, code.facet) for each in row.into)
    carrying = frozenset(stands | proposed)
    given = codebooks.split_answers(session, code_id, answers)
    return Split(code, into, row.begun_by, carrying, {each: it for each, it in given.items() if each in carrying})


def _codebook(session: Session, editing: Editing) -> Codebook:
    latest = codebooks.last(session, editing.consultation.id)
    return codebook_from(latest.body) if latest else shipped_codebook()


def _note(session: Session, editing: Editing, what: str, code: str) -> None:
    details: dict[str, Any] = {"code": code}
    note_coding(session, editing.consultation.slug, what, by=editing.by, at=editing.at, **details)
