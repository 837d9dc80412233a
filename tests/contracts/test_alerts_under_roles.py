"""With no more right to PostgreSQL than each has: the worker tells, the staff bot acknowledges, and no officer finds an
allegation."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import literal, select, table, text, update
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col

from bot.delivery.lanes import Lanes
from bot.delivery.messenger import Noting
from bot.delivery.tell import Teller
from bot.officer.door import NOT_YOURS, TAKEN, YOURS, OfficerDoor
from consultation.operations.refer_concern import referrals
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.escalation import Means
from consultation.safeguarding.notices import Alert
from consultation.storage.roles import Role
from consultation.storage.tables import ConcernRow
from tests.builders import Person, signed_off
from tests.contracts.databases import cluster
from tests.contracts.test_doors_under_roles import World, world
from tests.contracts.test_roles import guarded

__all__ = ["cluster", "guarded", "world"]  # fixtures
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAD, DEPUTY = 11, 22


@pytest.fixture
def allegation(world: World) -> str:
    """Its reference; there is another concern beside it."""
    signed_off(
        world.owner.sayso,
        lead=Contact(role="lead", telegram=LEAD),
        deputy=Contact(role="deputy", telegram=DEPUTY),
        duty_team=None,
    )
    for chat in ("one", "other"):
        Person(world.owner, chat).types("my stepdad hits me")
    first = referrals(world.owner.sayso.store)[0].reference
    with world.owner.sayso.store.write() as session:
        session.execute(update(ConcernRow).where(col(ConcernRow.reference) == first).values(queue="allegations"))
    return first


def test_the_worker_plans_sends_and_strikes(world: World, allegation: str) -> None:
    opened, heard = world.as_(Role.WORKER), Noting()
    sayso = replace(opened.sayso, desk=replace(opened.sayso.desk, now=lambda: NOON))
    teller = Teller(sayso.store, sayso.settings, Lanes({Means.STAFF_BOT: heard}), sayso.desk.now)
    assert teller.look() == 4, "two alerts, and a heartbeat to each of two"
    assert allegation in {each.reference for each, _ in heard.told if isinstance(each, Alert)}
    with world.owner.sayso.store.write() as session:
        session.execute(update(ConcernRow).values(status="acknowledged"))
    assert teller.look() == 0
    with world.owner.sayso.store.read() as session:
        assert session.execute(text("SELECT count(*) FROM alert")).scalar() == 0
    sayso.store.close()


def test_the_staff_bot_acknowledges_and_lists_no_allegation(world: World, allegation: str) -> None:
    door = OfficerDoor(world.as_(Role.OFFICER).sayso)
    [general] = [each.reference for each in referrals(world.owner.sayso.store) if each.reference != allegation]
    assert door.referrals_text() == f"{general} (support)"
    said = [door.have_it(reference, chat)[0] for reference, chat in (
        (general, 99), (general, DEPUTY), (general, LEAD), (allegation, DEPUTY), ("C-NONE", LEAD),
    )]  # fmt: skip
    assert said == [NOT_YOURS, YOURS, TAKEN, YOURS, TAKEN]
    assert {each.status for each in referrals(world.owner.sayso.store)} == {"acknowledged"}
    door._sayso.store.close()


@pytest.mark.parametrize("where", ["concern", "alert", "referral_audit"])
def test_an_officer_has_no_right_to_what_would_tell_of_an_allegation(world: World, allegation: str, where: str) -> None:
    store = world.as_(Role.OFFICER).sayso.store
    with store.read() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(select(literal(1)).select_from(table(where)))
    store.close()
