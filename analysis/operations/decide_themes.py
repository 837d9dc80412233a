"""What a person makes of a candidate theme: a code of its own, part of another, or nothing. All or nothing each."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session

from analysis.codebook import Codebook
from analysis.codebook.edit import Wording, add
from analysis.operations.edit_codebook import Editing, save
from analysis.records import Facet, Verdict
from analysis.storage import acts, candidates, codings
from analysis.storage.acts import Data, key_of
from analysis.storage.candidates import Kept
from analysis.storage.codings import UnknownAnswer
from analysis.storage.database import Database
from consultation.operations.note_coding import note_coding

STANDS = (Verdict.CONFIRMED.value, Verdict.ADDED.value)


def adopt_theme(
    database: Database, editing: Editing, candidate: str, wording: Wording, answers: Collection[str], guid: UUID
) -> Codebook:
    """A new version of the codebook with the theme in it, given to those of the candidate's `answers` that a person
    ticked. The machine reads all others with the new code in mind.

    Raises `Decided`, `NotEdited`, and `Overtaken` where the codebook was changed meanwhile.
    """
    with database.write() as session:
        kept = candidates.take(session, editing.consultation.id, candidate)
        after = save(session, editing, lambda book: add(book, wording, "theme", guid), "theme adopted")
        code = next(each.id for each in after.themes if each.guid == guid)
        _give(session, editing, code, kept, answers)
        candidates.decide(session, kept, "adopted", by=editing.by, on=editing.on, became=code)
    return after


def merge_theme(
    database: Database, editing: Editing, codebook: Codebook, candidate: str, code: str, answers: Collection[str]
) -> None:
    """Give a theme of the codebook to the ticked answers. Raises `Decided`, `UnknownCode`."""
    codebook.theme(code)
    with database.write() as session:
        kept = candidates.take(session, editing.consultation.id, candidate)
        _give(session, editing, code, kept, answers)
        candidates.decide(session, kept, "merged", by=editing.by, on=editing.on, became=code)
        note_coding(session, editing.consultation.slug, "theme merged", by=editing.by, at=editing.at, code=code)


def dismiss_theme(database: Database, editing: Editing, candidate: str) -> None:
    """It is not offered again. Raises `Decided`."""
    with database.write() as session:
        kept = candidates.take(session, editing.consultation.id, candidate)
        candidates.decide(session, kept, "dismissed", by=editing.by, on=editing.on)
        note_coding(session, editing.consultation.slug, "theme dismissed", by=editing.by, at=editing.at)


def _give(session: Session, editing: Editing, code: str, kept: Kept, answers: Collection[str]) -> None:
    """As acts that can be undone where answers are reviewed."""
    key = key_of(Facet.THEME, code)
    for answer in sorted(kept.answers.keys() & set(answers)):
        if acts.standing(session, answer).get(key, {}).get("verdict") in STANDS:
            continue
        proposed = (Facet.THEME, code) in codings.proposed(session, answer)
        verdict = Verdict.CONFIRMED if proposed else Verdict.ADDED
        decided: Data = {
            "verdict": verdict.value, "decided_by": editing.by, "decided_on": editing.on.isoformat(), "start": None,
            "end": None, "more": [],
        }  # fmt: skip
        try:
            acts.perform(
                session, answer, {key: decided}, act=verdict.value, facet=Facet.THEME.value,
                code=code, by=editing.by, on=editing.on,
            )  # fmt: skip
        except UnknownAnswer:  # withdrawn this very moment
            continue
