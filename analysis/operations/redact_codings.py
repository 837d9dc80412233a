"""When words are taken out of an answer, bring what people and the machine made of it over to what is left of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from sqlmodel import Session, SQLModel

from analysis.storage import candidates, codings
from consultation.operations.redact_leak import Replaced
from consultation.privacy.leak import Leak

Row: TypeAlias = dict[str, Any]

WORDS = ("reason", "text")  # columns that may hold words of the answer


@contextmanager
def carry_codings(session: Session, replaced: Sequence[Replaced], leak: Leak) -> Iterator[None]:
    """Within, the answers are replaced, and everything that hung on them goes. Afterwards people's decisions, acts,
    reviews and notes are back, and the machine's proposals where their span still stands, with the words out of
    reasons and notes too. Places that a person marked move along; one that is not whole any more is let go.

    Two things do not come back: the note that the coder has read the answer, so that it reads it again, and the
    clearance for quotation, since a person must.
    """
    candidates.forget_words(session, [each.before for each in replaced])
    rows: list[SQLModel] = []
    for each in replaced:
        for row in codings.hanging_on(session, each.before):
            kept = _carried(row.model_dump() | {"answer_id": each.after}, each, leak)
            rows += [type(row)(**kept)] if kept else []
    yield
    session.add_all(rows)
    session.flush()


def _carried(row: Row, moved: Replaced, leak: Leak) -> Row | None:
    """The row as it goes on; None where what it pointed at is gone."""
    row |= {name: leak.hide(row[name]) for name in WORDS if name in row}
    if "more" in row:
        return row | _places(row, moved)
    if "before" in row:
        return row | {name: _stood(row[name], moved) for name in ("before", "after")}
    if "start" in row:
        span = moved.moved(row["start"], row["end"])
        return row | {"start": span[0], "end": span[1]} if span else None
    return row


def _stood(rows: Mapping[str, Row | None], moved: Replaced) -> Row:
    """What an act found or left, as it can be put back now."""
    return {key: row | _places(row, moved) if row and "more" in row else row for key, row in rows.items()}


def _places(row: Row, moved: Replaced) -> Row:
    """Of a decision, where the words that a person marked stand now."""
    before = [(row["start"], row["end"]), *row["more"]] if row["start"] is not None else []
    after = [list(span) for each in before if (span := moved.moved(*each))]
    start, end = after[0] if after else (None, None)
    return {"start": start, "end": end, "more": after[1:]}
