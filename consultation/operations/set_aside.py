"""Updates that could not be taken however often they came, for an officer to see. Keeps nothing of what they held."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from consultation.storage.store import Store
from consultation.storage.tables import SetAsideRow


@dataclass(frozen=True)
class SetAside:
    """Which door gave an update up, the kind of fault, and the day."""

    door: str
    fault: str
    on: date


def set_aside(store: Store, door: str, fault: str, new_id: Callable[[], str], on: date) -> None:
    """Note that an update was given up. `fault` is the name of a kind of fault, never its message."""
    with store.write() as session:
        session.add(SetAsideRow(id=new_id(), door=door, fault=fault, set_aside_on=on))


def updates_set_aside(store: Store) -> list[SetAside]:
    """All of them, the newest day first."""
    order = (col(SetAsideRow.set_aside_on).desc(), col(SetAsideRow.door), col(SetAsideRow.fault))
    with store.read() as session:
        rows = session.exec(select(SetAsideRow).order_by(*order)).all()
        return [SetAside(row.door, row.fault, row.set_aside_on) for row in rows]
