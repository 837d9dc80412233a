"""Whoever takes their answers back leaves nothing of them: in no table at once, in no byte of the files soon after.

The same goes for an answer that was changed, and for one whose route a changed answer closed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlmodel import SQLModel, select

from analysis.codebook import shipped_codebook
from analysis.operations.code_answers import code_answers
from analysis.operations.review import Judgement, Sitting, decide_codings, finish_review, write_note
from analysis.operations.take_records import answer_records
from analysis.records import Facet, Verdict
from analysis.storage import codings
from consultation.domain.consultation import Audience, Channel
from consultation.domain.due import next_at
from consultation.domain.text import Kind, RawText
from consultation.flow.events import Command
from consultation.flow.state import Awaiting, State
from consultation.operations.converse import whose
from consultation.operations.deliver import unsaid
from consultation.operations.redacted_answers import redacted_answers
from consultation.operations.wipe import SOON, WIPED_AT, wipe
from consultation.privacy.detect import WordDetector
from consultation.storage import turns
from consultation.storage.store import migrate, open_store
from consultation.storage.tables import AnswerRow
from consultation.storage.turns import Recorded, Standing
from tests.builders import Calendar, Opened, Person, open_consultation, orphans
from tests.contracts.conftest import cluster, kind, place
from tests.contracts.databases import Cluster, as_setting, until
from tests.contracts.talks import Fill, answering, open_a_wave, response_of, turn
from tests.integration.test_withdrawn_while_coding import Reading

__all__ = ["cluster", "kind", "place"]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTHERS = 40
KEPT = "ordinary words about the bus that comes too late, "


@dataclass
class World:
    """A consultation over SQLite or PostgreSQL, in which others have had their say."""

    opened: Opened
    place: Path | URL
    cluster: Cluster | None
    others: list[Person] = field(default_factory=list)

    def rows(self) -> str:
        """All rows of all tables, as text."""
        with self.opened.sayso.store.read() as session:
            tables = [each.name for each in SQLModel.metadata.sorted_tables]
            assert {"answer", "coded", "suggestion", "coding_decision", "clearance", "outbox"} <= set(tables)
            return "\n".join(str(row) for each in tables for row in session.execute(text(f"SELECT * FROM {each}")))  # noqa: S608

    def wipe(self, now: datetime = NOON, **large: int) -> datetime | None:
        """What is due some minutes later, when PostgreSQL's processes have told each other what they changed."""
        store = self.opened.sayso.store
        if self.cluster and isinstance(self.place, URL):
            self.cluster.hang_up(self.place)
            until(lambda: not self._connections())
            store.database.reading.dispose()
        return wipe(store, now, **large)

    def wiped_of(self, gone: list[bytes]) -> bytes:
        """The files when they hold none of these. What the server's own cleaning reads just then takes a second look,
        and two dozen tables take a while on a busy machine."""
        until(lambda: self.wipe() == NOON + SOON and not any(each in self.bytes() for each in gone), seconds=90)
        return self.bytes()

    def _connections(self) -> int:
        assert self.cluster
        assert isinstance(self.place, URL)
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = 'sayso'"
        return int(self.cluster.run(counted, self.place.database)[0][0])

    def tables(self) -> object:
        """Something that differs where the tables of answers were written anew."""
        if isinstance(self.place, Path):
            return self.place.read_bytes()
        with self.opened.sayso.store.read() as session:
            return session.execute(
                text("SELECT pg_relation_filenode('answer'), pg_relation_filenode('response')")
            ).one()

    def bytes(self) -> bytes:
        """What lies in the files of the database; on PostgreSQL without its journal, which is the server's own."""
        if isinstance(self.place, Path):
            return b"".join(each.read_bytes() for each in self.place.parent.iterdir())
        assert self.cluster
        self.cluster.run("CHECKPOINT")
        [(number, folder)] = self.cluster.run(
            "SELECT oid::text, current_setting('data_directory') FROM pg_database WHERE datname = %s",
            self.place.database,
        )
        return b"".join(each.read_bytes() for each in (Path(folder) / "base" / number).iterdir())


@pytest.fixture
def world(kind: str, place: Path | URL, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    opened = open_consultation(
        tmp_path / "data", detector=WordDetector({"quenby": Kind.PERSON}), database_url=as_setting(place)
    )
    made = World(opened, place, request.getfixturevalue("cluster") if kind == "postgresql" else None)
    for number in range(OTHERS):
        made.others.append(writer(opened, f"other {number}", f"{KEPT * (number % 9 + 1)}."))
    yield made
    opened.sayso.store.close()


def writer(opened: Opened, chat: str, words: str, channel: Channel = Channel.SIMULATION) -> Person:
    """A young person who answers the first open question with these words."""
    person = Person(opened, chat, channel)
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    person.types(words)
    return person


def deletes(person: Person) -> None:
    person.commands(Command.DELETE)
    person.taps("Yes, delete them")


def answer_ids(person: Person) -> list[str]:
    """The ids of this person's answers, and of the response."""
    desk = person.opened.sayso.desk
    with desk.store.read() as session:
        row = turns.conversation(session, whose(desk, person.opened.wave, person.channel, person.chat))
        assert row
        assert row.response_id
        return [row.response_id, *(each.id for each in turns.answers_of(session, row.response_id))]  # type: ignore[arg-type]


def marked(number: int) -> str:
    return f"Marmalade{number:03d} on the trampoline, Quenby said, {'and so it went on, ' * (number % 7 * 9)}every day"


def test_nothing_is_left_in_any_table(world: World) -> None:
    """Of someone on Telegram whose answer was coded, decided on and cleared, with messages that still wait."""
    opened, person = world.opened, writer(world.opened, "4711", marked(1), Channel.TELEGRAM)
    store, today = opened.sayso.store, opened.sayso.desk.today()
    code_answers(store, answer_records(redacted_answers(store, opened.wave.id)), Reading(opened))
    with store.write() as session:
        [answer] = session.exec(select(AnswerRow.id).where(AnswerRow.text.contains("Marmalade"))).all()  # type: ignore[union-attr]
        codings.clear(session, answer, "analyst", today)
    sitting = Sitting("have-your-say", shipped_codebook(), "analyst A", opened.sayso.desk.now(), today)
    decide_codings(store, sitting, answer, [Judgement(Facet.THEME, "bullying", Verdict.ADDED)])
    finish_review(store, sitting, answer, drawn="random")
    write_note(store, sitting, opened.sayso.desk.detector, answer, RawText("Marmalade001 again"))
    found = [*answer_ids(person), "Marmalade001"]
    assert [each for each in found if each not in world.rows()] == []
    deletes(person)
    assert [each for each in found if each in world.rows()] == []
    assert orphans(opened) == set()
    [waiting] = unsaid(opened.sayso.desk, opened.wave, Channel.TELEGRAM, "4711")
    assert "all of your answers are deleted" in waiting.messages[0].text
    assert all(each.stored() for each in world.others)


def test_the_conversation_keeps_that_it_was_deleted_and_no_more(world: World) -> None:
    person = writer(world.opened, "c", marked(1))
    deletes(person)
    desk = world.opened.sayso.desk
    with desk.store.read() as session:
        row = turns.conversation(session, whose(desk, world.opened.wave, person.channel, person.chat))
    assert row
    state = State.from_json(row.state)
    survey = world.opened.survey
    assert state == State(survey.id, survey.version, awaiting=Awaiting.DELETED, step=state.step, reminded=True)
    assert row.response_id is None
    assert [each["text"] for each in row.said] == [each.text for each in person.heard[-1:]]


@pytest.mark.parametrize(
    "moment", ["follow-up", "finished", "changing", "worried", "stopped", "coming back", "deciding about it", "twice"]
)
def test_at_whatever_moment(opened: Opened, moment: str) -> None:
    person = Person(opened, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    match moment:
        case "follow-up":
            person.types("nice people")
            assert "?" in person.prompt.text
        case "finished":
            for _ in range(20):
                person.commands(Command.SKIP)
            assert "You can close this now" in person.prompt.text
        case "changing":
            person.commands(Command.CHANGE)
            person.taps("Area")
        case "worried":
            person.types("my dad hits me when hes drunk")
        case "stopped":
            person.commands(Command.STOP)
        case "coming back":
            person.commands(Command.STOP)
            person.begins(Audience.YOUNG_PERSON)
        case "deciding about it":
            person.commands(Command.DELETE)
        case "twice":
            deletes(person)
            person.begins(Audience.YOUNG_PERSON)
            person.answers_until("good_worker")
    assert person.stored()
    deletes(person)
    assert person.stored() is None
    assert orphans(opened) == set()
    told = person.commands(Command.DELETE)
    assert "nothing of yours to delete" in told[0].text


def test_no_byte_is_left_soon_after(world: World) -> None:
    """Many come and go, so that rows have moved from page to page and left copies of themselves behind."""
    people = [writer(world.opened, f"comes {number}", marked(number)) for number in range(60)][::3]
    gone = [each.encode() for person in people for each in answer_ids(person)]
    for person in people:
        deletes(person)
    left = world.wiped_of(gone)
    assert KEPT.encode() in left, "the files that hold the answers were not read"
    assert [number for number in range(0, 60, 3) if b"Marmalade%03d" % number in left] == []
    assert [each for each in gone if each in left] == []


def test_a_plain_deletion_leaves_bytes_behind_and_the_wiping_does_not(tmp_path: Path) -> None:
    """Else the tests above could see nothing: SQLite moves rows from page to page and leaves copies of them."""
    place = tmp_path / "sayso.db"
    migrate(place)
    store = open_store(place)
    open_a_wave(store)
    chance = random.Random(5)
    for number in range(400):
        words = f"Marmalade{number:03d} on the trampoline {'and so on ' * chance.randrange(150)}"
        store.writer.take(answering(number, f"update {number}", words))
    for number in range(0, 400, 3):
        store.writer.take(turn(number, f"deletes {number}", withdraw(number)))

    def left() -> list[int]:
        store.wipe_journal()
        return [number for number in range(0, 400, 3) if b"Marmalade%03d" % number in place.read_bytes()]

    assert left()
    wipe(store, NOON)
    assert left() == []
    assert b"Marmalade001" in place.read_bytes()
    store.close()


def withdraw(chat: int) -> Fill:
    def fill(standing: Standing, recorded: Recorded) -> None:
        recorded.withdrawn.append(response_of(chat))
        recorded.response = None

    return fill


def test_a_changed_answer_leaves_nothing_of_what_it_was(world: World) -> None:
    people = [writer(world.opened, f"changes {number}", marked(number)) for number in range(30)]
    was = [each.encode() for person in people for each in answer_ids(person)[1:]]
    for person in people:
        person.commands(Command.BACK)
        person.types("They are on time and they say what happens next, whatever it is.")
    assert "Marmalade" not in world.rows()
    kept = {each.encode() for person in people for each in answer_ids(person)}
    left = world.wiped_of([each for each in was if each not in kept])
    assert b"Marmalade" not in left
    assert all(person.stored() for person in people)


def test_a_route_that_a_changed_answer_closes_leaves_nothing(world: World) -> None:
    person = Person(world.opened, "c")
    person.begins(Audience.STAFF)
    for label in ("Yes, I agree", "Fenland"):
        person.taps(label)
    while "OK to ask" not in person.prompt.text:
        person.commands(Command.SKIP)
    before = set(answer_ids(person))
    for label in ("Yes, go ahead", "Girl or woman", "Asian or Asian British", "Yes"):
        person.taps(label)
    closed = set(answer_ids(person)) - before
    assert len(closed) == 4
    person.commands(Command.CHANGE)
    person.taps("Questions about you")
    person.taps("No thanks")
    assert [each for each in closed if each in world.rows()] == []
    world.wipe()
    assert [each for each in closed if each.encode() in world.bytes()] == []


def test_nothing_is_written_anew_where_nothing_has_changed(world: World) -> None:
    deletes(world.others[0])
    world.wipe()
    before = world.tables()
    world.wipe()
    assert world.tables() == before


def test_a_large_database_is_written_anew_by_night_alone(world: World) -> None:
    night = next_at(NOON, WIPED_AT)
    deletes(writer(world.opened, "c", marked(1)))
    before = world.tables()
    assert world.wipe(large=1) == night
    assert world.tables() == before
    assert world.wipe(night, large=1) == night + timedelta(days=1)
    assert world.tables() != before


def test_after_the_close_people_are_told_why_not(opened: Opened) -> None:
    person = writer(opened, "c", "They listen to what we say and then they do something.")
    over = Calendar(opened.wave.closes_on + timedelta(days=1))
    late = replace(opened, sayso=replace(opened.sayso, desk=replace(opened.sayso.desk, today=over)))
    person.opened = late
    for said in (
        person.commands(Command.DELETE),
        person.commands(Command.CHANGE),
        person.types("delete my answers"),
        person.begins(None),
    ):
        told = " ".join(each.text for each in said)
        assert "This ended on 31 January 2027" in told
        assert "nobody can change them or take them out" in told
        assert not any(each.mode for each in said)
    person.opened = opened
    assert person.stored()


def test_before_the_start_everybody_is_told_when_change_and_deletion_end(opened: Opened) -> None:
    for locale in ("en", "en@easy"):
        told = opened.survey.opening.in_(locale)
        for words in ("change or delete your answers until", "{closes_on}"):
            assert words in told
        assert "taken out" in told or "take them out" in told
