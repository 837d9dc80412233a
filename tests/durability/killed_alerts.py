"""A process that tells people of concerns in children of its own, each of which is killed at a moment that it is told.

Orders come in and answers go out as lines of JSON. A moment is the call or return of a function of ours: the so-manieth
of all, or the first of a name. A child that meets none ends once it has nothing left to send.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any, NoReturn

import psycopg  # noqa: F401 - else every child would load it for itself

import bot
import consultation
from bot.delivery.lanes import Lanes
from bot.delivery.mail import Mail
from bot.delivery.messenger import Messenger
from bot.delivery.tell import Teller
from bot.delivery.webhook import Webhook
from bot.logs import set_up_logs
from bot.officer.alerts import StaffBot
from consultation.safeguarding.escalation import Means
from consultation.storage.postgres import postgres_url
from consultation.storage.store import open_store
from tests.builders import settings_in

OURS = tuple(str(Path(str(each.__file__)).parent) for each in (bot, consultation))
QUIET = 3  # looks without anything to send, after which a child ends


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _live(json.loads(line))
        print(json.dumps(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])), flush=True)


def _live(order: dict[str, Any]) -> NoReturn:
    ended_well = False
    try:
        log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(log, 2)
        set_up_logs("text")
        settings = settings_in(Path(order["data"]), **order["settings"])
        url = settings.database_url
        store = open_store(postgres_url(url.get_secret_value()) if url else settings.database)
        messengers: dict[Means, Messenger] = {
            Means.EMAIL: Mail(settings, "the pages"),
            Means.STAFF_BOT: StaffBot(settings),
            Means.WEBHOOK: Webhook(settings, lambda: datetime.now(UTC)),  # whoever checks it has no other clock
        }
        now = datetime.fromisoformat(order["now"])
        teller = Teller(store, settings, Lanes(messengers), lambda: now)
        dies = _dying(**order["dies"])
        threading.setprofile(dies)
        sys.setprofile(dies)
        quiet = 0
        while quiet < QUIET:
            quiet = 0 if teller.look() else quiet + 1
            sleep(0.02)
        ended_well = True
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0 if ended_well else 1)


def _dying(at: int = 0, name: str = "", when: str = "call") -> Callable[[Any, str, Any], None]:
    moments = 0

    def count(frame: Any, event: str, _: Any) -> None:
        nonlocal moments
        if event in ("call", "return") and frame.f_code.co_filename.startswith(OURS):
            moments += 1
            if moments == at or (event, frame.f_code.co_name) == (when, name):
                os.kill(os.getpid(), signal.SIGKILL)

    return count


if __name__ == "__main__":
    main()
