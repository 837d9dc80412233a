"""The pages of the codebook in Chromium: what an analyst does there by mouse and keys, and as axe sees each page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.chapters import code_what_is_new, codebook_of
from bot.web.security import Passes, Role
from consultation.domain.consultation import Audience
from tests.builders import Opened, Person, open_consultation
from tests.web.looking import look
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def answered(tmp_path: Path) -> Iterator[Opened]:
    opened = open_consultation(tmp_path / "data")
    for chat, words in (("a", "she listens and doesnt judge me"), ("b", "someone who listens properly and is on time")):
        person = Person(opened, chat)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(words)
    code_what_is_new(opened.sayso)
    yield opened
    opened.sayso.store.close()


@pytest.fixture
def page(browser: Browser, answered: Opened) -> Iterator[Page]:
    """At the codebook, as analyst A."""
    context = browser.new_context(bypass_csp=True)  # for axe
    context.set_default_timeout(20_000)
    with served(answered.sayso) as address:
        secret = (answered.sayso.settings.key_folder / "staff.secret").read_bytes()
        token = Passes(secret).link_token(Role.ANALYST, "A")
        context.request.post(f"{address}/staff/enter", form={"pass": token})
        page = context.new_page()
        page.goto(f"{address}/staff/answers/have-your-say/codebook")
        yield page
    context.close()


def test_of_two_who_change_a_code_the_second_is_shown_both_texts(page: Page, answered: Opened) -> None:
    other = page.context.new_page()
    page.get_by_role("link", name="Change Listening").click()
    look(page, "a code")
    other.goto(page.url)
    other.fill("#name", "Being heard")
    other.fill("#why", "their word")
    other.locator("#why").press("Enter")
    assert "Saved as version 2" in other.locator("[role=status]").inner_text()
    page.fill("#definition", "Mine, not theirs.")
    page.fill("#why", "clearer")
    page.get_by_role("button", name="Save as a new version").click()
    assert "Somebody saved before you" in page.locator("[role=alert]").inner_text()
    assert page.locator("#definition").input_value() == "Mine, not theirs."
    look(page, "overtaken")
    page.get_by_role("button", name="Save over it").click()
    assert codebook_of(answered.sayso, answered.wave).theme("listening").definition == "Mine, not theirs."


def test_codes_are_merged_and_a_file_with_a_fault_is_refused(page: Page) -> None:
    page.get_by_role("link", name="Merge others into Listening").click()
    look(page, "merge")
    page.get_by_label("Respect and kindness").check()
    page.fill("#why", "one thing")
    page.get_by_role("button", name="Merge them").click()
    assert "The machine must learn again" in page.locator("main").inner_text()
    page.locator("#codebook-file").set_input_files(
        {"name": "c.csv", "mimeType": "text/csv", "buffer": b"id,name\na,b\n"}
    )
    page.fill("#why-import", "try")
    page.get_by_role("button", name="Bring it in").click()
    assert "Missing: definition" in page.locator("[role=alert]").inner_text()
    look(page, "the codebook, with versions, retired codes and a fault")


def test_a_code_is_split_answer_by_answer(page: Page) -> None:
    page.get_by_role("link", name="Split Listening").click()
    look(page, "split")
    for number, name in ((1, "Hearing out"), (2, "Acting on it")):
        page.fill(f"#name_{number}", name)
        page.fill(f"#definition_{number}", "What it says.")
    page.get_by_role("button", name="Go on to the answers").click()
    look(page, "an answer to give")
    for _ in range(2):
        page.get_by_label("Hearing out").check()
        page.get_by_role("button", name="Give it").click()
    page.get_by_text("Given so far").click()
    look(page, "all given")
    page.fill("#why", "two things")
    page.get_by_role("button", name="Finish the split").click()
    assert "Hearing out" in page.locator("main").inner_text()
