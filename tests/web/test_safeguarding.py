"""The safeguarding lead's pages: who gets in, what a key opens, what is noted; and each page in real Chromium."""

import logging
from dataclasses import replace
from pathlib import Path

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from bot.web.security import Passes, Role
from consultation.domain.concern import Concern
from consultation.domain.consultation import Audience, Channel, ContactMode
from consultation.operations.refer_concern import referrals
from consultation.operations.relay import relay
from consultation.safeguarding.seal import unseal
from consultation.storage import audit
from consultation.storage.tables import ReferralAuditRow
from tests.builders import Opened, Person, open_consultation, plain_screen
from tests.lead_keys import PASSPHRASE, agrees, deputy_key, lead_file, lead_key, strangers_file, with_deputy
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served
from tests.web.test_staff import staff

SAID = "my stepdad hits me when he is drunk"
HERE = "/staff/safeguarding"


def screen(text: str) -> Concern:
    """The plain one, which does not know of whom it is said."""
    return replace(plain_screen()(text), about_staff="coach" in text)


@pytest.fixture
def told(tmp_path: Path) -> Opened:
    """One young person told of danger and may be written to; another told of a coach."""
    opened = open_consultation(tmp_path / "data", contact=ContactMode.REPLY_HANDLE, screen=screen)
    with_deputy(opened.sayso)
    for chat, words in (("5551208000", SAID), ("777", "my coach hits me")):
        person = Person(opened, chat, Channel.TELEGRAM)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(words)
        if words == SAID:
            agrees(person)
    return opened


@pytest.fixture
async def lead(told: Opened) -> httpx.AsyncClient:
    return await staff(told, Role.LEAD)


def reference_of(opened: Opened, queue: str = "general") -> str:
    return next(
        each.reference for each in referrals(opened.sayso.store) if each.queue == queue and not each.asks_contact
    )


async def opens(client: httpx.AsyncClient, reference: str, file: bytes, passphrase: str = PASSPHRASE) -> httpx.Response:
    form = {"passphrase": passphrase}
    return await client.post(f"{HERE}/{reference}/read", data=form, files={"key": ("lead.age", file)})


def noted(opened: Opened) -> list[tuple[str, str, str, str]]:
    with opened.sayso.store.read() as session:
        rows = audit.entries(session, ReferralAuditRow)
    assert SAID not in str(rows)
    return [(row.actor, row.act, row.subject, row.details.get("key", "")) for row in rows]


async def test_only_safeguarding_roles_get_in(told: Opened) -> None:
    general, allegation = reference_of(told), reference_of(told, "allegations")
    for role in Role:
        client = await staff(told, role)
        may = role in (Role.LEAD, Role.DEPUTY, Role.DUTY_TEAM)
        for path in (HERE, f"{HERE}/{general}", f"{HERE}/{allegation}"):
            page = await client.get(path)
            assert page.status_code == (200 if may else 403), (role, path)
            assert (general in page.text or allegation in page.text) is may
        for act in ("read", "move", "write", "sealed"):
            answer = await client.post(f"{HERE}/{general}/{act}")
            assert answer.status_code in ((200, 404, 413, 422) if may else (403,)), (role, act)
        assert (await client.get("/staff/consultations")).status_code == (200 if role is Role.OFFICER else 403)
    assert {each[0] for each in noted(told)} == {"safeguarding lead", "deputy", "duty team"}


async def test_officers_and_analysts_find_no_allegation_on_any_page(told: Opened) -> None:
    allegation = reference_of(told, "allegations")
    slug = told.wave.consultation.slug
    for role, path in ((Role.OFFICER, "/staff/consultations"), (Role.ANALYST, f"/staff/answers/{slug}")):
        page = await (await staff(told, role)).get(path)
        assert page.status_code == 200
        assert allegation not in page.text
        assert "allegation" not in page.text.lower()


async def test_it_is_read_with_a_key_and_noted_and_nothing_of_it_is_logged(
    told: Opened, lead: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reference = reference_of(told)
    page = await lead.get(f"{HERE}/{reference}")
    assert SAID not in page.text
    read = await opens(lead, reference, lead_file())
    assert read.status_code == 200
    assert SAID in read.text
    assert "young person" in read.text
    assert "my coach hits me" not in read.text, "another chat"
    assert read.headers["cache-control"] == "no-store"
    assert PASSPHRASE not in read.text
    for secret in (SAID, PASSPHRASE, "AGE-SECRET"):
        assert secret not in caplog.text
    assert ("safeguarding lead", "read", reference, lead_key().public[:12]) in noted(told)
    assert next(each.status for each in referrals(told.sayso.store) if each.reference == reference) == "acknowledged"
    assert SAID not in (await lead.get(f"{HERE}/{reference}")).text, "and it is on that one page alone"


async def test_a_wrong_key_or_passphrase_opens_nothing_and_is_noted(told: Opened, lead: httpx.AsyncClient) -> None:
    reference = reference_of(told)
    for file, passphrase, why in (
        (strangers_file(), PASSPHRASE, "does not open this"),
        (lead_file(), "guessed", "do not fit together"),
        (b"", "", "do not fit together"),
    ):
        page = await opens(lead, reference, file, passphrase)
        assert page.status_code == 422
        assert why in page.text
        assert SAID not in page.text
    assert [each[1] for each in noted(told)] == ["failed to read", "failed to unlock a key", "failed to unlock a key"]
    assert {each.status for each in referrals(told.sayso.store)} == {"new"}


async def test_a_file_that_is_no_key_is_refused_by_its_size(told: Opened, lead: httpx.AsyncClient) -> None:
    assert (await opens(lead, reference_of(told), bytes(300_000))).status_code == 413


async def test_it_is_acknowledged_actioned_and_closed(told: Opened, lead: httpx.AsyncClient) -> None:
    reference = reference_of(told)
    early = await lead.post(f"{HERE}/{reference}/move", data={"to": "closed", "outcome": "false alarm"})
    assert early.status_code == 422
    assert "Acknowledge it first" in early.text
    for to, outcome in (("acknowledged", ""), ("actioned", "contact made"), ("closed", "")):
        page = await lead.post(f"{HERE}/{reference}/move", data={"to": to, "outcome": outcome})
        assert page.status_code == 200
        assert to in page.text
    assert "contact made" in page.text
    assert [each[1] for each in noted(told)] == ["acknowledged", "actioned", "closed"]
    for bad in ({"to": "burnt"}, {"to": "closed", "outcome": "free text about Maya"}):
        assert (await lead.post(f"{HERE}/{reference}/move", data=bad)).status_code == 404
    assert (await lead.get(f"{HERE}/C-NONE")).status_code == 404


async def test_the_lead_writes_to_the_chat_without_learning_whose_it_is(told: Opened, lead: httpx.AsyncClient) -> None:
    reference = reference_of(told)
    read = await opens(lead, reference, lead_file())
    assert "5551208000" not in read.text
    form = lxml.html.fromstring(read.text).xpath("//form[contains(@action, '/write')]")[0]
    fields = dict(form.form_values())
    long = await lead.post(form.get("action"), data={**fields, "words": "x" * 3000})
    assert long.status_code == 422
    assert "x" * 3000 in long.text, "what was typed is not lost"
    for _ in range(2):  # pressed twice
        sent = await lead.post(form.get("action"), data={**fields, "words": "Can we talk at school?"})
        assert "Written." in sent.text
    assert relay(told.sayso.desk) == 1
    assert [each[1] for each in noted(told)].count("wrote to the person") == 1


async def test_a_chat_that_did_not_agree_offers_no_reply(told: Opened, lead: httpx.AsyncClient) -> None:
    read = await opens(lead, reference_of(told, "allegations"), lead_file())
    assert "my coach hits me" in read.text
    assert "Write to them" not in read.text


async def test_it_is_taken_away_sealed(told: Opened, lead: httpx.AsyncClient) -> None:
    file = await lead.post(f"{HERE}/{reference_of(told)}/sealed")
    assert unseal(file.content, deputy_key()).text == SAID
    assert ".age" in file.headers["content-disposition"]


@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_it_has_a_fault_that_axe_knows(told: Opened, tmp_path: Path, width: int) -> None:
    (tmp_path / "lead.age").write_bytes(lead_file())
    with served(told.sayso) as address, chromium() as browser:
        page = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True).new_page()
        secret = (told.sayso.settings.key_folder / "staff.secret").read_bytes()

        def check(name: str, shown: Locator) -> None:
            expect(shown).to_be_visible()
            results = Axe().run(page)
            assert results.violations_count == 0, f"{name}: {results.generate_report()}"
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not wide, f"{name} scrolls sideways at {width} pixels"

        def heading(name: str) -> Locator:
            return page.get_by_role("heading", name=name, exact=True)

        page.goto(f"{address}/staff/enter?pass={Passes(secret).link_token(Role.LEAD)}")
        check("enter", heading("Come in as safeguarding lead"))
        page.get_by_role("button", name="Continue").press("Enter")
        check("list", heading("Safeguarding referrals"))
        page.get_by_role("link", name=reference_of(told)).press("Enter")
        check("sealed", heading("Read it"))
        for passphrase, name, shown in (
            ("wrong", "wrong passphrase", page.get_by_role("alert")),
            (PASSPHRASE, "open", page.get_by_text(SAID)),
        ):
            page.get_by_label("Your key file").set_input_files(tmp_path / "lead.age")
            page.get_by_label("Its passphrase").fill(passphrase)
            page.keyboard.press("Enter")
            check(name, shown)
        page.get_by_label("What you want to say to them").fill("Can we talk at school?")
        page.get_by_role("button", name="Send it to their chat").press("Enter")
        check("written", page.get_by_role("status"))
