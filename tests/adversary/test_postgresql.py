"""The same on PostgreSQL: its rows, where they lie and which transaction wrote them, its files and its journal."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from consultation.domain.consultation import Channel
from consultation.privacy.certificates import OPERATOR_POSTGRESQL
from tests.adversary import arrivals, links
from tests.adversary.chance import Attack, tally
from tests.adversary.consultation import Held, hold_at_the_desk, mixed
from tests.adversary.loot import Loot, postgres_loot
from tests.builders import Calendar, open_consultation
from tests.contracts.databases import Cluster, as_setting, cluster

__all__ = ["cluster"]

ATTACKS: dict[str, Attack] = {
    "with the key": links.with_key,
    "by leftovers": links.by_leftovers,
    "by address": links.by_address,
    "by the order of the rows": arrivals.by_order("rows"),
    "by their places on the disk": arrivals.by_order("ctid"),
    "by the places of their answers": arrivals.by_order("answers"),
    "by their transactions": arrivals.by_order("age(xmin) DESC, ctid"),
    "by the journal": arrivals.by_order("journal"),
    "by turns": arrivals.by_turns,
}
BLIND = {"by name": links.by_name, "by brute force": links.by_brute_force, "by time": arrivals.by_time}
IN_THE_JOURNAL = ("by the journal", "by leftovers")  # which the operator has to see to


@dataclass(frozen=True)
class Case:
    """`wiped`: ten minutes after everybody has talked; `cleared`: once the operator did what the certificate says."""

    held: Held
    before: Loot
    wiped: Loot
    after: Loot
    cleared: Loot


@pytest.fixture(scope="module")
def case(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with ExitStack() as stack:
        url, calendar = stack.enter_context(cluster.fresh()), Calendar()
        folder = tmp_path_factory.mktemp("attacked") / "data"
        held = Held(open_consultation(folder, today=calendar, database_url=as_setting(url)), calendar)
        stack.callback(held.opened.sayso.store.close)
        hold_at_the_desk(held, mixed())
        key, name = held.key, str(url.database)
        before = postgres_loot(cluster, name, key)
        held.wipe()
        wiped = postgres_loot(cluster, name)
        held.close()
        after = postgres_loot(cluster, name, key)
        do_what_the_certificate_says(cluster)
        yield Case(held, before, wiped, after, postgres_loot(cluster, name, key))


def do_what_the_certificate_says(cluster: Cluster) -> None:
    """The statements as they stand in it; the one between CHECKPOINTs for each file of the journal."""
    told = " ".join(OPERATOR_POSTGRESQL)
    assert re.search(r"ALTER SYSTEM SET\s+wal_recycle = off", told)
    cluster.run("ALTER SYSTEM SET wal_recycle = off")
    cluster.run("SELECT pg_reload_conf()")
    cluster.run("CHECKPOINT")
    for _ in cluster.run("SELECT * FROM pg_ls_waldir()"):
        cluster.run("SELECT pg_switch_wal()")
        cluster.run("CHECKPOINT")
    cluster.run("ALTER SYSTEM RESET wal_recycle")
    cluster.run("SELECT pg_reload_conf()")


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_finds_a_link_before_the_close(attack: str, case: Case) -> None:
    found = tally(ATTACKS[attack], case.before, case.held.on_telegram)
    assert found.sees, str(found)


@pytest.mark.parametrize("attack", [*ATTACKS, *BLIND])
def test_after_the_close_no_attack_does_better_than_guessing(attack: str, case: Case) -> None:
    loot = case.cleared if attack in IN_THE_JOURNAL else case.after
    found = tally((ATTACKS | BLIND)[attack], loot, case.held.people)
    assert not found.sees, str(found)


def test_no_chat_stands_in_any_file_at_any_time(case: Case) -> None:
    some = case.held.people[:3]
    assert {each.channel for each in some} == {Channel.TELEGRAM, Channel.WEB}
    for loot in (case.before, case.after):
        assert links.chats_in_files(loot, some) == set()


@pytest.mark.parametrize("order", ["rows", "ctid", "answers"])
def test_dumps_keep_no_order_of_more_than_ten_minutes(order: str, case: Case) -> None:
    """`pg_dump` writes rows as they lie; so they are put in the order of their random names every ten minutes."""
    found = tally(arrivals.by_order(order), case.wiped, case.held.people)
    assert not found.sees, str(found)


def test_nothing_that_answers_hold_stands_in_another_table_after_the_close(case: Case) -> None:
    assert len(links.shared_tokens(case.before)) >= len(case.held.people), "the tool sees nothing"
    assert links.shared_tokens(case.after) == set()
