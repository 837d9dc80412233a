"""Answers judged one at a time, over HTTP: what is shown and kept, in which order, and two analysts at once."""

from typing import Any

import httpx
import lxml.html  # type: ignore[import-untyped]
import pytest
from sqlmodel import select

from analysis.records import Verdict
from analysis.storage.codings import codings_of
from analysis.storage.tables import NoteRow, ReviewRow
from bot.web.app import create_app
from bot.web.security import Passes, Role
from tests.builders import Broken, Opened, open_consultation
from tests.web.proposing import young_people_say

LONG = "she listens and doesnt judge me when i tell her stuff 🙂 and she comes back"
SAID = (LONG, "nobody ever listens", "idk")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Three young people have answered. Tests here find what those before them left."""
    opened = open_consultation(tmp_path_factory.mktemp("review") / "data")
    young_people_say(opened, *SAID)
    return opened


class Analyst:
    """Somebody at the workbench without script, who presses what is on the page."""

    def __init__(self, opened: Opened, seat: str) -> None:
        app = create_app(opened.sayso)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://sayso.test", follow_redirects=True
        )
        secret = (opened.sayso.settings.key_folder / "staff.secret").read_bytes()
        self.token = Passes(secret).link_token(Role.ANALYST, seat)
        self.path = f"/staff/answers/{opened.wave.consultation.slug}/review"
        self.status, self.page = 0, lxml.html.fromstring("<p></p>")

    async def opens(self, **query: str) -> str:
        """Returns the answer that is shown, or what is said where there is none."""
        await self.client.post("/staff/enter", data={"pass": self.token})
        return self._sees(await self.client.get(self.path, params=query))

    async def presses(self, label: str, **fills: str) -> str:
        """The first button that says so, with some fields of its form filled otherwise."""
        for form in self.page.xpath("//form[@method='post']"):
            for button in form.xpath(".//button"):
                if label in " ".join(button.text_content().split()):
                    # `form_values` leaves out buttons; a form has a field as often as it is named
                    values: dict[str, Any] = {}
                    for name, value in form.form_values():
                        values.setdefault(name, []).append(value)
                    if button.get("name"):
                        values[button.get("name")] = button.get("value")
                    data = {**values, **fills}
                    return self._sees(await self.client.post(form.get("action"), data=data))
        raise AssertionError(f"no button says {label!r}")

    def _sees(self, response: httpx.Response) -> str:
        self.status, self.page = response.status_code, lxml.html.fromstring(response.text)
        found = self.page.xpath("//blockquote")
        return str(found[0].text_content()) if found else self.says()

    def says(self) -> str:
        return " ".join(self.page.xpath("//main")[0].text_content().split())

    def codes(self) -> dict[str, str]:
        """Verdict by code, as shown."""
        return {
            each.get("data-code"): each.xpath(".//*[@class='decided']")[0].text_content().strip()
            for each in self.page.xpath("//li[@data-code]")
        }

    @property
    def answer(self) -> str:
        return str(self.page.xpath("//article/@data-answer")[0])


def rows(opened: Opened, table: Any) -> list[Any]:
    with opened.sayso.store.read() as session:
        return list(session.exec(select(table)))


async def finds(analyst: Analyst, words: str) -> None:
    """Open the answer that holds these words, as if by a link to it."""
    await analyst.opens(state="", order="random")
    for _ in range(9):
        if words in analyst.page.xpath("//blockquote")[0].text_content():
            await analyst.opens(answer=analyst.answer)
            return
        later = analyst.page.xpath("//a[@data-key='l']/@href")[0]
        analyst._sees(await analyst.client.get(later))
    raise AssertionError(f"no answer holds {words!r}")


async def test_a_page_shows_one_answer_with_its_codes_and_why(answered: Opened) -> None:
    analyst = Analyst(answered, "A")
    await finds(analyst, "doesnt judge")
    assert "0 of 3 reviewed." in analyst.says()
    assert analyst.codes()["theme listening"] == ""
    marks = {words for each in analyst.page.xpath("//mark") for words in each.text_content().split()}
    assert marks
    assert analyst.page.xpath("//blockquote")[0].text_content() == LONG
    numbers = {number for each in analyst.page.xpath("//mark/@data-codes") for number in each.split()}
    assert numbers <= {each.text for each in analyst.page.xpath("//*[@class='number']")}
    assert "Hand-coded examples most like this answer" in analyst.says()
    await finds(analyst, "idk")
    assert "The machine proposes no code." in analyst.says()


async def test_decisions_are_kept_shown_and_undone(answered: Opened) -> None:
    analyst = Analyst(answered, "A")
    await finds(analyst, "doesnt judge")
    was = analyst.codes()
    await analyst.presses("Reject", key="theme listening")
    assert analyst.codes()["theme listening"] == "✕ rejected"
    await analyst.presses("Add", key="theme mental_health")
    assert analyst.codes()["theme mental_health"] == "+ added"
    await analyst.presses("mixed")
    assert analyst.codes()["sentiment mixed"]
    assert "Undo: added “mixed”" in analyst.says()
    for _ in range(3):
        await analyst.presses("Undo")
    assert analyst.codes() == was
    await analyst.presses("Reject", key="theme no_such_code")
    assert analyst.status == 422
    assert "is not a code of" in analyst.says()


async def test_words_are_marked_by_where_they_are_or_by_typing_them(answered: Opened) -> None:
    analyst = Analyst(answered, "A")
    await finds(analyst, "doesnt judge")
    await analyst.presses("Mark them", key="theme listening", words="SHE COMES BACK")
    start = LONG.index("tell her")
    await analyst.presses("Mark them", key="theme listening", start=str(start), end=str(start + 8))
    with answered.sayso.store.read() as session:
        [found] = [each for each in codings_of(session, [analyst.answer]) if each.code == "listening"]
    assert [LONG[start:end] for start, end in found.places] == ["tell her", "she comes back"]
    assert found.verdict is Verdict.CONFIRMED
    assert [each.text_content() for each in analyst.page.xpath("//mark[@data-codes]")].count("tell her") == 1
    await analyst.presses("Mark them", key="theme listening", words="was never written")
    assert analyst.status == 422
    for _ in range(2):
        await analyst.presses("Undo")


async def test_who_acts_on_what_another_changed_is_told_and_can_do_it_all_the_same(answered: Opened) -> None:
    first, second = Analyst(answered, "A"), Analyst(answered, "B")
    await finds(first, "doesnt judge")
    await finds(second, "doesnt judge")
    await first.presses("Reject", key="theme listening")
    await second.presses("Add", key="theme transport")
    assert second.status == 409
    assert "analyst A rejected “Listening”" in second.says()
    assert second.codes()["theme listening"] == "✕ rejected"
    assert "theme transport" not in second.codes()
    await second.presses("All the same: add “")
    assert second.status == 200
    assert second.codes()["theme transport"] == "+ added"
    await first.presses("Accept what is open, done")
    assert first.status == 409
    assert "analyst B added" in first.says()
    assert rows(answered, ReviewRow) == []
    await first.presses("Undo: rejected")  # B's stands beside it
    assert first.codes()["theme transport"] == "+ added"
    await second.presses("Undo")


async def test_who_is_done_goes_on_and_can_come_back(answered: Opened) -> None:
    analyst = Analyst(answered, "A")
    first = await analyst.opens(order="random")
    came, was = analyst.answer, analyst.codes()
    assert await analyst.presses("done" if was else "Done") != first
    assert "1 of 3 reviewed." in analyst.says()
    [review] = rows(answered, ReviewRow)
    assert (review.answer_id, review.drawn, review.reviewed_by) == (came, "random", "analyst A")
    assert sorted(" ".join(each) for each in review.proposed) == sorted(was)
    assert await analyst.presses("(another answer)") == first
    assert analyst.codes() == was
    assert rows(answered, ReviewRow) == []


async def test_two_analysts_draw_the_same_sample_and_what_is_left_comes_back(answered: Opened) -> None:
    drawn = []
    for seat in "AB":
        analyst = Analyst(answered, seat)
        seen = [await analyst.opens(order="random")]
        for _ in SAID:
            seen.append(analyst._sees(await analyst.client.get(analyst.page.xpath("//a[@data-key='l']/@href")[0])))
        drawn.append(seen)
    assert drawn[0] == drawn[1]
    assert set(drawn[0][:3]) == set(SAID)
    assert drawn[0][3] == drawn[0][0]


async def test_filters_narrow_what_comes_and_a_narrowed_sample_is_none(answered: Opened) -> None:
    analyst = Analyst(answered, "A")
    assert await analyst.opens(order="random", state="uncoded") == "idk"
    await analyst.presses("done" if analyst.codes() else "Done")
    [review] = rows(answered, ReviewRow)
    assert review.drawn == "chosen"
    assert await analyst.opens(state="reviewed") == "idk"
    assert "Reviewed by analyst A" in analyst.says()
    assert "Nothing waits here." in await analyst.opens(audience="staff")
    await analyst.opens(state="reviewed")
    await analyst.presses("Undo: judged")
    assert "No answer matches" in await analyst.opens(state="noted")


async def test_a_note_is_redacted_and_where_that_fails_nothing_is_kept(answered: Opened, tmp_path: Any) -> None:
    analyst = Analyst(answered, "A")
    await finds(analyst, "doesnt judge")
    await analyst.presses("Keep the note", words="ask Pauline Smith on 07700 900123")
    [note] = rows(answered, NoteRow)
    assert "Pauline" not in note.text
    assert "[phone]" in note.text
    assert note.text in analyst.page.xpath("//textarea")[0].text_content()
    other = Analyst(answered, "B")
    await finds(other, "doesnt judge")
    assert f"“{note.text}”" in other.says()

    class Failing:
        broken = False

        def detect(self, text: str) -> tuple[Any, ...]:
            if self.broken:
                raise Broken
            return ()

    detector = Failing()
    opened = open_consultation(tmp_path / "data", detector=detector)
    young_people_say(opened, "she listens")
    detector.broken = True
    analyst = Analyst(opened, "A")
    await finds(analyst, "she listens")
    await analyst.presses("Keep the note", words="call Pauline")
    assert analyst.status == 422
    assert "nothing of it was kept" in analyst.says()
    assert rows(opened, NoteRow) == []
    opened.sayso.store.close()


async def test_an_answer_that_is_gone_is_said_to_be(answered: Opened) -> None:
    analyst = Analyst(answered, "A")
    await finds(analyst, "doesnt judge")
    await analyst.presses("Reject", answer="gone")
    assert analyst.status == 409
    assert "withdrawn or changed" in analyst.says()
    await analyst.opens(answer="gone")
    assert analyst.status == 404


async def test_an_address_remembers_a_few_answers_for_later(answered: Opened) -> None:
    analyst = Analyst(answered, "A")
    await analyst.opens(later=",".join(str(each) for each in range(100)))
    link = analyst.page.xpath("//a[@data-key='l']/@href")[0]
    assert len(link) < 2000
    assert link.count("%2C") == 30
