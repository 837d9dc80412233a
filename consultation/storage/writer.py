"""Takes turns to the disk, many at a time: whatever waits while one batch is written makes the next.

A conversation has one turn under way at a time, in the order in which they came. `submit` may be called from any
thread, and `done` tells how a turn ended. Knows no rule of a talk and no SQL.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

from consultation.domain.ids import Pseudonym
from consultation.storage.batch import Batches
from consultation.storage.turns import StaleTurn, Taken, Turn

if TYPE_CHECKING:
    from consultation.storage.store import Database

log = logging.getLogger("sayso.writer")

MOST = 256  # turns in a batch
TRIES = 8  # of a turn that other processes overtake
RETRY = 1.0  # seconds until what could not be struck is tried again, where nothing else is to be written

Done: TypeAlias = Callable[[Taken | Exception], None]


class WriterClosed(Exception):
    """Sayso is stopping, and takes no more turns."""


@dataclass
class _Waiting:
    turn: Turn
    done: Done
    tries: int = 0


def _is_deadlock(error: Exception) -> bool:
    """Whether the database ended one of two transactions that waited for each other; it may be tried again at once."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "40P01"


class Writer:
    """One thread for each batch that the database can write at once; they start with the first turn."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._batches = Batches(database)
        self._queues: dict[Pseudonym, deque[_Waiting]] = {}  # the first of each is under way, or ready to be
        self._ready: deque[Pseudonym] = deque()
        self._strikes: list[tuple[Pseudonym, int]] = []
        self._unstruck: list[tuple[Pseudonym, int]] = []  # what failed
        self._change = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._closing = False
        self.on_batch: Callable[[int, float], None] = lambda turns, seconds: None

    def submit(self, turn: Turn, done: Done) -> None:
        """Take this turn; `done` is called once it is on the disk, or with what went wrong: then nothing of it is.

        `done` runs in a thread of the writer's, and must be quick and raise nothing.
        """
        with self._change:
            if self._closing:
                raise WriterClosed("Sayso is stopping")
            self._start()
            queue = self._queues.get(turn.who)
            if queue is None:
                self._queues[turn.who] = deque([_Waiting(turn, done)])
                self._ready.append(turn.who)
                self._change.notify()
            else:
                queue.append(_Waiting(turn, done))

    def take(self, turn: Turn) -> Taken:
        """The same, for a caller that waits. Raises what went wrong."""
        future: Future[Taken | Exception] = Future()
        self.submit(turn, future.set_result)
        taken = future.result()
        if isinstance(taken, Exception):
            raise taken
        return taken

    def strike(self, who: Pseudonym, turn: int) -> None:
        """Note that what this turn had to say was said. It goes with the next batch; a crash before that repeats it."""
        with self._change:
            self._strikes.append((who, turn))
            if not self._closing:
                self._start()
            self._change.notify()

    def waiting(self) -> int:
        """How many turns are not on the disk yet."""
        with self._change:
            return sum(len(each) for each in self._queues.values())

    def close(self) -> None:
        """Take no more; return once all that was submitted is settled."""
        with self._change:
            self._closing = True
            self._change.notify_all()
        for each in self._threads:
            each.join()

    def _start(self) -> None:
        while len(self._threads) < self._database.writers:
            self._threads.append(threading.Thread(target=self._write, daemon=True, name="sayso writer"))
            self._threads[-1].start()

    def _write(self) -> None:
        while (found := self._next()) is not None:
            batch, strikes = found
            began = perf_counter()
            try:
                results = self._batches.write([each.turn for each in batch], strikes)
            except Exception as error:  # nothing of the batch is on the disk, and each caller hears of it
                log.error("a batch of %s turns was not written (%s)", len(batch), type(error).__name__)
                results = [StaleTurn("deadlock") if _is_deadlock(error) else error] * len(batch)
                with self._change:
                    self._unstruck += strikes
            self.on_batch(len(batch), perf_counter() - began)
            self._settle(zip(batch, results, strict=True))

    def _next(self) -> tuple[list[_Waiting], list[tuple[Pseudonym, int]]] | None:
        """What there is for the next batch; None at the end."""
        with self._change:
            while not self._ready and not self._strikes:
                if self._closing and not self._queues:
                    self._change.notify_all()
                    return None
                if not self._change.wait(RETRY if self._unstruck else None) and self._unstruck:
                    break
            strikes, self._strikes, self._unstruck = self._unstruck + self._strikes, [], []
            ready = [self._ready.popleft() for _ in range(min(len(self._ready), MOST))]
            return [self._queues[each][0] for each in ready], strikes

    def _settle(self, results: "zip[tuple[_Waiting, Taken | Exception]]") -> None:
        """Tell each caller, and let the next turn of each conversation be ready; the overtaken are decided anew."""
        ended = []
        with self._change:
            for waiting, result in results:
                queue = self._queues[waiting.turn.who]
                if isinstance(result, StaleTurn) and waiting.tries < TRIES:
                    waiting.tries += 1
                else:
                    queue.popleft()
                    ended.append((waiting, result))
                if queue:
                    self._ready.append(waiting.turn.who)
                else:
                    del self._queues[waiting.turn.who]
            self._change.notify_all()
        for waiting, result in ended:
            try:
                waiting.done(result)
            except Exception as error:  # a caller that is gone (its event loop is closed) must not stop the others
                log.error("nobody could be told how a turn ended (%s)", type(error).__name__)
