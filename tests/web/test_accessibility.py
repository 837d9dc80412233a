"""Every page and state of the chat, as axe sees it: in standard wording, Easy Read and Urdu, narrow and wide, light and
dark. Each walk also proves that it saw what it was to see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.sayso import Sayso
from consultation.operations.open_wave import open_wave
from consultation.surveys import template
from tests.builders import commission, make_sayso, open_consultation, signed_off
from tests.web.looking import DESKTOP, look, sticks_out
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)

LOCALES = ("en", "en@easy", "ur")
KINDS = {"one", "several", "scale", "ranking", "number", "date", "text"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Each kind of question at /c/places, partly in Urdu; a consultation to come, and one that is over."""
    sayso = signed_off(make_sayso(tmp_path_factory.mktemp("accessible")))
    body = template("every-kind").replace("\nversion:", "\nlanguages: [en, ur]\nversion:", 1)
    for slug, opens, closes, simulated in (
        ("places", date(2026, 11, 1), date(2027, 1, 31), True),
        ("to-come", date(2026, 12, 1), date(2027, 1, 31), False),
        ("over", date(2026, 10, 1), date(2026, 10, 31), False),
    ):
        how = commission(slug, opens_on=opens, closes_on=closes, simulated=simulated, partly_translated=True)
        open_wave(sayso.desk, sayso.keys, how, body)
    with served(sayso) as found:
        yield found


@dataclass
class Walk:
    """A young person on their way, who is looked at in each new state."""

    page: Page
    address: str
    locale: str
    seen: list[str]

    def open(self, path: str, name: str) -> None:
        self.page.goto(f"{self.address}{path}{'&' if '?' in path else '?'}in={self.locale}")
        self.look(name)

    def look(self, name: str) -> None:
        look(self.page, f"{name} ({self.locale})")
        self.seen.append(name)

    def press(self, selector: str, name: str = "") -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()  # a page that has just begun to come has nothing in it yet
        if name:
            self.look(name)

    def say(self, words: str, name: str = "") -> None:
        self.page.locator("#reply").fill(words)
        self.press("form.reply button.main", name)

    @property
    def mode(self) -> str:
        return str(self.page.locator("form.reply").get_attribute("data-mode"))

    def begin(self) -> None:
        self.page.goto(f"{self.address}/c/places/young-person?in={self.locale}")
        self.press("button.main")


@pytest.fixture(params=LOCALES)
def walk(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Walk]:
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(5_000)
    yield Walk(context.new_page(), address, request.param, [])
    context.close()


def test_the_pages_around_a_talk(walk: Walk) -> None:
    walk.open("/", "front")
    walk.press(".menu summary", "language menu") if walk.page.locator(".menu").count() else None
    walk.open("/c/places/young-person", "welcome")
    walk.press("details.help summary", "people to talk to")
    walk.open("/c/to-come", "not open yet")
    walk.open("/c/over", "over")
    walk.open("/c/places/receipt", "come back")
    walk.page.locator("#receipt").fill("nonsense")
    walk.press("form.receipt button.main", "a wrong receipt")
    walk.open("/c/over/receipt", "receipt of what is over")
    walk.open("/c/places/certificate", "no certificate")
    walk.open("/accessibility", "accessibility")
    walk.open("/c/nowhere", "not found")
    walk.open("/staff", "staff")
    assert len(walk.seen) >= 12


def test_each_kind_of_question_and_what_can_go_wrong_with_it(walk: Walk) -> None:
    walk.begin()
    walk.look("first question")
    walk.press(".choices button >> nth=2", "opening and consent")
    walk.press(".choices button")
    kinds, wrong = set(), set()
    for number in range(40):
        mode = walk.mode
        if walk.page.locator(".choices button[value=delete]").count():
            break
        name = f"{mode} {number}"
        if mode not in kinds or walk.page.locator(".grid, .row").count():
            walk.look(name)
        kinds.add(mode)
        if mode in ("several", "number", "date", "text") and mode not in wrong:
            wrong.add(mode)
            if mode == "several":
                walk.press("fieldset button.main")
            else:
                walk.say("" if mode == "text" else "blue")
            assert walk.page.locator("#trouble[role=alert]").is_visible()
            walk.look(f"{name}: not taken")
        match mode:
            case "several":
                walk.page.locator(".choices input").first.check()
                walk.press("fieldset button.main")
            case "number":
                walk.say("3")
            case "date":
                walk.say("05/2025")
            case "text":
                walk.say("my worker Pauline Smith listens to us, and she comes back when she says so")
                if walk.page.locator("button[value='another way']").count():
                    walk.look("a name is hidden")
            case "ranking":
                walk.press(".choices button", "ranking under way")
            case _:
                walk.press(".grid button >> nth=2" if walk.page.locator(".grid").count() else ".choices button")
    walk.look("finish with the receipt")
    assert walk.page.locator("p.code").is_visible()
    assert kinds == KINDS
    assert wrong == {"several", "number", "date", "text"}


def test_what_can_be_asked_for_in_a_talk(walk: Walk) -> None:
    walk.begin()
    walk.press(".choices button >> nth=2")
    walk.press(".choices button")
    walk.press(".choices button")
    for command in ("help", "privacy", "change"):
        if not walk.page.locator(f"button[value={command}]").first.is_visible():
            walk.press(".commands summary")
        walk.press(f".commands button[value={command}]", command)
    walk.press("button[value=resume]")
    walk.press(".commands summary", "more")
    walk.press(".commands button[value=language]", "which language")
    walk.press(".commands button[value=resume]")
    walk.page.goto(f"{walk.address}/c/places/young-person?in={walk.locale}")
    walk.look("welcome, with a talk under way")
    walk.press("button.main")
    walk.page.goto(f"{walk.address}/c/places/receipt?in={walk.locale}")
    walk.look("receipt")
    walk.page.go_back()
    walk.press(".commands button[value=stop]", "stopped")
    walk.press("button[value=delete]", "really delete?")
    walk.press("button[value=yes]", "deleted")


def test_somebody_in_danger(walk: Walk) -> None:
    walk.begin()
    walk.press(".choices button >> nth=2")
    walk.press(".choices button")
    while walk.mode != "text":
        walk.press(".commands button[value=skip]")
    walk.say("my dad hits me when hes drunk", "help lines")
    walk.press("button[value=contact]")
    walk.look("how to reach")
    walk.say("", "nothing typed")
    walk.say("ask for me at school", "passed on")
    walk.press("button[value=resume]")
    walk.say("i want to kill myself tonight", "in danger now")
    walk.press("button[value=no]", "not safe")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_shown_where_something_of_ours_is_broken(browser: Browser, tmp_path: Path, locale: str) -> None:
    opened = open_consultation(tmp_path / "data")
    sayso: Sayso = opened.sayso
    context = browser.new_context(bypass_csp=True)
    with served(sayso) as address:
        walk = Walk(context.new_page(), address, locale, [])
        walk.page.goto(f"{address}/c/have-your-say/young-person?in={locale}")
        walk.press("button.main")
        sayso.store.writer.close()
        walk.press(".choices button", "not saved")
        sayso.settings.key_folder.joinpath(f"{opened.wave.consultation.id}.key").unlink()
        walk.open("/c/have-your-say/talk", "broken")
    context.close()


def test_at_twice_the_size_nothing_is_cut_off(walk: Walk) -> None:
    """200 % zoom of a 1280 pixel screen is half the pixels; and text alone may be twice as large."""
    walk.begin()
    page = walk.page
    for _ in range(4):
        page.set_viewport_size({"width": 640, "height": 450})
        assert sticks_out(page) == []
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        page.add_style_tag(content="html { font-size: 225% !important }")
        assert sticks_out(page) == []
        page.set_viewport_size({"width": 640, "height": 900})
        assert sticks_out(page) == []
        walk.press(".choices button, .commands button[value=skip]")
