"""Turns from an event loop: hundreds may wait at once, and one wake-up brings back a whole batch."""

import asyncio
import threading
from collections import deque
from time import perf_counter

from bot.metrics import Metrics, TurnOutcome
from consultation.domain.consultation import Wave
from consultation.operations.converse import (
    CLOSED_MEANWHILE,
    Desk,
    Incoming,
    NotStored,
    Reply,
    Typed,
    prepare,
    refuse,
    settle,
)
from consultation.storage.turns import Taken, Turn
from consultation.storage.writer import Writer


class Turns:
    """Used from one event loop."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._back: deque[tuple[asyncio.Future[Taken], Taken | Exception]] = deque()
        self._lock = threading.Lock()

    async def take(self, desk: Desk, wave: Wave, incoming: Incoming) -> Reply:
        """Return once the turn is on the disk. Raises what went wrong (`NotStored`, a fault of the database): then
        nothing of it was kept."""
        began = perf_counter()
        outcome: TurnOutcome = "failed"
        try:
            try:
                reply = await self._take(desk, wave, incoming)
            except CLOSED_MEANWHILE:
                reply = await asyncio.to_thread(refuse, desk, wave, incoming)
            outcome = "repeated" if reply.repeated else "taken"
            return reply
        except NotStored:
            outcome = "not_stored"
            raise
        finally:
            self._metrics.turn_taken(incoming.channel, outcome, perf_counter() - began)

    async def _take(self, desk: Desk, wave: Wave, incoming: Incoming) -> Reply:
        open_now = wave.is_open(desk.today())  # else the database is asked for the talk's language
        if isinstance(incoming.input, Typed) or not open_now:  # models read it, for milliseconds
            prepared = await asyncio.to_thread(prepare, desk, wave, incoming)
        else:
            prepared = prepare(desk, wave, incoming)
        if isinstance(prepared, Reply):
            return prepared
        taken = await self._write(desk.store.writer, prepared)
        if taken.withdrawn:  # the journal is wiped, which waits for the disk
            return await asyncio.to_thread(settle, desk, incoming.channel, taken)
        return settle(desk, incoming.channel, taken)

    def _write(self, writer: Writer, turn: Turn) -> asyncio.Future[Taken]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Taken] = loop.create_future()

        def done(result: Taken | Exception) -> None:
            with self._lock:
                self._back.append((future, result))
                first = len(self._back) == 1
            if first:
                loop.call_soon_threadsafe(self._bring_back)

        writer.submit(turn, done)
        return future

    def _bring_back(self) -> None:
        with self._lock:
            back, self._back = self._back, deque()
        for future, result in back:
            if future.cancelled():  # whoever waited has gone; the turn is on the disk all the same
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
