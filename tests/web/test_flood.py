"""A school behind one address is served whole; a flood is held up, and nobody loses what they typed."""

import asyncio
from dataclasses import replace

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest
from prometheus_client.parser import text_string_to_metric_families as families
from starlette.requests import Request

from bot.metrics import Metrics
from bot.web.app import create_app
from bot.web.chat.supervised import SharedDevices
from bot.web.flood import MINUTE, Floods, Limits
from consultation.operations.shared_sessions import open_session
from tests.builders import Opened
from tests.web.serving import served

SCHOOL = "192.0.2.7"
SLUG = "have-your-say"


def visitor(app: object, address: str = SCHOOL) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(address, 40000))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://sayso.test")


def at(address: str | None) -> Request:
    return Request({"type": "http", "headers": [], "client": (address, 1) if address else None})


def refused(metrics: Metrics) -> dict[str, float]:
    page = metrics.render()[0].decode()
    found = next(each for each in families(page) if each.name == "sayso_floods_refused")
    return {each.labels["kind"]: each.value for each in found.samples if each.name.endswith("_total")}


async def begin(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post(f"/c/{SLUG}/begin", data={"audience": "young-person", "in": "en", "nonce": "n1"})


async def test_four_hundred_pupils_behind_one_address_are_served(opened: Opened) -> None:
    """All in one minute, where the class would take two, and each goes on at once."""
    app = create_app(opened.sayso)

    async def pupil() -> list[int]:
        async with visitor(app) as client:
            statuses = [(await begin(client)).status_code]
            for _ in range(2):
                page = await client.post(f"/c/{SLUG}/talk", data={"command": "privacy", "step": "1"})
                statuses.append(page.status_code)
            return statuses

    found = [await asyncio.gather(*(pupil() for _ in range(40))) for _ in range(10)]
    assert {status for group in found for each in group for status in each} == {303}
    assert set(refused(opened.sayso.metrics).values()) == {0}


def test_a_class_that_presses_all_the_time_is_no_flood_and_twice_the_school_is() -> None:
    """By the clock of the test: ten minutes in which 400 press every three seconds, each in their own talk."""
    now = [0.0]
    floods = Floods(Limits.of_a_crowd(500), Metrics(), lambda: now[0])
    for second in range(0, 600, 3):
        now[0] = float(second)
        assert not any(floods.seconds_to_wait(at(SCHOOL), f"talk {each}") for each in range(400))
    now[0] += MINUTE
    waits = [floods.seconds_to_wait(at(SCHOOL), f"talk {each % 400}") for each in range(15_001)]
    assert waits.index(60) == 15_000


def test_each_limit_counts_whom_it_is_about_and_forgets_after_a_minute() -> None:
    now, metrics = [0.0], Metrics()
    floods = Floods(Limits(presses=3, people=3, posts=6), metrics, lambda: now[0])
    assert [floods.seconds_to_wait(at(SCHOOL), "one") for _ in range(4)] == [None, None, None, 60]
    assert [floods.seconds_to_wait(at(SCHOOL), each) for each in ("two", "three", "a made-up one")] == [None, None, 60]
    assert floods.seconds_to_wait(at("192.0.2.8"), "elsewhere") is None
    now[0] = 45.0
    assert [floods.seconds_to_wait(at(SCHOOL), "two") for _ in range(2)] == [None, 15]
    assert refused(metrics) == {"talk": 1, "people": 1, "address": 1, "other": 0}
    assert "192.0.2" not in str({**vars(floods), **vars(floods._tally)})
    now[0] = 60.0
    assert floods.seconds_to_wait(at(SCHOOL), "one") is None


def test_a_household_of_ipv6_is_one_and_a_socket_file_has_no_address() -> None:
    floods = Floods(Limits(presses=9, people=9, posts=1), Metrics(), lambda: 0.0)
    assert floods.seconds_to_wait(at("2001:db8:1:1::7"), "one") is None
    assert floods.seconds_to_wait(at("2001:db8:1:1::8"), "two") == 60
    assert [floods.seconds_to_wait(at(None), each) for each in "abc"] == [None] * 3


@pytest.mark.parametrize(("locale", "title"), [("en", "One moment, please"), ("pl", None)])
async def test_what_was_typed_is_given_back_in_the_readers_language(
    opened: Opened, locale: str, title: str | None
) -> None:
    app = create_app(opened.sayso, limits=Limits(presses=2, people=100, posts=100))
    async with visitor(app) as client:
        await begin(client)
        post = {"text": "lights on the <path>", "step": "3", "nonce": "the form's own", "in": locale}
        await client.post(f"/c/{SLUG}/talk", data=post)
        held = await client.post(f"/c/{SLUG}/talk", data=post)
        assert held.status_code == 429
        assert 1 <= int(held.headers["retry-after"]) <= 60
        page = lxml.html.fromstring(held.text)
        [form] = page.xpath("//form[contains(@class, 'reply')]")
        assert dict(form.form_values()) == post
        assert page.get("lang").startswith(locale)
        assert page.xpath("//h1")[0].text == title or title is None
        assert page.xpath("//a[@href='tel:999']")
        app.state.floods = Floods(Limits.of_a_crowd(500), opened.sayso.metrics)
        again = await client.post(form.get("action"), data=dict(form.form_values()))
        assert again.status_code in (303, 422)


async def test_devices_with_a_workers_session_begin_as_many_talks_as_they_like(opened: Opened) -> None:
    app = create_app(opened.sayso, limits=Limits(presses=100, people=1, posts=100))
    _, made = open_session(opened.sayso.desk, opened.wave, None, None, 1, "officer")
    devices: SharedDevices = app.state.devices
    async with visitor(app) as shared, visitor(app) as other:
        shared.cookies.set(f"shared_{SLUG}", devices.session_cookie(opened.wave.id, made.mark))
        assert [(await shared.post(f"/c/{SLUG}/begin", data={"afresh": "1"})).status_code for _ in range(3)] == [
            303
        ] * 3
        assert [(await begin(each)).status_code for each in (other, visitor(app))] == [303, 429]


def test_behind_a_proxy_each_address_counts_for_itself(opened: Opened) -> None:
    settings = opened.sayso.settings.model_copy(update={"people_at_one_address": 1})
    with served(replace(opened.sayso, settings=settings)) as address:

        def begins_from(client: str) -> int:
            return httpx.post(
                f"{address}/c/{SLUG}/begin", data={"in": "en"}, headers={"x-forwarded-for": client}
            ).status_code

        assert [begins_from(each) for each in ("192.0.2.1", "192.0.2.1", "192.0.2.2")] == [303, 429, 303]
