"""Messages that could not be taken, as staff are told of them wherever they look. Nothing here says whose they were."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from consultation.operations.set_aside import updates_set_aside
from consultation.storage.store import Store

WHAT_IT_MEANS = (
    "Whoever wrote one was told that it was not saved, if Sayso could tell whose it was. "
    "Send this to whoever looks after Sayso."
)
DOORS = {"web": "web chat", "respondent": "Telegram", "officer": "staff bot"}


@dataclass(frozen=True)
class Trouble:
    """So many messages at one door on one day, with one kind of fault."""

    where: str
    on: date
    fault: str
    messages: int


def troubles(store: Store) -> list[Trouble]:
    """The newest day first."""
    counted = Counter(updates_set_aside(store))
    return [Trouble(DOORS.get(each.door, each.door), each.on, each.fault, n) for each, n in counted.items()]
