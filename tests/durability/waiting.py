"""Waiting for what tells nobody when it happens."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE = 30.0  # seconds; a trial in which nothing happens for so long has failed
PAUSE = 0.004


async def until(holds: Callable[[], Awaitable[bool]] | Callable[[], bool], patience: float = PATIENCE) -> None:
    """Return once it holds. Raises `TimeoutError`."""
    async with asyncio.timeout(patience):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(PAUSE)
