"""Tables of the analysis: what the machine proposed, what a person decided, and which quotations are cleared.

All hang on an answer's id, so that withdrawing an answer takes them with it.
"""

from datetime import date

from sqlalchemy import Column, ForeignKey
from sqlmodel import Field, SQLModel

NO_ROWID = {"sqlite_with_rowid": False}


def _answer_id() -> Column[str]:
    return Column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)


class CodedRow(SQLModel, table=True):
    """The coder has read this answer. `abstained` says why it proposed nothing; empty where it proposed something."""

    __tablename__ = "coded"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    coder: str
    abstained: str = ""


class SuggestionRow(SQLModel, table=True):
    """A code that the machine proposed for an answer; replaced as a whole when the coder runs again."""

    __tablename__ = "suggestion"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    facet: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    start: int
    end: int
    confidence: float
    reason: str
    coder: str


class DecisionRow(SQLModel, table=True):
    """What a person decided about one code on one answer. It outlives every run of the coder."""

    __tablename__ = "coding_decision"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    facet: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    verdict: str
    decided_by: str
    decided_on: date


class ClearanceRow(SQLModel, table=True):
    """A person has read this answer and found that it may be quoted without giving anyone away."""

    __tablename__ = "clearance"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    cleared_by: str
    cleared_on: date
