"""The staff pages over HTTP: who gets in, what an officer sees, and what an analyst decides."""

from datetime import timedelta
from pathlib import Path

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest

from analysis.records import Verdict
from bot.chapters import analysed
from bot.web.app import create_app
from bot.web.security import Passes, Role
from consultation.domain.consultation import Audience, ContactMode
from tests.builders import TODAY, Calendar, Opened, Person, arranged, open_consultation, signed_off


def browser(opened: Opened) -> httpx.AsyncClient:
    app = create_app(opened.sayso)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://sayso.test", follow_redirects=True
    )


async def staff(opened: Opened, role: Role) -> httpx.AsyncClient:
    """A browser that came in by a link of `role`."""
    client = browser(opened)
    token = Passes((opened.sayso.settings.key_folder / "staff.secret").read_bytes()).link_token(role)
    assert (await client.post("/staff/enter", data={"pass": token})).status_code == 200
    return client


@pytest.fixture
def answered(opened: Opened) -> Opened:
    """Two young people and a parent have answered."""
    for chat, words in (("a", "she listens and doesnt judge me when i tell her stuff"), ("b", "idk")):
        person = Person(opened, chat)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(words)
    return opened


async def test_strangers_and_stale_links_are_shown_where_to_get_a_link(opened: Opened) -> None:
    client = browser(opened)
    for path in ("/staff", "/staff/consultations", "/staff/answers", "/staff/enter?pass=forged"):
        page = await client.get(path)
        assert page.status_code == 401
        assert "sayso staff-link" in page.text
    assert (await client.post("/staff/enter", data={"pass": "forged"})).status_code == 401


async def test_a_role_opens_its_own_pages_and_no_others(opened: Opened) -> None:
    officer, analyst = await staff(opened, Role.OFFICER), await staff(opened, Role.ANALYST)
    slug = opened.wave.consultation.slug
    assert (await officer.get("/staff/consultations")).status_code == 200
    assert (await analyst.get("/staff/consultations")).status_code == 403
    assert (await analyst.get(f"/staff/answers/{slug}")).status_code == 200
    assert (await officer.get(f"/staff/answers/{slug}")).status_code == 403
    assert (await officer.get(f"/staff/answers/{slug}/files/coded-answers.csv")).status_code == 403


async def test_an_officer_sees_rounded_reach_and_takes_the_chapter_for_word(answered: Opened) -> None:
    officer = await staff(answered, Role.OFFICER)
    page = await officer.get("/staff/consultations")
    assert "none" in page.text  # two people are too few to count yet
    assert "10 more have answered" in page.text
    assert "she listens" not in page.text
    word = await officer.get(f"/staff/consultations/{answered.wave.consultation.slug}/chapter.docx")
    assert word.content.startswith(b"PK")
    chapter = await officer.get(f"/staff/consultations/{answered.wave.consultation.slug}/chapter")
    assert "Delivered through the strategic objective to" in chapter.text


async def test_an_officer_sees_what_is_not_as_it_was_signed_off(tmp_path: Path) -> None:
    calendar = Calendar()
    opened = open_consultation(tmp_path / "data", contact=ContactMode.SIGNPOST, today=calendar)
    page = await (await staff(opened, Role.OFFICER)).get("/staff/consultations")
    assert "If somebody may be in danger: help lines are shown." in page.text
    assert "Signed off on" in page.text
    assert "runs otherwise" not in page.text
    assert "@sayso.invalid" not in page.text
    signed_off(opened.sayso, help_lines=arranged(TODAY - timedelta(days=60)).help_lines)
    calendar.today = TODAY + timedelta(days=31)
    page = await (await staff(opened, Role.OFFICER)).get("/staff/consultations")
    assert "runs otherwise" in page.text
    assert "Nobody has checked these help lines for 90 days" in page.text


async def test_an_analyst_confirms_rejects_adds_and_clears(answered: Opened) -> None:
    analyst = await staff(answered, Role.ANALYST)
    slug = answered.wave.consultation.slug
    page = lxml.html.fromstring((await analyst.get(f"/staff/answers/{slug}")).text)
    answer = page.xpath("//article[.//*[contains(text(), 'she listens')]]")[0]
    form = answer.xpath(".//ul[@class='codes']//form[.//input[@value='theme listening']]")[0]
    fields = dict(form.form_values())
    back = await analyst.post(form.get("action"), data={**fields, "verdict": "rejected"})
    assert str(back.url).endswith(f"/staff/answers/{slug}?&page=1#a{fields['answer']}")
    added = {**fields, "key": "theme mental_health", "verdict": "added", "seen": "1"}
    await analyst.post(form.get("action"), data=added)
    await analyst.post(f"/staff/answers/{slug}/clear", data={"answer": fields["answer"]})
    found = analysed(answered.sayso, answered.wave, everything=True)
    verdicts = {each.code: each.verdict for each in found.codings if each.answer_id == fields["answer"]}
    assert verdicts["listening"] is Verdict.REJECTED
    assert verdicts["mental_health"] is Verdict.ADDED
    assert found.cleared == {fields["answer"]: "analyst"}
    await analyst.post(f"/staff/answers/{slug}/clear", data={"answer": fields["answer"], "withdraw": "1"})
    assert analysed(answered.sayso, answered.wave, everything=True).cleared == {}


async def test_an_unknown_answer_or_file_or_reference_is_not_found(answered: Opened) -> None:
    analyst = await staff(answered, Role.ANALYST)
    slug = answered.wave.consultation.slug
    assert (await analyst.post(f"/staff/answers/{slug}/clear", data={"answer": "x"})).status_code == 404
    assert (await analyst.get(f"/staff/answers/{slug}/files/passwords.csv")).status_code == 404
    assert (await analyst.get(f"/staff/answers/{slug}/evidence/XX-YP-nothing.0000")).status_code == 404


async def test_the_analysts_files_come_in_three_kinds(answered: Opened) -> None:
    analyst = await staff(answered, Role.ANALYST)
    slug = answered.wave.consultation.slug
    for name, first in (("coded-answers.csv", b"\xef\xbb\xbf"), ("coded-answers.xlsx", b"PK"), ("evidence.jsonl", b"")):
        file = await analyst.get(f"/staff/answers/{slug}/files/{name}")
        assert file.status_code == 200
        assert file.content.startswith(first)
        assert name in file.headers["content-disposition"]
