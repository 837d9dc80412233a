"""Reviews say which codebook they were made with; PostgreSQL's samples keep nothing of answers that were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# PostgreSQL's samples of a column outlive its rows (0003): ids of answers that were withdrawn, and words of theirs.
UNSAMPLED = {
    "answer": ("id", "response_id"),
    "response": ("id",),
    "coded": ("answer_id", "abstained"),
    "suggestion": ("answer_id", "reason"),
    "analyst_note": ("answer_id", "text"),
    "coding_example": ("text",),
    "candidate_theme": ("name",),
    **dict.fromkeys(
        (
            "coding_decision", "clearance", "coding_act", "review", "blind_reading", "blind_coding", "coder_lesson",
            "code_split_answer", "assist_reading", "candidate_answer",
        ),
        ("answer_id",),
    ),
}  # fmt: skip


def upgrade() -> None:
    # Of reviews from before nobody can say; they count as made with all codes.
    op.add_column("review", sa.Column("codebook", sa.String(), nullable=False, server_default=""))
    op.add_column("review", sa.Column("codebook_version", sa.Integer(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        for table, unsampled in UNSAMPLED.items():
            for column in unsampled:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR")  # as it was; forgets the samples
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    """Samples stay forgotten."""
    op.drop_column("review", "codebook_version")
    op.drop_column("review", "codebook")
