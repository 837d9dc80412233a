"""A receipt brings its person back to their talk in another browser, and brings nobody anywhere else."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bot.web.brake import MOST, SECONDS, Brake
from consultation.domain.consultation import Audience
from consultation.flow.events import Command
from consultation.privacy.receipts import new_talk, receipt_of
from tests.builders import Calendar, Opened, orphans, stored_answers
from tests.transcripts.spoken import tidy
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

WORDS = "Somebody who remembers what I said the week before."
PHONE = {"width": 360, "height": 740}


async def talked(opened: Opened) -> WebPlayer:
    """A young person on the web who has said something."""
    player = WebPlayer(opened)
    await player.does(Turn(start=Audience.YOUNG_PERSON))
    for label in ("13 to 15", "Yes, I agree", "Fenland"):
        await player.does(Turn(taps=label))
    for _ in range(3):
        await player.does(Turn(command=Command.SKIP))
    await player.does(Turn(types=WORDS))
    return player


async def receipt_shown(player: WebPlayer) -> str:
    await player.browser.open(f"/c/{player.opened.wave.consultation.slug}/receipt")
    [shown] = player.browser.page.xpath("//p[@class='code']")
    return tidy(shown.text_content())


async def typed_elsewhere(opened: Opened, receipt: str) -> WebPlayer:
    """The receipt typed in another browser, whatever comes of it."""
    player = WebPlayer(opened)
    await player.browser.open(f"/c/{opened.wave.consultation.slug}/receipt")
    form = player.browser.form("receipt")
    form.fields["receipt"] = receipt
    await player.browser.submit(form)
    return player


def page_text(player: WebPlayer) -> str:
    return tidy(player.browser.page.text_content())


async def test_answers_are_changed_and_deleted_from_another_browser(opened: Opened) -> None:
    first = await talked(opened)
    receipt = await receipt_shown(first)
    other = await typed_elsewhere(opened, receipt.lower().replace("-", " "))
    assert WORDS in page_text(other)
    assert other.where() == first.where()
    await other.does(Turn(command=Command.CHANGE))
    await other.does(Turn(taps="Area"))
    await other.does(Turn(taps="Cambridge"))
    assert (stored_answers(*first.where()) or {})["area"] == "cambridge"
    await other.does(Turn(command=Command.DELETE))
    await other.does(Turn(taps="Yes, delete them"))
    assert stored_answers(*first.where()) is None
    assert orphans(opened) == set()
    again = await typed_elsewhere(opened, receipt)
    assert "all of your answers are deleted" in page_text(again)


async def test_it_is_offered_all_the_way_and_shown_at_the_end(opened: Opened) -> None:
    player = await talked(opened)
    assert player.browser.page.xpath("//a[contains(@href, '/receipt')]")
    assert not player.browser.page.xpath("//p[@class='code']")
    for _ in range(9):
        if not player.browser.page.xpath("//p[@class='code']"):
            await player.does(Turn(command=Command.SKIP))
    [shown] = player.browser.page.xpath("//p[@class='code']")
    assert "your answers are in" in page_text(player)
    assert tidy(shown.text_content()) == await receipt_shown(player)
    assert "stops working" in page_text(player)
    assert "31 January 2027" in page_text(player)


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        (lambda receipt: receipt[:-2], 422, "That has 18 letters and numbers, and a receipt has 20"),
        (lambda receipt: receipt[:-1] + ("7" if receipt[-1] != "7" else "8"), 422, "isn't quite right"),
        (lambda _: receipt_of(new_talk()), 404, "there's no talk for it here"),
        (lambda _: "", 422, "That has 0 letters"),
        (lambda _: "<script>alert(1)</script>" * 400, 422, "a receipt has 20"),
    ],
)
async def test_a_wrong_one_is_answered_with_what_to_do(opened: Opened, change: object, status: int, told: str) -> None:
    receipt = await receipt_shown(await talked(opened))
    other = await typed_elsewhere(opened, change(receipt))  # type: ignore[operator]
    assert other.browser.status == status
    assert told in page_text(other)
    assert not other.browser.client.cookies
    assert not other.browser.page.xpath("//script[not(@src)]")


async def test_a_receipt_of_another_consultation_opens_nothing(opened: Opened, talking: Opened) -> None:
    receipt = await receipt_shown(await talked(talking))
    assert (await typed_elsewhere(opened, receipt)).browser.status == 404


async def test_who_guesses_is_held_up_and_who_slips_is_not(opened: Opened) -> None:
    receipt = await receipt_shown(await talked(opened))
    guesser = await typed_elsewhere(opened, "x")
    path = f"/c/{opened.wave.consultation.slug}/receipt"
    slips = [await guesser.browser.client.post(path, data={"receipt": "0" * 19 + "1"}) for _ in range(MOST + 5)]
    assert {each.status_code for each in slips} == {422}
    guesses = [await guesser.browser.client.post(path, data={"receipt": new_talk()}) for _ in range(MOST + 5)]
    assert [each.status_code for each in guesses] == [404] * MOST + [429] * 5
    held = await guesser.browser.client.post(path, data={"receipt": receipt})
    assert held.status_code == 429, "else one could go on guessing for as long as one is told what is right"
    assert "wait ten minutes" in held.text


def test_the_brake_forgets_and_counts_households_apart() -> None:
    now = [0.0]
    brake = Brake(lambda: now[0])
    for _ in range(MOST):
        assert not brake.holds("2001:db8:1:1::7")
        brake.note_wrong("2001:db8:1:1::7")
    assert brake.holds("2001:db8:1:1::8")
    assert not brake.holds("2001:db8:1:2::7")
    assert not brake.holds("192.0.2.1")
    now[0] = SECONDS + 1
    assert not brake.holds("2001:db8:1:1::7")
    assert "192.0.2" not in str(vars(brake))


async def test_another_sites_form_opens_no_talk_here(opened: Opened) -> None:
    receipt = await receipt_shown(await talked(opened))
    victim = WebPlayer(opened).browser.client
    path = f"/c/{opened.wave.consultation.slug}/receipt"
    page = await victim.post(path, data={"receipt": receipt}, headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 200
    assert not victim.cookies


async def test_it_is_in_no_address_no_log_and_nothing_that_is_stored(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sayso")
    player = await talked(opened)
    receipt = await receipt_shown(player)
    seen: list[str] = []

    async def note(response: httpx.Response) -> None:
        seen.append(f"{response.request.url} {response.headers.get('location', '')}")

    player.browser.client.event_hooks = {"response": [note]}
    other = await typed_elsewhere(opened, receipt)
    other.browser.client.event_hooks = {"response": [note]}
    await other.browser.open(f"/c/{opened.wave.consultation.slug}/receipt")
    await receipt_shown(player)
    files = b"".join(each.read_bytes() for each in opened.folder.rglob("*") if each.is_file())
    written = "\n".join([*seen, caplog.text, files.decode("latin-1")]).upper()
    assert len(seen) >= 2
    assert "FENLAND" in written, "nothing was read"
    for part in (receipt, receipt.replace("-", ""), receipt[:9], receipt[-9:]):
        assert part not in written


async def test_a_talk_from_before_there_were_receipts_goes_on(opened: Opened) -> None:
    path = f"/c/{opened.wave.consultation.slug}"
    player = WebPlayer(opened)
    old = "kq3v8uY2cXoE1mN0b7ZtRrSsWwAaDdFf"
    player.browser.client.cookies.set(f"talk_{opened.wave.consultation.slug}", old, domain="sayso.test", path=path)
    await player.does(Turn(start=Audience.YOUNG_PERSON))
    await player.does(Turn(taps="13 to 15"))
    await player.does(Turn(taps="Yes, I agree"))
    assert player.where()[2] == old
    assert stored_answers(*player.where()) == {"age_band": "13_15"}
    assert not player.browser.page.xpath("//a[contains(@href, '/receipt')]")
    await player.browser.open(f"{path}/receipt")
    assert "This talk has no receipt" in page_text(player)


async def test_after_the_close_it_is_told_that_nobody_can_tell(opened: Opened) -> None:
    first = await talked(opened)
    receipt = await receipt_shown(first)
    over = replace(opened.sayso.desk, today=Calendar(opened.wave.closes_on + timedelta(days=1)))
    closed = replace(opened, sayso=replace(opened.sayso, desk=over))
    path = f"/c/{opened.wave.consultation.slug}"
    player = WebPlayer(closed)
    for page in (f"{path}/receipt", path):
        await player.browser.open(page)
        assert "Nobody can tell any more which answers are yours" in page_text(player)
        assert not player.browser.page.xpath("//form")
    posted = await player.browser.client.post(f"{path}/receipt", data={"receipt": receipt})
    assert "Nobody can tell any more" in posted.text
    assert not player.browser.client.cookies
    player.browser.client.cookies = first.browser.client.cookies
    await player.browser.open(f"{path}/talk")
    assert "This ended on 31 January 2027" in page_text(player)
    assert WORDS not in page_text(player), "it can't be shown to them and be nobody's at once"
    for command in (Command.DELETE, Command.CHANGE):
        posted = await player.browser.client.post(f"{path}/talk", data={"command": command.value, "step": "1"})
        assert "Nobody can tell any more which answers are yours" in posted.text


# -- in a real browser -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with chromium() as found:
        yield found


def check(page: Page, name: str) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, f"{name} scrolls sideways"


def test_with_the_keyboard_alone_and_no_fault_that_axe_knows(browser: Browser, talking: Opened) -> None:
    path = f"/c/{talking.wave.consultation.slug}"
    with served(talking.sayso) as address:
        page = browser.new_context(viewport=PHONE, bypass_csp=True).new_page()  # type: ignore[arg-type]
        page.goto(f"{address}{path}/young-person")
        check(page, "welcome")
        page.get_by_role("button", name="Start", exact=True).press("Enter")
        page.get_by_role("link", name="Keep a receipt").press("Enter")
        check(page, "receipt")
        receipt = page.locator("p.code").inner_text()
        page.emulate_media(media="print")
        assert page.locator("p.code").is_visible()
        assert not page.get_by_label("Type in your receipt").is_visible()
        page.get_by_role("heading", name="Your receipt")

        other = browser.new_context(viewport=PHONE, bypass_csp=True).new_page()  # type: ignore[arg-type]
        other.goto(f"{address}{path}")
        other.get_by_role("link", name="I have a receipt").press("Enter")
        other.get_by_label("Type in your receipt").focus()
        other.keyboard.type(receipt[:-1])
        other.keyboard.press("Enter")
        assert other.get_by_role("alert").inner_text().startswith("That has 19")
        check(other, "wrong receipt")
        assert other.evaluate("document.activeElement.id") == "receipt"
        other.keyboard.press("End")
        other.keyboard.type(receipt[-1])
        other.keyboard.press("Enter")
        other.wait_for_url(f"{address}{path}/talk**")
        assert other.get_by_text("How old are you").is_visible()
        assert receipt not in other.url
