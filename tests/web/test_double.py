"""Coding by two, over HTTP: nobody is shown what they must not have seen, and what they differ on is settled."""

from collections.abc import Callable

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest

from analysis.records import Verdict
from analysis.storage.readings import doubled
from bot.chapters import analysed, code_what_is_new, codebook_of
from bot.web.app import create_app
from bot.web.security import Passes, Role
from consultation.domain.consultation import Audience
from consultation.operations.redacted_answers import told_in
from tests.builders import Opened, Person

AT = "/staff/answers/have-your-say"
SAID = (
    "she listens and doesnt judge me when i tell her stuff",
    "someone who listens properly and turns up on time",
    "they should be kind and listen to us",
)
RARE = "money_housing"  # which no answer is about and the machine proposes for none
Browse = Callable[[str], httpx.AsyncClient]


@pytest.fixture
def browse(opened: Opened) -> Browse:
    """Browsers of analysts A, B … of one application."""
    app = create_app(opened.sayso)
    passes = Passes((opened.sayso.settings.key_folder / "staff.secret").read_bytes())

    def come_in(seat: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://sayso.test", follow_redirects=True
        )
        client.cookies.set("sayso_staff", passes.cookie(Role.ANALYST, seat))
        return client

    return come_in


@pytest.fixture
def answered(opened: Opened) -> Opened:
    """Three young people have answered, and the machine has read it."""
    for chat, words in enumerate(SAID):
        person = Person(opened, f"chat {chat}")
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(words)
    code_what_is_new(opened.sayso)
    return opened


async def draw(analyst: httpx.AsyncClient, **changes: str) -> httpx.Response:
    return await analyst.post(f"{AT}/double", data={"first": "A", "second": "b", "size": "3", **changes})


def drawn(opened: Opened) -> list[str]:
    with opened.sayso.store.read() as session:
        return [each.answer for each in doubled(session, told_in(opened.wave.id))]


async def give(analyst: httpx.AsyncClient, answer: str, *themes: str, tone: str = "positive") -> httpx.Response:
    data = {"answer": answer, "theme": list(themes), "sentiment": tone}
    return await analyst.post(f"{AT}/double/read", data=data)


def verdicts(opened: Opened, answer: str) -> dict[str, Verdict | None]:
    found = analysed(opened.sayso, opened.wave, everything=True)
    return {each.code: each.verdict for each in found.codings if each.answer_id == answer}


async def test_until_both_are_done_neither_sees_what_anybody_made_of_it(answered: Opened, browse: Browse) -> None:
    a, b, c = browse("A"), browse("B"), browse("C")
    await draw(a)
    proposed = {each.code: each for each in analysed(answered.sayso, answered.wave, everything=True).codings}
    assert "listening" in proposed
    assert RARE not in proposed
    names = {each.id: each.name for each in codebook_of(answered.sayso, answered.wave).themes}
    for answer in drawn(answered):
        await give(a, answer, RARE)
    for path in ("", "/double", "/double/read", "/agreement", "/disagreements"):
        page = lxml.html.fromstring((await b.get(f"{AT}{path}")).text)
        for offered in page.xpath("//select | //fieldset | //details | //label"):  # where every code stands
            offered.drop_tree()
        said = page.text_content()
        assert any(each in said for each in SAID) or path not in ("", "/double/read")
        for name in (names[RARE], names["listening"], "%", proposed["listening"].reason):
            assert name not in said, (path, name)
    read = lxml.html.fromstring((await b.get(f"{AT}/double/read")).text)
    assert read.xpath("//input[@checked][@name != '']") == []
    assert str(proposed["listening"].confidence) not in (await b.get(f"{AT}/double/read")).text
    assert "Code it blind" in (await b.get(AT)).text
    assert "Code it blind" not in (await c.get(AT)).text
    for answer in drawn(answered):
        page = await b.get(f"{AT}/review?answer={answer}")
        assert proposed["listening"].reason not in page.text


async def test_a_code_that_both_gave_stands_at_once_and_what_differs_is_settled(
    answered: Opened, browse: Browse
) -> None:
    a, b = browse("A"), browse("B")
    assert "0 of 3 done" in (await draw(a)).text
    first = drawn(answered)[0]
    await give(a, first, "listening", RARE)
    page = await give(b, first, "listening", tone="negative")
    assert "1 of 3 done" in page.text
    assert verdicts(answered, first)["listening"] in (Verdict.CONFIRMED, Verdict.ADDED)
    page = await a.get(f"{AT}/disagreements")
    assert "1 of 1 answers" in page.text
    keep = {"answer": first, "seen": "1", "keep": f"theme {RARE}"}
    assert "✓ kept" in (await a.post(f"{AT}/disagreements", data=keep)).text
    late = await b.post(f"{AT}/disagreements", data={"answer": first, "seen": "1", "drop": f"theme {RARE}"})
    assert late.status_code == 409
    assert "analyst A" in late.text
    assert "Nothing of yours was written" in late.text
    done = await b.post(f"{AT}/disagreements", data={"answer": first, "seen": "2", "keep": "sentiment negative"})
    assert "0 of 1 answers" in done.text
    stands = verdicts(answered, first)
    assert stands[RARE] is Verdict.ADDED
    assert stands["negative"] in (Verdict.CONFIRMED, Verdict.ADDED)
    assert stands["positive"] is Verdict.REJECTED
    trust = analysed(answered.sayso, answered.wave, everything=True).findings.trust
    assert (dict(trust.drawn), trust.doubled) == ({"double": 1}, 1)
    assert "Of 1 reviewed: 1 coded by two people." in (await a.get(AT)).text


async def test_agreement_is_shown_in_counts_first_and_in_figures_when_there_are_enough(
    answered: Opened, browse: Browse
) -> None:
    a, b = browse("A"), browse("B")
    assert "nothing is known of how far they agree" in (await a.get(f"{AT}/agreement")).text
    await draw(a)
    for answer in drawn(answered):
        for analyst in (a, b):
            await give(analyst, answer, "listening")
    page = (await a.get(f"{AT}/agreement")).text
    assert "3 answers are too few" in page
    assert "kappa" not in lxml.html.fromstring(page).xpath("string(//table)")
    for number in range(8):
        person = Person(answered, f"later {number}")
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(f"always on time, number {number}")
    await draw(a, size="8")
    for number, answer in enumerate(drawn(answered)):
        await give(a, answer, "continuity_time" if number % 2 else "listening")
        await give(b, answer, "continuity_time" if number % 3 else "listening")
    page = (await a.get(f"{AT}/agreement")).text
    assert "11 answers coded by analyst A and B" in page
    assert "n = 11" in page
    assert "undefined: given to every answer" in page  # the tone
    assert "The machine beside analyst B, n = 11: F1" in page
    assert "nan" not in page.lower().replace("finan", "").replace("nance", "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"second": "A"}, "Name two analysts"),
        ({"second": "?"}, "Name two analysts"),
        ({"size": "0"}, "How many answers?"),
        ({"size": "many"}, "How many answers?"),
        ({"audience": "staff"}, "no such answer left"),
    ],
)
async def test_a_draw_that_cannot_be_made_says_why_and_keeps_what_was_typed(
    answered: Opened, browse: Browse, changes: dict[str, str], words: str
) -> None:
    page = await draw(browse("A"), **changes)
    assert page.status_code == 422
    assert words in page.text
    assert drawn(answered) == []


async def test_what_cannot_be_taken_is_said_with_what_was_ticked(answered: Opened, browse: Browse) -> None:
    a, c = browse("A"), browse("C")
    await draw(a)
    first = drawn(answered)[0]
    page = await a.post(f"{AT}/double/read", data={"answer": first, "theme": ["listening"]})
    assert page.status_code == 422
    assert "Choose a tone as well" in page.text
    checked = lxml.html.fromstring(page.text).xpath("//fieldset//input[@checked]/@value")
    assert checked == ["listening"]
    assert (await give(a, first, "no_such_code")).status_code == 422
    assert (await give(c, first, "listening")).status_code == 404
    assert (await give(a, "no such answer", "listening")).status_code == 404
    seen = {"answer": first, "seen": "0", "keep": "theme listening"}
    assert (await c.post(f"{AT}/disagreements", data=seen)).status_code == 404
    with answered.sayso.store.read() as session:
        assert all(not each.given for each in doubled(session, told_in(answered.wave.id)))


async def test_an_analyst_without_a_letter_is_told_how_to_get_one(answered: Opened, browse: Browse) -> None:
    assert "sayso staff-link analyst --seat A" in (await browse("").get(f"{AT}/double")).text


async def test_the_answers_page_says_how_far_its_coding_was_checked(answered: Opened, browse: Browse) -> None:
    page = (await browse("A").get(AT)).text
    assert "No person has yet read an answer through and judged how it was coded (0 of 3 answers)." in page
