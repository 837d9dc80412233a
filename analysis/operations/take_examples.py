"""Take in answers from elsewhere that people coded, so that the machine can learn from them. Redacted before they are
kept, like any answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.coding.example_files import Example
from analysis.coding.exemplars import Exemplar
from analysis.operations.edit_codebook import Editing
from analysis.storage import codebooks
from analysis.storage.database import Database
from analysis.storage.tables import ExampleRow
from consultation.domain.text import RawText
from consultation.operations.note_coding import note_coding
from consultation.privacy.detect import Detector
from consultation.privacy.redact import redact


@dataclass(frozen=True)
class Taken:
    """How many were taken in, in place of how many of the same id, and in how many something was hidden."""

    count: int
    replaced: int
    hidden: int


def take_examples(database: Database, editing: Editing, examples: Sequence[Example], detector: Detector) -> Taken:
    """All or nothing. Raises what the detector raises: then nothing is kept."""
    hidden, rows = 0, []
    for each in examples:
        redacted = redact(RawText(each.exemplar.text), detector)
        asked = redact(RawText(each.exemplar.question.replace("_", " ")), detector)
        hidden += bool(redacted.hidden or asked.hidden)
        question = asked.text if asked.hidden else each.exemplar.question
        rows.append(_row(editing, each, replace(each.exemplar, text=redacted.text, question=question)))
    with database.write() as session:
        known = {each.id for each in codebooks.examples(session, editing.consultation.id)}
        for row in rows:
            session.merge(row)
        note_coding(session, editing.consultation.slug, "examples taken", by=editing.by, at=editing.at, count=len(rows))
    return Taken(len(examples), len(known & {each.id for each in examples}), hidden)


def _row(editing: Editing, example: Example, kept: Exemplar) -> ExampleRow:
    return ExampleRow(
        consultation_id=editing.consultation.id, id=example.id, text=kept.text, audience=kept.audience,
        question=kept.question, outcomes=_listed(kept.outcomes), themes=_listed(kept.themes),
        sentiment=kept.sentiment, source=kept.source,
    )  # fmt: skip


def _listed(codes: tuple[str, ...] | None) -> list[str] | None:
    return None if codes is None else list(codes)
