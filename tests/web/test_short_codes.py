"""A short code carries a talk over to another device, once and for minutes, and brings nobody anywhere else."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import select

from bot.scheduler import light_operations
from bot.web.brake import MOST
from consultation.domain.due import Kind, Next
from consultation.flow.events import Command
from consultation.operations.carry_over import EVERY
from consultation.operations.close_wave import end_intake
from consultation.privacy.short_codes import LENGTH, new_code, read_code
from consultation.storage.tables import CarryOverRow
from tests.builders import Calendar, Opened, open_consultation
from tests.transcripts.spoken import tidy
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served
from tests.web.test_receipt import PHONE, WORDS, check, page_text, talked, typed_elsewhere

BUTTON = "Carry on on another phone or computer"


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 12, 7, 41, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Case:
    opened: Opened
    clock: Clock

    @property
    def path(self) -> str:
        return f"/c/{self.opened.wave.consultation.slug}"

    async def code(self, player: WebPlayer) -> str:
        await player.browser.open(f"{self.path}/receipt")
        await player.browser.submit(player.browser.form("code"))
        [shown] = player.browser.page.xpath("//p[@class='code']")
        return tidy(shown.text_content())

    def forgets(self) -> Next:
        """As the scheduler does when it is due."""
        return light_operations(self.opened.sayso, self.clock.at)[Kind.FORGET]("")

    def rows(self) -> list[CarryOverRow]:
        with self.opened.sayso.store.read() as session:
            return list(session.exec(select(CarryOverRow)))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    clock, calendar = Clock(), Calendar()
    opened = open_consultation(tmp_path / "data", today=calendar)
    opened = replace(opened, sayso=replace(opened.sayso, desk=replace(opened.sayso.desk, now=clock)))
    yield Case(opened, clock)
    opened.sayso.store.close()


async def test_the_other_device_goes_on_with_the_same_talk(case: Case) -> None:
    first = await talked(case.opened)
    code = await case.code(first)
    assert read_code(code) is not None
    assert len(code) == LENGTH + 1
    assert "show the same talk" in page_text(first)
    other = await typed_elsewhere(case.opened, code.lower().replace("-", " "))
    assert WORDS in page_text(other)
    assert other.where() == first.where()
    await other.does(Turn(command=Command.SKIP))
    here = await first.second_tab()
    assert tidy(here.xpath("//form//*[@data-ask]")[0].text_content()) == tidy(
        other.browser.page.xpath("//form//*[@data-ask]")[0].text_content()
    )
    assert code not in str(other.browser.client.cookies)


async def test_it_works_once(case: Case) -> None:
    code = await case.code(await talked(case.opened))
    assert (await typed_elsewhere(case.opened, code)).browser.status == 200
    again = await typed_elsewhere(case.opened, code)
    assert again.browser.status == 404
    assert "That code isn't known here" in page_text(again)
    assert not again.browser.client.cookies
    assert case.rows() == []


async def test_it_works_for_a_quarter_of_an_hour_and_not_for_long_after(case: Case) -> None:
    first = await talked(case.opened)
    early, late = await case.code(first), await case.code(first)
    case.clock.at += timedelta(minutes=15)
    assert (await typed_elsewhere(case.opened, early)).browser.status == 200
    case.clock.at += timedelta(minutes=15)
    assert (await typed_elsewhere(case.opened, late)).browser.status == 404
    assert case.rows() == [], "it is gone all the same"


async def test_what_is_stored_tells_nothing_of_the_talk_and_little_of_the_time(case: Case) -> None:
    first = await talked(case.opened)
    code = await case.code(first)
    [row] = case.rows()
    talk = first.where()[2]
    assert row.good_until.replace(tzinfo=UTC) == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    for told in (talk, code, read_code(code)):
        assert str(told) not in row.model_dump_json()
    assert {each.wave_id for each in case.rows()} == {case.opened.wave.id}


async def test_those_that_nobody_used_are_struck_and_their_bytes_with_them(case: Case) -> None:
    await case.code(await talked(case.opened))
    database = case.opened.sayso.store.database
    database.rewrite()
    assert case.forgets() == case.clock.at + EVERY
    assert len(case.rows()) == 1
    assert not database.stale, "a database that is stale is written anew, and everybody waits"
    case.clock.at += timedelta(minutes=30)
    case.forgets()
    assert case.rows() == []
    assert database.stale


async def test_a_code_of_another_consultation_opens_nothing_and_stays_good(case: Case, talking: Opened) -> None:
    code = await case.code(await talked(case.opened))
    assert (await typed_elsewhere(talking, code)).browser.status == 404
    assert (await typed_elsewhere(case.opened, code)).browser.status == 200


async def test_who_guesses_is_held_up(case: Case) -> None:
    code = await case.code(await talked(case.opened))
    guesser = await typed_elsewhere(case.opened, new_code())
    posts = [
        await guesser.browser.client.post(f"{case.path}/receipt", data={"receipt": new_code()}) for _ in range(MOST)
    ]
    assert [each.status_code for each in posts] == [404] * (MOST - 1) + [429]
    held = await guesser.browser.client.post(f"{case.path}/receipt", data={"receipt": code})
    assert held.status_code == 429
    assert len(case.rows()) == 1, "it was not used up"


async def test_a_flood_of_codes_is_stopped(case: Case) -> None:
    player = await talked(case.opened)
    asked = [await player.browser.client.post(f"{case.path}/code", data={}) for _ in range(150)]
    assert {each.status_code for each in asked} == {200, 429}
    assert 50 < len(case.rows()) < 150
    assert "Try again" in asked[-1].text


async def test_another_site_s_form_opens_no_talk(case: Case) -> None:
    code = await case.code(await talked(case.opened))
    visitor = WebPlayer(case.opened)
    sent = {"data": {"receipt": code}, "headers": {"sec-fetch-site": "cross-site"}}
    await visitor.browser.client.post(f"{case.path}/receipt", **sent)  # type: ignore[arg-type]
    assert not visitor.browser.client.cookies
    assert len(case.rows()) == 1


async def test_where_no_talk_is_under_way_there_is_no_code(case: Case) -> None:
    visitor = WebPlayer(case.opened)
    for cookie in (None, "a talk that nobody began"):
        if cookie:
            visitor.browser.client.cookies.set(f"talk_{case.opened.wave.consultation.slug}", cookie)
        answered = await visitor.browser.client.post(f"{case.path}/code", data={})
        assert answered.status_code == 200
        assert "Your short code" not in answered.text
    assert case.rows() == []


async def test_none_is_made_once_the_closing_has_begun(case: Case) -> None:
    """The page may not have heard of it yet."""
    player = await talked(case.opened)
    await player.browser.open(f"{case.path}/receipt")
    form = player.browser.form("code")
    end_intake(case.opened.sayso.store, case.opened.wave, case.clock.at)
    await player.browser.submit(form)
    assert case.rows() == []
    assert "Your short code" not in page_text(player)


# -- in a real browser -------------------------------------------------------------------------------------------------


def has_code(page: Page) -> str:
    return page.locator("p.code").inner_text()


def test_with_the_keyboard_alone_and_no_fault_that_axe_knows(talking: Opened) -> None:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    path = f"/c/{talking.wave.consultation.slug}"
    with chromium() as browser, served(talking.sayso) as address:
        page = browser.new_context(viewport=PHONE, bypass_csp=True).new_page()  # type: ignore[arg-type]
        page.goto(f"{address}{path}/young-person")
        page.get_by_role("button", name="Start", exact=True).press("Enter")
        page.get_by_role("link", name="Keep a receipt").press("Enter")
        page.get_by_role("button", name=BUTTON).press("Enter")
        page.wait_for_url(f"{address}{path}/code")
        check(page, "short code")
        code = has_code(page)

        other = browser.new_context(viewport=PHONE, bypass_csp=True).new_page()  # type: ignore[arg-type]
        other.goto(f"{address}{path}/receipt")
        other.get_by_label("Type in your receipt or code").focus()
        other.keyboard.type("ABCD-EFG0")
        other.keyboard.press("Enter")
        assert other.get_by_role("alert").inner_text().startswith("That code isn't known here")
        check(other, "wrong code")
        assert other.evaluate("document.activeElement.id") == "receipt"
        other.keyboard.press("ControlOrMeta+a")
        other.keyboard.type(code)
        other.keyboard.press("Enter")
        other.wait_for_url(f"{address}{path}/talk**")
        assert other.get_by_text("How old are you").is_visible()
        assert code not in other.url
        page.reload()
        assert has_code(page) != code, "a page that is loaded again makes another"
