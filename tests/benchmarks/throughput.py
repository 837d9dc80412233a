"""Durable turns a second of engine and store, beside the same SQL bare and beside a session a turn."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter, process_time

from bot.settings import Settings
from consultation.domain.consultation import Channel, Wave
from consultation.operations.converse import Desk, Incoming, Input, prepare
from consultation.storage.postgres import postgres_engine
from consultation.storage.sqlite import sqlite_engine
from consultation.storage.turns import Taken, Turn
from tests.benchmarks.figures import Line, Speed, compared
from tests.benchmarks.orm import take_turn
from tests.benchmarks.places import Kind, Places, opened
from tests.benchmarks.recording import record, replay
from tests.benchmarks.talk import talk

UNIT = "turns/s"
CHATS, ORM_CHATS = 1_000, 30  # talks in a round
BARE, SESSIONS = 0.7, 40.0  # targets: of the same SQL bare, and times as fast as a session a turn


def measure(kind: Kind, rounds: int) -> Iterator[Line]:
    """Lines for 64 and for 256 turns in flight, then for sessions."""
    name = "" if kind is Kind.SQLITE else ", PostgreSQL"
    with Places(kind) as places:
        for in_flight, least in ((64, BARE), (256, None)):
            pairs = [_beside_bare(places, in_flight) for _ in range(rounds)]
            yield compared(f"a. engine and store, {in_flight} at once: same SQL bare{name}", pairs, UNIT, least)
        pairs = [_beside_sessions(places) for _ in range(rounds)]
        yield compared(f"a. engine and store, 64 at once: ORM session a turn{name}", pairs, UNIT, SESSIONS)


def _beside_bare(places: Places, in_flight: int) -> tuple[Speed, Speed]:
    """Turns, and what their SQL was, run again bare."""
    place = places.fresh()
    bare = places.copy(place)
    with opened(place) as (sayso, wave):
        recording = record(sayso.store.database)
        talks = _talks(sayso.desk, wave)
        recording.begin()
        speed = speed_of(sayso.desk, wave, talks, in_flight)
        transactions = recording.end()
        writers = sayso.store.database.writers
    with frozen():
        cpu = process_time()
        seconds = replay(transactions, bare.database_at, recording.pragmas, writers)
    return speed, _speed(_turns_in(talks), seconds, process_time() - cpu)


def _beside_sessions(places: Places) -> tuple[Speed, Speed]:
    with opened(places.fresh()) as (sayso, wave):
        speed = speed_of(sayso.desk, wave, _talks(sayso.desk, wave), 64)
    return speed, _sessions(places.fresh())


def _sessions(place: Settings) -> Speed:
    """One turn after another, each with a session of its own."""
    at = place.database_at
    engine = sqlite_engine(at) if isinstance(at, Path) else postgres_engine(at)
    with opened(place) as (sayso, wave), frozen():
        script = talk(sayso.desk.survey_of(wave))
        began, cpu = perf_counter(), process_time()
        for step, what in enumerate(script):
            for chat in range(ORM_CHATS):
                take_turn(engine, turn_of(sayso.desk, wave, f"chat {chat}", step, what))
        speed = _speed(ORM_CHATS * len(script), perf_counter() - began, process_time() - cpu)
    engine.dispose()
    return speed


def _talks(desk: Desk, wave: Wave) -> list["Talk"]:
    script = talk(desk.survey_of(wave))
    return [Talk(f"chat {number}", script) for number in range(CHATS)]


def speed_of(desk: Desk, wave: Wave, talks: Sequence["Talk"], in_flight: int) -> Speed:
    with frozen():
        cpu = process_time()
        seconds = drive(desk, wave, talks, in_flight)
        return _speed(_turns_in(talks), seconds, process_time() - cpu)


def _turns_in(talks: Sequence["Talk"]) -> int:
    return sum(len(each.turns) for each in talks)


def _speed(turns: int, seconds: float, cpu: float) -> Speed:
    return Speed(turns / seconds, cpu / turns * 1e6)


@dataclass(frozen=True)
class Talk:
    """What one chat is still to do; `first` numbers the first of its turns."""

    chat: str
    turns: Sequence[Input]
    first: int = 0


def drive(desk: Desk, wave: Wave, talks: Sequence[Talk], in_flight: int) -> float:
    """Play the talks, so many of them at once, each going on as soon as its last turn is on the disk. Returns the
    seconds that it took. Raises what any turn ended with."""
    back: SimpleQueue[tuple[Talk, int, Taken | Exception]] = SimpleQueue()
    waiting = iter(talks)

    def go(talk: Talk, at: int) -> None:
        turn = turn_of(desk, wave, talk.chat, talk.first + at, talk.turns[at])
        desk.store.writer.submit(turn, lambda taken: back.put((talk, at + 1, taken)))

    began = perf_counter()
    for each in islice(waiting, in_flight):
        go(each, 0)
    for _ in range(_turns_in(talks)):
        talk, at, taken = back.get()
        if isinstance(taken, Exception):
            raise taken
        if at < len(talk.turns):
            go(talk, at)
        elif following := next(waiting, None):
            go(following, 0)
    return perf_counter() - began


def turn_of(desk: Desk, wave: Wave, chat: str, number: int, what: Input) -> Turn:
    turn = prepare(desk, wave, Incoming(Channel.WEB, chat, f"{number}", what))
    assert isinstance(turn, Turn)
    return turn


@contextmanager
def frozen() -> Iterator[None]:
    """As `sayso serve` does once everything is there."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
