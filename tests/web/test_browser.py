"""A stranger's browser: the whole young people's consultation without JavaScript; and what axe makes of staff pages."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bot.web.security import Passes, Role
from consultation.domain.consultation import Channel
from tests.builders import Opened, stored_answers
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
PHONE = {"width": 390, "height": 844}
SAID = {
    "good_worker": "she never talks over you and she comes back when she says she will",
    "bad_experience": "they told my mum before asking me. they should of asked me first",
    "safer": "lights on the path behind the rec so we can walk back from training",
    "healthy": "someone at school to talk to who is there more than one day a week",
    "enjoy": "cheaper swimming and a bus that comes back after nine",
    "have_say": "let us ask two questions at every interview and tell us who got it",
    "future": "help with how rent works before i have to move out on my own",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(talking: Opened) -> Iterator[str]:
    with served(talking.sayso) as found:
        yield found


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def begin(page: Page, address: str, talking: Opened) -> None:
    page.goto(f"{address}/c/{talking.wave.consultation.slug}/young-person")
    press(page, "Start")
    press(page, "13 to 15")
    press(page, "Yes, I agree")


def answer_everything(page: Page) -> None:
    press(page, "Fenland")
    page.get_by_label("Youth worker").check()
    press(page, "Done")
    page.locator("#reply").fill("about 3")
    press(page, "Send")
    press(page, "4 – quite well")
    for words in SAID.values():
        page.locator("#reply").fill(words)
        press(page, "Send")
    press(page, "Youth club or group")
    press(page, "No thanks")


def test_the_young_peoples_consultation_is_completed_on_a_phone_without_javascript(
    browser: Browser, address: str, talking: Opened
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    begin(page, address, talking)
    answer_everything(page)
    assert page.get_by_text("your answers are in").is_visible()
    chat = next(each["value"] for each in context.cookies() if each["name"].startswith("talk_"))
    stored = stored_answers(talking, Channel.WEB, chat)
    assert stored is not None
    assert {question: stored[question] for question in SAID} == SAID
    assert (stored["area"], stored["helped_by"], stored["told_story"], stored["listened"]) == (
        "fenland",
        ["youth_worker"],
        3,
        4,
    )


def test_no_staff_page_has_a_fault_that_axe_knows(browser: Browser, address: str, talking: Opened) -> None:
    secret = (talking.sayso.settings.key_folder / "staff.secret").read_bytes()
    for role, inside in ((Role.OFFICER, "Consultations"), (Role.ANALYST, talking.wave.consultation.title)):
        page = browser.new_context(viewport=PHONE, bypass_csp=True).new_page()  # type: ignore[arg-type]
        page.goto(f"{address}/staff/enter?pass={Passes(secret).link_token(role)}")
        assert Axe().run(page).violations_count == 0
        press(page, "Continue")
        assert page.get_by_role("heading", level=1).inner_text() == inside
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
