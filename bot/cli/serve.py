"""`sayso serve`: the web pages, and the bots where their tokens are set, in one process."""

import asyncio
import logging
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from bot.cli.faults import UserFault
from bot.cli.parts import settings_with
from bot.officer.door import OfficerDoor
from bot.respondent.door import RespondentDoor, connected_bot
from bot.sayso import Sayso
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.web.app import create_app
from bot.wiring import quieten_logs, wire
from consultation.domain.consultation import Wave
from consultation.storage import consultations

log = logging.getLogger("sayso.serve")
out = Console(soft_wrap=True)


def serve(
    port: Annotated[int | None, typer.Option(help="else SAYSO_PORT, else 8000")] = None,
    data: Annotated[Path | None, typer.Option(help="the data folder")] = None,
) -> None:
    """Serve the chat and the staff pages, and Telegram if SAYSO_TELEGRAM_TOKEN is set."""
    quieten_logs()
    settings = settings_with(data, port)
    check_port(settings)
    sayso = wire(settings)
    out.print(f"Sayso is at {settings.address}  (stop with Ctrl-C)")
    asyncio.run(run(sayso))


def check_port(settings: Settings) -> None:
    """Refuse a taken port before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise UserFault(
                f"Port {settings.port} on {settings.host} can't be used ({error.strerror}). Another Sayso may be "
                f"running. Stop it, or choose another port: --port {settings.port + 1}"
            ) from None


async def run(sayso: Sayso) -> None:
    """Everything at once, until a signal; what is in hand is finished first."""
    stop = asyncio.Event()
    server = _Server(
        uvicorn.Config(
            create_app(sayso), access_log=False, log_level="warning", host=sayso.settings.host, port=sayso.settings.port
        )
    )
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    tasks = [asyncio.create_task(server.serve())]
    tasks += [asyncio.create_task(door) for door in _bots(sayso, stop)]
    scheduler = Scheduler(sayso)
    scheduler.start()
    try:
        await asyncio.wait([asyncio.create_task(stop.wait()), *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        server.should_exit = True
        scheduler.stop()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result


class _Server(uvicorn.Server):
    """A server that leaves the signals to `run`, which has more than pages to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bots(sayso: Sayso, stop: asyncio.Event) -> Iterator[Coroutine[None, None, None]]:
    settings = sayso.settings
    if settings.telegram_token is not None:
        yield _respondents(sayso, stop)
    else:
        log.info("no SAYSO_TELEGRAM_TOKEN: Telegram is off")
    if settings.officer_token is not None:
        yield OfficerDoor(sayso).run(stop)


async def _respondents(sayso: Sayso, stop: asyncio.Event) -> None:
    token = sayso.settings.telegram_token
    assert token is not None
    async with connected_bot(token.get_secret_value(), sayso.settings.telegram_api) as bot:
        await RespondentDoor(sayso, telegram_wave(sayso), bot).run(stop)


def telegram_wave(sayso: Sayso) -> Wave:
    """The consultation that the bot runs: the one that is named, or the only one that is open."""
    with sayso.store.read() as session:
        waves = [each for each in consultations.waves(session) if each.is_open(sayso.desk.today())]
    named = sayso.settings.telegram_consultation
    chosen = [each for each in waves if named in (None, each.consultation.slug)]
    if len(chosen) != 1:
        slugs = ", ".join(each.consultation.slug for each in waves) or "none"
        raise UserFault(f"Set SAYSO_TELEGRAM_CONSULTATION to the consultation the bot runs. Open now: {slugs}.")
    return chosen[0]
