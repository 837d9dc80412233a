"""First tables: consultations, conversations, responses and answers; what is to be said; concerns; codings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "concern",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("alerted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("reference"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "update_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "turn", "place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("survey_id", sa.String(), nullable=False),
        sa.Column("survey_version", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "conversation",
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("response_id", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("pseudonym"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "response",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("consent_wording", sa.String(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_response_wave_id", "response", ["wave_id"])

    op.create_table(
        "answer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("response_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("response_id", "question"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_answer_response_id", "answer", ["response_id"])

    op.create_table(
        "clearance",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("cleared_by", sa.String(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coded",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("abstained", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "coding_decision",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id", "facet", "code"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "suggestion",
        sa.Column("answer_id", sa.String(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id", "facet", "code"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("suggestion")
    op.drop_table("coding_decision")
    op.drop_table("coded")
    op.drop_table("clearance")
    op.drop_index("ix_answer_response_id", "answer")

    op.drop_table("answer")
    op.drop_index("ix_response_wave_id", "response")

    op.drop_table("response")
    op.drop_table("conversation")
    op.drop_table("wave")
    op.drop_table("survey")
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("consultation")
    op.drop_table("concern")
