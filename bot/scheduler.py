"""When which operation runs. APScheduler only wakes an operation that finds for itself what is due."""

import logging

from apscheduler.schedulers.background import BackgroundScheduler

from bot.chapters import code_what_is_new
from bot.delivery import Alerts
from bot.sayso import Sayso
from consultation.operations.alert_lead import alert_lead

log = logging.getLogger("sayso.scheduler")

MINUTES_BETWEEN_CODINGS = 2
SECONDS_BETWEEN_ALERTS = 10  # a child who needs help has had the help lines already; the lead hears within this


class Scheduler:
    """Wakes the alerts and the coder for what has come in. A late run is run late, never dropped, never doubled."""

    def __init__(self, sayso: Sayso) -> None:
        self._sayso = sayso
        self._scheduler = BackgroundScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_job(self._alert, "interval", seconds=SECONDS_BETWEEN_ALERTS, id="alert the lead")
        self._scheduler.add_job(self._code_what_is_new, "interval", minutes=MINUTES_BETWEEN_CODINGS, id="code answers")

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)

    def _alert(self) -> None:
        alert_lead(self._sayso.store, Alerts(self._sayso.settings).send)

    def _code_what_is_new(self) -> None:
        try:
            coded = code_what_is_new(self._sayso)
        except Exception as error:  # a door; APScheduler would log the whole error, with what was being stored in it
            log.error(
                "the coder failed (%s); it runs again in %s minutes", type(error).__name__, MINUTES_BETWEEN_CODINGS
            )
            return
        if coded:
            log.info("%s answers coded", coded)
