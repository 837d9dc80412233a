"""Keeps a Sayso alive at one address, however often it is killed; and kills it. Knows no talk."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.durability.tally import Tally
from tests.durability.waiting import PATIENCE, until

EARLY = 0.15  # of all lives end while Sayso starts, or as it begins to answer
LATE = 0.1  # of the others end while Sayso finishes what is in hand
MOST_TAKEN = 12  # updates that are acknowledged in one of the other lives


class Nursery:
    """The process that forks (see `nursery`)."""

    def __init__(self) -> None:
        how = [sys.executable, "-m", "tests.durability.nursery"]
        self._process = subprocess.Popen(how, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._one_at_a_time = threading.Lock()
        assert self._answer() == "ready"

    def bear(self, order: dict[str, Any]) -> int:
        """Start a Sayso; the number of its process."""
        return self._ask(order)

    def bury(self, child: int) -> int:
        """Wait until it has ended; its exit code, which is -9 for one that was killed."""
        return self._ask({"bury": child})

    def close(self) -> None:
        """End it, and whatever it forked and still lives."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)

    def _ask(self, order: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        with self._one_at_a_time:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return int(self._answer())

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline() or '"the nursery has ended"')


@dataclass
class Kept:
    """One Sayso at one port: `child` is its process, `serving` while it answers; `order` says how it is made."""

    nursery: Nursery
    order: dict[str, Any]
    port: int
    serving: bool = False
    child: int = 0

    async def start(self) -> None:
        self.child = await asyncio.to_thread(self.nursery.bear, self.order)

    async def serves(self) -> None:
        """Wait until it answers."""
        await until(lambda: _is_open(self.port))
        self.serving = True

    async def kill(self) -> None:
        """At once, in the middle of whatever it does."""
        self.serving = False
        os.kill(self.child, signal.SIGKILL)
        ended = await self._ended()
        assert ended == -signal.SIGKILL, f"it had ended by itself ({ended})"

    def tell_to_end(self) -> None:
        os.kill(self.child, signal.SIGTERM)

    async def stop(self) -> int:
        """Tell it to end, and wait; its exit code."""
        self.tell_to_end()
        ended = await self._ended()
        self.serving = False
        return ended

    async def _ended(self) -> int:
        child, self.child = self.child, 0
        return await asyncio.to_thread(self.nursery.bury, child)


async def keep_killing(kept: Kept, chance: Random, times: int, tally: Tally) -> None:
    """Start it and kill it so often: now and then before it answers, or while it ends; mostly under load."""
    for _ in range(times):
        if not kept.child:
            await kept.start()
        if chance.random() < EARLY:
            await asyncio.sleep(chance.uniform(0, 0.1))
        else:
            await kept.serves()
            await tally.gains(chance.randint(0, MOST_TAKEN))
            if chance.random() < LATE:
                kept.tell_to_end()  # which takes it longer than it is given
            await asyncio.sleep(chance.uniform(0, 0.01))
        tally.caught.append(tally.under_way)
        await kept.kill()


async def _is_open(port: int) -> bool:
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False


def kept_at(nursery: Nursery, folder: Path, *, serves: str = "sayso", clock: Path | None = None, **more: Any) -> Kept:
    """A Sayso that will serve the records of `folder`, at a port of its own, with these settings."""
    port = free_port()
    order = {
        "log": str(folder.with_suffix(".log")),
        # All come from one address, faster than any school: that is no flood here.
        "settings": {"data": str(folder), "port": port, "people_at_one_address": 1_000_000, **more},
        "serves": serves,
        "clock": str(clock) if clock else None,
    }
    return Kept(nursery, order, port)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
