"""What is stored against what must be: every answer that was acknowledged, once, and nothing of anybody twice.

Reads the records when nobody serves them. Each fault that is found is one line.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from analysis.storage.tables import CodedRow
from consultation.flow.state import State
from consultation.operations.converse import whose
from consultation.storage.tables import AnswerRow, ConversationRow, InboxRow, OutboxRow, ResponseRow
from tests.builders import Opened
from tests.durability.people import Person
from tests.durability.talks import Standing

PLAIN = {"Skipped": "skipped", "Withheld": "withheld"}


@dataclass(frozen=True)
class Stored:
    """One conversation as it is on the disk."""

    state: State
    answers: dict[str, Any] | None
    finished: bool


def faults(opened: Opened, people: Sequence[Person]) -> list[str]:
    """Everything that is not as it must be."""
    with opened.sayso.store.read() as session:
        return [*_of_talks(session, opened, people), *_of_records(session), *_of_files(session)]


def _of_talks(session: Session, opened: Opened, people: Sequence[Person]) -> Iterator[str]:
    """Each talk stands where it was acknowledged, or one update further where one was in flight."""
    stored: dict[str, Stored] = dict(_conversations(session))
    for each in people:
        who = whose(opened.sayso.desk, opened.wave, each.line.channel, each.chat)
        found, name = stored.pop(who, None), f"{each.line.channel.value} chat {each.chat}"
        taken = next((n for n in range(each.taken, each.taken + 1 + each.in_flight) if _is(found, each, n)), None)
        if taken is None:
            yield f"{name} after {each.taken} updates: {found}, and not {each.talk.after(each.taken)}"
        elif unsaid := each.line.unsaid(each.talk, taken, each.chat):
            yield f"{name} after {taken} updates was never told: {unsaid}"
    yield from (f"a conversation that nobody had ({each[:6]})" for each in stored)


def _is(found: Stored | None, person: Person, taken: int) -> bool:
    if found is None or taken == 0:
        return found is None and taken == 0
    must: Standing = person.talk.after(taken)
    as_stored = State.from_json(must.state.to_json())
    state = found.state._replace(reminded=as_stored.reminded)  # it hangs on the channel, and nobody asks for one here
    return (state, found.answers, found.finished) == (as_stored, must.answers, must.finished)


def _conversations(session: Session) -> Iterator[tuple[str, Stored]]:
    answers: dict[str, dict[str, Any]] = {}
    for row in session.exec(select(AnswerRow)):
        plain = PLAIN.get(row.kind, row.text if row.text is not None else row.value)
        answers.setdefault(row.response_id, {})[row.question] = plain
    finished = dict(session.exec(select(ResponseRow.id, ResponseRow.finished)).all())
    for talk in session.exec(select(ConversationRow)):
        response = talk.response_id
        held = None if response is None else answers.get(response, {})
        yield talk.pseudonym, Stored(State.from_json(talk.state), held, finished.get(response or "", False))


def _of_records(session: Session) -> Iterator[str]:
    """One response a talk that has one, no answer without a response, one mark a turn, nothing left to say or coded."""
    response = col(ConversationRow.response_id)
    held = Counter(session.exec(select(response).where(response.is_not(None))))
    responses = Counter(session.exec(select(ResponseRow.id)))
    if held != responses:
        yield f"{held.total()} talks hold a response, and there are {responses.total()}"
    strays = set(session.exec(select(AnswerRow.response_id))) - set(responses)
    if strays:
        yield f"answers of {len(strays)} responses that are gone"
    marks = session.exec(select(func.count()).select_from(InboxRow)).one()
    turns = session.exec(select(func.sum(ConversationRow.version))).one() or 0
    if marks != turns:
        yield f"{marks} updates are marked as taken, and {turns} turns were"
    for table in (OutboxRow, CodedRow):
        left = session.exec(select(func.count()).select_from(table)).one()
        if left:
            yield f"{left} rows of '{table.__tablename__}'"


def _of_files(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name == "sqlite":
        checks: dict[str, list[tuple[object, ...]]] = {
            "PRAGMA integrity_check": [("ok",)],
            "PRAGMA foreign_key_check": [],
        }
    else:
        checks = {
            "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()": [(0,)],
            "SELECT conname FROM pg_constraint WHERE NOT convalidated": [],
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready)": [],
        }
    for check, good in checks.items():
        found = [tuple(row) for row in session.execute(text(check))]
        if found != good:
            yield f"{check}: {found}"
