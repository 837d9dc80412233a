"""A whole review by keyboard alone in Chromium, and the page as axe sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import select

from analysis.records import Verdict
from analysis.storage.codings import codings_of
from analysis.storage.tables import NoteRow, ReviewRow
from bot.web.security import Passes, Role
from tests.builders import Opened, open_consultation
from tests.web.looking import focused, look
from tests.web.proposing import young_people_say
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)

LONG = "she listens 🙂 and doesnt judge me when i tell her stuff, the bus never comes and nobody rings back"
SHORT = "nobody ever listens to me"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def answered(tmp_path: Path) -> Iterator[Opened]:
    opened = open_consultation(tmp_path / "data")
    young_people_say(opened, LONG, SHORT)
    yield opened
    opened.sayso.store.close()


@pytest.fixture
def page(browser: Browser, answered: Opened) -> Iterator[Page]:
    """At the review of the long answer, as analyst A."""
    context = browser.new_context(bypass_csp=True)  # for axe; that our own script may run is asked of the headers
    context.set_default_timeout(30_000)
    with served(answered.sayso) as address:
        page = context.new_page()
        secret = (answered.sayso.settings.key_folder / "staff.secret").read_bytes()
        token = Passes(secret).link_token(Role.ANALYST, "A")
        context.request.post(f"{address}/staff/enter", form={"pass": token})
        response = page.goto(f"{address}/staff/answers/have-your-say/review?order=random")
        assert response
        policy = response.headers["content-security-policy"]
        assert policy.endswith("script-src 'self'; connect-src 'self'")
        if page.text_content("#text") != LONG:
            press(page, "l")
        yield page
    context.close()


def press(page: Page, *keys: str) -> None:
    """Each key, once what the one before it asked for has come."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_function("document.body.dataset.busy !== 'true'")


def codes(page: Page) -> dict[str, str]:
    return {
        str(each.get_attribute("data-code")): each.locator(".decided").first.inner_text().strip()
        for each in page.locator("[data-code]").all()
    }


def in_hand(page: Page) -> str:
    return str(page.locator("[data-code][aria-current]").get_attribute("data-code"))


def said(page: Page) -> str:
    return page.locator("[role=status]").inner_text()


def test_a_whole_review_by_keyboard_alone(page: Page, answered: Opened) -> None:
    answer = str(page.locator("article").get_attribute("data-answer"))
    assert focused(page) == "answer"
    names = list(codes(page))
    assert len(names) >= 3
    press(page, "j")
    assert in_hand(page) == names[1]
    press(page, "ArrowUp", "1")
    assert in_hand(page) == names[0]
    assert page.evaluate("document.activeElement.dataset.code") == names[0]
    press(page, "r")
    assert codes(page)[names[0]] == "✕ rejected"
    assert in_hand(page) == names[1]  # on to the next that is open
    assert page.evaluate("document.activeElement.dataset.code") == names[1]
    assert "rejected" in said(page)
    press(page, "1", "a")
    assert codes(page)[names[0]] == "✓ accepted"
    press(page, "/")
    page.keyboard.type("menta")
    assert "Mental health" in said(page)
    press(page, "Enter")
    assert codes(page)["theme mental_health"] == "+ added"
    assert in_hand(page) == "theme mental_health" or codes(page)[in_hand(page)] == ""
    press(page, "n")
    page.keyboard.type("a j k r 1 u / ?")  # keys are letters while somebody types
    page.keyboard.press("Tab")
    press(page, "Enter")
    with answered.sayso.store.read() as session:
        assert [each.text for each in session.exec(select(NoteRow))] == ["a j k r 1 u / ?"]
    press(page, "u")
    assert "theme mental_health" not in codes(page)
    press(page, "Enter")
    assert page.text_content("#text") == SHORT
    assert said(page).startswith("Next answer.")
    assert focused(page) == "answer"
    assert "1 of 2 reviewed" in page.inner_text("#main")
    press(page, "u")
    assert (
        LONG in page.inner_text("#text").replace("\n", "")
        or page.locator("article").get_attribute("data-answer") == answer
    )
    press(page, "Enter", "Enter")
    assert "Nothing waits here." in page.inner_text("#main")
    with answered.sayso.store.read() as session:
        assert [each.drawn for each in session.exec(select(ReviewRow))] == ["random", "random"]
        found = codings_of(session, [answer])
    assert {each.verdict for each in found} == {Verdict.CONFIRMED}


def test_words_are_given_to_a_code_by_keyboard_and_by_mouse(page: Page, answered: Opened) -> None:
    answer = str(page.locator("article").get_attribute("data-answer"))
    theme = next(each for each in codes(page) if each.startswith("theme"))
    number = str(list(codes(page)).index(theme) + 1)
    press(page, "t", "ArrowRight", "Shift+ArrowRight", number, "s")
    page.evaluate(
        """() => { const nodes = document.createTreeWalker(document.getElementById('text'), NodeFilter.SHOW_TEXT);
        while (nodes.nextNode()) { const at = nodes.currentNode.data.indexOf('rings');
            if (at >= 0) { getSelection().setBaseAndExtent(nodes.currentNode, at, nodes.currentNode, at + 5); } } }"""
    )
    press(page, number, "s")
    with answered.sayso.store.read() as session:
        [found] = [each for each in codings_of(session, [answer]) if f"theme {each.code}" == theme]
    assert [LONG[start:end] for start, end in found.places] == ["she listens", "rings"]  # after an emoji, too
    shown = page.locator(f"mark[data-codes~='{number}']").all_text_contents()  # cut where other codes' words begin
    assert "".join(shown) == "she listensrings"


def test_keys_can_be_switched_off(page: Page) -> None:
    before = codes(page)
    press(page, "?")
    page.get_by_label("Single keys").uncheck()
    page.locator("#answer").focus()
    press(page, "a", "r", "j")
    assert codes(page) == before
    press(page, "Tab")
    page.reload()
    page.locator("#answer").focus()
    press(page, "r")
    assert codes(page) == before


def test_the_pages_as_axe_sees_them(page: Page, answered: Opened) -> None:
    look(page, "an answer")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    look(page, "everything opened")
    press(page, "a")
    seen = page.locator("[name=seen]").first.input_value()
    page.evaluate("document.querySelectorAll('[name=seen]').forEach(each => { each.value = 0; })")
    assert seen != "0"
    press(page, "r")
    assert focused(page).startswith("trouble")
    look(page, "overtaken")
    press(page, "y")
    press(page, "Enter", "Enter")
    look(page, "nothing waits")
