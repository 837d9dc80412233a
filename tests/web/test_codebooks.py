"""The pages of the codebook over HTTP: what an analyst changes, merges, splits, brings in and takes back."""

from collections.abc import Callable

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest

from analysis.codebook import Codebook, shipped_codebook
from analysis.codebook.files import read_codebook
from analysis.operations.review import Judgement, Sitting, decide_codings
from analysis.records import Coding, Facet, Verdict
from analysis.storage import codebooks, codings
from analysis.storage.tables import ExampleRow
from bot.chapters import analysed, code_what_is_new, codebook_of
from bot.web.app import create_app
from bot.web.security import Passes, Role
from consultation.domain.consultation import Audience
from consultation.operations.redacted_answers import answer_ids
from consultation.storage import audit
from tests.builders import Opened, Person

AT = "/staff/answers/have-your-say/codebook"
Browse = Callable[[str], httpx.AsyncClient]


@pytest.fixture
def browse(opened: Opened) -> Browse:
    """Browsers of analysts A, B … of one application."""
    app = create_app(opened.sayso)
    passes = Passes((opened.sayso.settings.key_folder / "staff.secret").read_bytes())

    def come_in(seat: str = "A") -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://sayso.test", follow_redirects=True
        )
        client.cookies.set("sayso_staff", passes.cookie(Role.ANALYST, seat))
        return client

    return come_in


@pytest.fixture
def answered(opened: Opened) -> Opened:
    """Three young people have answered, and the machine has read it."""
    for chat, words in (
        ("a", "she listens and doesnt judge me when i tell her stuff"),
        ("b", "someone who listens properly and turns up on time"),
        ("c", "they should be kind and listen to us"),
    ):
        person = Person(opened, chat)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(words)
    code_what_is_new(opened.sayso)
    return opened


def book(opened: Opened) -> Codebook:
    return codebook_of(opened.sayso, opened.wave)


def seen(page: httpx.Response) -> str:
    return str(lxml.html.fromstring(page.text).xpath("//input[@name='seen']/@value")[0])


def standing(opened: Opened) -> list[Coding]:
    """Without regard to which codes are in use."""
    with opened.sayso.store.read() as session:
        ids = list(session.exec(answer_ids(opened.wave.consultation.id)))
        return codings.codings_of(session, ids)


def examples(opened: Opened) -> list[ExampleRow]:
    with opened.sayso.store.read() as session:
        found = codebooks.examples(session, opened.wave.consultation.id)
        session.expunge_all()
    return found


def decide(opened: Opened, answer: str, code: str, verdict: Verdict) -> None:
    desk = opened.sayso.desk
    sitting = Sitting(opened.wave.consultation.slug, book(opened), "analyst B", desk.now(), desk.today())
    decide_codings(opened.sayso.store, sitting, answer, [Judgement(Facet.THEME, code, verdict)])


def told(page: httpx.Response) -> str:
    return " ".join(lxml.html.fromstring(page.text).xpath("//main")[0].text_content().split())


async def save(client: httpx.AsyncClient, path: str, **fields: object) -> httpx.Response:
    """Post a form of a page that was opened just now."""
    number = seen(await client.get(AT))
    return await client.post(f"{AT}{path}", data={"seen": number, "why": "tried out", **fields})


async def test_a_code_is_renamed_and_stays_the_same_code(answered: Opened, browse: Browse) -> None:
    analyst, before = browse("A"), shipped_codebook().theme("listening")
    form = lxml.html.fromstring((await analyst.get(f"{AT}/codes/listening")).text).xpath("//form[.//textarea]")[0]
    typed = {**dict(form.form_values()), "name": "Being heard", "why": "That is what they say"}
    page = await analyst.post(f"{AT}/codes/listening", data=typed)
    after = book(answered).theme("listening")
    assert (after.id, after.guid, after.name) == (before.id, before.guid, "Being heard")
    assert after.former_names == (before.name,)
    assert (after.include, after.statements) == (before.include, before.statements)
    assert "“That is what they say”" in told(page)
    assert "must learn again" not in told(page)
    assert f"{before.name}" in page.text
    found = analysed(answered.sayso, answered.wave, everything=True)
    assert any(each.code == "listening" for each in found.codings)


async def test_of_two_who_save_at_once_the_second_sees_both_texts(answered: Opened, browse: Browse) -> None:
    first, second = browse("A"), browse("B")
    number = seen(await second.get(f"{AT}/codes/listening"))
    await save(first, "/codes/listening", name="Being heard", definition="By A.")
    mine = {"seen": number, "why": "mine", "name": "Listening well", "definition": "By B.", "include": "x\ny"}
    page = await second.post(f"{AT}/codes/listening", data=mine)
    assert page.status_code == 409
    assert "Analyst A saved version 2" in told(page)
    assert all(words in page.text for words in ("Being heard", "By A.", "Listening well", "By B.", "x\ny"))
    assert book(answered).theme("listening").definition == "By A."
    again = await second.post(f"{AT}/codes/listening", data={**mine, "seen": seen(page)})
    assert again.status_code == 200
    assert book(answered).theme("listening").definition == "By B."
    assert book(answered).version == 3


async def test_what_is_wrong_with_a_form_is_said_and_what_was_typed_stays(answered: Opened, browse: Browse) -> None:
    analyst = browse("A")
    for path, fields, said in (
        ("/codes/listening", {"name": "", "definition": "kept here"}, "A code needs a name"),
        ("/codes/listening", {"name": "Y", "definition": "kept here", "why": " "}, "Say in a few words why"),
        ("/new", {"name": shipped_codebook().theme("respect").name, "definition": "kept here"}, "merge the two"),
        ("/new", {"name": "N" * 700, "definition": "kept here"}, "at most 600"),
    ):
        page = await save(analyst, path, **fields)
        assert page.status_code == 422, path
        assert said in told(page)
        assert "kept here" in page.text
    assert book(answered) == shipped_codebook()
    assert (await analyst.get(f"{AT}/codes/nothing_such")).status_code == 404
    assert (await save(analyst, "/codes/nothing_such/retire")).status_code == 404


async def test_a_code_is_added_and_retired_and_every_version_is_listed(answered: Opened, browse: Browse) -> None:
    analyst = browse("A")
    page = await save(analyst, "/new", name="Dogs at work", definition="Animals.", facet="theme", include="Cats\n\n")
    assert "The machine must learn again" in told(page)
    assert book(answered).theme("dogs_at_work").include == ("Cats",)
    await save(analyst, "/codes/dogs_at_work/retire", why="Nobody has one")
    assert book(answered).code("dogs_at_work").retired
    assert book(answered).has_codes_of(shipped_codebook())
    page = await save(analyst, "/back", number="2")
    assert book(answered).version == 4
    assert book(answered).uses("dogs_at_work")
    assert "must learn again" in told(page)
    versions = lxml.html.fromstring(page.text).xpath("//details[./summary/strong]")
    listed = [" ".join(each.text_content().split()) for each in versions]
    assert [each.split(",")[0] for each in listed] == [f"every-child-matters {number}" for number in (4, 3, 2, 1)]
    assert "Dogs at work: retired" in listed[1]
    assert "Dogs at work: added" in listed[2]
    assert "sayso: As it came with Sayso." in listed[3]


async def test_merged_codes_bring_what_people_decided(answered: Opened, browse: Browse) -> None:
    analyst = browse("A")
    ids = [each.answer_id for each in standing(answered) if each.code == "listening"]
    for answer, code, verdict in (
        (ids[0], "respect", Verdict.ADDED),
        (ids[0], "listening", Verdict.REJECTED),
        (ids[1], "respect", Verdict.REJECTED),
    ):
        decide(answered, answer, code, verdict)
    await save(analyst, "/merge", into="listening", other=["respect"], why="One thing")
    found = {(each.answer_id, each.code): each.verdict for each in standing(answered) if each.facet is Facet.THEME}
    assert found[ids[0], "listening"] is Verdict.CONFIRMED
    assert found[ids[1], "listening"] is None  # proposed, and nobody has looked: what was rejected was another code
    assert not any(code == "respect" for _, code in found)
    assert book(answered).code("respect").retired
    assert shipped_codebook().theme("respect").name in book(answered).theme("listening").former_names
    with answered.sayso.store.read() as session:
        last = audit.entries(session)[-1]
    assert (last.actor, last.act, last.details["seat"]) == ("analyst", "codes merged", "A")
    assert ids[0] not in str(last.details)


async def test_a_code_is_split_answer_by_answer(answered: Opened, browse: Browse) -> None:
    analyst = browse("A")
    carrying = {each.answer_id for each in standing(answered) if each.code == "listening"}
    page = await save(
        analyst,
        "/split/listening",
        name_1="Hearing out",
        definition_1="Time to talk.",
        name_2="Acting on it",
        definition_2="What comes of it.",
    )
    assert f"0 of {len(carrying)} answers given" in told(page)
    assert book(answered).uses("listening")
    assert (await save(analyst, "/split/listening/finish")).status_code == 422
    blocked = await save(analyst, "/codes/listening/retire")
    assert "is being split" in told(blocked)
    given: dict[str, list[str]] = {}
    for choice in (["hearing_out"], ["hearing_out", "acting_on_it"], []):
        form = lxml.html.fromstring(page.text)
        answer = str(form.xpath("//input[@name='answer']/@value")[0])
        nothing = await analyst.post(f"{AT}/split/listening/give", data={"answer": answer})
        assert "None of them" in told(nothing)
        fields = {"answer": answer, "given": choice} if choice else {"answer": answer, "none": "1"}
        page = await analyst.post(f"{AT}/split/listening/give", data=fields)
        given[answer] = choice
    assert given.keys() == carrying
    page = await save(analyst, "/split/listening/finish", why="Two things")
    assert page.status_code == 200
    assert book(answered).code("listening").retired
    stands = {(each.answer_id, each.code) for each in standing(answered) if each.counts and each.facet is Facet.THEME}
    assert {(answer, code) for answer, codes in given.items() for code in codes} <= stands
    assert not any(code == "listening" for _, code in stands)


async def test_a_split_that_is_stopped_leaves_no_trace(answered: Opened, browse: Browse) -> None:
    analyst, before = browse("A"), standing(answered)
    parts = {"name_1": "One", "definition_1": "x", "name_2": "Two", "definition_2": "y"}
    one = await save(analyst, "/split/listening", **{**parts, "name_2": "", "definition_2": ""})
    assert "at least two" in told(one)
    await save(analyst, "/split/listening", **parts)
    again = await save(analyst, "/split/listening", **parts)
    assert "being split already" in told(again)
    await save(analyst, "/split/listening/stop")
    assert "being split" not in told(await analyst.get(AT))
    assert standing(answered) == before
    assert book(answered) == shipped_codebook()


async def test_a_codebook_goes_out_and_comes_back_in(answered: Opened, browse: Browse) -> None:
    analyst = browse("A")
    for kind in ("yaml", "csv", "qdc"):
        file = await analyst.get(f"{AT}/files/{kind}")
        name = file.headers["content-disposition"].split('"')[1]
        assert {each.id for each in read_codebook(name, file.content).codes} == {
            each.id for each in book(answered).codes
        }
        changed = file.content.replace(b"Being kind", b"Being kind", 1).replace(b"bullying", b"bullyings")
        page = await analyst.post(
            f"{AT}/import", data={"seen": seen(await analyst.get(AT)), "why": kind}, files={"file": (name, changed)}
        )
        assert page.status_code == 200, told(page)[:300]
    assert book(answered).version == 4
    assert book(answered).theme("listening").statements == shipped_codebook().theme("listening").statements
    assert (await analyst.get(f"{AT}/files/exe")).status_code == 404


async def test_a_file_with_a_fault_changes_nothing(answered: Opened, browse: Browse) -> None:
    analyst = browse("A")
    for name, content, said in (
        ("c.csv", b"id,name\na,b\n", "Missing: definition, include, exclude, facet"),
        ("c.qdc", b"<CodeBook><Codes>", "line 1: this is not whole XML"),
        ("c.yaml", b"themes:\n  - id: x\n", "line 2"),
        ("c.txt", b"x", "must end in"),
        ("c.csv", b"", "it is empty"),
    ):
        page = await analyst.post(f"{AT}/import", data={"seen": "0", "why": "y"}, files={"file": (name, content)})
        assert (page.status_code, said in told(page)) == (422, True), told(page)[:400]
    assert (await analyst.post(f"{AT}/import", data={"seen": "0", "why": "y"})).status_code == 422
    assert book(answered) == shipped_codebook()


async def test_examples_are_redacted_before_they_are_kept(answered: Opened, browse: Browse) -> None:
    analyst = browse("A")
    rows = "id,text,themes\n1,my worker Pauline Smith listens to me,listening\n2,be kind,respect;listening\n"
    page = await analyst.post(f"{AT}/examples", data={}, files={"file": ("coded.csv", rows.encode())})
    assert "2 examples were taken in" in told(page)
    kept = examples(answered)
    assert kept[0].text == "my worker [name] listens to me"
    assert kept[1].themes == ["respect", "listening"]
    bad = await analyst.post(
        f"{AT}/examples", data={}, files={"file": ("b.csv", rows.replace("respect", "respekt").encode())}
    )
    assert "b.csv: row 3: 'respekt' is not a code" in told(bad)
    assert "The nearest is 'respect'" in told(bad)
    assert len(examples(answered)) == 2
