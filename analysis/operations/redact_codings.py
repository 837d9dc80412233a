"""When words are taken out of an answer, bring its codings over to what is left of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlmodel import Session

from analysis.storage import codings
from analysis.storage.tables import DecisionRow, SuggestionRow
from consultation.operations.redact_leak import Replaced
from consultation.privacy.leak import Leak


@contextmanager
def carry_codings(session: Session, replaced: Sequence[Replaced], leak: Leak) -> Iterator[None]:
    """Within, the answers are replaced, and everything that hung on them goes. Afterwards people's decisions are back,
    and the machine's proposals where their span still stands, with the words out of their reasons too.

    Two things do not come back: the note that the coder has read the answer, so that it reads it again, and the
    clearance for quotation, since a person must.
    """
    hung = [(each, *codings.hanging_on(session, each.before)) for each in replaced]
    rows: list[SuggestionRow | DecisionRow] = []
    for each, proposed, decided in hung:
        rows += [DecisionRow(**row.model_dump() | {"answer_id": each.after}) for row in decided]
        for row in proposed:
            span = each.moved(row.start, row.end)
            if span is not None:
                new = {"answer_id": each.after, "start": span[0], "end": span[1], "reason": leak.hide(row.reason)}
                rows.append(SuggestionRow(**row.model_dump() | new))
    yield
    session.add_all(rows)
    session.flush()
