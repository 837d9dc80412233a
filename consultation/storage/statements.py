"""The SQL of the hot path, compiled once from the tables. Each statement takes all rows of a batch as one JSON text,
so that a batch is one call a table, on SQLite and PostgreSQL alike. Knows no turn.

On PostgreSQL the role that runs it may add answers and do no more (`roles.py`). What reads, changes or deletes what
people said is therefore a call of a function of the database's (migration 0004).
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    Integer,
    Subquery,
    Text,
    bindparam,
    cast,
    delete,
    false,
    func,
    insert,
    literal_column,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy import column as named
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from consultation.storage.tables import AnswerRow, ConversationRow

CONVERSATION, INBOX, RESPONSE, ANSWER, OUTBOX, CONCERN, CLOSING, HANDLE, REMINDER = (
    SQLModel.metadata.tables[name]
    for name in (
        "conversation", "inbox", "response", "answer", "outbox", "concern", "closing", "reply_handle", "reminder",
    )
)  # fmt: skip
INTAKE = 0x5A154  # the advisory lock that PostgreSQL's batches of turns share, and that a closing has for itself
_sqlite: Any = sqlite.dialect
_postgres: Any = postgresql.psycopg.dialect
Sql: TypeAlias = Any  # a SQLAlchemy construct, whose own types say nothing more to a reader here


@dataclass(frozen=True)
class Statements:
    """Compiled text for one kind of database. Its rows are a JSON array; of arrays where a row has several columns."""

    begin_writing: str  # what begins a transaction that writes; no closing of a wave begins before its end
    closing: str  # [wave] -> wave, of those that are being closed, or are
    find: str  # [pseudonym] -> pseudonym, version, response_id, state; locked in order where others write too
    known: str  # [mark] -> mark
    said: str  # [pseudonym] -> said
    text: str  # [response, question] -> text
    move: str  # [pseudonym, was, response_id, version, state, said] -> pseudonym, of those that were at `was`
    begin: str  # [pseudonym, wave_id, response_id, version, state, said] -> pseudonym, of those that were new
    mark: str  # [mark, wave_id, taken_on]
    withdraw: str  # [response]
    open: str  # [id, wave_id, audience, channel, locale, consent_wording, consented_on]
    erase: str  # [response, question]
    answer: str  # [id, response_id, question, kind, value, text, answered_on]
    finish: str  # [response]
    speak: str  # [response, locale]
    send: str  # [pseudonym, turn, wave_id, address, messages, leased_by]
    strike: str  # [pseudonym, turn]
    unsay: str  # [pseudonym]
    refer: str  # a row of `concern` by name, and not a list
    open_handle: str  # a row of `reply_handle` by name, and not a list
    end_contact: str  # [pseudonym]
    remind: str  # a row of `reminder` by name, and not a list
    conversation: Sql  # reads a ConversationRow: the conversation of the pseudonym `name`
    answers: Sql  # reads AnswerRows: those of the response `name`


@cache
def statements(dialect: str) -> Statements:
    """Those for `sqlite` or `postgresql`."""
    to = _Dialect(dialect)
    conversation, response = CONVERSATION.c, RESPONSE.c
    given = to.rows(pseudonym=Text, was=Integer, response_id=Text, version=Integer, state=JSON, said=JSON)
    moved = {name: given.c[name] for name in ("version", "response_id", "state", "said")}
    stood = (conversation.pseudonym == given.c.pseudonym, conversation.version == given.c.was)
    spoken = to.rows(id=Text, locale=Text)
    begun = to.insert(
        CONVERSATION, pseudonym=Text, wave_id=Text, response_id=Text, version=Integer, state=JSON, said=JSON
    )
    found = (conversation.pseudonym, conversation.version, conversation.response_id, cast(conversation.state, Text))
    return Statements(
        begin_writing="BEGIN IMMEDIATE" if to.is_sqlite else f"SELECT pg_advisory_xact_lock_shared({INTAKE})",
        closing=to.text(select(CLOSING.c.wave_id).where(to.among(CLOSING.c.wave_id))),
        find=to.call("turn_find", select(*found).where(to.among(conversation.pseudonym))),
        known=to.text(select(INBOX.c.mark).where(to.among(INBOX.c.mark))),
        said=to.call("turn_said", select(cast(conversation.said, Text)).where(to.among(conversation.pseudonym))),
        text=to.call("turn_text", select(ANSWER.c.text).where(to.both_among(ANSWER, response_id=Text, question=Text))),
        move=to.call("turn_move", update(CONVERSATION).values(moved).where(*stood).returning(conversation.pseudonym)),
        begin=to.call("turn_begin", begun.on_conflict_do_nothing().returning(conversation.pseudonym)),
        mark=to.text(to.insert(INBOX, mark=Text, wave_id=Text, taken_on=Date)),
        withdraw=to.call("turn_withdraw", delete(RESPONSE).where(to.among(response.id))),
        open=to.text(
            to.insert(
                RESPONSE, ("finished", "counted"), id=Text, wave_id=Text, audience=Text, channel=Text, locale=Text,
                consent_wording=Text, consented_on=Date,
            )
        ),
        erase=to.call("turn_erase", delete(ANSWER).where(to.both_among(ANSWER, response_id=Text, question=Text))),
        answer=to.text(
            to.insert(
                ANSWER,
                id=Text, response_id=Text, question=Text, kind=Text, value=JSON, text=Text, answered_on=Date,
            )
        ),
        speak=to.call("turn_speak", update(RESPONSE).values(locale=spoken.c.locale).where(response.id == spoken.c.id)),
        finish=to.call("turn_finish", update(RESPONSE).values(finished=true()).where(to.among(response.id))),
        send=to.text(
            to.insert(
                OUTBOX, pseudonym=Text, turn=Integer, wave_id=Text, address=Text, messages=JSON, leased_by=Integer
            )
        ),
        strike=to.text(delete(OUTBOX).where(to.both_among(OUTBOX, pseudonym=Text, turn=Integer))),
        unsay=to.text(delete(OUTBOX).where(to.among(OUTBOX.c.pseudonym))),
        refer=to.row(CONCERN),
        open_handle=to.row(HANDLE),
        remind=to.row(REMINDER),
        end_contact=to.call("turn_release", delete(HANDLE).where(to.among(HANDLE.c.pseudonym))),
        conversation=to.rows_of(ConversationRow, ConversationRow.pseudonym, "talk_conversation"),
        answers=to.rows_of(AnswerRow, AnswerRow.response_id, "talk_answers"),
    )  # fmt: skip


class _Dialect:
    """How one kind of database reads a JSON array as rows."""

    def __init__(self, name: str) -> None:
        self.is_sqlite = name == "sqlite"
        self._dialect = _sqlite(paramstyle="named") if self.is_sqlite else _postgres()

    def text(self, statement: Sql) -> str:
        return str(statement.compile(dialect=self._dialect))

    def row(self, table: Any) -> str:
        return self.text(insert(table).values({each.name: bindparam(each.name) for each in table.columns}))

    def call(self, function: str, statement: Sql) -> str:
        """The statement; on PostgreSQL the function that does the same."""
        return self.text(statement) if self.is_sqlite else f"SELECT * FROM {function}(%(rows)s::text)"  # noqa: S608

    def rows_of(self, row: type[SQLModel], column: Any, function: str) -> Sql:
        """Rows in which the column is `name`; on PostgreSQL those that the function answers."""
        if self.is_sqlite:
            return select(row).where(column == bindparam("name"))
        called = sql(f"SELECT * FROM {function}(:name)")  # noqa: S608
        return select(row).from_statement(called.columns(*SQLModel.metadata.tables[str(row.__tablename__)].c))

    def rows(self, **columns: Any) -> Subquery:
        """Each element an array, one column after the other."""
        value = self._elements()
        return select(*(self._cell(value, at, *each) for at, each in enumerate(columns.items()))).subquery("given")

    def among(self, wanted: ColumnElement[Any]) -> ColumnElement[bool]:
        """Each element one text."""
        value = self._elements()
        return wanted.in_(select(value if self.is_sqlite else value.op("#>>")(literal_column("'{}'"))))

    def both_among(self, table: Any, **columns: Any) -> ColumnElement[bool]:
        given = self.rows(**columns)
        return tuple_(*(table.c[name] for name in columns)).in_(select(*given.c))

    def insert(self, table: Any, absent: tuple[str, ...] = (), **columns: Any) -> Sql:
        """Insert the rows; the columns in `absent` become false."""
        given = self.rows(**columns)
        # "WHERE true": without it SQLite takes ON CONFLICT for the condition of a join.
        source = select(*given.c, *(false() for _ in absent)).where(true())
        return (sqlite if self.is_sqlite else postgresql).insert(table).from_select([*columns, *absent], source)

    def _elements(self) -> ColumnElement[Any]:
        rows = bindparam("rows", type_=Text)
        if self.is_sqlite:
            return func.json_each(rows).table_valued("value").c.value
        return (
            func.jsonb_array_elements(cast(rows, postgresql.JSONB))
            .table_valued(named("value", postgresql.JSONB))
            .c.value
        )

    def _cell(self, value: Sql, at: int, name: str, kind: Any) -> Sql:
        text = value.op("->>")(literal_column(str(at)))
        # SQLite keeps numbers as numbers, and dates and JSON as text; PostgreSQL wants to be told.
        return (text if self.is_sqlite or kind is Text else cast(text, kind)).label(name)
