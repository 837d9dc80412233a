"""What machines may see of a running Sayso: alive, ready, and figures that tell of nobody."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast, get_args

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.delivery.lanes import Lanes
from bot.delivery.messenger import Noting
from bot.delivery.tell import Teller
from bot.metrics import (
    CHANNELS,
    OTHER,
    DoorName,
    DueWork,
    FloodKind,
    Metrics,
    RefusalReason,
    SendOutcome,
    TurnOutcome,
    WorkOutcome,
)
from bot.web import health
from bot.web.health import Check, NotReady, Readiness, readiness_of
from consultation.domain.consultation import Channel
from consultation.safeguarding.escalation import Means
from tests.builders import Opened

TOKEN = "a-synthetic-token-for-prometheus"
CANARY = "our-say-canary"
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def well() -> None:
    pass


def refuses() -> None:
    raise NotReady("It waits for another writer.")


def breaks() -> None:
    raise OSError(f"/srv/{CANARY}/sayso.db")


@contextmanager
def hanging() -> Iterator[tuple[Check, list[int]]]:
    """A check that hangs until the end of the test, and how often it was begun."""
    end, begun = threading.Event(), []

    def hangs() -> None:
        begun.append(1)
        end.wait(10)

    try:
        yield hangs, begun
    finally:
        end.set()


def an_app(readiness: Readiness | None = None, token: str | None = None) -> Starlette:
    app = Starlette(routes=health.routes())
    app.state.metrics = Metrics()
    app.state.readiness = readiness or Readiness({})
    if token is not None:
        app.state.machine_token = SecretStr(token)
    return app


async def get(app: Starlette, path: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test") as client:
        return await client.get(path, headers=headers)


def figures(metrics: Metrics) -> Figures:
    families = text_string_to_metric_families(metrics.render()[0].decode())
    return {
        (each.name, tuple(sorted(each.labels.items()))): each.value for family in families for each in family.samples
    }


async def test_alive() -> None:
    answer = await get(an_app(), "/health/live")
    assert (answer.status_code, answer.text) == (200, "alive")


async def test_ready_when_every_check_is() -> None:
    answer = await get(an_app(Readiness({"database": well, "models": well})), "/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "models": "ok"}}


async def test_not_ready_says_which_check_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    with hanging() as (hangs, _):
        checks: Mapping[str, Check] = {"database": breaks, "schema": well, "models": hangs, "writer": refuses}
        began = time.monotonic()
        answer = await get(an_app(Readiness(checks, patience=0.1)), "/health/ready")
        assert time.monotonic() - began < 1
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": {
            "database": "It can’t be checked.",
            "schema": "ok",
            "models": "It has not answered in time.",
            "writer": "It waits for another writer.",
        },
    }
    assert "the check of the database failed (OSError)" in caplog.text
    assert CANARY not in caplog.text


async def test_what_stands_beside_is_told_and_makes_it_no_less_ready() -> None:
    answer = await get(an_app(Readiness({"database": well, "alerts": refuses}, beside={"alerts"})), "/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True, "checks": {"database": "ok", "alerts": "It waits for another writer."},
    }  # fmt: skip


async def test_a_path_without_a_heartbeat_shows_and_the_chat_stays_up(opened: Opened) -> None:
    found = await (readiness := readiness_of(opened.sayso)).look()
    assert found["alerts"] == health.TEAM_NOT_TOLD
    assert readiness.is_ready(found)
    lanes = Lanes({Means.EMAIL: Noting()})
    Teller(opened.sayso.store, opened.sayso.settings, lanes, opened.sayso.desk.now).look()
    assert (await readiness_of(opened.sayso).look())["alerts"] == "ok"


async def test_a_flood_of_probes_costs_one_look_a_second() -> None:
    now, looked = [0.0], []
    app = an_app(Readiness({"database": lambda: looked.append(1)}, clock=lambda: now[0]))
    await asyncio.gather(*(get(app, "/health/ready") for _ in range(50)))
    assert len(looked) == 1
    now[0] = 0.9
    await get(app, "/health/ready")
    assert len(looked) == 1
    now[0] = 1.0
    await get(app, "/health/ready")
    assert len(looked) == 2


async def test_a_check_that_hangs_is_not_begun_again_and_holds_up_no_other() -> None:
    with hanging() as (hangs, begun):
        readiness = Readiness({"database": hangs, "models": well}, patience=0.05, kept=0)
        for _ in range(4):
            assert await readiness.look() == {"database": health.NO_ANSWER, "models": "ok"}
        assert len(begun) == 1


async def test_ready_again_once_it_is_mended(caplog: pytest.LogCaptureFixture) -> None:
    state: list[Callable[[], None]] = [refuses]
    readiness = Readiness({"writer": lambda: state[0]()}, kept=0)
    assert (await readiness.look())["writer"] == "It waits for another writer."
    assert (await readiness.look())["writer"] == "It waits for another writer."
    state[0] = well
    assert await readiness.look() == {"writer": "ok"}
    assert caplog.text.count("It waits for another writer.") == 1, "each change is told once"


async def test_metrics_are_for_who_brings_the_token() -> None:
    app = an_app(token=TOKEN)
    answer = await get(app, "/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["content-type"].count("charset") == 1
    assert "sayso_turns_total" in answer.text


@pytest.mark.parametrize("said", ["", TOKEN, f"Bearer {TOKEN}x", "Bearer", "Bearer ", f"Basic {TOKEN}", "Bearer ü"])
async def test_and_for_nobody_else(said: str) -> None:
    app = an_app(token=TOKEN)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sayso.test") as client:
        answer = await client.get("/metrics", headers=[(b"authorization", said.encode())])
    assert answer.status_code == 401
    assert "sayso_" not in answer.text


@pytest.mark.parametrize("token", [None, ""])
@pytest.mark.parametrize("said", ["Bearer", "Bearer ", "Bearer None"])
async def test_without_a_token_there_is_no_such_page(token: str | None, said: str) -> None:
    assert (await get(an_app(token=token), "/metrics", authorization=said)).status_code == 404


def test_each_figure_is_counted() -> None:
    metrics = Metrics()
    metrics.turn_taken(Channel.WEB, "taken", 0.2)
    metrics.turn_taken(Channel.WEB, "taken", 0.4)
    metrics.batch_committed(5, 0.01)
    metrics.message_sent("limited")
    metrics.webhook_refused("secret")
    metrics.update_set_aside("respondent")
    metrics.due_work_done("code", "failed")
    metrics.watch("outbox_waiting", "Messages that wait", lambda: 7)
    seen = figures(metrics)
    assert seen["sayso_turns_total", (("channel", "web"), ("outcome", "taken"))] == 2
    assert seen["sayso_turn_seconds_sum", ()] == pytest.approx(0.6)
    assert seen["sayso_batch_turns_sum", ()] == 5
    assert seen["sayso_batch_seconds_count", ()] == 1
    assert seen["sayso_messages_total", (("outcome", "limited"),)] == 1
    assert seen["sayso_webhook_refused_total", (("reason", "secret"),)] == 1
    assert seen["sayso_updates_set_aside_total", (("door", "respondent"),)] == 1
    assert seen["sayso_due_work_total", (("kind", "code"), ("outcome", "failed"))] == 1
    assert seen["sayso_outbox_waiting", ()] == 7
    assert seen["process_resident_memory_bytes", ()] > 0
    assert any(name == "python_gc_collections_total" for name, _ in seen)


def test_two_processes_worth_of_figures_are_apart() -> None:
    one, other = Metrics(), Metrics()
    one.message_sent("sent")
    assert figures(one)["sayso_messages_total", (("outcome", "sent"),)] == 1
    assert figures(other)["sayso_messages_total", (("outcome", "sent"),)] == 0


def test_labels_hold_closed_sets_of_words_whatever_is_said() -> None:
    metrics = Metrics()
    before = set(figures(metrics))
    metrics.turn_taken(cast(Channel, CANARY), cast(TurnOutcome, CANARY), 1)
    metrics.message_sent(cast(SendOutcome, CANARY))
    metrics.webhook_refused(cast(RefusalReason, CANARY))
    metrics.update_set_aside(cast(DoorName, CANARY))
    metrics.flood_refused(cast(FloodKind, CANARY))
    metrics.due_work_done(cast(DueWork, CANARY), cast(WorkOutcome, CANARY))
    after = figures(metrics)
    assert set(after) == before, "a line that comes with its first event tells when that was"
    assert CANARY not in metrics.render()[0].decode()
    assert after["sayso_messages_total", (("outcome", OTHER),)] == 1
    sets = (TurnOutcome, SendOutcome, RefusalReason, DoorName, FloodKind, DueWork, WorkOutcome)
    known = {OTHER, *CHANNELS, *(word for each in sets for word in get_args(each))}
    ours = [labels for name, labels in after if name.startswith("sayso_")]
    words = {word for labels in ours for label, word in labels if label != "le"}
    assert words == known


def test_a_gauge_that_fails_takes_no_other_with_it() -> None:
    metrics = Metrics()
    metrics.watch("broken", "It fails", lambda: 1 / 0)
    metrics.watch("whole", "It works", lambda: 2)
    seen = figures(metrics)
    assert seen["sayso_broken", ()] != seen["sayso_broken", ()], "not a number"
    assert seen["sayso_whole", ()] == 2
