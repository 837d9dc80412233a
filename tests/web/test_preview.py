"""The officers' preview over HTTP: drafts, the talk as people see it, its paths, and nothing that stays behind."""

import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest
from sqlalchemy import func
from sqlmodel import SQLModel, select

from bot.web.security import Role
from consultation.domain.languages import LANGUAGES
from consultation.operations.drafts import add_draft, drafts
from consultation.operations.purge import purge
from consultation.storage.tables import DraftRow
from consultation.surveys import template
from tests.builders import TODAY, Opened
from tests.web.test_staff import browser, staff

SHIPPED = "/staff/preview/shipped"


def rows(opened: Opened) -> dict[str, int]:
    """How many rows each table has, drafts apart."""
    with opened.sayso.store.read() as session:
        return {
            name: session.exec(select(func.count()).select_from(table)).one()
            for name, table in SQLModel.metadata.tables.items()
            if name != DraftRow.__tablename__
        }


class Preview:
    """One officer's page: what it shows, and what its forms send."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.page: Any = None
        self.answer: httpx.Response

    async def open(self, path: str) -> "Preview":
        self.show(await self._client.get(path))
        return self

    def show(self, answer: httpx.Response) -> None:
        self.answer, self.page = answer, lxml.html.fromstring(answer.text)

    async def sends(self, **fields: str) -> None:
        form = self.page.xpath("//form[contains(@class, 'reply')]")[0]
        hidden = {each.get("name"): each.get("value") for each in form.xpath(".//input[@type='hidden']")}
        self.show(await self._client.post(form.get("action").partition("#")[0], data={**hidden, **fields}))

    @property
    def said(self) -> str:
        return " ".join(each.text_content() for each in self.page.xpath("//*[@data-said or @data-ask]"))

    @property
    def asked(self) -> str:
        return str(self.page.xpath("//*[@data-ask]")[0].text_content())

    @property
    def text(self) -> str:
        return " ".join(str(self.page.text_content()).split())


async def officer(opened: Opened) -> httpx.AsyncClient:
    return await staff(opened, Role.OFFICER)


async def upload(client: httpx.AsyncClient, name: str, content: bytes) -> httpx.Response:
    return await client.post("/staff/preview", files={"file": (name, content, "application/yaml")})


async def test_officers_alone_get_in(opened: Opened) -> None:
    paths = ("/staff/preview", f"{SHIPPED}/what-we-want", "/staff/preview/draft/x/delete")
    for client, code in ((browser(opened), 401), (await staff(opened, Role.ANALYST), 403)):
        for path in paths:
            method = client.post if path.endswith("delete") else client.get
            assert (await method(path)).status_code == code
        assert (await upload(client, "x.yaml", b"")).status_code == code


async def test_the_list_offers_what_ships_and_what_consultations_ask(opened: Opened) -> None:
    page = await Preview(await officer(opened)).open("/staff/preview")
    links = page.page.xpath("//main//a/@href")
    assert {f"{SHIPPED}/every-kind", f"{SHIPPED}/what-we-want", "/staff/preview/consultation/have-your-say"} <= set(
        links
    )


async def test_a_draft_is_checked_kept_shown_and_deleted(opened: Opened) -> None:
    client = await officer(opened)
    answer = await upload(client, "ours.yaml", template("every-kind").encode())
    assert re.search(r"/staff/preview/draft/[0-9a-f]{32}$", str(answer.url))
    assert "Preview: nothing is kept." in answer.text
    assert "ours.yaml" in (await client.get("/staff/preview")).text
    gone = await client.post(f"{answer.url.path}/delete")
    assert gone.url.path == "/staff/preview"
    assert "ours.yaml" not in gone.text
    assert (await client.get(answer.url.path)).status_code == 404


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (template("every-kind").replace("kind: ranking", "kind: rankling").encode(), "ours.yaml, line"),
        (b"survey: x\n  - y: [", "ours.yaml, line 2: this is not valid YAML"),
        ("title: Größe".encode("latin-1"), "not UTF-8"),
        (b"", "ours.yaml, line 1"),
    ],
)
async def test_a_file_with_a_fault_is_told_of_and_not_kept(opened: Opened, content: bytes, says: str) -> None:
    answer = await upload(await officer(opened), "ours.yaml", content)
    assert answer.status_code == 422
    assert says in lxml.html.fromstring(answer.text).xpath("//*[@role='alert']")[0].text_content()
    assert drafts(opened.sayso.store) == []


async def test_no_file_and_too_large_a_file_are_told_of(opened: Opened) -> None:
    client = await officer(opened)
    assert "Choose a survey file first" in (await client.post("/staff/preview", data={"file": ""})).text
    assert (await upload(client, "big.yaml", b"#" * 300_000)).status_code == 413


async def test_a_draft_that_is_no_survey_any_more_says_so(opened: Opened) -> None:
    add_draft(opened.sayso.store, "old", "old.yaml", "survey: old\n", TODAY)
    answer = await (await officer(opened)).get("/staff/preview/draft/old")
    assert answer.status_code == 422
    assert "old.yaml, line 1" in answer.text


@pytest.mark.parametrize(
    "path", ["shipped/no-such", "shipped/..%2Fshared_options", "draft/no", "consultation/no", "x/y"]
)
async def test_what_there_is_not_is_not_found(opened: Opened, path: str) -> None:
    assert (await (await officer(opened)).get(f"/staff/preview/{path}")).status_code == 404


@pytest.mark.parametrize("locale", [*LANGUAGES, "en@easy"])
async def test_each_language_and_variant_as_people_see_it(talking: Opened, locale: str) -> None:
    page = await Preview(await officer(talking)).open(
        f"{SHIPPED}/what-we-want?in={locale}&at=safer&audience=young-person"
    )
    wanted = talking.survey.question("safer").prompt.texts[locale]  # type: ignore[arg-type]
    assert page.asked == wanted
    assert page.page.get("lang") == ("en-GB" if locale.startswith("en") else locale)
    assert page.page.get("dir") == ("rtl" if locale in ("ur", "ar") else "ltr")
    assert ("easy" in page.page.xpath("//body/@class")[0]) == (locale == "en@easy")
    assert "Preview: nothing is kept." in page.text
    assert page.page.xpath("//aside")[0].get("lang") == "en-GB"


async def test_every_question_of_every_kind_can_be_jumped_to(talking: Opened) -> None:
    client = await officer(talking)
    page = await Preview(client).open(f"{SHIPPED}/every-kind?audience=young-person")
    questions = [each for each in page.page.xpath("//select[@name='at']/option/@value") if each]
    assert len(questions) > 15
    modes = set()
    for each in questions:
        await page.open(f"{SHIPPED}/every-kind?audience=young-person&at={each}")
        assert page.page.xpath("//select[@name='at']/option[@selected]/@value") == [each]
        modes.add(page.page.xpath("//form[contains(@class, 'reply')]/@data-mode")[0])
    assert modes == {"one", "several", "scale", "ranking", "number", "date", "text"}


async def test_a_talk_with_all_that_may_happen_leaves_no_row_in_any_table(opened: Opened) -> None:
    """A whole survey, worrying words, a name, help, and a deletion."""
    before = rows(opened)
    page = await Preview(await officer(opened)).open("/staff/preview/consultation/have-your-say?audience=young-person")
    for value in ("13_15", "yes"):
        await page.sends(value=value)
    await page.open("/staff/preview/consultation/have-your-say?audience=young-person&at=good_worker")
    await page.sends(text="Miss Ramsbottom always had time for me")
    assert "I took out a name" in page.said
    await page.sends(text="my dad hits me when hes drunk")
    assert "999" in page.said
    assert "Ramsbottom" not in page.answer.text
    assert "drunk" not in page.answer.text
    await page.sends(text="help")
    await page.open("/staff/preview/consultation/have-your-say?audience=young-person&at=care_experience")
    await page.sends(value="no")
    assert "your answers are in" in page.said
    await page.sends(value="delete")
    await page.sends(value="yes")
    assert "deleted" in page.said
    assert page.page.xpath("//a[text()='Start again']")
    assert rows(opened) == before


async def test_what_was_not_taken_is_told_and_can_be_mended(talking: Opened) -> None:
    page = await Preview(await officer(talking)).open(f"{SHIPPED}/what-we-want?audience=young-person&at=told_story")
    await page.sends(text="lots and lots")
    assert "whole number from 0 to 100" in page.said
    assert page.page.xpath("//input[@id='reply']/@value") == ["lots and lots"]
    await page.sends(text="3")
    assert "listen to you" in page.asked
    assert "3" in [each.strip() for each in page.page.xpath("//*[contains(@class, 'said')]/span[@dir]/text()")]


async def test_where_the_talk_stands_cannot_be_forged_or_carried_elsewhere(talking: Opened) -> None:
    client = await officer(talking)
    page = await Preview(client).open(f"{SHIPPED}/what-we-want?audience=staff&at=need")
    carried = page.page.xpath("//input[@name='state']/@value")[0]
    beginning = await Preview(client).open(f"{SHIPPED}/what-we-want")
    for path, state in ((f"{SHIPPED}/what-we-want", carried[:-2] + "xx"), (f"{SHIPPED}/every-kind", carried)):
        answer = await client.post(path, data={"state": state, "step": "1", "text": "more time"})
        assert answer.status_code == 200
        assert answer.history[0].status_code == 303
    assert (await client.post(f"{SHIPPED}/what-we-want", data={"state": ""})).text.count(beginning.asked) > 0


async def test_a_question_of_another_audience_leads_to_the_beginning(talking: Opened) -> None:
    page = await Preview(await officer(talking)).open(f"{SHIPPED}/what-we-want?audience=staff&at=safer")
    assert page.answer.url.path == f"{SHIPPED}/what-we-want"
    assert page.page.xpath("//select[@name='at']/option[@selected]") != []


async def test_paths_what_is_missing_and_easy_read_stand_beside_it(opened: Opened) -> None:
    body = template("every-kind").replace("\nversion:", "\nlanguages: [en, pl]\nversion:", 1)
    body = body.replace("en@easy: How old are you?", "en@easy: You can't say how old you are?")
    client = await officer(opened)
    path = (await upload(client, "ours.yaml", body.encode())).url.path
    page = await Preview(client).open(f"{path}?audience=young-person&in=pl")
    assert "Only if “How you get there” is “Bus” or “Train or tram”." in page.text
    assert "missing in Polish" in page.text
    assert re.search(r"Line \d+, prompt: How old are you\?", page.text)
    assert "“can't” is short for two words" in page.text


async def test_a_draft_is_forgotten_after_ninety_days(opened: Opened) -> None:
    store = opened.sayso.store
    for name, added in (("old", date(2026, 8, 24)), ("young", date(2026, 8, 25))):
        add_draft(store, name, f"{name}.yaml", "x", added)
    purge(store, datetime(2026, 11, 23, 3, tzinfo=UTC), lambda count: count)
    assert [each.id for each in drafts(store)] == ["young"]
    assert drafts(store)[0].kept_until == date(2026, 11, 23)
