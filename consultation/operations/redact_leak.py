"""Take words that slipped through redaction out of every place where Sayso holds them.

The answer gets a new id, as one that its author changes does: whatever reads the old one just now, a coder or a turn,
then has nothing to write to. Must not know what else hangs on an answer; `carry` brings that over.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from consultation.domain.consultation import Wave
from consultation.domain.ids import WaveId
from consultation.domain.text import Span
from consultation.operations.wipe import LARGE
from consultation.privacy.leak import Leak
from consultation.storage import audit, said
from consultation.storage.roles import Role
from consultation.storage.store import Store
from consultation.storage.tables import AnswerRow, AuditRow, ResponseRow

REDACTED = "leak redacted"
COUNT_NOW = text("SELECT pg_stat_force_next_flush()")  # else `rewrite` sees a second later only what was changed here


class NotThere(LookupError):
    """The words are not in that answer, or not any more."""


@dataclass(frozen=True)
class Replaced:
    """An answer in which words were replaced: its id before and after, and which spans gave way to a token."""

    before: str
    after: str
    spans: tuple[Span, ...]

    def moved(self, start: int, end: int) -> tuple[int, int] | None:
        """Where characters `start` to `end` stand afterwards; None where they are not whole any more."""
        shift = grown = 0
        for each in self.spans:
            longer = len(each.kind.token) - (each.end - each.start)
            if each.end <= start:
                shift += longer
            elif start <= each.start and each.end <= end:
                grown += longer
            elif each.start < end:
                return None
        return start + shift, end + shift + grown


Carry: TypeAlias = Callable[[Session, Sequence[Replaced], Leak], AbstractContextManager[None]]


@dataclass(frozen=True)
class Redaction:
    """What was done: in how many answers, and the number of its entry in the audit log, which does not hold the words.
    `wiped`: the words are on no page of the database's files either; else the worker sees to that."""

    answers: int
    number: int
    wiped: bool


def redact_leak(
    store: Store, wave: Wave, leak: Leak, only: str | None, *, carry: Carry, new_id: Callable[[], str], by: str,
    at: datetime,
) -> Redaction:  # fmt: skip
    """Put the token in place of the words in the answer `only`, or in all of the wave. There is no way back.

    What the person's chat was told last is rewritten too. Raises `NotThere`.
    """
    with store.write() as session:
        responses = {each.response_id for each in _holding(session, wave.id, leak, only)}
        told = said.hold(session, responses)  # from here on nobody changes these answers, so they are read once more
        answers = [each for each in _holding(session, wave.id, leak, only) if each.response_id in responses]
        if not answers:
            raise NotThere
        replaced = [Replaced(each.id, new_id(), leak.places(each.text or "")) for each in answers]
        with carry(session, replaced, leak):
            _rewrite(session, answers, replaced, leak)
        # The bot shows people what is kept of their words.
        said.put(session, [replace(each, messages=_hidden_in(each.messages, leak)) for each in told])
        details = {"kind": leak.kind.value, "answers": len(answers)}
        subject = wave.consultation.slug
        if session.get_bind().dialect.name == "postgresql":
            session.execute(COUNT_NOW)
        number = audit.append(session, at=at, actor=by, act=REDACTED, subject=subject, details=details).number
    return Redaction(len(answers), number, _wipe(store))


def redaction(store: Store, slug: str, number: int) -> AuditRow | None:
    """The entry of the audit log that tells of it."""
    with store.read() as session:
        row = session.get(AuditRow, number)
        return row if row is not None and (row.act, row.subject) == (REDACTED, slug) else None


def _holding(session: Session, wave: WaveId, leak: Leak, only: str | None) -> list[AnswerRow]:
    wanted = select(AnswerRow).join(ResponseRow).where(ResponseRow.wave_id == wave, col(AnswerRow.text).is_not(None))
    if only is not None:
        wanted = wanted.where(AnswerRow.id == only)
    found = session.exec(wanted.order_by(col(AnswerRow.id)).execution_options(populate_existing=True))
    return [each for each in found if leak.places(each.text or "")]


def _rewrite(session: Session, answers: Sequence[AnswerRow], replaced: Sequence[Replaced], leak: Leak) -> None:
    for row, each in zip(answers, replaced, strict=True):
        kept = row.model_dump() | {"id": each.after, "text": leak.hide(row.text or "")}
        session.execute(delete(AnswerRow).where(col(AnswerRow.id) == each.before))
        session.add(AnswerRow(**kept))
        session.flush()


def _hidden_in(messages: list[dict[str, Any]], leak: Leak) -> list[dict[str, Any]]:
    return [{**each, "text": leak.hide(each["text"])} for each in messages]


def _wipe(store: Store) -> bool:
    """Out of SQLite's journal (PostgreSQL's is its operator's part) and off the pages of the files: at once, or where
    that would keep everybody waiting or is not this process's to do, when the worker next does (see `wipe`)."""
    store.wipe_journal()
    store.database.stale = True
    if store.database.size() >= LARGE or Role.WORKER not in store.database.roles:
        return False
    try:
        store.database.rewrite()
    except OperationalError:  # somebody holds a table just now
        return False
    return True
