"""One batch of turns in one transaction: read what is stored of their conversations, have each turn decide, write.

A turn that can't be decided, or that the database refuses, fails alone. Plain cursors: at some thousand turns a second
the layers above them cost more than the database does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
from sqlalchemy.exc import DBAPIError

from consultation.domain.ids import Pseudonym, QuestionId, ResponseId
from consultation.flow.state import State
from consultation.storage.statements import statements
from consultation.storage.turns import IntakeEnded, Outgoing, StaleTurn, Standing, Taken, Turn, Writes

if TYPE_CHECKING:
    from consultation.storage.store import Database

Decided: TypeAlias = tuple[Turn, int, Writes]  # a turn, over which version of its conversation, and what it writes


class Batches:
    """Writes batches over the writing engine of one database."""

    def __init__(self, database: "Database") -> None:
        self._database = database
        self._sql = statements(database.writing.dialect.name)

    def write(self, turns: Sequence[Turn], strikes: Sequence[tuple[Pseudonym, int]]) -> list[Taken | Exception]:
        """Commit the turns, no two of one conversation, with what was said and can be struck; one result a turn.

        Raises a `DBAPIError` where nothing is committed. All turns share a savepoint; where the database refuses
        something of it, it is taken back and each turn is written under one of its own, so that the good ones stand.
        """
        with self._database.turn_to_write(), self._transaction() as cursor:
            if strikes:
                self._run(cursor, self._sql.strike, strikes)
            results, decided = self._decide(cursor, turns)
            self._database.stale = True
            try:
                with _savepoint(cursor):
                    results |= self._write(cursor, decided)
            except self._refused:
                for each in decided:
                    results |= self._write_alone(cursor, each)
        return [results[each.who] for each in turns]

    # -- reading and deciding ---------------------------------------------------------------------------------------

    def _decide(self, cursor: Any, turns: Sequence[Turn]) -> tuple[dict[Pseudonym, Taken | Exception], list[Decided]]:
        """(what is settled already, what is to be written). In order of pseudonyms: so are the rows locked, and two
        processes never wait for each other."""
        if not turns:  # a worker strikes what it said, and may not even look for turns
            return {}, []
        turns = sorted(turns, key=lambda each: each.who)
        stored = {row[0]: row[1:] for row in self._run(cursor, self._sql.find, [each.who for each in turns])}
        known = {row[0] for row in self._run(cursor, self._sql.known, [each.mark for each in turns])}
        closing = {row[0] for row in self._run(cursor, self._sql.closing, list({each.wave for each in turns}))}
        settled: dict[Pseudonym, Taken | Exception] = {}
        decided: list[Decided] = []

        def text_of(response: ResponseId, question: QuestionId) -> str | None:
            row = self._run(cursor, self._sql.text, [(response, question)]).fetchone()
            return row[0] if row else None

        for turn in turns:
            if turn.wave in closing:  # it would begin anew what the closing has just destroyed
                settled[turn.who] = IntakeEnded(turn.wave)
                continue
            version, response, state = stored.get(turn.who, (0, None, None))
            if turn.mark in known:
                settled[turn.who] = Taken(version, self._said(cursor, turn.who), repeated=True)
                continue
            try:
                before = State.from_json(orjson.loads(state)) if state else None
                standing = Standing(version, before, response, text_of, partial(self._said, cursor, turn.who))
                decided.append((turn, version, turn.decide(standing)))
            except self._database_errors:
                raise
            except Exception as error:
                settled[turn.who] = error
        return settled, decided

    def _said(self, cursor: Any, who: Pseudonym) -> list[dict[str, Any]]:
        """What was said last, for channels that fetch it."""
        row = self._run(cursor, self._sql.said, [who]).fetchone()
        return orjson.loads(row[0]) if row else []

    # -- writing ----------------------------------------------------------------------------------------------------

    def _write_alone(self, cursor: Any, decided: Decided) -> dict[Pseudonym, Taken | Exception]:
        try:
            with _savepoint(cursor):
                return self._write(cursor, [decided])
        except self._refused as error:
            return {decided[0].who: self._as_ours(error)}

    def _write(self, cursor: Any, decided: Sequence[Decided]) -> dict[Pseudonym, Taken | Exception]:
        """Conversations first: a turn whose conversation has moved on writes nothing else."""
        sql = self._sql
        moved = self._move_conversations(cursor, decided)
        won = [each for each in decided if each[0].who in moved]
        recorded = [made.recorded for _, _, made in won]
        for statement, rows in (
            (sql.mark, [(turn.mark, turn.wave, turn.on.isoformat()) for turn, _, _ in won]),
            (sql.withdraw, [row for each in recorded for row in each.withdrawn]),
            (sql.unsay, [turn.who for turn, _, made in won if made.recorded.withdrawn]),  # it may quote what was said
            (sql.open, [row for each in recorded for row in each.opened]),
            (sql.erase, [row for each in recorded for row in each.erased]),
            (sql.answer, [row for each in recorded for row in each.answers]),
            (sql.speak, [row for each in recorded for row in each.spoken]),
            (sql.finish, [row for each in recorded for row in each.finished]),
            (sql.end_contact, [turn.who for turn, _, made in won if made.ends_contact]),
            (sql.send, [self._outgoing(turn, was, made.outgoing) for turn, was, made in won if made.outgoing]),
        ):
            if rows:
                self._run(cursor, statement, rows)
        for _, _, made in won:
            for concern in made.concerns:
                cursor.execute(sql.refer, {**concern.model_dump(), "raised_on": concern.raised_on.isoformat()})
            for handle in made.handles:
                cursor.execute(sql.open_handle, {**handle.model_dump(), "last_day": handle.last_day.isoformat()})
            for reminder in made.reminders:
                cursor.execute(sql.remind, {**reminder.model_dump(), "due_on": reminder.due_on.isoformat()})
        return {
            turn.who: _taken(was, made) if turn.who in moved else StaleTurn("overtaken by another turn")
            for turn, was, made in decided
        }

    def _move_conversations(self, cursor: Any, decided: Sequence[Decided]) -> set[str]:
        """Those that stood at the version that was decided on, and now stand at the next."""
        begun, gone_on = [], []
        for turn, was, made in decided:
            talk = made.recorded.response, was + 1, _json(made.state.to_json()), _json(made.said)
            if was:
                gone_on.append((turn.who, was, *talk))
            else:
                begun.append((turn.who, turn.wave, *talk))
        moved: set[str] = set()
        for statement, rows in ((self._sql.begin, begun), (self._sql.move, gone_on)):
            if rows:
                moved |= {row[0] for row in self._run(cursor, statement, rows)}
        return moved

    def _outgoing(self, turn: Turn, was: int, outgoing: Outgoing) -> tuple[Any, ...]:
        return turn.who, was + 1, turn.wave, outgoing.address, _json(outgoing.messages), self._database.me

    # -- the database -----------------------------------------------------------------------------------------------

    def _run(self, cursor: Any, statement: str, rows: Sequence[Any]) -> Any:
        """One statement over all the rows of a batch."""
        return cursor.execute(statement, {"rows": _json(rows)})

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        """A cursor in a transaction that is on the disk at its end, or was never there."""
        try:
            connection = self._database.writing.raw_connection()
        except self._database_errors as error:  # no server, or it takes no more connections
            raise self._as_ours(error) from None
        try:
            cursor = connection.cursor()
            if self._sql.begin_writing:
                cursor.execute(self._sql.begin_writing)
            yield cursor
            connection.commit()
        except BaseException as error:
            self._leave(connection, error)
            raise (self._as_ours(error) if isinstance(error, self._database_errors) else error) from None
        else:
            connection.close()

    def _leave(self, connection: Any, error: BaseException) -> None:
        """Back to the pool, or away with it where the server is gone."""
        try:
            connection.rollback()
            connection.close()
        except self._database_errors:
            connection.invalidate(error)

    def _as_ours(self, error: BaseException) -> Exception:
        """As SQLAlchemy would have raised it, without the statement and what was being stored."""
        found = DBAPIError.instance(None, None, error, self._database_errors, hide_parameters=True)
        assert isinstance(found, Exception)
        return found

    @property
    def _database_errors(self) -> type[Exception]:
        return self._database.writing.dialect.dbapi.Error  # type: ignore[union-attr]

    @property
    def _refused(self) -> tuple[type[Exception], ...]:
        """What is wrong with a row, and not with the database."""
        dbapi: Any = self._database.writing.dialect.dbapi
        return dbapi.IntegrityError, dbapi.DataError, orjson.JSONEncodeError


@contextmanager
def _savepoint(cursor: Any) -> Iterator[None]:
    cursor.execute("SAVEPOINT turns")
    try:
        yield
    except BaseException:
        cursor.execute("ROLLBACK TO SAVEPOINT turns")
        raise
    cursor.execute("RELEASE SAVEPOINT turns")


def _taken(was: int, made: Writes) -> Taken:
    said = made.outgoing.messages if made.outgoing else made.said
    return Taken(was + 1, said, withdrawn=bool(made.recorded.withdrawn), kept=made.kept)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
