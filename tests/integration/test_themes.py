"""Candidate themes: kept and offered once, judged by an analyst, gone with their answers. On both databases where rows
are written; the pages over HTTP and in Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest
from sqlalchemy import URL
from sqlmodel import col, delete

from analysis.codebook import Codebook, shipped_codebook
from analysis.codebook.edit import Wording, add
from analysis.operations.decide_themes import adopt_theme, dismiss_theme, merge_theme
from analysis.operations.edit_codebook import Editing, Overtaken, change_codebook
from analysis.operations.find_themes import find_themes
from analysis.operations.redact_codings import carry_codings
from analysis.operations.take_records import answer_records
from analysis.records import AnswerRecord, Coding, Verdict
from analysis.storage import candidates, codings
from analysis.storage.candidates import Decided, Kept
from bot.chapters import codebook_of
from bot.themes import look_where_new
from bot.web.security import Passes, Role
from consultation.domain.text import Kind, RawText
from consultation.encoder import HashEncoder
from consultation.operations.redact_leak import redact_leak
from consultation.operations.redacted_answers import redacted_answers
from consultation.privacy.detect import WordDetector
from consultation.privacy.leak import Leak
from consultation.storage import audit
from consultation.storage.tables import AnswerRow, ResponseRow
from tests.builders import Opened, ids_from, open_consultation
from tests.contracts.databases import as_setting, cluster, kind, place
from tests.unit.analysis.themes.test_cluster import LIGHTS, OTHERS
from tests.web.looking import look
from tests.web.serving import CHROMIUM, NO_CHROMIUM, chromium, served
from tests.web.test_staff import browser as visitor

__all__ = ["cluster", "kind", "place"]  # fixtures

BASE = "/staff/answers/have-your-say/themes"


def answered(folder: Path, **how: Any) -> Opened:
    opened = open_consultation(folder / "data", detector=WordDetector({}), **how)
    tell(opened, *LIGHTS, *OTHERS)
    return opened


def tell(opened: Opened, *texts: str) -> None:
    """Each from somebody else. As rows: what happens in a talk is tested elsewhere."""
    new_id, today = opened.sayso.desk.new_id, opened.sayso.desk.today()
    for words in texts:
        response = ResponseRow(
            id=new_id(), wave_id=opened.wave.id, audience="young_person", channel="web", locale="en",
            consent_wording="", consented_on=today,
        )  # fmt: skip
        answer = AnswerRow(
            id=new_id(), response_id=response.id, question="good_worker", kind="Told", text=words, answered_on=today
        )
        with opened.sayso.store.write() as session:
            session.add(response)
            session.flush()
            session.add(answer)


@pytest.fixture
def told(place: Path | URL, tmp_path: Path) -> Iterator[Opened]:
    opened = answered(tmp_path, database_url=as_setting(place))
    yield opened
    opened.sayso.store.close()


def records(opened: Opened) -> list[AnswerRecord]:
    return answer_records(redacted_answers(opened.sayso.store, opened.wave.id))


def find(opened: Opened) -> int:
    desk = opened.sayso.desk
    return find_themes(
        opened.sayso.store, opened.wave.consultation.id, records(opened), codebook_of(opened.sayso, opened.wave),
        HashEncoder(), on=desk.today(), new_id=desk.new_id,
    )  # fmt: skip


def kept(opened: Opened) -> list[Kept]:
    with opened.sayso.store.read() as session:
        found = candidates.all_of(session, opened.wave.consultation.id)
        session.expunge_all()
    return found


def editing(opened: Opened, seat: str = "A", seen: int = 0) -> Editing:
    desk = opened.sayso.desk
    return Editing(opened.wave.consultation, f"analyst {seat}", desk.now(), desk.today(), "many asked for it", seen)


def decided(opened: Opened) -> list[Coding]:
    with opened.sayso.store.read() as session:
        return [
            each for each in codings.codings_of(session, [each.answer_id for each in records(opened)]) if each.verdict
        ]


LIT = Wording("Street lights", "Wants light on streets and paths.")
GUID = ids_from(7)


def test_adopting_makes_a_version_with_the_code_on_what_was_ticked(told: Opened) -> None:
    assert find(told) == 1
    one = kept(told)[0]
    ticked = one.nearest_first[:4]
    adopt_theme(told.sayso.store, editing(told), one.row.id, LIT, [*ticked, "of another"], UUID(hex=GUID()))
    book = codebook_of(told.sayso, told.wave)
    assert book.theme("street_lights").definition == LIT.definition
    assert sorted(each.answer_id for each in decided(told)) == sorted(ticked)
    assert {each.verdict for each in decided(told)} == {Verdict.ADDED}
    with told.sayso.store.read() as session:
        acts = [(each.act, each.details["seat"]) for each in audit.entries(session) if "theme" in each.act]
    assert acts == [("theme adopted", "A")]
    with pytest.raises(Decided) as late:
        dismiss_theme(told.sayso.store, editing(told, "B"), one.row.id)
    assert late.value.row is not None
    assert (late.value.row.state, late.value.row.decided_by) == ("adopted", "analyst A")


def test_whoever_saved_the_codebook_first_is_not_overwritten(told: Opened) -> None:
    find(told)
    one = kept(told)[0]
    change_codebook(told.sayso.store, editing(told, "B"), lambda book: with_another(book, "Other"))
    with pytest.raises(Overtaken):
        adopt_theme(told.sayso.store, editing(told), one.row.id, LIT, one.nearest_first, UUID(hex=GUID()))
    assert kept(told)[0].row.state == "open"
    assert decided(told) == []


def with_another(book: Codebook, name: str) -> Codebook:
    return add(book, Wording(name, "Something else."), "theme", UUID(hex=GUID()))


def test_a_candidate_can_become_part_of_a_theme_that_there_is(told: Opened) -> None:
    find(told)
    one = kept(told)[0]
    book = shipped_codebook()
    merge_theme(told.sayso.store, editing(told), book, one.row.id, "community_safety", one.nearest_first[:2])
    assert {(each.code, each.answer_id) for each in decided(told)} == {
        ("community_safety", each) for each in one.nearest_first[:2]
    }
    assert kept(told)[0].row.became == "community_safety"


def test_what_was_dismissed_stays_so_when_more_say_it(told: Opened) -> None:
    find(told)
    dismiss_theme(told.sayso.store, editing(told), kept(told)[0].row.id)
    tell(told, "more street lights please")
    assert find(told) == 0
    assert [each.row.state for each in kept(told)] == ["dismissed"]


def test_an_undecided_one_keeps_its_place_when_it_is_found_again(told: Opened) -> None:
    find(told)
    before = kept(told)[0].row.id
    tell(told, "more street lights please")
    assert find(told) == 1
    assert [each.row.id for each in kept(told)] == [before]
    assert len(kept(told)[0].answers) == len(LIGHTS) + 1


def test_withdrawn_answers_leave_it_and_leaks_take_its_words(told: Opened) -> None:
    find(told)
    one = kept(told)[0]
    gone, leaking = one.nearest_first[:2]
    with told.sayso.store.write() as session:
        session.execute(delete(AnswerRow).where(col(AnswerRow.id) == gone))
    assert gone not in kept(told)[0].answers
    dismiss_theme(told.sayso.store, editing(told), one.row.id)
    with told.sayso.store.write() as session:
        candidates.forget_words(session, [leaking])
    assert (kept(told)[0].row.name, kept(told)[0].row.words) == ("", [])


def test_a_leak_takes_an_undecided_candidate_away(told: Opened) -> None:
    find(told)
    desk = told.sayso.desk
    redact_leak(
        told.sayso.store, told.wave, Leak(RawText("street"), Kind.ADDRESS), None, carry=carry_codings,
        new_id=desk.new_id, by="analyst", at=desk.now(),
    )  # fmt: skip
    assert kept(told) == []


class TestPages:
    @pytest.fixture
    def opened(self, tmp_path: Path) -> Iterator[Opened]:
        opened = answered(tmp_path)
        find(opened)  # before the machine codes them, as it does when an analyst comes in
        yield opened
        opened.sayso.store.close()

    async def analyst(self, opened: Opened, seat: str) -> httpx.AsyncClient:
        client = visitor(opened)
        secret = (opened.sayso.settings.key_folder / "staff.secret").read_bytes()
        entered = await client.post("/staff/enter", data={"pass": Passes(secret).link_token(Role.ANALYST, seat)})
        assert entered.status_code == 200
        return client

    async def test_an_analyst_looks_ticks_and_adopts_and_another_comes_too_late(self, opened: Opened) -> None:
        one, other = await self.analyst(opened, "A"), await self.analyst(opened, "B")
        page = await one.get(BASE)
        assert "Prompts for a person, not findings" in page.text
        assert "Street lights" in page.text
        link = lxml.html.fromstring(page.text).xpath("//article//a[contains(@class, 'button')]/@href")[0]
        form = lxml.html.fromstring((await one.get(f"{link}?tick=all")).text).forms[-1]
        fields = form_fields(form)
        assert len(fields["answer"]) == len(LIGHTS)
        refused = await one.post(link, data={**fields, "act": "adopt", "definition": ""})
        assert refused.status_code == 422
        assert "A code needs a name" in refused.text
        assert refused.text.count(" checked") == len(LIGHTS)
        typed = {**fields, "name": "Street lights", "definition": "Wants light.", "why": "asked for", "act": "adopt"}
        assert "Adopted, as a new version" in (await one.post(link, data=typed)).text
        late = await other.post(link, data={"act": "dismiss"})
        assert late.status_code == 409
        assert "Analyst A has adopted this candidate meanwhile" in late.text
        assert len(decided(opened)) == len(LIGHTS)

    async def test_merging_nothing_and_unknown_things_are_refused(self, opened: Opened) -> None:
        client = await self.analyst(opened, "A")
        page = lxml.html.fromstring((await client.get(BASE)).text)
        link = page.xpath("//article//a[contains(@class, 'button')]/@href")[0]
        nothing = await client.post(link, data={"act": "merge", "code": "listening"})
        assert "Tick the answers that say this first" in nothing.text
        answers = [next(iter(kept(opened)[0].answers))]
        assert (await client.post(link, data={"act": "merge", "code": "no", "answer": answers})).status_code == 404
        assert (await client.post(link, data={"act": "burn"})).status_code == 404
        assert (await client.get(f"{BASE}/no-such")).status_code == 404
        assert (await client.post(f"{BASE}/no-such", data={"act": "dismiss"})).status_code == 409
        assert "Dismissed. It is not offered again" in (await client.post(link, data={"act": "dismiss"})).text
        assert "No candidate waits" in (await client.get(BASE)).text

    async def test_an_analyst_or_the_night_has_it_look(self, opened: Opened) -> None:
        client = await self.analyst(opened, "A")
        assert "Looked" in (await client.post(BASE)).text
        waiting = [each for each in kept(opened) if each.row.state == "open"]
        assert look_where_new(opened.sayso) == len(waiting)

    @pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
    def test_the_pages_are_as_all_pages_must_be(self, opened: Opened) -> None:
        with served(opened.sayso) as address, chromium() as browser:
            token = (opened.sayso.settings.key_folder / "staff.secret").read_bytes()
            page = browser.new_context(bypass_csp=True).new_page()
            page.goto(f"{address}/staff/enter?pass={Passes(token).link_token(Role.ANALYST, 'A')}")
            page.get_by_role("button", name="Continue").click()
            page.goto(f"{address}{BASE}")
            look(page, "candidates")
            page.get_by_role("link", name="Read all").first.click()
            look(page, "a candidate")
            page.get_by_role("button", name="Give it to the ticked answers").click()
            look(page, "nothing ticked")
            page.goto(f"{address}/staff/answers/have-your-say/assist")
            look(page, "assist")


def form_fields(form: lxml.html.FormElement) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields
