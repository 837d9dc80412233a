"""For coding that people put their name to: their acts, reviews, notes and blind readings; versions of codebooks and
coders; candidate themes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ON_ANSWERS = {
    "coding_act": (
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.Column("undoes", sa.Integer()),
        sa.Column("done_on", sa.Date(), nullable=False),
    ),
    "review": (
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("drawn", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("proposed", sa.JSON(), nullable=False),
    ),
    "analyst_note": (
        sa.Column("by", sa.String(), primary_key=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
    ),
    "blind_reading": (
        sa.Column("coder", sa.String(), primary_key=True),
        sa.Column("done_on", sa.Date()),
    ),
    "blind_coding": (
        sa.Column("coder", sa.String(), primary_key=True),
        sa.Column("facet", sa.String(), primary_key=True),
        sa.Column("code", sa.String(), primary_key=True),
    ),
    "coder_lesson": (sa.Column("version", sa.String(), primary_key=True),),
    "code_split_answer": (
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
    ),
    "assist_reading": (
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("codebook", sa.String(), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
    ),
}
ON_CONSULTATIONS = ("codebook_version", "code_split", "coding_example", "coder_version", "candidate_theme", "assisted")


def upgrade() -> None:
    op.add_column("coding_decision", sa.Column("start", sa.Integer()))
    op.add_column("coding_decision", sa.Column("end", sa.Integer()))
    op.add_column("coding_decision", sa.Column("more", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("coded", sa.Column("doubt", sa.Float(), nullable=False, server_default="0"))
    for name, columns in ON_ANSWERS.items():
        op.create_table(name, _answer_id(), *columns, sqlite_with_rowid=False)
    op.create_index("ix_coding_act_turn", "coding_act", ["by", "turn"])
    op.create_table(
        "codebook_version",
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("codebook", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("consultation_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "code_split",
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("into", sa.JSON(), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("consultation_id", "code"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coding_example",
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("outcomes", sa.JSON()),
        sa.Column("themes", sa.JSON()),
        sa.Column("sentiment", sa.String()),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("consultation_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coder_version",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("codebook", sa.String(), nullable=False),
        sa.Column("codebook_version", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("learnt_from", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("version", "consultation_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "candidate_theme",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("overlap", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("became", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "candidate_answer",
        _answer_id(),
        sa.Column("candidate_id", sa.String(), primary_key=True),
        sa.Column("nearness", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate_theme.id"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assisted",
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("turned_on_by", sa.String(), nullable=False),
        sa.Column("turned_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("consultation_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Codebooks that were edited, coders that learned and what stood behind each decision are forgotten."""
    for table in ("candidate_answer", *reversed(ON_CONSULTATIONS), *ON_ANSWERS):
        op.drop_table(table)
    op.drop_column("coded", "doubt")
    op.drop_column("coding_decision", "more")
    op.drop_column("coding_decision", "end")
    op.drop_column("coding_decision", "start")


def _answer_id() -> "sa.Column[str]":
    return sa.Column("answer_id", sa.String(), sa.ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)
