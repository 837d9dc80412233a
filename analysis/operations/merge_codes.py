"""Make one code of several, and bring over what was proposed and decided about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from analysis.codebook import Codebook
from analysis.codebook.edit import merge
from analysis.coding.merging import merged
from analysis.operations.edit_codebook import Editing, save
from analysis.records import Facet, Verdict
from analysis.storage import acts, recoding
from analysis.storage.acts import Data, key_of
from analysis.storage.database import Database
from analysis.storage.tables import DecisionRow
from consultation.operations.redacted_answers import answer_ids


def merge_codes(database: Database, editing: Editing, into: str, others: Sequence[str]) -> tuple[Codebook, int]:
    """The new version, and on how many answers decisions went over. All or nothing. Raises `NotEdited`, `Overtaken`,
    `UnknownCode`."""
    with database.write() as session:
        after = save(session, editing, lambda codebook: merge(codebook, into, others), "codes merged")
        answers, codes = answer_ids(editing.consultation.id), {into, *others}
        proposed = recoding.suggestions(session, answers, codes)
        decided = recoding.decisions(session, answers, codes)
        facet = Facet(after.code(into).facet)
        moved = 0
        for answer, rows in sorted(decided.items()):
            saw = {each.code for each in proposed.get(answer, ())}
            verdict = merged(saw, {code: Verdict(row.verdict) for code, row in rows.items()})
            moved += _recode(session, editing, answer, facet, into, rows, verdict)
        for found in proposed.values():
            recoding.propose_as(session, found, into)
        recoding.rename_in_readings(session, answers, set(others), into)
        recoding.rename_in_examples(session, editing.consultation.id, set(others), into)
    return after, moved


def _recode(
    session: Session, editing: Editing, answer: str, facet: Facet, into: str, rows: Mapping[str, DecisionRow],
    verdict: Verdict | None,
) -> bool:  # fmt: skip
    """As one act, which holds what was decided before. False where nothing had to be written."""
    changes: dict[str, Data | None] = {key_of(facet, code): None for code in rows if code != into}
    stood = rows.get(into)
    if verdict is None and stood:
        changes[key_of(facet, into)] = None
    elif verdict and (stood is None or stood.verdict != verdict.value):
        changes[key_of(facet, into)] = _as_decided(rows, into, verdict)
    if not changes:
        return False
    acts.perform(session, answer, changes, act=acts.MERGED, facet=facet.value, code=into, by=editing.by, on=editing.on)
    return True


def _as_decided(rows: Mapping[str, DecisionRow], into: str, verdict: Verdict) -> dict[str, Any]:
    """By whom and with which words it was decided: the one code's own where they agree, else the first other's."""
    others = {Verdict.REJECTED, Verdict.ACCEPTED} - {verdict}
    agree = [row for _, row in sorted(rows.items()) if Verdict(row.verdict) not in others]
    chosen = next((each for each in agree if each.code == into), agree[0])
    return chosen.model_dump(mode="json", exclude={"answer_id", "facet", "code"}) | {"verdict": verdict.value}
