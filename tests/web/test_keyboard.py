"""Consultations by keyboard alone, with an eye on where the focus is after each step; and what our script adds."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

from bot.web.pages import words
from consultation.operations.open_wave import open_wave
from consultation.surveys import template
from tests.builders import commission, make_sayso, signed_off
from tests.web.looking import NARROW, focused
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)

# A browser that has a voice, for English alone, and notes what it is given to read.
VOICE = """
    window.spoken = [];
    window.SpeechSynthesisUtterance = class { constructor(words) { this.words = words; } };
    Object.defineProperty(window, 'speechSynthesis', { value: {
        getVoices: () => [{ lang: 'en_GB' }], addEventListener: () => {}, cancel: () => {},
        speak: (each) => { window.spoken.push(each.words); window.last = each; } } });
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    sayso = signed_off(make_sayso(tmp_path_factory.mktemp("keyboard")))
    days: dict[str, Any] = {"opens_on": date(2026, 11, 1), "closes_on": date(2027, 1, 31)}
    open_wave(sayso.desk, sayso.keys, commission("have-your-say", **days), template("what-we-want"))
    open_wave(sayso.desk, sayso.keys, commission("places", title="Places to go", **days), template("every-kind"))
    with served(sayso) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(5_000)
    yield context.new_page()
    context.close()


class Keyboard:
    """Somebody with a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, name: str) -> None:
        """Go on until the focus is on what begins with `name`; each stop on the way can be seen."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            assert_in_sight(self.page)
            if focused(self.page).startswith(name):
                return
        raise AssertionError(f"no Tab leads to {name!r}")

    def take(self, name: str, *, then: str = "now") -> None:
        """Press what is called so; `then` is where the focus must be on the page that comes."""
        self.tab_to(name)
        self.send("Enter", then)

    def send(self, key: str = "Enter", then: str = "now") -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.page.locator(":focus").wait_for(state="attached")  # a page can set it a moment after it has loaded
        assert focused(self.page) == then

    def say(self, words: str, *, then: str = "now") -> None:
        self.tab_to("reply")
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(words)
        self.take("Send", then=then)


def assert_in_sight(page: Page) -> None:
    """What has the focus is on the screen, shows it, and is not under the bar at the top (2.4.7, 2.4.11)."""
    fault = page.evaluate(
        """() => { const at = document.activeElement; if (at === document.body) return '';
        const box = at.getBoundingClientRect(), name = at.outerHTML.slice(0, 90);
        const middle = box.left + box.width / 2, top = Math.max(box.top, 0) + Math.min(box.height, 20) / 2;
        const over = document.elementFromPoint(middle, top);
        const marked = at.matches('#now, main') || getComputedStyle(at).outlineStyle !== 'none';
        if (!marked) return 'no outline: ' + name;
        return over && (at.contains(over) || over.contains(at)) ? '' : 'hidden: ' + name; }"""
    )
    assert fault == "", fault


def test_each_kind_of_question_is_answered_with_a_keyboard(page: Page, address: str) -> None:
    keys = Keyboard(page)
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert focused(page) == "main"
    page.goto(f"{address}/c/places/young-person")
    keys.take("Start")
    keys.take("13 to 15")
    keys.take("Yes, I agree")
    page.keyboard.press("2")  # goes to the second choice, and takes nothing yet
    assert focused(page) == "No"
    keys.send()
    keys.take("Done", then="Youth club")  # nothing ticked: said beside the first box
    page.keyboard.press("Space")
    for name in ("Sport or swimming", "Library"):
        keys.tab_to(name)
        page.keyboard.press("Space")
    assert page.locator(".choices input:disabled").count() == 3  # three is the most; "none of these" can still be had
    page.keyboard.press("7")
    assert focused(page) == "None of these"
    page.keyboard.press("Space")
    assert page.locator(".choices input:checked").count() == 1
    page.keyboard.press("1")
    page.keyboard.press("Space")
    assert page.locator(".choices input:checked").evaluate("box => box.value") == "youth_club"
    keys.take("Done")
    keys.take("Bus")
    keys.say("ages", then="reply")
    assert page.locator("#reply").input_value() == "ages"
    assert page.locator("#reply").get_attribute("aria-describedby") == "hint trouble"
    keys.say("20")
    keys.take("3")
    keys.take("Cheaper tickets")
    for _ in range(3):
        keys.take("4 – good")
    for name in ("I feel safe there", "It's near", "My friends go there"):
        keys.take(name)
    keys.say("i liked the swimming pool because the people who work there are kind to us and remember names")
    keys.say("blue", then="reply")
    keys.say("07/2026")
    while page.locator("p.code").count() == 0:
        keys.take("Skip")
    assert page.get_by_text("your answers are in").is_visible()
    assert "You said:\nBus" in page.locator(".talk .said").all_inner_texts()
    page.emulate_media(media="print")
    assert page.locator("p.code").is_visible()
    assert not page.locator(".tools, .leave, .talk").first.is_visible()


def test_the_language_easy_read_help_and_the_receipt_are_within_reach_of_tab(page: Page, address: str) -> None:
    keys = Keyboard(page)
    page.goto(f"{address}/c/have-your-say/young-person")
    keys.take("Start")
    keys.take("13 to 15")
    keys.take("Yes, I agree")
    keys.take("Fenland")
    keys.tab_to("Clear this device")  # and round: from the foot of the page on to its top
    keys.tab_to("Language: English")
    page.keyboard.press("Enter")
    keys.take("اردو")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ur"
    assert page.locator(".talk .said").last.evaluate("each => getComputedStyle(each).marginLeft") == "0px"
    keys.tab_to(words("web.language", "ur"))
    page.keyboard.press("Enter")
    keys.take("English")
    keys.take("Easy Read")
    assert page.locator("body.easy").count() == 1
    keys.take("Help")
    assert page.locator("#now .lines").is_visible()
    keys.take("Stop")
    keys.tab_to("Carry on")
    keys.tab_to("999")
    assert page.locator("p.code").is_visible()


def test_focus_is_never_under_the_bar(page: Page, address: str) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{address}/c/have-your-say/young-person?in=uk")  # whose bar takes two lines
    page.locator("button.main").click()
    for _ in range(4):
        page.locator(".choices button, .commands button[value=skip]").first.click()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(25):
            page.keyboard.press(key)
            assert_in_sight(page)


def test_the_first_load_is_small(browser: Browser, address: str) -> None:
    """From the link to the first question, with nothing kept from before, and nothing compressed."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page, came = context.new_page(), list[Response]()
    page.on("response", lambda each: came.append(each))
    page.goto(f"{address}/c/places/young-person?in=en@easy", wait_until="networkidle")
    page.locator("button.main").click()
    page.wait_for_load_state("networkidle")
    sizes = {each.url: int(each.headers.get("content-length", 0)) + len(str(each.headers)) for each in came}
    assert any("/pictures/" in each for each in sizes)
    assert any(each.partition("?")[0].endswith(".css") for each in sizes)
    assert 20_000 < sum(sizes.values()) < 100_000, sizes
    context.close()


def test_it_is_read_aloud_where_there_is_a_voice(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{address}/c/have-your-say/young-person")
    assert not page.locator("#read").is_visible(), "this browser has no voice"
    page.add_init_script(VOICE)
    page.goto(f"{address}/c/have-your-say/young-person")
    page.locator("button.main").click()
    page.locator("#read").click()
    spoken = page.evaluate("window.spoken")
    assert spoken[-7:-4] == ["First, how old are you?", "8 to 10", "11 or 12"]
    assert page.locator("#read").inner_text() == "Stop reading"
    page.evaluate("window.last.onend()")
    assert page.locator("#read").inner_text() == "Read aloud"
    page.locator(".menu summary").click()
    page.locator(".menu button[lang=ur]").click()
    assert not page.locator("#read").is_visible(), "no voice for Urdu"
    context.close()


def test_it_keeps_still_and_can_be_used_in_forced_colours(page: Page, address: str) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.goto(f"{address}/c/places/young-person")
    page.locator("button.main").click()
    moving = """[...document.querySelectorAll('*')].filter(each => { const of = getComputedStyle(each);
        return of.transitionDuration !== '0s' || of.animationName !== 'none'
            || of.scrollBehavior !== 'auto'; }).length"""
    assert page.evaluate(moving) == 0
    assert page.locator(".choices button").first.evaluate("each => getComputedStyle(each).borderStyle") == "solid"
