"""An analyst reports a leak in a browser: told what it does before it is done, and which files to delete afterwards."""

from collections.abc import Iterator

import lxml.html  # type: ignore[import-untyped]
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bot.web.security import Passes, Role
from consultation.domain.consultation import Audience
from consultation.domain.text import Kind
from consultation.operations.advance_figures import STEP
from consultation.privacy.detect import WordDetector
from tests.builders import Opened, Person, open_consultation
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served
from tests.web.test_staff import staff

SLUG = "have-your-say"
TOLD = "My worker Quenby at Oakfield always listened to us when things got bad."
AGAIN = "quenby never rang us back"
UNTOUCHED = "Somebody who rings us back would be a start."


@pytest.fixture
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A consultation whose detector knows one school and nobody's name."""
    opened = open_consultation(
        tmp_path_factory.mktemp("leaky") / "data", detector=WordDetector({"oakfield": Kind.SCHOOL})
    )
    for chat, words in (("a", TOLD), ("b", AGAIN), ("c", UNTOUCHED)):
        answers(opened, chat, words)
    yield opened
    opened.sayso.store.close()


def answers(opened: Opened, chat: str, words: str) -> None:
    person = Person(opened, chat)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types(words)


def leak_link(page: lxml.html.HtmlElement, words: str) -> str:
    found = page.xpath(f"//article[.//blockquote[contains(., '{words}')]]//a[contains(., 'Report a leak')]/@href")
    return str(found[0])


async def test_what_was_reported_is_shown_first_then_gone_and_old_files_are_named(leaky: Opened) -> None:
    for number in range(STEP):  # so many that figures count them, and files hold their answers
        answers(leaky, f"more {number}", "Somebody who has the time for us.")
    analyst = await staff(leaky, Role.ANALYST)
    assert "quenby" in (await analyst.get(f"/staff/answers/{SLUG}/files/coded-answers.csv")).text
    await analyst.get(f"/staff/consultations/{SLUG}/chapter.docx")
    link = leak_link(lxml.html.fromstring((await analyst.get(f"/staff/answers/{SLUG}")).text), "Quenby at")
    assert "Words that slipped through" in (await analyst.get(link)).text
    found = await analyst.post(link, data={"words": " QUENBY", "kind": "person"})
    assert "stands in 2 answers" in found.text
    assert "can’t be undone" in found.text
    assert "[name]" in found.text
    assert "Quenby at" in (await analyst.get(f"/staff/answers/{SLUG}")).text, "nothing is done before it is confirmed"
    form = next(each for each in lxml.html.fromstring(found.text).forms if each.action.endswith("/redact"))
    done = await analyst.post(form.action, data={**dict(form.form_values()), "where": "all"})
    assert "Redacted in 2 answers" in done.text
    assert "coded-answers.csv, taken on" in done.text
    assert "chapter.docx, taken on" in done.text
    asked = [str(each.request.url) for each in (*done.history, done)]
    assert not [each for each in asked if "quenby" in each.casefold()]
    assert "quenby" not in done.text.casefold()
    page = (await analyst.get(f"/staff/answers/{SLUG}")).text
    assert "quenby" not in page.casefold()
    assert "quenby" not in (await analyst.get(f"/staff/answers/{SLUG}/files/evidence.jsonl")).text.casefold()
    assert "quenby" not in (await analyst.get(f"/staff/answers/{SLUG}/files/coded-answers.csv")).text.casefold()
    assert (await analyst.post(form.action, data={**dict(form.form_values()), "where": "all"})).status_code == 409


async def test_only_the_answer_one_came_from(leaky: Opened) -> None:
    analyst = await staff(leaky, Role.ANALYST)
    link = leak_link(lxml.html.fromstring((await analyst.get(f"/staff/answers/{SLUG}")).text), "Quenby at")
    done = await analyst.post(f"{link}/redact", data={"words": "quenby", "kind": "person", "where": "here"})
    assert "Redacted in 1 answer<" in done.text
    assert "quenby never rang" in (await analyst.get(f"/staff/answers/{SLUG}")).text


@pytest.mark.parametrize(
    ("words", "kind"), [("", "person"), ("[school]", "school"), ("Persephone", "person"), ("Quenby", "secret")]
)
async def test_what_cannot_be_found_is_said_with_what_was_typed_kept(leaky: Opened, words: str, kind: str) -> None:
    analyst = await staff(leaky, Role.ANALYST)
    link = leak_link(lxml.html.fromstring((await analyst.get(f"/staff/answers/{SLUG}")).text), "Quenby at")
    answer = await analyst.post(link, data={"words": words, "kind": kind})
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.text)
    assert page.xpath("//*[@role='alert']")
    assert page.xpath("//input[@name='words']/@value") == [words]


async def test_an_officer_may_not_and_strange_addresses_lead_nowhere(leaky: Opened) -> None:
    analyst, officer = await staff(leaky, Role.ANALYST), await staff(leaky, Role.OFFICER)
    link = leak_link(lxml.html.fromstring((await analyst.get(f"/staff/answers/{SLUG}")).text), "Quenby at")
    assert (await officer.get(link)).status_code == 403
    assert (await officer.post(f"{link}/redact", data={"words": "quenby", "kind": "person"})).status_code == 403
    for path in ("leak/no-such-answer", "redacted/99", "redacted/x", "redacted/99999999999999999999", "redacted/1"):
        assert (await analyst.get(f"/staff/answers/{SLUG}/{path}")).status_code == 404


async def test_a_token_says_what_stood_there(leaky: Opened) -> None:
    """Read aloud, and without colour."""
    analyst = await staff(leaky, Role.ANALYST)
    page = lxml.html.fromstring((await analyst.get(f"/staff/answers/{SLUG}")).text)
    token = page.xpath("//blockquote//span[@class='token']")[0]
    assert token.text == "[school]"
    assert token.get("aria-label") == "hidden: the name of a school or college"
    assert "nobody here can see it" in token.get("title")
    legend = page.xpath("//details[contains(@class, 'tokens')]")[0].text_content()
    assert "the name of a school or college" in legend
    assert "a person’s name" not in legend, "only what stands on the page is explained"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
def test_the_way_through_has_no_fault_that_axe_knows(leaky: Opened, browser: Browser) -> None:
    with served(leaky.sayso) as address:
        secret = (leaky.sayso.settings.key_folder / "staff.secret").read_bytes()
        page = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True).new_page()
        page.goto(f"{address}/staff/enter?pass={Passes(secret).link_token(Role.ANALYST)}")
        page.get_by_role("button", name="Continue").click()
        page.locator("details.tokens summary").click()
        _check(page, "answers")
        page.get_by_role("article").filter(has_text="Quenby at").get_by_role("link", name="Report a leak").click()
        page.get_by_label("Words that slipped through").fill("Nobody")
        page.get_by_role("button", name="See where they stand").click()
        _check(page, "nothing found")
        page.get_by_label("Words that slipped through").fill("Quenby")
        page.get_by_role("button", name="See where they stand").click()
        _check(page, "found")
        page.get_by_role("button", name="Redact all 2 answers for good").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Redacted in 2 answers"
        _check(page, "redacted")


def _check(page: Page, name: str) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, f"{name} scrolls sideways at 320 pixels"
