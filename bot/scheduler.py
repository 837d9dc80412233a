"""When which operation runs. APScheduler only wakes an operation that finds for itself what is due."""

import logging

from apscheduler.schedulers.background import BackgroundScheduler

from analysis.coding import shipped_coder
from analysis.operations.code_answers import code_answers
from analysis.operations.take_records import answer_records
from bot.wiring import Sayso
from consultation.operations.redacted_answers import redacted_answers
from consultation.storage import consultations

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
        code_what_is_new(self._sayso)


def code_what_is_new(sayso: Sayso) -> int:
    """Have the machine code every answer it has not read; returns how many."""
    coded = 0
    with sayso.store.read() as session:
        waves = consultations.waves(session)
    for wave in waves:
        answers = answer_records(redacted_answers(sayso.store, wave.id))
        coded += code_answers(sayso.store, answers, shipped_coder())
    if coded:
        log.info("%s answers coded", coded)
    return coded
