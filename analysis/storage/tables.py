"""Tables of the analysis: what the machine proposed, what people decided, noted and compared, and which codebook and
coder a consultation has.

Whatever says something of an answer hangs on its id, so that withdrawing an answer takes it along.
"""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

NO_ROWID = {"sqlite_with_rowid": False}


def _answer_id() -> Column[str]:
    return Column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)


class CodedRow(SQLModel, table=True):
    """The coder has read this answer. `abstained` says why it proposed nothing; empty where it proposed something.
    `doubt` is how uncertain it was of all codes together (see `order.doubt`)."""

    __tablename__ = "coded"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    coder: str
    abstained: str = ""
    doubt: float = 0.0


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
    """What a person decided about one code on one answer. It outlives every run of the coder. `start` and `end` are
    the words that they marked, None where they left the machine's or marked none; `more` the further places that they
    marked, as [start, end] pairs."""

    __tablename__ = "coding_decision"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    facet: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    verdict: str
    decided_by: str
    decided_on: date
    start: int | None = None
    end: int | None = None
    more: Any = Field(default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]"))


class ClearanceRow(SQLModel, table=True):
    """A person has read this answer and found that it may be quoted without giving anyone away."""

    __tablename__ = "clearance"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    cleared_by: str
    cleared_on: date


class ActRow(SQLModel, table=True):
    """What somebody did with an answer's codings, in order, and what stood before: for undo, and for two at once.

    `number` counts an answer's acts from 1. Whoever acts names the number that they saw last; if another act has come
    between, theirs finds its number taken and is refused. `turn` counts what `by` has done, whatever the answer, so
    that their last act is found. `before` and `after` hold the rows that the act changed, as `acts` makes them data.
    """

    __tablename__ = "coding_act"
    __table_args__ = (Index("ix_coding_act_turn", "by", "turn"), NO_ROWID)
    answer_id: str = Field(sa_column=_answer_id())
    number: int = Field(primary_key=True)
    by: str
    turn: int
    act: str
    facet: str = ""
    code: str = ""
    before: Any = Field(default=None, sa_column=Column(JSON))
    after: Any = Field(default=None, sa_column=Column(JSON))
    undoes: int | None = None
    done_on: date


class ReviewRow(SQLModel, table=True):
    """A person has judged the whole answer. `drawn` says how they came to it (only "random" is a fair sample),
    `proposed` which codes the machine of version `coder` had proposed then, as [facet, code] pairs. Of codes that
    their `codebook` did not have in that version they have said nothing."""

    __tablename__ = "review"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    reviewed_by: str
    reviewed_on: date
    drawn: str
    coder: str
    codebook: str = Field(default="", sa_column_kwargs={"server_default": ""})
    codebook_version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    proposed: Any = Field(sa_column=Column(JSON, nullable=False))


class NoteRow(SQLModel, table=True):
    """An analyst's note on an answer, redacted like an answer before it is stored."""

    __tablename__ = "analyst_note"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    by: str = Field(primary_key=True)
    text: str
    written_on: date


class SecondReadingRow(SQLModel, table=True):
    """An answer that this analyst is to code without seeing what anybody else made of it; `done_on` when they have."""

    __tablename__ = "blind_reading"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    coder: str = Field(primary_key=True)
    done_on: date | None = None


class BlindCodingRow(SQLModel, table=True):
    """A code that an analyst gave in a blind reading. What counts is settled afterwards, as a decision."""

    __tablename__ = "blind_coding"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    coder: str = Field(primary_key=True)
    facet: str = Field(primary_key=True)
    code: str = Field(primary_key=True)


class CodebookVersionRow(SQLModel, table=True):
    """A version of a consultation's codebook, as its file would hold it. Never changed. `number` counts from 1; the
    last one is in use, and where there is none, the codebook that ships. Whoever saves names the number that they saw:
    of two who save at once, the second finds theirs taken."""

    __tablename__ = "codebook_version"
    __table_args__ = NO_ROWID
    consultation_id: str = Field(foreign_key="consultation.id", primary_key=True)
    number: int = Field(primary_key=True)
    codebook: str
    version: int
    body: Any = Field(sa_column=Column(JSON, nullable=False))
    made_by: str
    made_on: date
    why: str


class SplitRow(SQLModel, table=True):
    """A code that is being split: into which codes, as blocks of a codebook file. It is in use until all its answers
    are given to one of them, to several or to none."""

    __tablename__ = "code_split"
    __table_args__ = NO_ROWID
    consultation_id: str = Field(foreign_key="consultation.id", primary_key=True)
    code: str = Field(primary_key=True)
    into: Any = Field(sa_column=Column(JSON, nullable=False))
    begun_by: str
    begun_on: date


class SplitAnswerRow(SQLModel, table=True):
    """Which of the codes that `code` is split into somebody gave to an answer; it holds once the split is finished."""

    __tablename__ = "code_split_answer"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    code: str = Field(primary_key=True)
    given: Any = Field(sa_column=Column(JSON, nullable=False))
    given_by: str
    given_on: date


class ExampleRow(SQLModel, table=True):
    """An answer from elsewhere that people coded, for the machine to learn from; redacted. None: nobody has said."""

    __tablename__ = "coding_example"
    __table_args__ = NO_ROWID
    consultation_id: str = Field(foreign_key="consultation.id", primary_key=True)
    id: str = Field(primary_key=True)
    text: str
    audience: str
    question: str
    outcomes: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    themes: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    sentiment: str | None = None
    source: str


class CoderVersionRow(SQLModel, table=True):
    """A coder that learned from a consultation's corrections; `number` counts them from 1. `figures` say what was
    measured when it was made."""

    __tablename__ = "coder_version"
    __table_args__ = NO_ROWID
    version: str = Field(primary_key=True)
    consultation_id: str = Field(foreign_key="consultation.id", primary_key=True)
    number: int
    codebook: str
    codebook_version: int
    head: bytes
    learnt_from: int  # reviewed answers
    figures: Any = Field(sa_column=Column(JSON, nullable=False))
    made_on: date
    made_by: str
    in_use: bool = False


class LessonRow(SQLModel, table=True):
    """An answer that a taught coder learned from. A coder of which one is gone, because the answer was withdrawn or
    changed, still holds its words, and must be forgotten."""

    __tablename__ = "coder_lesson"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    version: str = Field(primary_key=True)


class CandidateRow(SQLModel, table=True):
    """A theme that the codebook may miss, offered to a person: open, adopted, merged or dismissed."""

    __tablename__ = "candidate_theme"
    __table_args__ = NO_ROWID
    id: str = Field(primary_key=True)
    consultation_id: str = Field(foreign_key="consultation.id")
    place: int = 0  # among those that were found with it, the most distinct first
    name: str
    words: Any = Field(sa_column=Column(JSON, nullable=False))
    overlap: Any = Field(sa_column=Column(JSON, nullable=False))
    state: str
    found_on: date
    decided_by: str = ""
    decided_on: date | None = None
    became: str = ""  # the code that it was adopted as or merged into


class CandidateAnswerRow(SQLModel, table=True):
    """An answer that speaks for a candidate theme, and how near it lies to the middle of it (0 to 1)."""

    __tablename__ = "candidate_answer"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    candidate_id: str = Field(sa_column=Column(ForeignKey("candidate_theme.id", ondelete="CASCADE"), primary_key=True))
    nearness: float


def on_answers() -> list[Any]:
    """The tables here whose rows hang on an answer, in the order in which they are written above."""
    return [
        each for each in SQLModel.__subclasses__() if each.__module__ == __name__ and "answer_id" in each.model_fields
    ]


class AssistReadingRow(SQLModel, table=True):
    """The language model `coder` has read this answer with this version of a codebook. `proposals` are [facet, code,
    start, end]: they count for nothing until a person decides."""

    __tablename__ = "assist_reading"
    __table_args__ = NO_ROWID
    answer_id: str = Field(sa_column=_answer_id())
    coder: str
    codebook: str
    proposals: Any = Field(sa_column=Column(JSON, nullable=False))


class AssistedRow(SQLModel, table=True):
    """An analyst lets the council's language model read this consultation's answers."""

    __tablename__ = "assisted"
    __table_args__ = NO_ROWID
    consultation_id: str = Field(foreign_key="consultation.id", primary_key=True)
    turned_on_by: str
    turned_on: date
