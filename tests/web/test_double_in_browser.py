"""Coding by two in Chromium: all of it by keyboard, and each page as axe sees it, narrow and wide, light and dark."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page

from analysis.operations.double_code import code_blind
from analysis.operations.review import Sitting
from analysis.records import Facet
from analysis.storage.readings import doubled
from bot.chapters import analysed, code_what_is_new, codebook_of
from bot.web.security import STAFF_COOKIE, Passes, Role
from consultation.domain.consultation import Audience
from consultation.operations.redacted_answers import told_in
from tests.builders import Opened, Person, open_consultation
from tests.web.looking import focused, look
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)

AT = "/staff/answers/have-your-say"
ANSWERS = 11


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Eleven young people have answered."""
    opened = open_consultation(tmp_path_factory.mktemp("double") / "data")
    for number in range(ANSWERS):
        person = Person(opened, f"chat {number}")
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(f"she listens and doesnt judge me, and comes when she says, number {number}")
    code_what_is_new(opened.sayso)
    return opened


@pytest.fixture(scope="module")
def address(opened: Opened) -> Iterator[str]:
    with served(opened.sayso) as found:
        yield f"{found}{AT}"


def sit_down(browser: Browser, opened: Opened, address: str, seat: str) -> Page:
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(20_000)
    passes = Passes((opened.sayso.settings.key_folder / "staff.secret").read_bytes())
    context.add_cookies([{"name": STAFF_COOKIE, "value": passes.cookie(Role.ANALYST, seat), "url": address}])
    return context.new_page()


def codes_by_keyboard(page: Page, code: str, tone: str, left: int) -> None:
    """Find a code by its name, tick it, choose a tone, and go on; nothing but keys."""
    page.keyboard.press("/")
    assert focused(page) == "find"
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # nothing typed: out of the field
    assert focused(page) == "answer"
    page.keyboard.press(tone)
    page.keyboard.press("Enter")
    page.locator(f"main strong:has-text('{ANSWERS - left} of {ANSWERS} done')").or_(
        page.locator(f"main strong:has-text('done with all {ANSWERS}')")
    ).wait_for()


def all_but_two_are_coded(opened: Opened) -> None:
    """Alike, by both."""
    desk = opened.sayso.desk
    sitting = Sitting("have-your-say", codebook_of(opened.sayso, opened.wave), "", desk.now(), desk.today())
    given = frozenset({(Facet.THEME, "listening"), (Facet.SENTIMENT, "positive")})
    with opened.sayso.store.read() as session:
        waiting = doubled(session, told_in(opened.wave.id))[2:]
    for each in waiting:
        for reader in each.readers:
            code_blind(opened.sayso.store, replace(sitting, by=reader), each.answer, given)


def test_all_of_it_by_keyboard_and_each_page_is_accessible(browser: Browser, opened: Opened, address: str) -> None:
    a, b = (sit_down(browser, opened, address, seat) for seat in "AB")
    a.goto(f"{address}/double")
    look(a, "nothing drawn")
    for path in ("/agreement", "/disagreements"):
        b.goto(f"{address}{path}")
        look(b, f"{path}, nothing to show")
    a.locator("[name=second]").fill("B")
    a.locator("[name=size]").fill(str(ANSWERS))
    a.locator("main button").click()
    look(a, "drawn")
    all_but_two_are_coded(opened)
    for analyst, code, tone in ((a, "listen", "p"), (b, "money", "n")):
        analyst.goto(f"{address}/double/read")
        look(analyst, "reading")
        for left in (1, 0):
            codes_by_keyboard(analyst, code, tone, left)
    with opened.sayso.store.read() as session:
        assert all(each.finished for each in doubled(session, told_in(opened.wave.id)))
    for path in ("/double", "/agreement", "/disagreements", ""):
        a.goto(f"{address}{path}")
        look(a, f"{path} when both are done")
    a.goto(f"{address}/disagreements")
    assert "2 of 11 answers" in a.locator("main").inner_text()
    for left in (1, 0):
        for key in ("a", "r", "a"):  # keep one theme, leave out the other, keep a tone
            row = a.locator("tr[aria-current]").get_attribute("data-code")
            a.keyboard.press(key)
            a.locator(f"tr[aria-current][data-code='{row}']").wait_for(state="detached")
        a.locator(f"main strong:has-text('{left} of 11 answers')").wait_for()
    trust = analysed(opened.sayso, opened.wave, everything=True).findings.trust
    assert (dict(trust.drawn), trust.doubled) == ({"double": ANSWERS}, ANSWERS)


def test_without_script_forms_do_the_same(browser: Browser, opened: Opened, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    passes = Passes((opened.sayso.settings.key_folder / "staff.secret").read_bytes())
    context.add_cookies([{"name": STAFF_COOKIE, "value": passes.cookie(Role.ANALYST, "C"), "url": address}])
    page = context.new_page()
    person = Person(opened, "another")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types("they should know about money and housing")
    page.goto(f"{address}/double")
    page.locator("[name=second]").fill("D")
    page.locator("main button").click()
    page.get_by_role("link", name="Code the next answer blind").click()
    assert not page.locator("#find").is_visible()
    page.get_by_label("Listening").check()
    page.get_by_label("positive", exact=True).check()
    page.get_by_role("button", name="Done").click()
    assert "You are done with all 1 answers" in page.locator("main").inner_text()
    context.close()
