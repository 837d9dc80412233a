"""A process that has imported everything and forks a Sayso whenever it is asked for one, so that hundreds of starts
cost milliseconds each. A child opens the records itself, after the fork, and serves them as `sayso serve` does.

Orders come in and answers go out as lines of JSON. Knows nothing of who is killed, when, and why.
"""

import asyncio
import faulthandler
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any, NoReturn

import psycopg  # noqa: F401 - else every child would load it for itself
import uvicorn
from starlette.applications import Starlette

from bot.cli.serve import Door, run, wire_patiently
from bot.logs import set_up_logs
from bot.sayso import Sayso
from consultation.domain.consultation import Audience
from consultation.domain.due import day_in_london
from consultation.storage.statements import statements
from tests.builders import Person, open_consultation, plain_screen, settings_in, survey
from tests.durability import wrong_doors
from tests.durability.talks import DETECTOR
from tests.durability.waiting import PATIENCE, PAUSE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Serves = Callable[[Sayso], None]


def serve(sayso: Sayso) -> None:
    """As `sayso serve` does."""
    asyncio.run(run(sayso, (Door.WEB, Door.RESPONDENT)))


SERVES: dict[str, Serves] = {
    "sayso": serve,
    "slow": wrong_doors.slow,
    "hasty": wrong_doors.hasty,
    "forgetful": wrong_doors.forgetful,
}


def main() -> None:
    """Until standard input ends; then nobody is left behind."""
    _warm_up()
    gc.collect()
    gc.freeze()
    alive: set[int] = set()
    try:
        _answer("ready")
        for line in sys.stdin:
            order = json.loads(line)
            if "bury" in order:
                alive.discard(order["bury"])
                _answer(_bury(order["bury"]))
            else:
                child = os.fork()
                if child == 0:
                    _live(order)
                alive.add(child)
                _answer(child)
    finally:
        for each in alive:
            os.kill(each, signal.SIGKILL)


def _bury(child: int) -> int:
    """The exit code. Who does not end is killed, or everybody would wait for ever."""
    for _ in range(int(PATIENCE / PAUSE)):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        sleep(PAUSE)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _warm_up() -> None:
    """Load, compile and import what every child would for itself. Nothing stays open, and no thread runs on."""
    for dialect in ("sqlite", "postgresql"):
        statements(dialect)
    uvicorn.Config(Starlette(), lifespan="off", log_config=None).load()
    with TemporaryDirectory() as folder:
        opened = open_consultation(Path(folder) / "data")
        Person(opened, "first").begins(Audience.STAFF)
        opened.sayso.store.close()


def _answer(said: object) -> None:
    print(json.dumps(said), flush=True)


def _live(order: dict[str, Any]) -> NoReturn:
    """The life of a child, which ends here whatever happens. `order`: log, settings, serves, clock (see `kept_at`)."""
    ended_well = False
    try:
        silence, log = os.open(os.devnull, os.O_RDONLY), os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for given, taken in ((silence, 0), (log, 1), (log, 2)):
            os.dup2(given, taken)
        set_up_logs("text")
        faulthandler.register(signal.SIGUSR1, all_threads=True)
        _serve(order)
        ended_well = True
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0 if ended_well else 1)


def _serve(order: dict[str, Any]) -> None:
    sayso = wire_patiently(settings_in(Path(order["settings"].pop("data")), **order["settings"]))
    now = _clock_on_the_wall(Path(order["clock"])) if order["clock"] else lambda: NOON
    desk = replace(
        sayso.desk, detector=DETECTOR, screen=plain_screen(), survey_of=lambda _: survey(),
        now=now, today=lambda: day_in_london(now()),
    )  # fmt: skip
    try:
        sayso.store.database.begin_serving()
        SERVES[order["serves"]](replace(sayso, desk=desk))
    finally:
        sayso.store.close()


def _clock_on_the_wall(path: Path) -> Callable[[], datetime]:
    """What stands in the file is what it is now: somebody else sets it."""
    return lambda: datetime.fromisoformat(path.read_text())


if __name__ == "__main__":
    main()
