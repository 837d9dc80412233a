"""Have a coder learn from what people made of the answers that they reviewed, measure it beside the one before, and put
it to use where it is not worse. People's decisions stay as they are.

A fifth of the reviewed answers, chosen by their random ids for good, is never learned from: what a coder is worth is
measured on it. A coder keeps the words that it learned from; when one of those answers is withdrawn, it is forgotten.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from analysis.codebook import Codebook
from analysis.coding.effort import effort_curves
from analysis.coding.exemplars import Exemplar
from analysis.coding.f1 import compare
from analysis.coding.held_out import HeldOut, held_out
from analysis.coding.reasons import why_unread
from analysis.coding.safe import as_data, find_band
from analysis.coding.suggestion import Coder, UnusableHead
from analysis.coding.teach import adapt, as_bytes, coder_from, coder_if_usable
from analysis.records import AnswerRecord, Facet
from analysis.storage import codebooks, coders
from analysis.storage.database import Database
from analysis.storage.lessons import Judged
from analysis.storage.tables import CoderVersionRow, ExampleRow
from consultation.operations.note_coding import note_coding

FEWEST_HELD_OUT = 30  # answers, below which a page calls a figure "too few"
OWN_CURVE_FROM = 100  # held-out answers: below, the curve of a consultation's own answers is mostly chance
KEPT = 10  # versions, beside the one in use: each may be some megabytes
BY = "sayso"
_A_FIFTH = 5


@dataclass(frozen=True)
class Lessons:
    """What is learned from: the reviewed answers, what people made of each (`judged`), and examples from elsewhere.
    `before` is the coder in use, `versions` has the codes of every version of the codebook."""

    consultation: str
    slug: str
    codebook: Codebook
    before: Coder
    records: Sequence[AnswerRecord]
    judged: Mapping[str, Judged]
    versions: Mapping[tuple[str, int], Collection[str]]
    examples: Sequence[ExampleRow]
    at: datetime
    on: date


def is_held_out(answer: str) -> bool:
    return sha256(answer.encode()).digest()[0] % _A_FIFTH == 0


def learn(database: Database, material: Lessons) -> bool:
    """Whether a new version was made and put to use. None is made where there is nothing to learn from, nothing new, or
    where what it learned from was withdrawn while it did."""
    reviewed = [each for each in material.records if why_unread(each.language) is None]
    lessons = [each for each in reviewed if not is_held_out(each.answer_id)]
    rows = [
        *(_from_answer(each, material) for each in lessons),
        *(_from_example(each, material.codebook) for each in material.examples),
    ]
    if not rows:
        return False
    coder = adapt(rows, material.codebook)
    asked = [each for each in reviewed if is_held_out(each.answer_id)]
    figures = _figures(material, coder, asked) | {"reviewed": len(reviewed), "examples": len(material.examples)}
    made = CoderVersionRow(
        version=coder.version, consultation_id=material.consultation, number=0, codebook=material.codebook.id,
        codebook_version=material.codebook.version, head=as_bytes(coder), learnt_from=len(lessons), figures=figures,
        made_on=material.on, made_by=BY,
    )  # fmt: skip
    try:
        with database.write() as session:
            return _keep(session, material, made, [each.answer_id for each in lessons])
    except IntegrityError:  # an answer was withdrawn meanwhile: its words must not be kept
        return False


def _keep(session: Session, material: Lessons, made: CoderVersionRow, lessons: Collection[str]) -> bool:
    current = codebooks.in_use(session, material.consultation)
    if current is not None and not current.has_codes_of(material.codebook):
        return False
    kept = coders.versions(session, material.consultation)
    for each in kept:
        if each.version == made.version:  # nothing new in what was reviewed since; don't come back for it
            each.figures = each.figures | {name: made.figures[name] for name in ("reviewed", "examples")}
            return False
    made.number = max((each.number for each in kept), default=0) + 1
    coders.add(session, made, lessons)
    used: bool = made.figures["as_good"] >= 0.5
    if used:
        coders.use(session, material.consultation, made.version)
    for each in [each for each in kept if used or not each.in_use][KEPT - 1 :]:
        coders.forget(session, each)
    note_coding(
        session, material.slug, "coder taught", by=BY, at=material.at, number=made.number, answers=made.learnt_from,
        used=used,
    )  # fmt: skip
    return used


def _figures(material: Lessons, coder: Coder, asked: Sequence[AnswerRecord]) -> dict[str, Any]:
    """What is kept of the two on the held-out answers. The new one is as good where it is at least as good in half of
    the resamples: a stricter rule would need hundreds of held-out answers before anything could be learned."""
    codes = [each.id for each in material.codebook.codes]
    truth = [{code for _, code in material.judged[each.answer_id].stands} for each in asked]
    was, now = (held_out(codes, each.code(asked), truth) for each in (material.before, coder))
    found = compare(codes, now.truth, was.proposed, now.proposed)
    return asdict(found) | {
        "before_version": material.before.version,
        "random": sum(material.judged[each.answer_id].drawn == "random" for each in asked),
        "band": as_data(find_band(now)) if len(now) else None,
        "curves": _curves(now) if len(now) >= OWN_CURVE_FROM else None,
    }


def _curves(found: HeldOut) -> dict[str, Any]:
    return {name: [list(point) for point in curve] for name, curve in effort_curves(found).items()}


def _from_answer(record: AnswerRecord, material: Lessons) -> Exemplar:
    judged, codebook = material.judged[record.answer_id], material.codebook
    tones = judged.codes(Facet.SENTIMENT)
    codes = [each.id for each in codebook.codes]
    asked = {*material.versions.get(judged.codebook, codes), *(code for _, code in judged.stands)}
    return Exemplar(
        text=record.text,
        outcomes=_in_use(judged.codes(Facet.OUTCOME), codebook.outcome_ids),
        themes=_in_use(judged.codes(Facet.THEME), codebook.theme_ids),
        sentiment=tones[0] if len(tones) == 1 else None,
        audience=record.audience,
        question=record.question,
        source="reviewed",
        unasked=tuple(each for each in codes if each not in asked),
    )


def _from_example(row: ExampleRow, codebook: Codebook) -> Exemplar:
    return Exemplar(
        text=row.text,
        outcomes=None if row.outcomes is None else _in_use(row.outcomes, codebook.outcome_ids),
        themes=None if row.themes is None else _in_use(row.themes, codebook.theme_ids),
        sentiment=row.sentiment,
        audience=row.audience,
        question=row.question,
        source=row.source,
    )


def _in_use(codes: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Codes that were retired since are learned no more."""
    return tuple(each for each in codes if each in known)


def forget_the_withdrawn(database: Database, consultation: str) -> bool:
    """Forget the coders that hold words of an answer that was withdrawn or changed; whether one of them was in use."""
    with database.write() as session:
        gone = coders.outdated(session, consultation)
        for each in gone:
            coders.forget(session, each)
        return any(each.in_use for each in gone)


def forget_the_unreadable(database: Database, consultation: str, codebook: Codebook) -> bool:
    """Forget the coder in use where it can't code any more; whether it was so. It learns anew from the same reviews."""
    with database.read() as session:
        used = coders.in_use(session, consultation)
    if used is None or coder_if_usable(used, codebook) is not None:
        return False
    with database.write() as session:
        coders.forget(session, used)
    return True


def forget_examples(database: Database, consultation: str) -> None:
    """Answers from elsewhere were people's answers, too: they go when the last of the consultation's own have gone, and
    with them the coders that hold their words."""
    with database.read() as session:
        if not codebooks.examples(session, consultation):
            return
    with database.write() as session:
        codebooks.forget_examples(session, consultation)
        for each in coders.versions(session, consultation):
            coders.forget(session, each)


def use_coder(
    database: Database, consultation: str, slug: str, codebook: Codebook, version: str | None, *, by: str, at: datetime
) -> None:
    """Put a version to use, or with None the coder that ships. Raises `UnusableHead` where it is not kept (any more),
    or has learned other codes than those of the codebook."""
    with database.write() as session:
        chosen = next((each for each in coders.versions(session, consultation) if each.version == version), None)
        if version is not None:
            if chosen is None:
                raise UnusableHead("This version is no longer kept. Choose one from the list.")
            coder_from(chosen, codebook)
        coders.use(session, consultation, version)
        note_coding(session, slug, "coder chosen", by=by, at=at, number=chosen.number if chosen else 0)
