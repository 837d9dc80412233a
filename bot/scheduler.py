"""When which operation runs. APScheduler only wakes an operation that finds for itself what is due."""

import logging

from apscheduler.schedulers.background import BackgroundScheduler

from bot.chapters import code_what_is_new
from bot.sayso import Sayso

log = logging.getLogger("sayso.scheduler")

MINUTES_BETWEEN_CODINGS = 2


class Scheduler:
    """Wakes the coder for what has come in. A run that is late is run late, never dropped, and never twice at once."""

    def __init__(self, sayso: Sayso) -> None:
        self._sayso = sayso
        self._scheduler = BackgroundScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_job(self._code_what_is_new, "interval", minutes=MINUTES_BETWEEN_CODINGS, id="code answers")

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)

    def _code_what_is_new(self) -> None:
        coded = code_what_is_new(self._sayso)
        if coded:
            log.info("%s answers coded", coded)
