"""The heartbeat: every day each way of telling anybody carries a message, so that one that is broken shows before it is
needed. It goes by what each path last proved, so that nothing hangs on a time that was slept through.
"""

from dataclasses import dataclass
from datetime import datetime

from consultation.domain.due import day_in_london
from consultation.safeguarding import escalation
from consultation.safeguarding.arrangements import Arrangements
from consultation.safeguarding.escalation import Path, Proof
from consultation.safeguarding.notices import Heartbeat
from consultation.storage import alerts
from consultation.storage.store import Store


@dataclass(frozen=True)
class PathState:
    """A way of telling somebody. `trouble` is what is wrong with it, in words that go on after its name."""

    path: Path
    proof: Proof | None
    trouble: str | None


def due_beats(store: Store, arrangements: Arrangements, now: datetime) -> list[Heartbeat]:
    """The heartbeats that are to be sent now."""
    with store.read() as session:
        proofs = alerts.proofs(session)
        at = escalation.last_beat(arrangements, now)
        due = [
            each for each in escalation.paths(arrangements) if escalation.beat_is_due(proofs.get(str(each)), at, now)
        ]
        concerns = [each for each in alerts.waiting(session) if not each.drill] if due else []
    beats = []
    for path in due:
        theirs = [
            each.raised_on for each in concerns if path.position in dict(escalation.ladder(arrangements, each.queue))
        ]
        beats.append(Heartbeat(path, day_in_london(at), len(theirs), min(theirs, default=None)))
    return beats


def settle_beat(store: Store, beat: Heartbeat, now: datetime, *, sent: bool) -> None:
    with store.write() as session:
        alerts.prove(session, beat.path, now, worked=sent)


def alert_paths(store: Store, arrangements: Arrangements, now: datetime) -> list[PathState]:
    """All ways of telling anybody, and which of them is in trouble."""
    with store.read() as session:
        proofs = alerts.proofs(session)
    every = [(path, proofs.get(str(path))) for path in escalation.paths(arrangements)]
    return [PathState(path, proof, escalation.trouble(proof, now)) for path, proof in every]
