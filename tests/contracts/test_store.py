"""What the writer promises its callers, over SQLite and over PostgreSQL: each turn once, whole or not at all."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from analysis.storage.tables import CodedRow, SuggestionRow
from consultation.domain.ids import QuestionId
from consultation.domain.text import RedactedText
from consultation.storage.store import Store
from consultation.storage.tables import AnswerRow, ConversationRow, OutboxRow, SetAsideRow
from consultation.storage.turns import Recorded, Standing, Taken, extended
from consultation.storage.writer import WriterClosed
from tests.contracts.databases import until
from tests.contracts.talks import (
    DAY,
    Asked,
    Spoiled,
    Stored,
    answering,
    busy,
    concern,
    opened,
    outgoing,
    pseudonym,
    response_of,
    stored,
    taken,
    together,
    told,
    turn,
)


class TestATurn:
    def test_is_stored_whole(self, database: Store) -> None:
        def fill(standing: Standing, recorded: Recorded) -> None:
            recorded.response = response_of("c")
            recorded.opened.append(opened(response_of("c")))
            recorded.answers.append(told(response_of("c"), "“Zeit” – time 🙂"))
            recorded.finished.append(response_of("c"))

        first = turn("c", "first", fill, concerns=[concern("C-234567")], outgoing=outgoing("hello"))
        assert database.writer.take(first) == Taken(1, [{"text": "hello"}])
        assert stored(database) == Stored(
            versions={pseudonym("c"): 1},
            counted={pseudonym("c"): 1},
            marks={"first"},
            answers={response_of("c"): "“Zeit” – time 🙂"},
            responses={response_of("c")},
            concerns={"C-234567"},
            outbox={(pseudonym("c"), 1)},
        )
        with database.read() as session:
            waiting = session.exec(select(OutboxRow)).one()
        assert (waiting.messages, waiting.leased_by) == ([{"text": "hello"}], database.database.me)

    def test_finds_what_the_one_before_it_left(self, database: Store) -> None:
        seen: list[Standing] = []
        database.writer.take(answering("c", "first", "too slow"))
        database.writer.take(turn("c", "second", lambda standing, recorded: seen.append(standing)))
        assert (seen[0].version, seen[0].response, seen[0].state and seen[0].state.step) == (1, response_of("c"), 1)

    def test_can_add_to_a_text_that_is_stored(self, database: Store) -> None:
        def add(standing: Standing, recorded: Recorded) -> None:
            assert standing.response
            earlier = standing.text_of(standing.response, QuestionId("why"))
            assert standing.text_of(standing.response, QuestionId("whence")) is None
            recorded.erased.append((standing.response, "why"))
            longer = extended(earlier, RedactedText("and nobody said why")).text.text
            recorded.answers.append(told(standing.response, longer))

        database.writer.take(answering("c", "first", "too slow"))
        database.writer.take(turn("c", "more", add))
        assert stored(database).answers == {response_of("c"): "too slow\nand nobody said why"}

    def test_that_takes_everything_back_takes_what_was_made_of_it(self, database: Store) -> None:
        for chat in ("goes", "stays"):
            database.writer.take(answering(chat, f"answer of {chat}"))
        with database.write() as session:
            for each in session.exec(select(AnswerRow.id)).all():
                session.add(CodedRow(answer_id=each, coder="test"))
                proposed = SuggestionRow(
                    answer_id=each, facet="theme", code="SS", start=0, end=3, confidence=1.0, reason="", coder="test"
                )
                session.add(proposed)

        def withdraw(standing: Standing, recorded: Recorded) -> None:
            recorded.withdrawn.append(response_of("goes"))
            recorded.response = None

        assert database.writer.take(turn("goes", "withdraw", withdraw)).withdrawn
        assert stored(database).answers == {response_of("stays"): "because"}
        assert stored(database).responses == {response_of("stays")}
        with database.read() as session:
            assert session.exec(select(CodedRow.answer_id)).all() == ["answer answer of stays"]
            assert session.exec(select(SuggestionRow.answer_id)).all() == ["answer answer of stays"]
            kept = session.get(ConversationRow, pseudonym("goes"))
        assert kept
        assert kept.response_id is None


class TestTheSameUpdateTwice:
    def test_one_after_the_other(self, database: Store) -> None:
        first = database.writer.take(answering("c", "same"))
        again = database.writer.take(answering("c", "same", "something else"))
        assert again == Taken(1, first.said, repeated=True)
        assert stored(database).answers == {response_of("c"): "because"}

    def test_at_once(self, database: Store) -> None:
        results = taken(together(database, [answering("c", "same") for _ in range(8)]))
        assert Counter((each.turn, each.repeated) for each in results) == {(1, False): 1, (1, True): 7}

    def test_after_others_came_between(self, database: Store) -> None:
        for mark in ("first", "second", "third"):
            database.writer.take(answering("c", mark, mark))
        assert database.writer.take(answering("c", "first", "first")) == Taken(
            3, [{"text": "turn 3, third"}], repeated=True
        )
        assert stored(database).answers == {response_of("c"): "third"}

    def test_in_two_processes_at_once(self, database: Store, second: Store) -> None:
        """As a webhook does that is called again while the first call is under way."""
        asked = Asked()
        for number in range(100):
            for store in (database, second):
                asked.submit(store, answering(f"chat {number % 20}", f"update {number}"))
        results = taken(asked.wait())
        assert sum(each.repeated for each in results) == 100
        assert set(stored(database).versions.values()) == {5}
        assert len(stored(database).marks) == 100


class TestManyTurns:
    def test_of_many_chats_from_many_threads(self, database: Store) -> None:
        def talk(chat: int) -> list[int]:
            return [database.writer.take(answering(chat, f"{chat}-{at}", f"answer {at}")).turn for at in range(3)]

        with ThreadPoolExecutor(16) as threads:
            assert list(threads.map(talk, range(120))) == [[1, 2, 3]] * 120
        assert stored(database).answers == {response_of(chat): "answer 2" for chat in range(120)}

    def test_of_one_chat_keep_their_order(self, database: Store) -> None:
        asked, marks = Asked(), [f"{at}" for at in range(40)]
        for each in marks:
            asked.submit(database, turn("c", each))
        assert [each.said for each in taken(asked.wait())] == [
            [{"text": f"turn {at}, {mark}"}] for at, mark in enumerate(marks, 1)
        ]

    def test_make_few_batches(self, database: Store) -> None:
        """One commit for each turn would be a fiftieth of the speed."""
        sizes: list[int] = []
        database.writer.on_batch = lambda turns, seconds: sizes.append(turns)
        taken(together(database, [answering(chat, f"{chat}") for chat in range(100)]))
        assert max(sizes) == 100

    def test_of_two_processes_over_the_same_chats(self, database: Store, second: Store) -> None:
        """Each turn counts what it finds: one that was lost or doubled, or decided over an older state, shows."""

        def talk(number: int) -> list[bool]:
            store = (database, second)[number % 2]
            return [store.writer.take(turn(f"chat {at % 5}", f"{number}-{at}")).repeated for at in range(25)]

        with ThreadPoolExecutor(8) as threads:
            assert not any(any(each) for each in threads.map(talk, range(8)))
        chats = {pseudonym(f"chat {at}"): 8 * 5 for at in range(5)}
        assert stored(database).versions == chats
        assert stored(database).counted == chats
        assert len(stored(second).marks) == 200

    def test_of_two_processes_are_decided_once_each(self, database: Store, second: Store) -> None:
        """A conversation that one process has in hand is not decided on by another, only for it to start again."""
        for chat in range(5):
            database.writer.take(turn(chat, f"begins {chat}"))
        asked, decided = Asked(), []
        for number in range(100):
            each = turn(number // 2 % 5, f"{number}", lambda standing, _: decided.append(standing.version))
            asked.submit((database, second)[number % 2], each)
        taken(asked.wait())
        assert sorted(decided) == sorted([*range(1, 21)] * 5)


class TestTheOutbox:
    def test_is_emptied_of_what_was_said(self, database: Store) -> None:
        for at in range(3):
            database.writer.take(turn("c", f"{at}", outgoing=outgoing("hello")))
        database.writer.strike(pseudonym("c"), 1)
        database.writer.strike(pseudonym("c"), 3)
        until(lambda: stored(database).outbox == {(pseudonym("c"), 2)})

    def test_takes_what_was_said_with_the_next_batch(self, database: Store) -> None:
        sizes: list[int] = []
        database.writer.take(turn("c", "first", outgoing=outgoing("hello")))
        with busy(database):
            database.writer.on_batch = lambda turns, seconds: sizes.append(turns)
            database.writer.strike(pseudonym("c"), 1)
            asked = Asked()
            asked.submit(database, turn("c", "second"))
        taken(asked.wait())
        assert stored(database).outbox == set()
        assert sizes.count(0) == 0, "a commit for nothing but what was said"


class TestSessions:
    def test_write_beside_the_writer(self, database: Store) -> None:
        def write(number: int) -> None:
            if number % 2:
                database.writer.take(answering(number, f"{number}"))
            else:
                with database.write() as session:
                    session.add(SetAsideRow(id=f"{number}", door="web", fault="test", set_aside_on=DAY))

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(write, range(80)))
        with database.read() as session:
            assert len(session.exec(select(SetAsideRow.id)).all()) == 40
        assert len(stored(database).versions) == 40

    def test_write_all_or_nothing(self, database: Store) -> None:
        def fail() -> None:
            with database.write() as session:
                session.add(SetAsideRow(id="half", door="web", fault="test", set_aside_on=DAY))
                session.flush()
                raise Spoiled

        with pytest.raises(Spoiled):
            fail()
        with database.read() as session:
            assert session.exec(select(SetAsideRow)).all() == []
        database.writer.take(turn("c", "after"))

    def test_that_read_see_one_state_of_everything(self, database: Store) -> None:
        """A report that counts answers and then codings must not find codings of answers that came in between."""
        database.writer.take(answering("first", "first"))
        with database.read() as session:
            before = session.exec(select(AnswerRow.id)).all()
            database.writer.take(answering("second", "second"))
            assert session.exec(select(ConversationRow.pseudonym)).all() == [pseudonym("first")]
        assert before == ["answer first"]
        assert len(stored(database).versions) == 2

    def test_that_read_can_not_write(self, database: Store) -> None:
        def write() -> None:
            with database.read() as session:
                session.add(SetAsideRow(id="x", door="web", fault="test", set_aside_on=DAY))
                session.commit()

        with pytest.raises(SQLAlchemyError):
            write()
        with database.write() as session:
            session.add(SetAsideRow(id="y", door="web", fault="test", set_aside_on=DAY))
        with database.read() as session:
            assert session.exec(select(SetAsideRow.id).order_by(col(SetAsideRow.id))).all() == ["y"]


class TestTheEnd:
    def test_everything_in_hand_is_stored_first(self, database: Store) -> None:
        asked = Asked()
        with ThreadPoolExecutor(1) as threads:
            with busy(database):
                for at in range(50):
                    asked.submit(database, turn(f"chat {at % 7}", f"{at}"))
                closing = threads.submit(database.writer.close)
                until(lambda: _refuses(database))
                assert not closing.done()
            closing.result(10)
        assert len(taken(asked.wait())) == 50
        assert len(stored(database).marks) == 50
        assert database.writer.waiting() == 0

    def test_nothing_is_taken_afterwards(self, database: Store) -> None:
        database.writer.take(turn("c", "before"))
        database.close()
        with pytest.raises(WriterClosed):
            database.writer.take(turn("c", "after"))

    def test_a_store_that_was_not_used_closes_too(self, second: Store) -> None:
        second.close()


def _refuses(database: Store) -> bool:
    try:
        database.writer.submit(turn("late", "late"), lambda result: None)
    except WriterClosed:
        return True
    return False
