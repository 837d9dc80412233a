"""Whoever is named hears of a concern, by each means, in their turn, until somebody has it; through real servers. No
alert and no log holds anything of the message."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.cli.means import every_means
from bot.delivery.lanes import Lanes
from bot.delivery.mail import Mail
from bot.delivery.messenger import Messenger, Noting
from bot.delivery.tell import Teller
from bot.sayso import Sayso
from bot.scheduler import Scheduler
from bot.troubles import path_troubles
from consultation.domain.concern import Queue
from consultation.domain.consultation import Audience
from consultation.operations.refer_concern import Actor, acknowledge
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.escalation import Means
from consultation.safeguarding.notices import Alert, Heartbeat
from consultation.storage import audit, sign_offs
from consultation.storage.tables import AlertPathRow, AlertRow, ConcernRow, ReferralAuditRow
from tests.builders import Opened, Person, make_sayso, open_consultation, signed_off
from tests.contracts.databases import Cluster, as_setting, cluster, kind, place, until
from tests.integration.receivers import SECRET, Hooks, Postbox, contacts, mail_server, webhook_receiver

__all__ = ["cluster", "kind", "place"]  # fixtures
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOBODY = dict.fromkeys(("lead", "deputy", "duty_team", "allegations"))


@pytest.fixture
def mail() -> Iterator[tuple[str, Postbox]]:
    with mail_server() as made:
        yield made


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with webhook_receiver() as made:
        yield made


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """A consultation whose clock stands still, and somebody who looks at who is to be told."""

    opened: Opened
    clock: Clock
    teller: Teller

    def looks(self, after: timedelta = timedelta(0)) -> int:
        self.clock.now += after
        return self.teller.look()

    @property
    def sayso(self) -> Sayso:
        return self.opened.sayso

    def references(self) -> list[str]:
        with self.sayso.store.read() as session:
            return list(session.exec(select(ConcernRow.reference)))


def house(
    place: Any,
    folder: Path,
    messengers: Mapping[Means, Messenger],
    named: Mapping[str, Contact | None],
    **settings: Any,
) -> House:
    opened = open_consultation(folder, database_url=as_setting(place), **settings)
    clock = Clock()
    sayso = signed_off(opened.sayso, **named)
    sayso = replace(sayso, desk=replace(sayso.desk, now=clock))
    teller = Teller(sayso.store, sayso.settings, Lanes(messengers), clock, patience=2)
    return House(replace(opened, sayso=sayso), clock, teller)


@pytest.fixture
def noting(place: Any, tmp_path: Path) -> Iterator[tuple[House, Noting]]:
    """With a lead, a deputy and a duty team, by e-mail that goes nowhere; their paths are proved."""
    heard = Noting()
    made = house(place, tmp_path / "data", {Means.EMAIL: heard}, contacts())
    made.looks()
    heard.told.clear()
    yield made, heard
    made.sayso.store.close()


def say_so(opened: Opened, name: str, words: str = "ive taken all the pills just now") -> None:
    person = Person(opened, name)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("safer")
    person.types(words)


def raises_allegation(house: House, name: str) -> None:
    say_so(house.opened, name)
    with house.sayso.store.write() as session:
        session.execute(update(ConcernRow).values(queue=Queue.ALLEGATIONS.value))


def told(heard: Noting) -> list[str]:
    """Who heard of a referral, in order."""
    return [notice.path.position for notice, _ in heard.told if isinstance(notice, Alert)]


# -- who is told when ---------------------------------------------------------------------------------------------


def test_each_is_told_in_turn_the_last_again_and_nobody_once_somebody_has_it(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    say_so(house.opened, "a")
    [reference] = house.references()
    for minutes, who in (
        (0, ["safeguarding lead"]), (14, []), (1, ["deputy"]), (14, []), (1, ["duty team"]),
        (1, []), (15, ["duty team"]), (1, []), (15, ["duty team"]),
    ):  # fmt: skip
        heard.told.clear()
        house.looks(minutes * MINUTE)
        assert told(heard) == who, minutes
    notices = [each for each, _ in heard.told]
    assert [each.id for each in notices] == [f"{reference}.2.e-mail.2"]
    heard.told.clear()
    assert acknowledge(house.sayso.store, reference, Actor("deputy"), house.clock.now)
    assert not acknowledge(house.sayso.store, reference, Actor("duty team"), house.clock.now), "once"
    for _ in range(3):
        house.looks(20 * MINUTE)
    assert told(heard) == []
    with house.sayso.store.read() as session:
        assert session.exec(select(AlertRow)).all() == [], "the times at which they were due say when it was written"
        entry = audit.entries(session, ReferralAuditRow)[-1]
    assert (entry.actor, entry.act, entry.subject) == ("deputy", "acknowledged", reference)


def test_support_leaves_more_time(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    say_so(house.opened, "a", "my dad hits me sometimes")
    house.looks()
    house.looks(4 * HOUR - MINUTE)
    assert told(heard) == ["safeguarding lead"]
    house.looks(MINUTE)
    assert told(heard) == ["safeguarding lead", "deputy"]


def test_the_immediate_go_first_and_drills_last(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    say_so(house.opened, "a", "my dad hits me sometimes")
    say_so(house.opened, "b")
    say_so(house.opened, "c")
    with house.sayso.store.write() as session:
        session.execute(update(ConcernRow).where(col(ConcernRow.reference) == house.references()[0]).values(drill=True))
    house.looks()
    order = [(each.drill, each.level.value) for each, _ in heard.told if isinstance(each, Alert)]
    assert order == sorted(order)
    assert len(order) == 3


def test_an_allegation_goes_to_its_own_contact_and_not_to_the_lead(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    own = Contact(role="LADO", email="lado@example.org")
    signed_off(house.sayso, **contacts(), allegations=own)
    raises_allegation(house, "a")
    house.looks()
    house.looks(15 * MINUTE)
    house.looks(15 * MINUTE)
    assert told(heard) == ["allegations contact", "deputy", "duty team"]
    assert heard.told[0][1].email == "lado@example.org"


def test_nobody_named_is_told_of_in_the_log_and_whoever_is_named_later_hears(
    noting: tuple[House, Noting], caplog: pytest.LogCaptureFixture
) -> None:
    house, heard = noting
    signed_off(house.sayso, **NOBODY)
    say_so(house.opened, "a")
    for _ in range(3):
        house.looks()
    assert caplog.text.count("a safeguarding referral (immediate) waits") == 1
    assert caplog.text.count("nobody is named who could be told of it") == 1
    signed_off(house.sayso, **contacts())
    house.looks(DAY)
    assert told(heard) == ["safeguarding lead"]


def test_until_somebody_is_signed_off_the_address_in_the_settings_is_the_leads(place: Any, tmp_path: Path) -> None:
    heard = Noting()
    made = house(place, tmp_path / "data", {Means.EMAIL: heard}, NOBODY, alert_to="old@example.org")
    say_so(made.opened, "a")
    made.looks()
    assert {contact.email for _, contact in heard.told} == {"old@example.org"}
    signed_off(made.sayso, **contacts())
    heard.told.clear()
    made.looks(15 * MINUTE)
    assert "old@example.org" not in {contact.email for _, contact in heard.told}
    made.sayso.store.close()


def test_what_simulated_people_wrote_is_told_to_nobody(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    quiet = replace(house.opened, sayso=replace(house.sayso, desk=replace(house.sayso.desk, alerts=False)))
    say_so(quiet, "a")
    house.looks()
    assert told(heard) == []


def test_a_concern_of_this_version_and_one_of_the_version_before(noting: tuple[House, Noting]) -> None:
    """Of which the lead was told then, and which is in no plan."""
    house, heard = noting
    say_so(house.opened, "a")
    with house.sayso.store.write() as session:
        session.execute(update(ConcernRow).values(alerted=True))
    house.looks()
    assert told(heard) == []


def test_clocks_that_jump(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    say_so(house.opened, "a")
    house.looks()
    house.looks(-DAY * 400)
    house.looks(15 * MINUTE)
    house.looks(15 * MINUTE)
    assert told(heard) == ["safeguarding lead", "deputy", "duty team"]


# -- means that fail ----------------------------------------------------------------------------------------------


def test_a_means_that_fails_is_tried_on_and_holds_up_no_other(place: Any, tmp_path: Path) -> None:
    broken, heard = Noting(refuses=True), Noting()
    named = {"lead": Contact(role="lead", email="lead@example.org", telegram=7)} | {"deputy": None, "duty_team": None}
    made = house(place, tmp_path / "data", {Means.EMAIL: broken, Means.STAFF_BOT: heard}, named)
    say_so(made.opened, "a")
    made.looks()
    assert told(heard) == ["safeguarding lead"]
    for _ in range(3):
        made.looks(MINUTE)
    broken.refuses = False
    made.looks(5 * MINUTE)
    assert told(broken) == ["safeguarding lead"]
    [(notice, _)] = [each for each in broken.told if isinstance(each[0], Alert)]
    assert notice.id.endswith(".0.e-mail.0"), "it is the first that arrives"
    made.sayso.store.close()


def test_a_path_that_hangs_holds_up_neither_the_others_nor_the_next_look(
    place: Any, tmp_path: Path, hooks: Hooks
) -> None:
    hooks.hang = 2
    named: dict[str, Contact | None] = dict(NOBODY)
    named["lead"] = Contact(role="lead", email="lead@example.org", webhook=hooks.contact("slow"))
    with mail_server() as (address, postbox):
        made = house(place, tmp_path / "data", {}, named, smtp=address, webhook_secret=SECRET)
        real = every_means(replace(made.sayso, desk=replace(made.sayso.desk, now=lambda: datetime.now(UTC))))
        made.teller = Teller(made.sayso.store, made.sayso.settings, Lanes(real), made.clock, patience=0.5)
        for name in ("a", "b"):
            began = time.monotonic()
            say_so(made.opened, name)
            made.looks()
            assert time.monotonic() - began < 1.9
        assert len([each for each in postbox.letters if "URGENT" in str(each["Subject"])]) == 2
        until(lambda: len(hooks.received) == 2)
        assert [each["type"] for each in hooks.received] == ["referral.waiting", "heartbeat"]
        hooks.hang = 0
        time.sleep(0.1)
        made.looks()
        assert [each["type"] for each in hooks.received] == ["referral.waiting", "heartbeat", "referral.waiting"]
        assert len({each["id"] for each in hooks.received}) == 3, "what hung at one look is not sent again at the next"
        made.sayso.store.close()


def test_what_cannot_be_sent_is_told_without_reference_address_or_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, hooks: Hooks
) -> None:
    caplog.set_level(logging.INFO, "sayso")
    hooks.answer = 302
    opened = open_consultation(tmp_path / "data", smtp="127.0.0.1:9", webhook_secret=SECRET)
    sayso = signed_off(opened.sayso, **contacts(hooks, telegram=lambda _: 77))
    say_so(replace(opened, sayso=sayso), "a")
    scheduler = Scheduler(sayso, heavy=False, messengers=every_means(sayso))
    scheduler.alert()
    for why in (
        "the safeguarding lead could not be told by e-mail (ConnectionRefusedError)",
        "the safeguarding lead could not be told by staff bot (SAYSO_OFFICER_TOKEN is not set)",
        "the safeguarding lead could not be told by webhook (it answered 302)",
    ):
        assert why in caplog.text
    assert len(hooks.to("elsewhere")) == 0, "no redirect is followed"
    with sayso.store.read() as session:
        [reference] = session.exec(select(ConcernRow.reference)).all()
    for secret in (reference, "pills", "example.org", SECRET, str(hooks.port)):
        assert secret not in caplog.text
    assert "sayso_alert_paths_failing 9.0" in sayso.metrics.render()[0].decode()
    sayso.store.close()


def test_two_processes_tell_each_once_though_their_clocks_differ(
    tmp_path: Path, mail: tuple[str, Postbox], cluster: Cluster
) -> None:
    address, postbox = mail
    postbox.seconds = 0.1  # long enough for a second process to come in between
    with cluster.fresh() as url:
        settings: Any = {"database_url": url.render_as_string(hide_password=False), "smtp": address}
        opened = open_consultation(tmp_path / "data", **settings)
        other = make_sayso(tmp_path / "data", **settings)
        lead = Contact(role="lead", email="lead@example.org")
        signed_off(opened.sayso, lead=lead, deputy=None, duty_team=None)
        for name in ("a", "b", "c"):
            say_so(opened, name)
        schedulers = [
            Scheduler(at(NOON + late, each), True, every_means(each), seconds=0.2)
            for late, each in ((-10 * MINUTE, opened.sayso), (timedelta(0), other))
        ]
        for each in schedulers:
            each.start()
        until(lambda: len(referred(postbox)) == 3)
        time.sleep(0.5)
        for each in schedulers:
            each.stop()
            each.alert()
        with opened.sayso.store.read() as session:
            waiting = session.exec(select(ConcernRow.reference)).all()
        assert sorted(referred(postbox)) == sorted(waiting)
        for store in (opened.sayso.store, other.store):
            store.close()


def at(now: datetime, sayso: Sayso) -> Sayso:
    """With a clock that says so."""
    return replace(sayso, desk=replace(sayso.desk, now=lambda: now))


def referred(postbox: Postbox) -> list[str]:
    subjects = [str(each["Subject"]) for each in postbox.letters]
    return [each.split()[-1] for each in subjects if each.startswith("URGENT")]


# -- the heartbeat ------------------------------------------------------------------------------------------------


def test_every_path_carries_a_heartbeat_a_day(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    say_so(house.opened, "a")
    raises_allegation(house, "b")
    house.looks(HOUR)
    heard.told.clear()
    house.clock.now = datetime(2026, 11, 24, 8, 59, 59, tzinfo=UTC)
    house.looks()
    assert [each for each, _ in heard.told if isinstance(each, Heartbeat)] == []
    house.looks(timedelta(seconds=1))
    beats = [each for each, _ in heard.told if isinstance(each, Heartbeat)]
    assert {(each.path.position, each.waiting) for each in beats} == {
        ("safeguarding lead", 2), ("deputy", 2), ("duty team", 2),
    }  # fmt: skip
    house.looks(MINUTE)
    assert len([each for each, _ in heard.told if isinstance(each, Heartbeat)]) == 3
    assert path_troubles(house.sayso.store, house.sayso.settings, house.clock.now) == []


def test_a_path_without_its_heartbeat_shows_until_it_has_one(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    heard.refuses = True
    house.looks(DAY)
    wrong = path_troubles(house.sayso.store, house.sayso.settings, house.clock.now)
    assert "Telling the deputy by e-mail failed when it was last tried." in wrong
    heard.refuses = False
    house.looks(MINUTE)
    assert path_troubles(house.sayso.store, house.sayso.settings, house.clock.now) == wrong, "not tried every moment"
    house.looks(5 * MINUTE)
    assert path_troubles(house.sayso.store, house.sayso.settings, house.clock.now) == []
    asleep = house.clock.now + timedelta(hours=27)
    assert "for more than a day" in path_troubles(house.sayso.store, house.sayso.settings, asleep)[0]


def test_a_drill_proves_the_path_and_of_a_real_one_no_time_is_kept(noting: tuple[House, Noting]) -> None:
    house, _ = noting

    def proved() -> set[datetime]:
        with house.sayso.store.read() as session:
            return {row.worked_at.replace(tzinfo=UTC) for row in session.exec(select(AlertPathRow)) if row.worked_at}

    assert proved() == {NOON}
    say_so(house.opened, "a")
    house.looks(MINUTE)
    assert proved() == {NOON}
    with house.sayso.store.write() as session:
        session.execute(update(ConcernRow).values(drill=True, status="new"))
        session.execute(update(AlertRow).values(sent=0, due_at=None))
    house.looks(MINUTE)
    assert proved() == {NOON, NOON + 2 * MINUTE}


def test_a_demonstrations_contacts_are_nobody(noting: tuple[House, Noting]) -> None:
    house, heard = noting
    with house.sayso.store.write() as session:
        row = sign_offs.newest(session)
        assert row is not None
        sign_offs.add(session, at=NOON, by=row.by, body=row.body, parts={**row.parts, "simulated": True})
    say_so(house.opened, "a")
    house.looks(2 * DAY)
    assert heard.told == []


def test_a_demonstration_beside_it_silences_no_address_in_the_settings(place: Any, tmp_path: Path) -> None:
    """Of a consultation that was open before anything could be signed off."""
    heard = Noting()
    made = house(place, tmp_path / "data", {Means.EMAIL: heard}, NOBODY, alert_to="old@example.org")
    with made.sayso.store.write() as session:
        row = sign_offs.newest(session)
        assert row is not None
        sign_offs.add(session, at=NOON, by=row.by, body=row.body, parts={**row.parts, "simulated": True})
    say_so(made.opened, "a")
    made.looks()
    assert {contact.email for _, contact in heard.told} == {"old@example.org"}
    made.sayso.store.close()


def test_arrangements_that_this_version_cannot_read_leave_nobody_unheard(noting: tuple[House, Noting]) -> None:
    """As while one process of many is of an older version: those who were named before are told."""
    house, heard = noting
    with house.sayso.store.write() as session:
        row = sign_offs.newest(session)
        assert row is not None
        sign_offs.add(session, at=NOON, by=row.by, body='{"of": "a later version"}', parts=row.parts)
    say_so(house.opened, "a")
    house.looks()
    assert told(heard) == ["safeguarding lead"]
    assert path_troubles(house.sayso.store, house.sayso.settings, house.clock()) == []


# -- what is read -------------------------------------------------------------------------------------------------


def test_the_letter_says_what_to_do_and_nothing_of_the_message(mail: tuple[str, Postbox], tmp_path: Path) -> None:
    address, postbox = mail
    made = house(tmp_path, tmp_path / "data", {}, contacts(), smtp=address, alert_from="sayso@council.example")
    messengers = {Means.EMAIL: Mail(made.sayso.settings, "https://say.example/staff/safeguarding")}
    made.teller = Teller(made.sayso.store, made.sayso.settings, Lanes(messengers), made.clock)
    say_so(made.opened, "a")
    [reference] = made.references()
    made.looks()
    made.looks(15 * MINUTE)
    first, beat = sorted(postbox.to("lead@example.org"), key=lambda each: "alive" in each.as_string())
    assert first["Subject"] == f"URGENT: Sayso safeguarding referral {reference}"
    assert first["Message-ID"] == f"<{reference}.0.e-mail.0@council.example>"
    said = str(first.get_payload())
    for part in (
        f"Reference: {reference}", "Somebody may be in danger now", "https://say.example/staff/safeguarding",
        f"sayso referral {reference} --key", "within 15 minutes, the next in line is told",
    ):  # fmt: skip
        assert part in said
    assert "No referral waits" not in str(beat.get_payload())
    assert "1 referral waits" in str(beat.get_payload())
    [second] = [each for each in postbox.to("deputy@example.org") if "URGENT" in str(each["Subject"])]
    assert "still waits" in str(second["Subject"])
    assert "You are told as the deputy" in str(second.get_payload())
    for letter in postbox.letters:
        for word in ("pills", "young", "safer", "council say", made.opened.wave.consultation.title):
            assert word not in letter.as_string()
    made.sayso.store.close()
