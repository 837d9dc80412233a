"""Sends a test concern, marked as one, the way that a child's would go, and tells how long each step took.

Nothing is simulated: the screen, the turn, the sealing and the alerts are those that everybody has. The alerts go out
from whichever process does due work, as they always do; here it is only watched.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import col, select

from consultation.domain.concern import Level, Outcome, Queue, Status
from consultation.domain.consultation import Channel, Wave
from consultation.domain.text import RawText
from consultation.operations.converse import Desk, Incoming, Typed, converse
from consultation.operations.refer_concern import Actor, acknowledge, move, referral
from consultation.safeguarding.arrangements import Arrangements, Contact
from consultation.safeguarding.escalation import Path, ladder, means_of
from consultation.storage.store import Store
from consultation.storage.tables import AlertRow

WORDS = "This is a drill and not a child. I'm not safe, he has locked me in and says he will kill me tonight."
IN_HAND = "somebody has it in hand"
BY = Actor("drill")

Clock = Callable[[], float]  # seconds, from any start


@dataclass(frozen=True)
class Done:
    """One step of the path: how long after the words were sent it was done, or was found not to work."""

    step: str
    seconds: float
    worked: bool = True


@dataclass
class Drill:
    """A test concern on its way. `reference` is None where it got none."""

    began: float
    reference: str | None = None
    steps: list[Done] = field(default_factory=list)

    def note(self, step: str, clock: Clock, *, worked: bool = True) -> Done:
        """At this moment."""
        self.steps.append(Done(step, clock() - self.began, worked))
        return self.steps[-1]


def begin_drill(desk: Desk, wave: Wave, chat: str, clock: Clock) -> Drill:
    """Say the words in a talk of its own, which nobody answers as."""
    drill = Drill(clock())
    noticed = desk.screen(WORDS).level is Level.IMMEDIATE
    drill.note("the screen finds it immediate", clock, worked=noticed)
    made: list[str] = []

    def new_reference() -> str:
        made.append(desk.new_reference())
        return made[-1]

    marked = replace(desk, drill=True, new_reference=new_reference)
    said = converse(marked, wave, Incoming(Channel.SIMULATION, chat, "1", Typed(RawText(WORDS))))
    helped = any("999" in each.text for each in said)
    drill.note("help lines are shown, and the words are sealed and on the disk", clock, worked=helped and bool(made))
    drill.reference = made[-1] if made else None
    return drill


def first_paths(arrangements: Arrangements, store: Store, reference: str) -> list[Path]:
    """How the first of the ladder is told."""
    rungs = _rungs(arrangements, store, reference)
    return [Path(part, means) for part, contact in rungs[:1] for means in means_of(contact)]


def follow(drill: Drill, store: Store, arrangements: Arrangements, clock: Clock) -> Iterator[Done | None]:
    """Whatever is new at each look, None where nothing is; ends when somebody has acknowledged. The caller waits
    between looks, and decides how long."""
    assert drill.reference is not None
    parts = [part for part, _ in _rungs(arrangements, store, drill.reference)]
    told: set[tuple[int, str]] = set()
    while True:
        stands, sent = _look(store, drill.reference)
        for rung, means in sorted(sent - told):
            yield drill.note(f"{parts[rung]} told by {means}", clock)
        told |= sent
        if stands is not Status.NEW:
            yield drill.note(IN_HAND, clock)
            return
        yield None


def end_drill(store: Store, reference: str, now: datetime) -> None:
    """Nobody is told any more, and it is closed as what it was."""
    acknowledge(store, reference, BY, now)
    if referral(store, reference).status != Status.CLOSED:
        move(store, reference, Status.CLOSED, BY, now, Outcome.DRILL)


def _rungs(arrangements: Arrangements, store: Store, reference: str) -> list[tuple[str, Contact]]:
    return ladder(arrangements, Queue(referral(store, reference).queue))


def _look(store: Store, reference: str) -> tuple[Status, set[tuple[int, str]]]:
    asked = select(AlertRow.rung, AlertRow.means).where(AlertRow.reference == reference, col(AlertRow.sent) > 0)
    with store.read() as session:
        sent = set(session.exec(asked))
    return Status(referral(store, reference).status), sent
