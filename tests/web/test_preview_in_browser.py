"""The officers' preview in real Chromium: no fault that axe knows, narrow and wide, and by the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from bot.web.security import Passes, Role
from tests.builders import Opened
from tests.web.looking import look
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(talking: Opened) -> Iterator[str]:
    with served(talking.sayso) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str, talking: Opened) -> Iterator[Page]:
    """An officer's, without JavaScript of ours: there is none on these pages."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    secret = (talking.sayso.settings.key_folder / "staff.secret").read_bytes()
    page.goto(f"{address}/staff/enter?pass={Passes(secret).link_token(Role.OFFICER)}")
    page.get_by_role("button", name="Continue").click()
    yield page
    context.close()


def test_no_page_of_it_has_a_fault_that_axe_knows(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/preview")
    look(page, "list")
    page.locator("#file").set_input_files({"name": "ours.yaml", "mimeType": "text/yaml", "buffer": b"survey: x"})
    page.get_by_role("button", name="Check and preview").click()
    look(page, "fault")
    for query, name in (
        ("every-kind?audience=young-person&at=how_there", "pictures"),
        ("every-kind?audience=young-person&in=en@easy&at=matters", "Easy Read"),
        ("what-we-want?in=ur&at=helped_by", "Urdu"),
        ("what-we-want?in=pl&audience=staff&at=need", "Polish"),
    ):
        page.goto(f"{address}/staff/preview/shipped/{query}")
        look(page, name)
    page.locator("#reply").fill("my dad hits me when hes drunk")
    page.locator("form.reply button.main").click()
    look(page, "help lines")


def test_an_officer_goes_through_it_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/preview/shipped/what-we-want?audience=young-person")
    page.locator("#at").focus()
    page.keyboard.type("8.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**at=good_worker#now")
    page.locator("#reply").focus()
    page.keyboard.type("she listened to me every single time")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[data-ask]", has_text="a worker got it wrong").wait_for()
    assert "A preview keeps none" in page.locator(".talk").inner_text()
