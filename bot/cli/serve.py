"""`sayso serve`: the pages, the bots that have a token, and the work that is due; in one process or in several.

Each door is looked after by itself: one that falls is opened again, one that can't work is given up, and neither
takes the others with it.
"""

import asyncio
import gc
import hmac
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from starlette.applications import Starlette

from bot.cli.faults import UserFault
from bot.cli.means import every_means
from bot.cli.parts import settings_with
from bot.logs import quiet_loop, set_up_logs
from bot.officer.door import OfficerDoor, UnusableStaffToken
from bot.respondent.door import RespondentDoor, UnusableToken, check_token, connected_bot
from bot.sayso import Sayso
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.web.app import create_app, staff_secret
from bot.wiring import wire
from consultation.domain.consultation import Wave
from consultation.storage.faults import UnreachableDatabase
from consultation.storage.roles import Role

log = logging.getLogger("sayso.serve")
out = Console(soft_wrap=True)

FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 60.0  # seconds between two openings of a door that falls
SECONDS_TO_FINISH = 10  # for pages and posts that are in hand when it stops
STEADY = 60.0  # seconds after which a door that falls counts as falling for the first time


class Door(StrEnum):
    """What a process does. The worker sends what others left unsent, codes answers, does what is due, and tells the
    lead."""

    WEB = "web"  # the three that follow
    CHAT = "chat"
    CONSOLE = "console"
    WORKBENCH = "workbench"
    SAFEGUARDING = "safeguarding"  # the lead's pages: not in 'web', so that no public process may read referrals
    RESPONDENT = "respondent"
    OFFICER = "officer"
    WORKER = "worker"


WEB = frozenset({Door.CHAT, Door.CONSOLE, Door.WORKBENCH})
PAGES = WEB | {Door.SAFEGUARDING}
# Whose rights in PostgreSQL each needs.
NEEDS = {
    Door.CHAT: Role.RESPONDENT, Door.CONSOLE: Role.OFFICER, Door.WORKBENCH: Role.ANALYST, Door.SAFEGUARDING: Role.LEAD,
    Door.RESPONDENT: Role.RESPONDENT, Door.OFFICER: Role.OFFICER, Door.WORKER: Role.WORKER,
}  # fmt: skip


def serve(
    port: Annotated[int | None, typer.Option(help="else SAYSO_PORT, else 8000")] = None,
    data: Annotated[Path | None, typer.Option(help="the data folder")] = None,
    only: Annotated[list[Door] | None, typer.Option(help="this part alone; may be given again for another")] = None,
) -> None:
    """Serve the chat and the staff pages, and Telegram if SAYSO_TELEGRAM_TOKEN is set."""
    settings = settings_with(data, port)
    set_up_logs(settings.log)
    check_tokens(settings, only or ())
    check_port(settings)
    doors = each_of(only or tuple(Door))
    where = f"at {settings.address}" if doors & PAGES else f"running: {', '.join(sorted(doors))}"
    serve_until_stopped(settings, doors, f"Sayso is {where}  (stop with Ctrl-C)")


def serve_until_stopped(settings: Settings, doors: Collection[Door] = tuple(Door), hello: str = "") -> None:
    """Put the system together and serve until a signal; what is in hand is on the disk when this returns."""
    sayso = wire_patiently(settings, {NEEDS[each] for each in each_of(doors)})
    try:
        sayso.store.database.begin_serving()
        out.print(hello)
        asyncio.run(run(sayso, doors))
    finally:
        sayso.store.close()


def each_of(doors: Collection[Door]) -> set[Door]:
    """The doors one by one, none of which means others."""
    return set(doors) - {Door.WEB} | (WEB if Door.WEB in doors else set())


def wire_patiently(settings: Settings, needs: Collection[Role] = (), pause: Callable[[float], None] = sleep) -> Sayso:
    """Put the system together, however long the database takes to come up. Raises `UnusableDatabase` for what waiting
    does not mend, such as another version's schema, or a user who may do too little."""
    wait = FIRST_BACK_OFF
    while True:
        try:
            return wire(settings, needs=needs)
        except UnreachableDatabase as error:
            log.error("%s Trying again in %.0f s.", error, wait)
        pause(wait)
        wait = min(wait * 2, LONGEST_BACK_OFF)


def check_tokens(settings: Settings, only: Collection[Door]) -> None:
    """Refuse to start a bot that was asked for by name and has no token, or a webhook that Telegram can't call."""
    for door, token in ((Door.RESPONDENT, settings.telegram_token), (Door.OFFICER, settings.officer_token)):
        if door in only and token is None:
            name = "SAYSO_TELEGRAM_TOKEN" if door is Door.RESPONDENT else "SAYSO_OFFICER_TOKEN"
            raise UserFault(f"--only {door.value} needs {name}. Set it in the environment or .env.")
    reachable = settings.telegram_api or (settings.public_url or "").startswith("https://")
    if settings.telegram_webhook and not reachable:
        raise UserFault(
            "SAYSO_TELEGRAM_WEBHOOK needs SAYSO_PUBLIC_URL, an https:// address at which Telegram reaches this server. "
            "Set it, or leave the webhook off: then Sayso asks Telegram itself."
        )


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


async def run(sayso: Sayso, doors: Collection[Door] = tuple(Door)) -> None:
    """Everything at once, until a signal; what is in hand is finished first. Raises `UnusableToken`."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    quiet_loop(loop)
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    await keep_serving(sayso, stop, doors)


async def keep_serving(sayso: Sayso, stop: asyncio.Event, doors: Collection[Door] = tuple(Door)) -> None:
    """Until `stop`, the end of the web server, or the last bot's. Raises `UnusableToken` if refused at the start."""
    doors = each_of(doors)
    app = create_app(sayso, doors & PAGES)
    server = _server(app, sayso.settings)
    bots = [asyncio.create_task(each) for each in _bots(sayso, stop, doors, app)]
    web = asyncio.create_task(server.serve())
    scheduler = None
    if Role.WORKER not in sayso.store.database.roles:
        log.info("what is due, and telling the safeguarding lead, are left to a worker: this user may do neither")
    elif doors - {Door.OFFICER}:  # wherever people write, the lead is alerted
        scheduler = Scheduler(sayso, Door.WORKER in doors, every_means(sayso))
        scheduler.start()
    # What is there now stays. Looking through it for garbage again and again stops every talk for a tenth of a second.
    gc.collect()
    gc.freeze()
    try:
        await _until_an_end(stop, web, bots, alone=not doors & {*PAGES, Door.WORKER})
    finally:
        ended_by_itself = not stop.is_set()
        stop.set()
        results = await asyncio.gather(*bots, return_exceptions=True)  # pages and webhooks go on until these are done
        server.should_exit = True
        results += await asyncio.gather(web, return_exceptions=True)
        if scheduler:
            await asyncio.to_thread(scheduler.stop)
        gc.unfreeze()
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result
    if ended_by_itself and not doors & {*PAGES, Door.WORKER}:
        raise UserFault("Nothing is left to serve. What is wrong with the bot is in the log above.")


async def _until_an_end(
    stop: asyncio.Event, web: asyncio.Task[None], bots: list[asyncio.Task[None]], *, alone: bool
) -> None:
    """`alone`: without bots there is nothing left to do."""
    closing = asyncio.create_task(stop.wait())
    open_bots = set(bots)
    try:
        while open_bots or not alone:
            await asyncio.wait({closing, web, *open_bots}, return_when=asyncio.FIRST_COMPLETED)
            if closing.done() or web.done():
                return
            given_up = {each for each in open_bots if each.done()}
            if any(each.exception() for each in given_up):
                return
            open_bots -= given_up
    finally:
        closing.cancel()


def _server(app: Starlette, settings: Settings) -> "_Server":
    how = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        log_config=None,  # its own would print exceptions whole, with what was being stored in them
        lifespan="off",
        host=settings.host,
        port=settings.port,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    return _Server(how)


class _Server(uvicorn.Server):
    """A server that leaves the signals to `run`, which has more than pages to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bots(
    sayso: Sayso, stop: asyncio.Event, doors: Collection[Door], app: Starlette
) -> list[Coroutine[None, None, None]]:
    """What keeps each bot open that is asked for and has a token. Raises `UnusableToken` for a malformed one."""
    settings, kept = sayso.settings, []
    if settings.telegram_token is None:
        log.info("no SAYSO_TELEGRAM_TOKEN: Telegram is off")
    elif set(doors) & {Door.RESPONDENT, Door.WORKER}:
        check_token(settings.telegram_token.get_secret_value())
        accepted = asyncio.Event()
        open_door = partial(_respondents, sayso, stop, accepted, app, takes=Door.RESPONDENT in doors)
        kept.append(keep_open("respondents' bot", open_door, stop, accepted))
    if Door.OFFICER in doors and settings.officer_token is not None:
        kept.append(keep_open("staff bot", lambda: OfficerDoor(sayso).run(stop), stop))
    return kept


async def keep_open(
    name: str, door: Callable[[], Awaitable[None]], stop: asyncio.Event, accepted: asyncio.Event | None = None
) -> None:
    """Open a door again whenever it falls, until `stop`; give it up when its token is no good.

    Where `accepted` is given, a token that is refused before that is set is raised: somebody has just typed it.
    """
    wait, waits_for = FIRST_BACK_OFF, ""
    while not stop.is_set():
        opened = monotonic()
        try:
            await door()
        except (UnusableToken, UnusableStaffToken) as error:
            if accepted is not None and not accepted.is_set():
                raise
            log.error("%s The %s is off until Sayso is started again; the rest goes on.", error, name)
            return
        except UserFault as fault:
            if str(fault) != waits_for:
                log.warning("the %s waits, the rest goes on. %s", name, fault)
            waits_for = str(fault)
        except Exception as error:  # whatever it is, it must not take the other doors with it
            log.error("the %s fell (%s); it is opened again in %.0f s", name, type(error).__name__, wait)
        wait = FIRST_BACK_OFF if monotonic() - opened > STEADY else wait
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
        wait = min(wait * 2, LONGEST_BACK_OFF)


async def _respondents(
    sayso: Sayso, stop: asyncio.Event, accepted: asyncio.Event, app: Starlette, *, takes: bool
) -> None:
    """A worker takes no updates, and says what others left."""
    token = sayso.settings.telegram_token
    assert token is not None
    async with connected_bot(token.get_secret_value(), sayso.settings.telegram_api) as bot:
        accepted.set()
        secret = webhook_secret(sayso.settings, token.get_secret_value())
        door = RespondentDoor(sayso, telegram_wave(sayso), bot, secret=secret, takes=takes)
        app.state.receive_update = door.receive if takes else None
        try:
            await door.run(stop)
        finally:
            app.state.receive_update = None


def webhook_secret(settings: Settings, token: str) -> str:
    """What Telegram brings with each call: the same in all processes that share the keys, and stored nowhere."""
    return hmac.new(staff_secret(settings.key_folder), f"webhook\0{token}".encode(), "sha256").hexdigest()


def telegram_wave(sayso: Sayso) -> Wave:
    """The consultation that the bot runs: the one that is named, or the only one that is open."""
    waves = sayso.waves.open_on(sayso.desk.today())
    named = sayso.settings.telegram_consultation
    chosen = [each for each in waves if named in (None, each.consultation.slug)]
    if len(chosen) != 1:
        slugs = ", ".join(each.consultation.slug for each in waves) or "none"
        raise UserFault(f"Set SAYSO_TELEGRAM_CONSULTATION to the consultation the bot runs. Open now: {slugs}.")
    return chosen[0]
