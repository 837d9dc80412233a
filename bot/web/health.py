"""Pages for machines: is Sayso alive, is it ready, and its metrics. They tell no path, host, name or content.

The application holds what they show: `state.readiness`, `state.metrics`, and `state.machine_token` for the guard.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from bot.metrics import Metrics
from bot.sayso import Sayso
from bot.troubles import path_troubles
from bot.web.security import Access, guarded
from consultation.storage.roles import Role

log = logging.getLogger("sayso.health")

UNREADABLE = (
    "A model that reads what people write does not work, so what they write is refused, and they are told so. Buttons "
    "and HELP work. The log says which model it is and how to mend it; within a minute it is used again."
)
TEAM_NOT_TOLD = (
    "A way of telling the safeguarding team has not carried its daily test. “/troubles” in the staff bot and the log "
    "say which, and why."
)
OK, NO_ANSWER, FAILED = "ok", "It has not answered in time.", "It can’t be checked."
PATIENCE = 2.0  # seconds for one check
MOST_WAITING = 2_000  # turns
MAY_SEE_PATHS = {Role.OFFICER, Role.WORKER, Role.LEAD}  # in PostgreSQL; the public chat has no right to them
KEPT = 1.0  # seconds in which a flood of probes gets the same answer


class NotReady(Exception):
    """What a check raises. `str()` goes onto a public page: no path, no host, no name, no secret."""


Check = Callable[[], object]  # returns when all is well; else raises `NotReady`. It runs in a thread.


class Readiness:
    """Asks the checks, all at once, each no more often than it answers; what else they raise is logged by its type."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        beside: Collection[str] = (),
        patience: float = PATIENCE,
        kept: float = KEPT,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`beside`: checks that are told, and do not make it less ready."""
        self._beside = frozenset(beside)
        self._checks, self._patience, self._kept, self._clock = dict(checks), patience, kept, clock
        self._threads = ThreadPoolExecutor(max(len(checks), 1), thread_name_prefix="readiness")
        self._running: dict[str, Future[object]] = {}
        self._found: dict[str, str] = {}
        self._asked: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def look(self) -> dict[str, str]:
        """Each check's name, and "ok" or what is wrong."""
        async with self._one_at_a_time:
            if self._asked is None or self._clock() - self._asked >= self._kept:
                found = await asyncio.gather(*map(self._ask, self._checks))
                self._tell_changes(dict(zip(self._checks, found, strict=True)))
                self._asked = self._clock()
            return self._found

    def is_ready(self, found: Mapping[str, str]) -> bool:
        return all(said == OK for name, said in found.items() if name not in self._beside)

    async def _ask(self, name: str) -> str:
        running = self._running.get(name)
        if running is None or running.done():  # one that hangs keeps its one thread, however often we are asked
            running = self._running[name] = self._threads.submit(self._checks[name])
        try:
            await asyncio.wait_for(asyncio.wrap_future(running), self._patience)
        except NotReady as why:
            return str(why)
        except TimeoutError:
            return NO_ANSWER
        except Exception as error:
            log.error("the check of the %s failed (%s)", name, type(error).__name__)
            return FAILED
        return OK

    def _tell_changes(self, found: dict[str, str]) -> None:
        for name, now in found.items():
            if now != self._found.get(name, OK):
                log.warning("readiness of the %s: %s", name, now)
        self._found = found


def readiness_of(sayso: Sayso) -> Readiness:
    """What the first answer needs: the records, the keys, and models that can read it."""

    def database() -> None:
        try:
            sayso.store.check()
        except DBAPIError as error:
            raise NotReady("The database can’t be reached, or is not as this version of Sayso needs it.") from error

    def writer() -> None:
        if sayso.store.writer.waiting() > MOST_WAITING:
            raise NotReady("More turns wait to be stored than can be stored soon.")

    def models() -> None:
        try:
            sayso.desk.screen("good")
            sayso.desk.detector.detect("good")
        except Exception as error:  # other people's code: it may raise anything
            raise NotReady(UNREADABLE) from error

    def alerts() -> None:
        if path_troubles(sayso.store, sayso.settings, sayso.desk.now()):
            raise NotReady(TEAM_NOT_TOLD)

    checks: dict[str, Check] = {"database": database, "writer": writer, "models": models}
    if sayso.store.database.roles & MAY_SEE_PATHS:
        checks["alerts"] = alerts
    return Readiness(checks, beside={"alerts"})  # nobody who is in danger is helped by a chat that is taken down


async def not_ready(request: Request) -> list[str]:
    """What is wrong just now, in sentences."""
    readiness: Readiness = request.app.state.readiness
    return [each for each in (await readiness.look()).values() if each != OK]


def routes() -> list[BaseRoute]:
    return [
        guarded("/health/live", _live, Access.PUBLIC),
        guarded("/health/ready", _ready, Access.PUBLIC),
        guarded("/metrics", _metrics, Access.MACHINE),
    ]


async def _live(request: Request) -> Response:
    return PlainTextResponse("alive")


async def _ready(request: Request) -> Response:
    readiness: Readiness = request.app.state.readiness
    checks = await readiness.look()
    ready = readiness.is_ready(checks)
    return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)


async def _metrics(request: Request) -> Response:
    metrics: Metrics = request.app.state.metrics
    body, content_type = await run_in_threadpool(metrics.render)  # gauges may ask the database
    return Response(body, headers={"content-type": content_type})
