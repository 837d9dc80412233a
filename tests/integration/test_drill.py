"""`sayso drill safeguarding`: a concern that nobody had goes the whole way, beside a process that does what is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pyrage
import pytest
from sqlmodel import select

from bot.cli.means import every_means
from bot.delivery.lanes import Lanes
from bot.delivery.tell import Teller
from bot.scheduler import Scheduler
from consultation.operations.drill import WORDS
from consultation.storage.tables import AlertRow, AnswerRow, ConcernRow, ResponseRow
from tests.builders import Opened, lead_identity, open_consultation, real_screen, signed_off
from tests.integration.receivers import SECRET, Postbox, contacts, mail_server, webhook_receiver
from tests.integration.test_command_line import Shell, sayso

__all__ = ["sayso"]  # a fixture
PASSPHRASE = "four words in a row"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Opened, Postbox]]:
    """An open consultation whose lead, deputy and duty team are reached by e-mail and webhook."""
    with mail_server() as (smtp, postbox), webhook_receiver() as hooks:
        opened = open_consultation(tmp_path / "data", smtp=smtp, webhook_secret=SECRET, screen=real_screen())
        signed_off(opened.sayso, **contacts(hooks))
        yield opened, postbox
        opened.sayso.store.close()


@contextmanager
def at_work(opened: Opened) -> Iterator[None]:
    """Another process would do the same."""
    scheduler = Scheduler(opened.sayso, heavy=False, messengers=every_means(opened.sayso), seconds=0.2)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()


def key_file(folder: Path) -> Path:
    path = folder / "lead.age"
    path.write_bytes(pyrage.passphrase.encrypt(str(lead_identity()).encode(), PASSPHRASE))
    return path


def rows(opened: Opened) -> tuple[int, int, int]:
    with opened.sayso.store.read() as session:
        return tuple(len(session.exec(select(each)).all()) for each in (ResponseRow, AnswerRow, AlertRow))  # type: ignore[return-value]


def test_every_step_is_timed_and_the_key_opens_it(house: tuple[Opened, Postbox], sayso: Shell, tmp_path: Path) -> None:
    opened, postbox = house
    with at_work(opened):
        done = sayso(
            "drill", "safeguarding", "have-your-say", "--key", str(key_file(tmp_path)), "--data", str(opened.folder),
            SAYSO_LEAD_PASSPHRASE=PASSPHRASE,
        )  # fmt: skip
    lines = [line.split("s  ")[1] for line in done.stdout.splitlines() if line.startswith("✓")]
    assert done.code == 0, done.stdout + done.stderr
    assert lines[:2] == [
        "the screen finds it immediate",
        "help lines are shown, and the words are sealed and on the disk",
    ]
    assert set(lines[2:4]) == {"safeguarding lead told by e-mail", "safeguarding lead told by webhook"}
    assert lines[4:] == ["the key opens it, word for word", "somebody has it in hand"]
    letters = [each for each in postbox.to("lead@example.org") if "DRILL" in str(each["Subject"])]
    assert len(letters) == 1
    assert WORDS not in "".join(str(each) for each in postbox.letters)
    assert rows(opened)[:2] == (0, 0), "it counts as somebody's answer"
    with opened.sayso.store.read() as session:
        [concern] = session.exec(select(ConcernRow))
    assert (concern.drill, concern.status, concern.outcome) == (True, "closed", "drill")


def test_it_says_that_nobody_was_told(house: tuple[Opened, Postbox], sayso: Shell) -> None:
    opened, postbox = house
    done = sayso("drill", "safeguarding", "--within", "1", "--wait", "0", "--data", str(opened.folder))
    assert done.code == 1
    assert "✗" in done.stdout
    assert "Is 'sayso serve' running" in done.stdout
    assert postbox.letters == []
    looks = Teller(opened.sayso.store, opened.sayso.settings, Lanes({}), opened.sayso.desk.now)
    looks.look()
    assert rows(opened)[2] == 0, "somebody is still told of a drill that has ended"


def test_the_deputy_is_told_where_nobody_acknowledges(house: tuple[Opened, Postbox], sayso: Shell) -> None:
    """By the clock of the process at work, a second is a quarter of an hour."""
    opened, _ = house
    began = opened.sayso.desk.now()

    def fast() -> datetime:
        return began + 60 * 15 * (opened.sayso.desk.now() - began)

    teller, ended = Teller(opened.sayso.store, opened.sayso.settings, Lanes(every_means(opened.sayso)), fast), Event()

    def look() -> None:
        while not ended.wait(0.2):
            teller.look()

    worker = Thread(target=look)
    worker.start()
    try:
        done = sayso("drill", "safeguarding", "--wait", "0.08", "--data", str(opened.folder))
    finally:
        ended.set()
        worker.join()
    assert done.code == 1
    for position in ("safeguarding lead", "deputy", "duty team"):
        assert f"{position} told by e-mail" in done.stdout, done.stdout
    assert done.stdout.index("deputy told") < done.stdout.index("duty team told")


def test_without_a_consultation_or_contacts_it_says_what_to_do(sayso: Shell, tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "data"))
    sayso("migrate", *where)
    assert "Open one first" in sayso.refused("drill", "safeguarding", *where)
