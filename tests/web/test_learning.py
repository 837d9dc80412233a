"""Learning from corrections: by the real scheduler, then as an analyst sees it over HTTP and in Chromium."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest
from sqlmodel import select

from analysis.codebook import shipped_codebook
from analysis.coding import adapted, shipped_coder
from analysis.coding.attentive import AttentiveCoder
from analysis.coding.exemplars import Exemplar
from analysis.coding.safe import Band, as_data
from analysis.operations.learn import is_held_out
from analysis.operations.review import Judgement, Sitting, finish_review
from analysis.records import Facet, Verdict
from analysis.storage import coders, codings
from analysis.storage.lessons import judged
from analysis.storage.tables import CodedRow, CoderVersionRow, DecisionRow
from bot.chapters import code_what_is_new, codebook_of, coder_of
from bot.learning import AFTER, band_of
from bot.metrics import Metrics
from bot.scheduler import Scheduler
from bot.web.app import create_app
from bot.web.security import STAFF_COOKIE, Passes, Role
from consultation.domain.consultation import Audience
from consultation.operations.redacted_answers import told_in
from consultation.storage import audit
from consultation.storage.tables import AnswerRow
from tests.builders import Opened, Person, open_consultation
from tests.web.looking import look
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served

AT = "/staff/answers/have-your-say/learning"
WORDS = (
    "they should play football with us", "someone who plays games with you", "a worker who is up for a kickabout",
    "more swings at the park please", "she listens to me", "listen to what we say", "always on time and doesnt cancel",
    "dont keep changing my worker", "he never judged me", "kind and funny", "play more games outside with us",
    "ask us before you decide things", "the same social worker for longer", "play", "let us play out",
)  # fmt: skip
NEW = ("play with us more", "somebody who listens properly", "he listened to every word")


def cookie(opened: Opened) -> str:
    return Passes((opened.sayso.settings.key_folder / "staff.secret").read_bytes()).cookie(Role.ANALYST, "A")


def heavy_look(opened: Opened, minutes: int = 0) -> None:
    """What the process that does heavy work finds to do, at once or later."""
    now = opened.sayso.desk.now() + timedelta(minutes=minutes)
    sayso = replace(opened.sayso, desk=replace(opened.sayso.desk, now=lambda: now), metrics=Metrics())
    Scheduler(sayso, heavy=True).do_heavy_work()


def answer(opened: Opened, words: tuple[str, ...]) -> None:
    for number, said in enumerate(words):
        person = Person(opened, f"{number} {said}")
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(said)
    code_what_is_new(opened.sayso)


def review_all(opened: Opened) -> None:
    """An analyst rejects all that the machine proposed, and gives everything the codebook's first theme."""
    desk, codebook = opened.sayso.desk, codebook_of(opened.sayso, opened.wave)
    sitting = Sitting(opened.wave.consultation.slug, codebook, "analyst A", desk.now(), desk.today())
    mine = Judgement(Facet.THEME, codebook.theme_ids[0], Verdict.ADDED)
    with opened.sayso.store.read() as session:
        proposed = {each: codings.proposed(session, each) for each in session.exec(told_in(opened.wave.id))}
    for each, codes in proposed.items():
        wrong = [Judgement(Facet(facet), code, Verdict.REJECTED) for facet, code in sorted(codes) if code != mine.code]
        finish_review(opened.sayso.store, sitting, each, [*wrong, mine], drawn="random")


def versions(opened: Opened) -> list[CoderVersionRow]:
    with opened.sayso.store.read() as session:
        return coders.versions(session, opened.wave.consultation.id)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Enough is reviewed, and the machine has learned from it."""
    opened = open_consultation(tmp_path_factory.mktemp("taught") / "data")
    answer(opened, WORDS)
    review_all(opened)
    answer(opened, NEW)
    heavy_look(opened)
    yield opened
    opened.sayso.store.close()


@pytest.fixture
def analyst(taught: Opened) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=create_app(taught.sayso))
    client = httpx.AsyncClient(transport=transport, base_url="http://sayso.test", follow_redirects=True)
    client.cookies.set(STAFF_COOKIE, cookie(taught))
    return client


def said(page: httpx.Response) -> str:
    assert page.status_code == 200
    return " ".join(lxml.html.fromstring(page.text).text_content().split())


def test_the_scheduler_learns_once_enough_is_reviewed_and_not_from_what_it_is_measured_on(taught: Opened) -> None:
    made = versions(taught)
    assert [each.number for each in made] == [1]
    with taught.sayso.store.read() as session:
        learnt = coders.lessons_of(session, made[0].version)
        everything = set(judged(session, told_in(taught.wave.id)))
    assert learnt == {each for each in everything if not is_held_out(each)}
    assert made[0].learnt_from == len(learnt) < len(WORDS)
    assert made[0].figures["n"] == len(everything) - len(learnt)
    assert made[0].figures["reviewed"] == len(WORDS) >= AFTER
    assert made[0].in_use, "it has learned the code that a person gave to everything"
    heavy_look(taught, minutes=1)
    assert len(versions(taught)) == 1, "nothing was reviewed since"


def test_what_it_learned_is_used_for_what_nobody_decided(taught: Opened) -> None:
    heavy_look(taught, minutes=5)
    with taught.sayso.store.read() as session:
        assert {each.coder for each in session.exec(select(CodedRow))} == {versions(taught)[0].version}
        decided = session.exec(select(DecisionRow)).all()
    assert decided
    assert {each.decided_by for each in decided} == {"analyst A"}, "people's decisions stay"
    assert coder_of(taught.sayso, taught.wave).version == versions(taught)[0].version


async def test_an_analyst_goes_back_with_one_click_and_forth_again(taught: Opened, analyst: httpx.AsyncClient) -> None:
    version = versions(taught)[0].version
    page = said(await analyst.get(AT))
    assert "In use: version 1" in page
    assert "too few to say whether it is better" in page
    assert "Use the coder that ships" in page
    assert "Done." in said(await analyst.post(AT, data={"do": "use", "version": ""}))
    assert not versions(taught)[0].in_use
    with taught.sayso.store.read() as session:
        entry = audit.entries(session)[-1]
    assert (entry.act, entry.actor, entry.details) == ("coder chosen", "analyst", {"seat": "A", "number": 0})
    assert "can’t be used" in said(await analyst.post(AT, data={"do": "use", "version": "nobody.knows"}))
    await analyst.post(AT, data={"do": "use", "version": version})
    assert versions(taught)[0].in_use


async def test_who_asks_is_told_when_and_nonsense_is_not_found(analyst: httpx.AsyncClient) -> None:
    assert "Asked for." in said(await analyst.post(AT, data={"do": "learn"}))
    for nonsense in ({}, {"do": "forget everything"}, {"do": "take back", "number": "x"}):
        assert (await analyst.post(AT, data=nonsense)).status_code == 404
    assert (await analyst.get("/staff/answers/elsewhere/learning")).status_code == 404


async def test_the_band_is_accepted_by_its_button_and_taken_back(taught: Opened, analyst: httpx.AsyncClient) -> None:
    """A dozen answers show no band; this one stands for what a large consultation has."""
    sure = Band({codebook_of(taught.sayso, taught.wave).theme_ids[0]: 0.0}, 900, 880, 0.96, 0.6)
    with taught.sayso.store.write() as session:
        row = coders.in_use(session, taught.wave.consultation.id)
        assert row is not None
        row.figures = row.figures | {"band": as_data(sure)}
    assert band_of(taught.sayso, taught.wave) == (sure, True)
    code_what_is_new(taught.sayso)
    page = await analyst.get(AT)
    button = lxml.html.fromstring(page.text).xpath("//form[.//button[@value='accept']]")[0]
    waiting = int(button.text_content().split()[2])
    other = await analyst.post(AT, data={"do": "accept", "coder": "another"})
    assert "Nothing was accepted" in said(other)
    accepted = said(await analyst.post(AT, data=dict(button.form_values()) | {"do": "accept"}))
    assert f"{waiting} codes accepted in bulk by analyst A." in accepted
    assert "Nothing in the band waits for a decision." in accepted
    listed = said(await analyst.get("/staff/answers/have-your-say"))
    assert "accepted in bulk" in listed
    back = said(await analyst.post(AT, data={"do": "take back", "number": "1"}))
    assert f"{waiting} codes accepted in bulk by analyst A, and taken back." in back
    assert f"Accept the {waiting} codes" in back


@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
def test_the_page_in_chromium(taught: Opened) -> None:
    """As it is with few reviews, and with the figures of many."""
    with served(taught.sayso) as address, chromium() as browser:
        context = browser.new_context(bypass_csp=True)
        context.add_cookies([{"name": STAFF_COOKIE, "value": cookie(taught), "url": address}])
        page = context.new_page()
        page.goto(f"{address}{AT}")
        assert page.locator("figure svg polyline").count() == 6
        look(page, "learning, few reviews")
        with taught.sayso.store.write() as session:
            row = coders.in_use(session, taught.wave.consultation.id)
            assert row is not None
            moved = [{"code": "listening", "before": 0.5, "after": 0.75, "n": 12}]
            row.figures = row.figures | {"n": 40, "moved": moved}
        page.reload()
        page.locator("details summary").first.click()
        assert page.locator(".version table").count() == 1
        look(page, "learning, many reviews")


async def test_after_an_update_of_what_it_corrects_a_coder_learns_anew(
    taught: Opened, analyst: httpx.AsyncClient
) -> None:
    shipped = shipped_coder()
    older = AttentiveCoder(replace(shipped.head, version="1.older"), shipped_codebook(), shipped.reader)
    kept = adapted.adapt(older, [Exemplar("play", themes=("listening",))], shipped_codebook())
    with taught.sayso.store.write() as session:
        row = coders.in_use(session, taught.wave.consultation.id)
        assert row is not None
        version, row.head = row.version, adapted.to_bytes(kept)
    assert coder_of(taught.sayso, taught.wave).version == shipped.version
    assert not band_of(taught.sayso, taught.wave)[1], "the band of a coder that codes nothing"
    for page in (AT, "/staff/answers/have-your-say", "/staff/answers/have-your-say/review"):
        said(await analyst.get(page))
    heavy_look(taught, minutes=7)
    row = versions(taught)[0]
    assert (row.version, row.in_use) == (version, True), "the same lessons make the same coder"
    assert coder_of(taught.sayso, taught.wave).version == version


def test_a_coder_that_holds_what_was_withdrawn_is_forgotten_and_learns_anew(taught: Opened) -> None:
    before = versions(taught)[0]
    with taught.sayso.store.read() as session:
        learnt = coders.lessons_of(session, before.version)
    withdrawn = min(learnt)
    with taught.sayso.store.write() as session:
        session.delete(session.get(AnswerRow, withdrawn))
    heavy_look(taught, minutes=10)
    after = versions(taught)
    assert before.version not in {each.version for each in after}
    with taught.sayso.store.read() as session:
        assert all(withdrawn not in coders.lessons_of(session, each.version) for each in after)
    assert after[0].learnt_from == before.learnt_from - 1
