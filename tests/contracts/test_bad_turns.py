"""One turn that can't be stored: it fails alone, whatever is wrong with it, and those that came with it stand."""

from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from consultation.storage.store import Store
from consultation.storage.tables import ConversationRow
from consultation.storage.turns import Taken, Turn
from tests.contracts.talks import (
    Spoiled,
    Stored,
    answering,
    concern,
    opened,
    pseudonym,
    response_of,
    spoil,
    stored,
    taken,
    together,
    told,
    turn,
)


def with_an_answer_to_nothing(chat: str) -> Turn:
    answer = told(response_of("nobody"), "to nobody")
    return turn(chat, "bad", lambda standing, recorded: recorded.answers.append(answer))


def with_a_response_that_is_there(chat: str) -> Turn:
    there = opened(response_of("earlier"))
    return turn(chat, "bad", lambda standing, recorded: recorded.opened.append(there))


def with_a_reference_that_is_there(chat: str) -> Turn:
    return turn(chat, "bad", concerns=[concern("C-EARLIER")])


def with_half_a_character(chat: str) -> Turn:
    return answering(chat, "bad", "half of \ud83d")


def with_the_character_zero(chat: str) -> Turn:
    return answering(chat, "bad", "zero \0")


BAD = [with_an_answer_to_nothing, with_a_response_that_is_there, with_a_reference_that_is_there, with_half_a_character]


class TestOneBadTurn:
    @pytest.fixture
    def earlier(self, database: Store) -> Stored:
        database.writer.take(answering("earlier", "earlier", "was there before"))
        database.writer.take(turn("earlier", "worried", concerns=[concern("C-EARLIER")]))
        return stored(database)

    def _fails_alone(self, database: Store, bad: Turn) -> Exception:
        good = [answering(chat, f"good {chat}") for chat in range(63)]
        *first, failed = together(database, [*good[:30], *good[30:], bad])
        assert len(taken(first)) == 63
        assert isinstance(failed, Exception)
        assert {mark for mark in stored(database).marks if "good" in mark} == {f"good {chat}" for chat in range(63)}
        assert len(stored(database).answers) >= 63
        return failed

    @pytest.mark.parametrize("bad", BAD)
    def test_that_the_database_refuses(self, database: Store, earlier: Stored, bad: Any) -> None:
        self._fails_alone(database, bad("bad"))
        after = stored(database)
        assert pseudonym("bad") not in after.versions
        assert "bad" not in after.marks
        assert response_of("bad") not in after.responses
        assert after.concerns == earlier.concerns
        assert after.answers[response_of("earlier")] == "was there before"

    def test_that_postgresql_refuses(self, kind: str, database: Store) -> None:
        """The character zero stands in no text of PostgreSQL's; SQLite takes it."""
        if kind == "sqlite":
            assert database.writer.take(with_the_character_zero("bad")).turn == 1
        else:
            self._fails_alone(database, with_the_character_zero("bad"))

    def test_that_can_not_be_decided(self, database: Store) -> None:
        assert isinstance(self._fails_alone(database, turn("bad", "bad", spoil)), Spoiled)

    def test_whose_conversation_is_from_another_version_of_sayso(self, database: Store) -> None:
        database.writer.take(turn("bad", "before"))
        with database.write() as session:
            row = session.get(ConversationRow, pseudonym("bad"))
            assert row
            row.state = {**row.state, "awaiting": "a mood that is not known yet"}
        assert isinstance(self._fails_alone(database, turn("bad", "bad")), ValueError)

    def test_says_nothing_of_what_was_to_be_stored(self, database: Store, earlier: Stored) -> None:
        failed = self._fails_alone(database, with_a_response_that_is_there("bad"))
        assert isinstance(failed, SQLAlchemyError)
        assert "because" not in f"{failed!r} {failed}"

    def test_may_come_again(self, database: Store) -> None:
        with pytest.raises(Spoiled):
            database.writer.take(turn("c", "same", spoil))
        assert database.writer.take(answering("c", "same")) == Taken(1, [{"text": "turn 1, same"}])

    def test_does_not_keep_the_next_of_its_chat_waiting(self, database: Store) -> None:
        results = together(database, [turn("c", "first"), turn("c", "bad", spoil), turn("c", "third")])
        assert [getattr(each, "turn", None) for each in results] == [1, None, 2]
