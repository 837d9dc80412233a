"""The tables. No name, chat id, username, address or exact time has a column here, by design.

Every primary key is random or a keyed hash, and SQLite keeps no rowid for them, so that no order of arrival
survives in the file.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

NO_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}


class ConsultationRow(SQLModel, table=True):
    __tablename__ = "consultation"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    slug: str = Field(unique=True)
    title: str
    authority: str
    purpose: str
    decided_by: str
    framework: str
    simulated: bool


class SurveyRow(SQLModel, table=True):
    """A survey version as it was asked, kept word for word: a running conversation keeps its version."""

    __tablename__ = "survey"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    body: str


class WaveRow(SQLModel, table=True):
    __tablename__ = "wave"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    consultation_id: str = Field(foreign_key="consultation.id")
    survey_id: str
    survey_version: int
    opens_on: date
    closes_on: date


class ConversationRow(SQLModel, table=True):
    """The state of a talk, found by pseudonym alone; `version` rises with every turn and is compared on write.

    `said` is what the bot said last, for channels that fetch it.
    """

    __tablename__ = "conversation"
    __table_args__ = NO_ROWID
    pseudonym: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    response_id: str | None = None
    version: int
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    said: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class ResponseRow(SQLModel, table=True):
    __tablename__ = "response"
    __table_args__ = (Index("ix_response_reach", "wave_id", "counted", "audience", "finished"), NO_ROWID)
    id: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    audience: str
    channel: str
    locale: str
    consent_wording: str
    consented_on: date
    finished: bool = False
    counted: bool = False  # whether published figures count it yet: they move in steps, so that none can be differenced


class AnswerRow(SQLModel, table=True):
    """One answer: `kind` is the class of `consultation.domain.answer`, `value` its content; `text` is redacted."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("response_id", "question"), NO_ROWID)
    id: str = Field(primary_key=True)
    response_id: str = Field(sa_column=Column(ForeignKey("response.id", ondelete="CASCADE"), nullable=False))
    question: str
    kind: str
    value: Any = Field(default=None, sa_column=Column(JSON))
    text: str | None = None
    answered_on: date


class InboxRow(SQLModel, table=True):
    """Updates already taken, as keyed hashes: compared by equality, and telling nothing of who or in what order.

    They are needed for as long as a channel may deliver an update again, and purged by the day after that.
    """

    __tablename__ = "inbox"
    __table_args__ = NO_ROWID
    mark: str = Field(primary_key=True)
    taken_on: date


class OutboxRow(SQLModel, table=True):
    """What one turn still has to say to a chat. `address` is the chat sealed under the consultation's key;
    `leased_by` is the process that is saying it (see `Presence`), so that no other says it too."""

    __tablename__ = "outbox"
    __table_args__ = NO_ROWID
    pseudonym: str = Field(primary_key=True)
    turn: int = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    address: str
    messages: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    leased_by: int | None = Field(default=None, sa_column=Column(BigInteger))


class SetAsideRow(SQLModel, table=True):
    """An update that could not be taken however often it came: which door, what kind of fault, and nothing of it."""

    __tablename__ = "set_aside"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    door: str
    fault: str
    set_aside_on: date


class DueRow(SQLModel, table=True):
    """Work that is due at a time: `kind` names the operation, `subject` what it is about (a wave, say)."""

    __tablename__ = "due"
    __table_args__ = NO_ROWID
    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    failures: int = 0


class ConcernRow(SQLModel, table=True):
    """A message sealed to the safeguarding lead. Nothing here says which response or chat it came from."""

    __tablename__ = "concern"
    __table_args__ = NO_ROWID
    reference: str = Field(primary_key=True)
    level: str
    raised_on: date
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    status: str = "new"
    alerted: bool = False
