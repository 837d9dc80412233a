"""What an officer sees of messages that could not be taken: where, when, how many, and what it means."""

import lxml.html  # type: ignore[import-untyped]

from bot.web.security import Role
from consultation.operations.set_aside import set_aside
from tests.builders import TODAY, Opened
from tests.web.test_staff import staff


async def test_an_officer_sees_what_could_not_be_taken_and_nothing_where_all_was(opened: Opened) -> None:
    officer = await staff(opened, Role.OFFICER)
    assert "could not be taken" not in (await officer.get("/staff/consultations")).text
    for door, fault in (("web", "KeyError"), ("respondent", "DataError"), ("respondent", "DataError")):
        set_aside(opened.sayso.store, door, fault, opened.sayso.desk.new_id, TODAY)
    page = lxml.html.fromstring((await officer.get("/staff/consultations")).text)
    (section,) = page.xpath("//section[.//h2[text()='3 messages could not be taken']]")
    assert "was told that it was not saved, if" in section.text_content()
    lines = [each.text_content() for each in section.xpath(".//li")]
    assert lines == ["23 November 2026, Telegram: 2 (DataError)", "23 November 2026, web chat: 1 (KeyError)"]
