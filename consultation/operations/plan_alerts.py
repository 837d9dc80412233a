"""Plan who is told of which concern, and say what is to be sent now; note afterwards how it went.

A concern is planned in a transaction of its own, and each sending noted in one. Whoever is killed between sending and
noting sends again, under the same id; nothing is left out. The caller sees to it that one process at a time does this.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from consultation.safeguarding import escalation
from consultation.safeguarding.arrangements import Arrangements
from consultation.safeguarding.escalation import Call, Path
from consultation.safeguarding.notices import Alert
from consultation.storage import alerts
from consultation.storage.alerts import Waiting
from consultation.storage.store import Store


def plan_alerts(store: Store, arrangements: Arrangements, now: datetime) -> tuple[list[Waiting], list[Alert]]:
    """(what was not planned before, all that is due): of both the immediate first, and drills last.

    Where nobody is named who could be told, a concern stays unplanned, and is planned as soon as somebody is.
    """
    with store.read() as session:
        concerns, known = alerts.waiting(session), alerts.calls(session)
    due: list[Alert] = []
    for concern in sorted(concerns, key=lambda each: each.drill):
        rungs = escalation.ladder(arrangements, concern.queue)
        minutes = arrangements.patience.minutes(concern.level)
        before = known.get(concern.reference, [])
        calls = escalation.schedule(before, [each for _, each in rungs], timedelta(minutes=minutes), now)
        if not calls:
            continue
        if set(calls) != set(before):
            with store.write() as session:
                alerts.put(session, concern.reference, calls)
        due += [
            _alert(concern, call, [part for part, _ in rungs], minutes)
            for call in calls
            if call.due_at is not None and call.due_at <= now
        ]
    if known.keys() - {each.reference for each in concerns}:
        _strike(store)
    return [each for each in concerns if not each.planned], due


def settle_alert(store: Store, alert: Alert, now: datetime, *, sent: bool) -> None:
    """Note how it went. A drill proves the path, or shows that it is broken; of others no time is kept."""
    with store.write() as session:
        alerts.settle(session, alert.reference, alert.call, sent=sent)
        if alert.drill:
            alerts.prove(session, alert.path, now, worked=sent)


def _alert(concern: Waiting, call: Call, parts: Sequence[str], minutes: int) -> Alert:
    return Alert(
        path=Path(parts[call.rung], call.means),
        reference=concern.reference,
        level=concern.level,
        asks_contact=concern.asks_contact,
        drill=concern.drill,
        call=call,
        minutes=minutes,
        last=call.rung == len(parts) - 1,
    )


def _strike(store: Store) -> None:
    """The times at which somebody was to be told say when somebody wrote something: their bytes go, too."""
    store.database.stale = True
    with store.write() as session:
        alerts.strike(session)
