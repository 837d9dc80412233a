"""Many on one device, one after the other: a worker's code begins it, nobody finds anything of the one before, and in
the end nothing is left on it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import select

from bot.web.app import create_app
from bot.web.chat.shared import WRONG_CODES
from bot.web.chat.supervised import IDLE, TO_SAY_SO
from bot.web.security import STAFF_COOKIE, Passes, Role
from consultation.domain.consultation import Audience, Channel
from consultation.operations.purge import purge
from consultation.operations.shared_sessions import NoSession, end_session, open_session, sessions
from consultation.storage.tables import SharedSessionRow
from tests.builders import TODAY, Calendar, Opened, open_consultation, stored_answers
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

SLUG = "have-your-say"
TABLET = {"width": 768, "height": 1024}
WORDS = ("the first one wrote this about the bus", "the second wrote about the park", "the third wrote about school")


class Clock:
    """The time of day, until the test says otherwise."""

    def __init__(self) -> None:
        self.now = datetime(TODAY.year, TODAY.month, TODAY.day, 14, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def club(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """An open consultation whose desk has the test's clock."""
    opened = open_consultation(tmp_path / "data")
    yield replace(opened, sayso=replace(opened.sayso, desk=replace(opened.sayso.desk, now=clock)))
    opened.sayso.store.close()


def code_for(opened: Opened, place: str | None = "fenland") -> str:
    code, _ = open_session(opened.sayso.desk, opened.wave, Audience.YOUNG_PERSON, place, 1, "officer")
    return code


def device(opened: Opened) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(opened.sayso))
    return httpx.AsyncClient(transport=transport, base_url="http://sayso.test", follow_redirects=True)


async def supervised(opened: Opened) -> httpx.AsyncClient:
    tablet = device(opened)
    page = await tablet.post(f"/c/{SLUG}/shared", data={"code": code_for(opened)})
    assert "Ready for the next person" in page.text
    return tablet


async def start(tablet: httpx.AsyncClient) -> httpx.Response:
    return await tablet.post(f"/c/{SLUG}/begin", data={"afresh": "1", "in": "en"})


def named(tablet: httpx.AsyncClient) -> set[str]:
    return set(tablet.cookies)


async def test_a_code_puts_the_device_into_the_hands_of_many(club: Opened) -> None:
    tablet = await supervised(club)
    assert named(tablet) == {f"shared_{SLUG}"}
    page = await start(tablet)
    assert "Fenland" in page.text
    assert "clear this device" in page.text
    assert "/idle?in=en" in page.text
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    assert named(tablet) == {f"shared_{SLUG}", f"talk_{SLUG}"}
    done = await tablet.post(f"/c/{SLUG}/leave")
    assert done.url.path == f"/c/{SLUG}/shared"
    assert done.headers["clear-site-data"] == '"cache", "storage"'
    assert named(tablet) == {f"shared_{SLUG}"}
    ended = await tablet.post(f"/c/{SLUG}/shared/end")
    assert "nothing of it is left" in ended.text
    assert ended.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert not tablet.cookies
    assert "Your code" in (await tablet.get(f"/c/{SLUG}/shared")).text


async def test_the_cookies_say_nothing_of_anybody_and_go_to_nobody_else(club: Opened) -> None:
    tablet = device(club)
    tablet.follow_redirects = False
    code = code_for(club)
    begun = await tablet.post(f"/c/{SLUG}/shared", data={"code": code})
    given = begun.headers["set-cookie"].lower()
    assert all(each in given for each in ("httponly", "samesite=strict", f"path=/c/{SLUG}", "max-age="))
    assert code.replace("-", "").lower() not in given
    assert "young" not in given
    assert "fenland" not in given


async def test_whoever_is_idle_finds_the_device_cleared_and_whoever_says_so_goes_on(club: Opened, clock: Clock) -> None:
    tablet = await supervised(club)
    await start(tablet)
    clock.later(IDLE)
    asked = await tablet.get(f"/c/{SLUG}/shared/idle")
    assert "Are you still there?" in asked.text
    assert asked.headers["refresh"] == f"{TO_SAY_SO};url=/c/{SLUG}/shared"
    clock.later(TO_SAY_SO - 1)
    assert "clear this device" in (await tablet.get(f"/c/{SLUG}/talk")).text  # pressed "Yes, I'm still here"
    for _ in range(5):
        clock.later(IDLE)
        assert (await tablet.post(f"/c/{SLUG}/shared/here")).status_code == 204  # they type
    assert "clear this device" in (await tablet.get(f"/c/{SLUG}/talk")).text
    kept = tablet.cookies.get(f"talk_{SLUG}", path=f"/c/{SLUG}")
    clock.later(IDLE + TO_SAY_SO)
    await tablet.get(f"/c/{SLUG}/shared/idle")  # asking is no sign of anybody
    clock.later(TO_SAY_SO)
    for path in ("shared/idle", "talk", "receipt"):
        tablet.cookies.set(f"talk_{SLUG}", str(kept), domain="sayso.test", path=f"/c/{SLUG}")
        page = await tablet.get(f"/c/{SLUG}/{path}")
        assert "Ready for the next person" in page.text or path == "receipt"
        assert "Fenland" not in page.text
    tablet.cookies.set(f"talk_{SLUG}", str(kept), domain="sayso.test", path=f"/c/{SLUG}")
    late = await tablet.post(f"/c/{SLUG}/talk", data={"command": "privacy", "step": "1"})
    assert "Ready for the next person" in late.text


async def test_without_the_session_the_talks_cookie_opens_nothing_either(club: Opened, clock: Clock) -> None:
    tablet = await supervised(club)
    await start(tablet)
    taken = str(tablet.cookies.get(f"talk_{SLUG}"))
    clock.later(IDLE + TO_SAY_SO + 60)
    for forged in (taken, taken.split(".")[0], "." + taken, "a.b.c"):
        other = device(club)
        other.cookies.set(f"talk_{SLUG}", forged, domain="sayso.test", path=f"/c/{SLUG}")
        assert "Fenland" not in (await other.get(f"/c/{SLUG}/talk")).text


async def test_a_talk_from_before_is_not_gone_on_with(club: Opened) -> None:
    tablet = device(club)
    await tablet.post(f"/c/{SLUG}/begin", data={"audience": "young-person", "place": "cambridge"})
    assert "Cambridge" in (await tablet.get(f"/c/{SLUG}/talk")).text
    await tablet.post(f"/c/{SLUG}/shared", data={"code": code_for(club)}, follow_redirects=False)
    page = await tablet.get(f"/c/{SLUG}/talk")
    assert "Ready for the next person" in page.text
    assert named(tablet) == {f"shared_{SLUG}"}


async def test_wrong_codes_are_told_and_guessers_held_up(club: Opened) -> None:
    tablet = device(club)
    for wrong in ("", "BKTR-MWHD", "BKTR-MWH", "x" * 5000):
        page = await tablet.post(f"/c/{SLUG}/shared", data={"code": wrong})
        assert page.status_code == 422
        assert "of today" in page.text
    guesses = [await tablet.post(f"/c/{SLUG}/shared", data={"code": "BKTRMWHD"}) for _ in range(WRONG_CODES)]
    assert [each.status_code for each in guesses[-4:]] == [429] * 4
    held = await tablet.post(f"/c/{SLUG}/shared", data={"code": code_for(club)})
    assert held.status_code == 429
    assert "wait ten minutes" in held.text
    assert not tablet.cookies


async def test_another_sites_form_makes_no_device_shared(club: Opened) -> None:
    tablet = device(club)
    headers = {"sec-fetch-site": "cross-site"}
    await tablet.post(f"/c/{SLUG}/shared", data={"code": code_for(club)}, headers=headers)
    assert not tablet.cookies


async def test_a_code_of_another_consultation_or_day_opens_nothing(club: Opened, tmp_path: Path) -> None:
    calendar = Calendar()
    opened = open_consultation(tmp_path / "other", today=calendar)
    code = code_for(opened)
    assert (await device(club).post(f"/c/{SLUG}/shared", data={"code": code})).status_code == 422
    tablet = await supervised(opened)
    calendar.today += timedelta(days=1)
    assert (await device(opened).post(f"/c/{SLUG}/shared", data={"code": code})).status_code == 422
    assert "give the device back" in (await start(tablet)).text
    assert not tablet.cookies
    opened.sayso.store.close()


async def test_an_ended_session_begins_no_talk_and_leaves_no_cookie(club: Opened) -> None:
    tablet = await supervised(club)
    await start(tablet)
    [session] = sessions(club.sayso.desk, club.wave)
    end_session(club.sayso.desk, club.wave, session.name, "officer")
    assert "clear this device" in (await tablet.get(f"/c/{SLUG}/talk")).text, "whoever has begun may finish"
    over = await start(tablet)
    assert "give the device back" in over.text
    assert not tablet.cookies
    with pytest.raises(NoSession, match="no session"):
        end_session(club.sayso.desk, club.wave, session.name, "officer")


def test_no_code_is_stored_and_sessions_go_on_the_night_after(club: Opened, clock: Clock) -> None:
    code = code_for(club)
    files = b"".join(each.read_bytes() for each in club.folder.rglob("*") if each.is_file()).upper()
    assert b"FENLAND" in files, "nothing was read"
    for part in (code, code.replace("-", ""), code[:4] + code[5:]):
        assert part.encode() not in files
    for days, left in ((0, 1), (1, 0)):
        clock.later(86_400 * days)
        purge(club.sayso.store, clock(), lambda count: count)
        with club.sayso.store.read() as session:
            assert len(session.exec(select(SharedSessionRow)).all()) == left


async def test_the_officer_makes_a_code_that_is_shown_once(club: Opened) -> None:
    desk = device(club)
    page = f"/staff/consultations/{SLUG}/sessions"
    passes: Passes = desk._transport.app.state.passes  # type: ignore[attr-defined]
    desk.cookies.set(STAFF_COOKIE, passes.cookie(Role.OFFICER), domain="sayso.test", path="/staff")
    assert page in (await desk.get("/staff/consultations")).text
    made = await desk.post(page, data={"audience": "young-person", "place": "fenland", "days": "1"})
    [session] = sessions(club.sayso.desk, club.wave)
    assert (session.audience, session.place, session.last_day) == (Audience.YOUNG_PERSON, "fenland", TODAY)
    code = made.text.split('<p class="code">')[1][:9]
    assert code not in (await desk.get(page)).text
    assert "Ready" in (await device(club).post(f"/c/{SLUG}/shared", data={"code": code})).text
    for wrong in ({"days": "0"}, {"days": "x"}, {"days": "1", "place": "atlantis"}):
        assert (await desk.post(page, data=wrong)).status_code == 422
    await desk.post(f"{page}/end", data={"session": session.name})
    assert sessions(club.sayso.desk, club.wave) == []


# In real Chromium.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(as_people_have_it=True) as found:
        yield found


@pytest.fixture
def address(club: Opened) -> Iterator[str]:
    with served(club.sayso) as found:
        yield found


needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def hand_over(page: Page, address: str, opened: Opened) -> None:
    page.goto(f"{address}/c/{SLUG}/shared")
    page.get_by_label("Your code").fill(code_for(opened))
    press(page, "Begin the session")


def answers(page: Page, words: str) -> None:
    """One young person: one thing in words, what comes before it skipped."""
    press(page, "I'm the next one: start")
    press(page, "13 to 15")
    press(page, "Yes, I agree")
    while not page.locator("textarea").count():
        press(page, "Skip")
    page.locator("#reply").fill(words)
    press(page, "Send")


def goes_to_the_end(page: Page) -> None:
    while page.get_by_role("button", name="Skip", exact=True).count():
        press(page, "Skip")


def go_back(page: Page) -> None:
    """As the browser's own button does. Playwright's way waits for ever where a page is shown again from memory, and
    `history.back()` is a script, which dies where the page is already leaving."""
    browser = page.context.new_cdp_session(page)
    history = browser.send("Page.getNavigationHistory")
    if before := history["entries"][: history["currentIndex"]]:
        browser.send("Page.navigateToHistoryEntry", {"entryId": before[-1]["id"]})
    browser.detach()
    page.wait_for_timeout(200)


def left_on(page: Page, context: BrowserContext) -> dict[str, Any]:
    """All that a browser keeps of a site."""
    return {
        "cookies": sorted(each["name"] for each in context.cookies()),
        "local": page.evaluate("localStorage.length"),
        "session": page.evaluate("sessionStorage.length"),
        "fields": page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), textarea')].map(e => e.value)"
        ),
        "caches": page.evaluate("caches.keys()"),
    }


@needs_chromium
@pytest.mark.parametrize("scripted", [True, False])
def test_three_young_people_in_turn_find_nothing_of_one_another(
    browser: Browser, address: str, club: Opened, scripted: bool
) -> None:
    context = browser.new_context(viewport=TABLET, java_script_enabled=scripted)  # type: ignore[arg-type]
    page = context.new_page()
    hand_over(page, address, club)
    for number, words in enumerate(WORDS if scripted else WORDS[:1]):
        answers(page, words)
        talk = next(each["value"] for each in context.cookies() if each["name"].startswith("talk_"))
        stored = stored_answers(club, Channel.WEB, create_app(club.sayso).state.devices.talk(club.wave.id, talk))
        assert words in (stored or {}).values()
        if number == 1:
            goes_to_the_end(page)
            assert "main" in str(page.get_by_role("button", name="I've finished").get_attribute("class"))
        assert not page.locator(".receipt .code").count(), "a receipt is pushed at people"
        press(page, "I've finished: clear this device")
        assert page.get_by_role("heading", level=1).inner_text() == "Ready for the next person"
        assert [each["name"] for each in context.cookies()] == [f"shared_{SLUG}"]
        if scripted:
            found = left_on(page, context)
            assert found == {"cookies": [f"shared_{SLUG}"], "local": 0, "session": 0, "fields": [], "caches": []}
        for _ in range(4):
            go_back(page)
            shown = page.locator("html").inner_html()  # waits, where going back leads on to another page
            assert not any(each in shown for each in WORDS[: number + 1]), page.url
        page.goto(f"{address}/c/{SLUG}/talk")
        assert "Ready for the next person" in page.content()
    page.get_by_text("For the worker").click()
    press(page, "End the session on this device")
    assert page.get_by_text("nothing of it is left").is_visible()
    assert context.cookies() == []
    go_back(page)
    shown = page.locator("html").inner_html()
    assert not any(each in shown for each in WORDS)
    context.close()


@needs_chromium
def test_after_three_minutes_a_page_asks_and_after_one_more_it_is_gone(
    browser: Browser, address: str, club: Opened
) -> None:
    context = browser.new_context(viewport=TABLET)  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.install()
    hand_over(page, address, club)
    press(page, "I'm the next one: start")
    press(page, "13 to 15")
    page.clock.run_for((IDLE - 5) * 1000)
    assert page.url.endswith("/talk#now")
    page.clock.run_for(10_000)
    page.wait_for_url("**/shared/idle*")
    assert page.get_by_role("heading", level=1).inner_text() == "Are you still there?"
    assert page.evaluate("document.activeElement.textContent") == "Yes, I'm still here"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, I agree").wait_for()
    context.close()


@needs_chromium
def test_whoever_types_is_there(browser: Browser, address: str, club: Opened, clock: Clock) -> None:
    context = browser.new_context(viewport=TABLET)  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.install()
    hand_over(page, address, club)
    answers(page, WORDS[0])
    clock.later(IDLE - 10)
    page.clock.run_for((IDLE - 10) * 1000)
    with page.expect_response("**/shared/here"):
        page.locator("#reply").press_sequentially("and then")
    clock.later(IDLE - 10)
    page.clock.run_for((IDLE - 10) * 1000)
    assert page.url.endswith("/talk#now"), "who writes for long loses what they wrote"
    press(page, "Send")
    assert page.get_by_text("and then").count()
    context.close()


@needs_chromium
def test_axe_finds_no_fault_on_its_pages(browser: Browser, address: str, club: Opened) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = context.new_page()
    checked = []

    def check(state: str) -> None:
        results = Axe().run(page)
        assert results.violations_count == 0, f"{state}: {results.generate_report()}"
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), state
        checked.append(state)

    for locale in ("en", "en@easy"):
        page.goto(f"{address}/c/{SLUG}/shared?in={locale}")
        check("code")
        page.get_by_role("textbox").fill("BKTRMWHD")
        page.locator("main button").click()
        check("wrong code")
        page.get_by_role("textbox").fill(code_for(club))
        page.locator("main button").click()
        page.goto(f"{address}/c/{SLUG}/shared?in={locale}")
        check("ready")
        page.locator("main button.main").click()
        check("talk")
        page.goto(f"{address}/c/{SLUG}/shared/idle?in={locale}")
        check("idle")
        page.goto(f"{address}/c/{SLUG}/shared?in={locale}")
        page.locator("summary", has_text="worker").click()
        page.locator("details button").click()
        check("ended")
    assert len(checked) == 12
    context.close()
