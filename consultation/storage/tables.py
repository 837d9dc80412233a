"""The tables. No name, chat id, username, address or exact time has a column here, by design.

Every primary key is random or a keyed hash, and SQLite keeps no rowid for them, so that no order of arrival
survives in the file.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
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
    contact: str = "opt_in"
    translations: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    terms: list[list[str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class SurveyRow(SQLModel, table=True):
    """A survey version as it was asked, kept word for word: a running conversation keeps its version."""

    __tablename__ = "survey"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    body: str


class PictureRow(SQLModel, table=True):
    """An image of the officer's own that a survey version shows, as it is served."""

    __tablename__ = "picture"
    __table_args__ = NO_ROWID
    survey_id: str = Field(primary_key=True)
    survey_version: int = Field(primary_key=True)
    name: str = Field(primary_key=True)
    media_type: str
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DraftRow(SQLModel, table=True):
    """A survey that an officer is trying out. Nobody has answered it."""

    __tablename__ = "draft"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    name: str
    body: str
    added_on: date


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
    consented_on: date  # after the close, the wave's last day
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
    answered_on: date  # after the close, the wave's last day


class InboxRow(SQLModel, table=True):
    """Updates already taken, as keyed hashes: compared by equality, and telling nothing of who or in what order.

    They are needed for as long as a channel may deliver an update again, and purged by the day after that.
    """

    __tablename__ = "inbox"
    __table_args__ = NO_ROWID
    mark: str = Field(primary_key=True)
    wave_id: str | None = None  # None: taken before waves were noted here, or when the wave was over
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
    alerted: bool = False  # who is to be told, and when, is planned
    consultation_id: str | None = None  # whose timetable says how long it is kept; None: raised before that was noted
    queue: str = "general"
    asks_contact: bool = False
    drill: bool = False
    outcome: str | None = None  # what was done, once it is


class AlertRow(SQLModel, table=True):
    """That somebody is to be told of a concern, unless someone acknowledges it before: `rung` 0 is the lead, then the
    deputy, then the duty team; `means` is how; without a `due_at` the next look says when. Struck once the concern is
    acknowledged, and its time with it."""

    __tablename__ = "alert"
    __table_args__ = NO_ROWID
    reference: str = Field(primary_key=True)
    rung: int = Field(primary_key=True)
    means: str = Field(primary_key=True)
    due_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    sent: int = 0  # how often
    failures: int = 0  # since it was last sent


class AlertPathRow(SQLModel, table=True):
    """When a way of telling somebody was last proved by a heartbeat or a drill, and when it last failed one."""

    __tablename__ = "alert_path"
    __table_args__ = NO_ROWID
    path: str = Field(primary_key=True)  # "lead by e-mail"
    worked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    failed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class ReplyHandleRow(SQLModel, table=True):
    """A chat that asked to be written to. The handle is an age public key, which the lead alone finds, inside a
    sealed message; its private half and the chat stand in `address`, sealed under the consultation's key. `glass` is
    the chat sealed so that only the lead and a deputy together can read it."""

    __tablename__ = "reply_handle"
    __table_args__ = NO_ROWID
    handle: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    channel: str
    pseudonym: str
    address: str
    glass: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    last_day: date  # on which it can be used; no moment, because the pseudonym stands beside it


class ReminderRow(SQLModel, table=True):
    """A chat that asked to be reminded once: its address, sealed so that nothing here says which talk or response is
    its own, and the day. Gone when it was reminded, or with the day."""

    __tablename__ = "reminder"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    address: str
    due_on: date


class CarryOverRow(SQLModel, table=True):
    """A talk that is being carried over to another device: the short code as a keyed hash, the talk sealed under the
    code. Gone once it was used, or within the hour."""

    __tablename__ = "carry_over"
    __table_args__ = NO_ROWID
    mark: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    talk: str
    good_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SharedSessionRow(SQLModel, table=True):
    """A session in which many answer on one device, one after the other: the worker's code as a keyed hash, whom it is
    for and where, and its last day."""

    __tablename__ = "shared_session"
    __table_args__ = NO_ROWID
    mark: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    audience: str | None = None
    place: str | None = None
    last_day: date


class RelayRow(SQLModel, table=True):
    """Something the lead wrote to a handle, and sealed to it, until it has become a turn of that talk."""

    __tablename__ = "relay"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    handle: str
    words: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SignOffRow(SQLModel, table=True):
    """What the safeguarding lead approved, when, and with which key. The newest `body` is what the system goes by."""

    __tablename__ = "sign_off"
    __table_args__ = NO_ROWID
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    by: str  # the public half of the key
    body: str  # the arrangements, word for word
    parts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))  # fingerprints of all that was approved


class ClosingRow(SQLModel, table=True):
    """How far the closing of a wave has come, so that one that was killed goes on: its last finished step, and the
    numbers of what was destroyed."""

    __tablename__ = "closing"
    __table_args__ = NO_ROWID
    wave_id: str = Field(primary_key=True, foreign_key="wave.id")
    step: str
    destroyed: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class CertificateRow(SQLModel, table=True):
    """The signed certificate of a wave that was closed, word for word as an officer publishes it."""

    __tablename__ = "certificate"
    __table_args__ = NO_ROWID
    wave_id: str = Field(primary_key=True, foreign_key="wave.id")
    issued_on: date
    body: str


class RetentionRow(SQLModel, table=True):
    """How many days after its close something of a consultation is kept, and when its purge began and was done."""

    __tablename__ = "retention"
    __table_args__ = NO_ROWID
    consultation_id: str = Field(primary_key=True, foreign_key="consultation.id")
    what: str = Field(primary_key=True)
    days: int
    begun_on: date | None = None
    done_on: date | None = None


class AuditEntry(SQLModel):
    """What somebody did, in order, never about a respondent. `digest` covers the entry and the digest before it, so
    that an entry that is changed or taken out shows."""

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=DateTime(timezone=True))
    actor: str
    act: str
    subject: str
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    digest: str


class AuditRow(AuditEntry, table=True):
    """What staff or the system did."""

    __tablename__ = "audit"
    __table_args__ = NO_ROWID


class ReferralAuditRow(AuditEntry, table=True):
    """Who saw or moved which referral. Its own book: readers of the other would learn of allegations."""

    __tablename__ = "referral_audit"
    __table_args__ = NO_ROWID
