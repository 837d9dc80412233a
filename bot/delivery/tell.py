"""One look at who is to be told: plans, sends, and notes each sending as soon as it is known how it went."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.delivery.lanes import Lanes
from bot.settings import Settings
from consultation.domain.concern import Level
from consultation.operations.beat import due_beats, settle_beat
from consultation.operations.plan_alerts import plan_alerts, settle_alert
from consultation.operations.sign_off import arrangements_now
from consultation.safeguarding import escalation
from consultation.safeguarding.arrangements import Arrangements, Contact
from consultation.safeguarding.notices import Alert, Notice
from consultation.storage.store import Store

log = logging.getLogger("sayso.delivery")

PATIENCE = 10.0  # seconds that a look waits for paths that hang


def named_now(store: Store, settings: Settings) -> Arrangements:
    """What was signed off last. Until a lead is named there, SAYSO_ALERT_TO is theirs."""
    with store.read() as session:
        signed = arrangements_now(session)
    if signed.lead or not settings.alert_to:
        return signed
    return signed.model_copy(update={"lead": Contact(role="safeguarding lead", email=settings.alert_to)})


class Teller:
    """Tells whoever is named. One process at a time, however many look. It goes by the clock on the wall even where
    that was just set: an alert is never held back, and see `escalation.schedule` for what a jump does."""

    def __init__(
        self, store: Store, settings: Settings, lanes: Lanes, now: Callable[[], datetime], patience: float = PATIENCE
    ) -> None:
        self._store, self._settings, self._lanes = store, settings, lanes
        self._now, self._patience = now, patience
        self._nobody_for: set[str] = set()

    def look(self) -> int:
        """Returns how many notices went out."""
        with self._store.database.only_one("alerts") as mine:
            return self._look() if mine else 0

    def _look(self) -> int:
        went = self._note(0)  # what became of what hung at the last look, before it is taken for due again
        arrangements, now = named_now(self._store, self._settings), self._now()
        fresh, alerts = plan_alerts(self._store, arrangements, now)
        self._tell_log({each.reference: each.level for each in fresh}, somebody=arrangements)
        named = escalation.positions(arrangements)
        notices: list[Notice] = [*alerts, *due_beats(self._store, arrangements, now)]
        self._lanes.start(notices, lambda path: named[path.position])
        return went + self._note(self._patience)

    def _note(self, patience: float) -> int:
        went = 0
        for notice, sent in self._lanes.outcomes(patience):
            went += sent
            if isinstance(notice, Alert):
                settle_alert(self._store, notice, self._now(), sent=sent)
            else:
                settle_beat(self._store, notice, self._now(), sent=sent)
        return went

    def _tell_log(self, fresh: dict[str, Level], somebody: Arrangements) -> None:
        """Once for each. No log holds the reference: beside the second of the log it would tell when the sealed words
        were said."""
        for reference, level in fresh.items():
            if reference not in self._nobody_for:
                log.warning("a safeguarding referral (%s) waits; 'sayso referral' lists it", level.value)
        if somebody.ladder():
            self._nobody_for.clear()
        elif fresh.keys() - self._nobody_for:
            self._nobody_for |= fresh.keys()
            log.error("nobody is named who could be told of it. Name them: 'sayso safeguarding arrangements'")
