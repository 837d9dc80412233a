"""The safeguarding lead hears of a concern by a real mail server, and the letter holds nothing of the message."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message as Letter
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from bot.delivery import Alerts
from bot.sayso import Sayso
from bot.scheduler import Scheduler
from consultation.domain.consultation import Audience
from consultation.operations.alert_lead import alert_lead
from consultation.operations.refer_concern import referrals
from tests.builders import Opened, Person, make_sayso, open_consultation
from tests.contracts.databases import Cluster, cluster, until

__all__ = ["cluster"]  # a fixture
SLOWLY = 0.1  # seconds a letter, long enough for a second process to come in between


class Postbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Letter] = []

    def handle_message(self, message: Letter) -> None:
        time.sleep(SLOWLY)
        self.letters.append(message)


@pytest.fixture
def mail() -> Iterator[tuple[str, Postbox]]:
    """A mail server on loopback: its address, and what it received."""
    postbox = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller: Any = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"127.0.0.1:{port}", postbox
    controller.stop()


def disclose(folder: Path, **settings: Any) -> str:
    """A young person says that they are in danger; the reference of the referral."""
    opened = open_consultation(folder, **settings)
    say_so(opened, "someone")
    alert_lead(opened.sayso.store, Alerts(opened.sayso.settings).send)
    return referrals(opened.sayso.store)[0].reference


def say_so(opened: Opened, name: str) -> None:
    person = Person(opened, name)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("safer")
    person.types("ive taken all the pills just now")


def test_the_letter_carries_the_reference_and_nothing_of_the_message(tmp_path: Path, mail: tuple[str, Postbox]) -> None:
    address, postbox = mail
    reference = disclose(tmp_path / "data", smtp=address, alert_to="lead@example.org")
    (letter,) = postbox.letters
    assert letter["Subject"] == f"URGENT: Sayso safeguarding referral {reference}"
    assert letter["To"] == "lead@example.org"
    assert reference in str(letter.get_payload())
    assert "pills" not in letter.as_string()


def test_a_mail_server_that_is_away_loses_no_referral(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    reference = disclose(tmp_path / "data", smtp="127.0.0.1:9", alert_to="lead@example.org")
    assert "the alert for a referral could not be e-mailed" in caplog.text
    assert reference not in caplog.text
    assert "pills" not in caplog.text


def in_the_year(year: int, sayso: Sayso) -> Sayso:
    """With a clock that says so."""
    return replace(sayso, desk=replace(sayso.desk, now=lambda: datetime(year, 1, 1, tzinfo=UTC)))


def test_two_processes_tell_the_lead_once_whatever_their_clocks_say(
    tmp_path: Path, mail: tuple[str, Postbox], cluster: Cluster
) -> None:
    address, postbox = mail
    with cluster.fresh() as url:
        settings: Any = {
            "database_url": url.render_as_string(hide_password=False), "smtp": address, "alert_to": "lead@example.org",
        }  # fmt: skip
        opened = open_consultation(tmp_path / "data", **settings)
        other = make_sayso(tmp_path / "data", **settings)
        for name in ("a", "b", "c"):
            say_so(opened, name)
        schedulers = [Scheduler(in_the_year(2001, opened.sayso), True), Scheduler(in_the_year(2026, other), True)]
        for each in schedulers:
            each.start()
        until(lambda: len(postbox.letters) == 3)
        for each in schedulers:
            each.stop()
            each.alert()
        told = [str(letter["Subject"]).split()[-1] for letter in postbox.letters]
        assert sorted(told) == sorted(each.reference for each in referrals(opened.sayso.store))
        for store in (opened.sayso.store, other.store):
            store.close()
