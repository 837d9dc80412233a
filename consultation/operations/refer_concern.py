"""What became of a concern: which references wait, how far each has come, and who moved it. Opens no seal."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from consultation.domain.concern import MOVES, Outcome, Queue, Status
from consultation.safeguarding.lead_keys import short
from consultation.storage import alerts, audit
from consultation.storage.store import Store
from consultation.storage.tables import ConcernRow, ReferralAuditRow


@dataclass(frozen=True)
class Referral:
    """A concern without its content."""

    reference: str
    level: str
    raised_on: date
    status: str
    queue: str = Queue.GENERAL.value
    asks_contact: bool = False
    drill: bool = False
    outcome: str | None = None

    @property
    def moves(self) -> tuple[Status, ...]:
        """Where it can go from here."""
        return MOVES[Status(self.status)]


@dataclass(frozen=True)
class Actor:
    """Who does something with a referral, as the audit log says it: by their role, and the key they used, if any."""

    role: str
    key: str = ""  # the public half


class UnknownReference(LookupError):
    """There is no concern of that reference."""


class NoSuchMove(Exception):
    """A referral can't go from its status to that one. `str()` says why."""


def referrals(store: Store) -> list[Referral]:
    """All concerns, for the lead: what waits first, immediate before others. None of these can be read from it."""
    with store.read() as session:
        found = [Referral(*row) for row in session.exec(_told())]
    return sorted(
        found, key=lambda each: (each.status != Status.NEW, each.status == Status.CLOSED, each.level, each.reference)
    )


def referral(store: Store, reference: str) -> Referral:
    """One concern. Raises `UnknownReference`."""
    with store.read() as session:
        row = session.exec(_told().where(col(ConcernRow.reference) == reference)).first()
    return Referral(*_known(reference, row))


def sealed_message(store: Store, reference: str) -> bytes:
    """The sealed words of one concern. Raises `UnknownReference`."""
    with store.read() as session:
        found = session.exec(select(ConcernRow.sealed).where(col(ConcernRow.reference) == reference)).first()
    return bytes(_known(reference, found))


def move(store: Store, reference: str, to: Status, by: Actor, now: datetime, outcome: Outcome | None = None) -> None:
    """Take it one step on, and note who did. Raises `UnknownReference`, `NoSuchMove`."""
    with store.write() as session:
        asked = _told().where(col(ConcernRow.reference) == reference).with_for_update()
        stands = Referral(*_known(reference, session.exec(asked).first()))
        _check(stands, to, outcome)
        done = outcome.value if outcome else stands.outcome
        here = update(ConcernRow).where(col(ConcernRow.reference) == reference)
        session.execute(here.values(status=to.value, outcome=done))
        note(session, to.value, reference, by, now, **({"outcome": done} if done else {}))


def acknowledge(store: Store, reference: str, by: Actor, now: datetime) -> bool:
    """Note that somebody has it in hand; False where somebody had before."""
    with store.write() as session:
        taken = alerts.acknowledge(session, reference)
        if taken:
            note(session, Status.ACKNOWLEDGED.value, reference, by, now)
    return taken


def note(session: Session, act: str, reference: str, by: Actor, now: datetime, **details: Any) -> None:
    """Who did what with a referral, in the transaction in which it was done; nothing of what it says."""
    with_key = {"key": short(by.key)} if by.key else {}
    audit.append(
        session, at=now, actor=by.role, act=act, subject=reference, details=with_key | details, book=ReferralAuditRow
    )


def _told() -> Any:
    """All that can be told of a concern without opening it."""
    row = ConcernRow
    columns: list[Any] = [
        row.reference, row.level, row.raised_on, row.status, row.queue, row.asks_contact, row.drill, row.outcome,
    ]  # fmt: skip
    return select(*columns)


def _check(stands: Referral, to: Status, outcome: Outcome | None) -> None:
    if to not in stands.moves:
        raise NoSuchMove(_why(stands, to))
    if to is Status.ACTIONED and outcome is None:
        raise NoSuchMove(f"Say what was done about {stands.reference}: {_listed()}.")
    if to is Status.CLOSED and outcome is None and stands.outcome is None:
        raise NoSuchMove(
            f"Nothing is noted yet of what was done about {stands.reference}. Say it as you close it: {_listed()}."
        )


def _why(stands: Referral, to: Status) -> str:
    match Status(stands.status):
        case Status.NEW:
            return f"{stands.reference} is new. Acknowledge it first: then nobody else is alarmed while you act."
        case Status.CLOSED:
            return f"{stands.reference} is closed ({stands.outcome}), and stays so."
        case status:
            return f"{stands.reference} is {status.value} already, and can't become {to.value}."


def _listed() -> str:
    return ", ".join(f"“{each.value}”" for each in Outcome)


def _known(reference: str, found: Any) -> Any:
    if found is None:
        raise UnknownReference(f"There is no referral '{reference}'. 'sayso referral' lists those there are.")
    return found
