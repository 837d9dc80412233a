"""Whoever tells of concerns is killed again and again, at every step, while people write worrying things: no concern is
lost or doubled, everybody is told in their turn by each means, and what is told twice carries the same id."""

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlmodel import select

from consultation.domain.consultation import Audience
from consultation.operations.refer_concern import Actor, acknowledge
from consultation.storage.tables import AlertRow, ConcernRow
from tests.builders import Opened, Person, open_consultation, signed_off
from tests.contracts.databases import as_setting, cluster, kind, place
from tests.integration.receivers import SECRET, Hooks, Postbox, contacts, mail_server, webhook_receiver
from tests.transcripts.bot_api import TOKEN, BotApi, serving

__all__ = ["cluster", "kind", "place"]  # fixtures
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENCE = timedelta(minutes=15)
NAMES = ("lead", "deputy", "duty_team")
CHATS = {"lead": 11, "deputy": 22, "duty_team": 33}
CANARY = "quenbyzzyzx"
WRITERS = 5
AT_RANDOM = 6  # lives that end at no step in particular, in each of four parts
MOMENTS = (40, 150, 400)  # a life that has everything to do has as many as the last, one that has little the first
STEPS = [
    {"name": "put"}, {"name": "put", "when": "return"}, {"name": "_carry"}, {"name": "send", "when": "return"},
    {"name": "settle", "when": "return"}, {"name": "settle_alert", "when": "return"},
    {"name": "settle_beat"}, {"name": "plan_alerts", "when": "return"},
]  # fmt: skip


class Killer:
    """The process that forks (see `killed_alerts`)."""

    def __init__(self) -> None:
        how = [sys.executable, "-m", "tests.durability.killed_alerts"]
        self._process = subprocess.Popen(how, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def life(self, order: dict[str, Any]) -> int:
        """Start a child and wait for its end: 0, or -9."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    made = Killer()
    yield made
    made.close()


@dataclass
class Trial:
    opened: Opened
    killer: Killer
    order: dict[str, Any]
    postbox: Postbox
    hooks: Hooks
    api: BotApi
    kills: int = 0
    now: datetime = NOON
    acknowledged: set[str] = field(default_factory=set)

    async def lives(self, *dies: dict[str, Any]) -> None:
        """One after another; the last order's life ends by itself if it is `{}`."""
        for each in dies:
            order = {**self.order, "now": self.now.isoformat(), "dies": each}
            ended = await asyncio.to_thread(self.killer.life, order)
            assert ended in (0, -signal.SIGKILL), f"it ended by itself ({ended}): see its log"
            self.kills += ended != 0

    def ids(self) -> list[tuple[str, str]]:
        """(to whom, id) of all alerts by e-mail and webhook."""
        mails = [(str(each["To"]).partition("@")[0], str(each["Message-ID"]).strip("<>").partition("@")[0])
                 for each in self.postbox.letters]  # fmt: skip
        hooks = [(each["path"].strip("/"), each["id"]) for each in self.hooks.received]
        return [(to, id) for to, id in mails + hooks if not id.startswith("heartbeat")]

    def chats(self) -> dict[str, list[str]]:
        """The alerts in each chat."""
        texts = {name: [each.text for each in self.api.chats.get(chat, [])] for name, chat in CHATS.items()}
        return {name: [each for each in theirs if "Reference: " in each] for name, theirs in texts.items()}

    def told(self) -> set[str]:
        """Who has heard of anything."""
        return {to for to, _ in self.ids()} | {name for name, texts in self.chats().items() if texts}

    def read(self, what: Any) -> list[Any]:
        with self.opened.sayso.store.read() as session:
            return list(session.exec(select(what)))


def someone_writes(opened: Opened, name: str) -> None:
    person = Person(opened, name)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("safer")
    person.types(f"ive taken all the pills just now {CANARY}")


@pytest.mark.timeout(300)
async def test_killed_at_every_step(place: Any, tmp_path: Path, killer: Killer, chance: Random) -> None:
    api, log = BotApi(), tmp_path / "log"
    with ExitStack() as stack:
        address, postbox = stack.enter_context(mail_server())
        hooks = stack.enter_context(webhook_receiver())
        async with serving(api) as bot_api:
            settings: dict[str, Any] = {
                "database_url": as_setting(place), "smtp": address, "webhook_secret": SECRET, "officer_token": TOKEN,
                "telegram_api": bot_api,
            }  # fmt: skip
            opened = await asyncio.to_thread(open_consultation, tmp_path / "data", **settings)
            signed_off(opened.sayso, **contacts(hooks, telegram=CHATS.__getitem__))
            order = {"data": str(tmp_path / "data"), "settings": settings, "log": str(log)}
            trial = Trial(opened, killer, order, postbox, hooks, api)
            await _go_through(trial, chance)
            _nothing_of_the_message(trial, log)
            opened.sayso.store.close()


async def _go_through(trial: Trial, chance: Random) -> None:
    def deaths() -> list[dict[str, Any]]:
        """The first between sending and noting, while there is something to send."""
        moments = [{"at": chance.randint(1, chance.choice(MOMENTS))} for _ in range(AT_RANDOM)]
        rest: list[dict[str, Any]] = [*STEPS, *moments]
        chance.shuffle(rest)
        return [{"name": "settle_alert"}, *rest]

    async def write() -> None:
        for n in range(WRITERS):
            await asyncio.to_thread(someone_writes, trial.opened, f"chat {n}")

    await asyncio.gather(write(), trial.lives(*deaths()))
    await trial.lives({})
    references = trial.read(ConcernRow.reference)
    assert len(references) == WRITERS, "none is lost, none is doubled"
    assert trial.told() == {"lead"}

    gone, kept = references[0], references[1:]
    assert await asyncio.to_thread(acknowledge, trial.opened.sayso.store, gone, Actor("deputy"), trial.now)
    heard = Counter(trial.ids())
    for expected in ({"lead", "deputy"}, set(NAMES), set(NAMES)):
        trial.now += PATIENCE
        await trial.lives(*deaths(), {})
        assert trial.told() == expected
    assert {each: n for each, n in Counter(trial.ids()).items() if gone in each[1]} == {
        each: n for each, n in heard.items() if gone in each[1]
    }, "what somebody has is told of no more"

    rows = trial.read(AlertRow)
    assert {each.reference for each in rows} == set(kept)
    assert {(each.rung, each.sent) for each in rows} == {(0, 1), (1, 1), (2, 2)}
    ids = {(NAMES[each.rung], f"{each.reference}.{each.rung}.{each.means}.{n}") for each in rows
           for n in range(each.sent) if each.means != "staff bot"}  # fmt: skip
    arrived = Counter(each for each in trial.ids() if gone not in each[1])
    assert set(arrived) == ids, "each was told, and what came again carries the id that it had"
    assert max(arrived.values()) > 1, "nobody was killed between sending and noting it: this proves nothing"
    for name in NAMES:
        assert {reference for reference in kept for text in trial.chats()[name] if reference in text} == set(kept)
    assert trial.kills >= 20, trial.kills  # and as many in the other database
    print(f"{trial.kills} kills, {sum(arrived.values()) - len(arrived)} repeats of {len(arrived)} tellings")


def _nothing_of_the_message(trial: Trial, log: Path) -> None:
    everything = " ".join(
        [each.as_string() for each in trial.postbox.letters]
        + [each.get("raw", "") for each in trial.hooks.received]
        + [text for texts in trial.chats().values() for text in texts]
        + [log.read_text(), trial.opened.sayso.metrics.render()[0].decode()]
    ).lower()
    assert "sayso safeguarding referral" in everything
    assert not [each for each in trial.hooks.received if "forged" in each]
    for word in (CANARY, "pills", "chat 1", "young", trial.opened.wave.consultation.title.lower()):
        assert word not in everything
    assert not [each for each in trial.read(ConcernRow.reference) if each.lower() in log.read_text().lower()]
