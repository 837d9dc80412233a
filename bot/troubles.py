"""What does not work, as staff are told of it wherever they look: messages that could not be taken, ways of telling the
safeguarding team that are broken, sign-offs that no longer cover what runs. Nothing here says whose a message was."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from bot.delivery.tell import named_now
from bot.sayso import Sayso
from bot.settings import Settings
from consultation.operations.beat import alert_paths
from consultation.operations.check_sign_off import uncovered
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


def path_troubles(store: Store, settings: Settings, now: datetime) -> list[str]:
    """Each way of telling the safeguarding team that has not carried its heartbeat: a sentence a line."""
    states = alert_paths(store, named_now(store, settings), now)
    return [f"Telling the {each.path} {each.trouble}." for each in states if each.trouble]


def sign_off_troubles(sayso: Sayso) -> list[str]:
    """What of the consultations that are open is not as the safeguarding lead signed it off: a sentence a line."""
    with sayso.store.read() as session:
        found = uncovered(session, sayso.desk.survey_of, sayso.desk.today())
    return list(dict.fromkeys(sentence for each in found.values() for sentence in each))
