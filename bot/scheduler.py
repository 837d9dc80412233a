"""When which operation runs. APScheduler only wakes what finds for itself, in the database's rows, what is due.

Alerts have a thread of their own: APScheduler goes by the wall clock, and would sit still for an hour where that is
set back by an hour.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler

from analysis.findings import suppression
from bot.chapters import code_what_is_new
from bot.clock import SETTLED, Steadiness
from bot.closings import close
from bot.delivery.lanes import Lanes
from bot.delivery.messenger import Messenger
from bot.delivery.tell import Teller
from bot.learning import learn_where_due
from bot.sayso import Sayso
from bot.themes import look_where_new
from bot.troubles import path_troubles
from consultation.domain.due import Kind, Next, day_in_london, next_at
from consultation.domain.ids import WaveId
from consultation.operations.carry_over import forget_codes
from consultation.operations.close_wave import destroy_leftover_keys
from consultation.operations.due_work import BY_NIGHT, Operation, do_what_is_due, ensure_due
from consultation.operations.open_wave import see_it_open
from consultation.operations.purge import purge
from consultation.operations.relay import relay
from consultation.operations.remind import remind
from consultation.operations.wipe import wipe
from consultation.safeguarding.escalation import Means

log = logging.getLogger("sayso.scheduler")

SECONDS = 10  # between two looks; a child who needs help has had the help lines already, the lead hears within this
BETWEEN_CODINGS = timedelta(minutes=2)
BETWEEN_LESSONS = timedelta(seconds=30)  # a count; whoever corrects ten answers sees within the minute what came of it
Operations = Mapping[str, Operation]
Messengers = Mapping[Means, Messenger]


def light_operations(sayso: Sayso, now: datetime, *, trusted: bool = True) -> Operations:
    """What any process does when it is due; each is safe to do twice. Where the clock is not `trusted`, nothing is
    begun that can't be undone."""
    settings, store, keys = sayso.settings, sayso.store, sayso.keys
    operations: dict[str, Operation] = {
        Kind.OPEN: lambda wave: see_it_open(sayso.desk, WaveId(wave)),
        Kind.CLOSE: lambda wave: close(settings, store, keys, WaveId(wave), now, trusted=trusted),
        Kind.WIPE: lambda _: wipe(store, now),
        Kind.FORGET: lambda _: forget_codes(store, now),
    }
    if trusted:
        operations[Kind.PURGE] = lambda _: purge(store, now, suppression.shown)
        operations[Kind.REMIND] = lambda _: remind(sayso.desk, now)  # by a wrong clock it may be night
    return operations


class Scheduler:
    """Looks every few seconds for what is due, and for whom to tell of a referral. `heavy`: this process
    may also be busy for an hour. A late look is taken late, never dropped, never doubled."""

    def __init__(
        self,
        sayso: Sayso,
        heavy: bool,
        messengers: Messengers | None = None,
        *,
        seconds: float = SECONDS,
        settled: timedelta = SETTLED,
    ) -> None:
        """`messengers`: how this process can tell somebody; without any it only plans who is to be told."""
        self._sayso, self._seconds, self._clock = sayso, seconds, Steadiness(settled)
        self._teller = Teller(sayso.store, sayso.settings, Lanes(messengers or {}), sayso.desk.now)
        self._planned: date | None = None
        self._troubles: dict[str, str] = {}
        self._stopping = Event()
        self._alerts = Thread(target=self._keep_alerting, name="alerts", daemon=True)
        usual = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = BackgroundScheduler(job_defaults=usual, timezone=UTC)
        self._scheduler.add_job(self.do_light_work, "interval", seconds=seconds, next_run_time=datetime.now(UTC))
        if heavy:  # not at once: the doors are just opening
            self._scheduler.add_job(self.do_heavy_work, "interval", seconds=seconds)
        # At WARNING it tells every ten seconds of a look that is not taken because the last one is still at work.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        self._alerts.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what is in hand."""
        self._stopping.set()
        self._scheduler.shutdown(wait=True)
        self._alerts.join()

    def do_light_work(self) -> None:
        self._guard("due work", self._do_light)
        self._guard("writing to people", lambda now: relay(self._sayso.desk, trusted=self._clock.holds(now)))

    def do_heavy_work(self) -> None:
        self._guard("heavy due work", self._do_heavy)

    def alert(self) -> None:
        self._guard("alerting", self._alert)

    def _alert(self, now: datetime) -> None:
        self._teller.look()
        self._sayso.metrics.alert_paths(len(path_troubles(self._sayso.store, self._sayso.settings, now)))

    def _do_light(self, now: datetime) -> None:
        self._do(light_operations(self._sayso, now, trusted=self._clock.holds(now)), now)

    def _do_heavy(self, now: datetime) -> None:
        operations: Operations = {
            Kind.CODE: lambda _: self._code(now),
            Kind.LEARN: lambda asked: self._learn(asked, now),
            Kind.THEMES: lambda _: self._look(now),
        }
        self._do(operations, now)

    def _do(self, operations: Operations, now: datetime) -> None:
        today = day_in_london(now)
        if today != self._planned:  # every day, and when a clock that was wrong is set right
            ensure_due(self._sayso.store, now)
            self._planned = today  # first: a key folder that can't be written to must not hold up what is due
            if destroy_leftover_keys(self._sayso.store, self._sayso.keys):
                log.warning("keys of consultations that are closed had come back here; they are destroyed again")
        for kind, outcome in do_what_is_due(self._sayso.store, now, operations):
            self._sayso.metrics.due_work_done(kind, outcome)

    def _code(self, now: datetime) -> Next:
        coded = code_what_is_new(self._sayso, lambda: not self._stopping.is_set())
        if coded:
            log.info("%s answers coded", coded)
        return now + BETWEEN_CODINGS

    def _learn(self, asked: str, now: datetime) -> Next:
        """For all consultations, again and again; or for the one that somebody asked for, once."""
        if learn_where_due(self._sayso, asked, lambda: not self._stopping.is_set()):
            log.info("a coder has learned from corrections")
            self._code(now)
        return None if asked else now + BETWEEN_LESSONS

    def _look(self, now: datetime) -> Next:
        found = look_where_new(self._sayso, lambda: not self._stopping.is_set())
        log.info("%s candidate themes wait for a person", found)
        return next_at(now, BY_NIGHT)

    def _keep_alerting(self) -> None:
        while True:
            self.alert()
            if self._stopping.wait(self._seconds):
                return

    def _guard(self, what: str, work: Callable[[datetime], object]) -> None:
        """Do it, or log once by what kind of failure it can't be done: whole errors hold what was being stored."""
        try:
            work(self._sayso.desk.now())
        except Exception as error:
            kind = type(error).__name__
            if self._troubles.get(what) != kind:
                log.error("%s failed (%s); it is tried again every %s seconds", what, kind, self._seconds)
            self._troubles[what] = kind
        else:
            if self._troubles.pop(what, None):
                log.info("%s works again", what)
