"""Never lost, never twice: shorter marks, an outbox that survives its process, due work, updates set aside."""

import base64
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _shorten_marks()
    op.add_column("conversation", sa.Column("said", sa.JSON(), nullable=False, server_default="[]"))
    _move_what_was_said()
    op.create_table(
        "outbox",
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("leased_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("pseudonym", "turn"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "set_aside",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("set_aside_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "due",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject"),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_answer_response_id", "answer")  # the unique (response, question) begins with it
    op.drop_index("ix_response_wave_id", "response")
    op.create_index("ix_response_reach", "response", ["wave_id", "counted", "audience", "finished"])


def _shorten_marks() -> None:
    """Half of each keyed hash tells updates apart as well, and the channel was in it all the time."""
    connection = op.get_bind()
    marks = [row[0] for row in connection.execute(sa.text("SELECT update_id FROM inbox"))]
    op.drop_table("inbox")
    inbox = op.create_table(
        "inbox",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
        sqlite_with_rowid=False,
    )
    today = datetime.now(UTC).date()
    short = {
        base64.urlsafe_b64encode(bytes.fromhex(each)[:16]).decode().rstrip("=") for each in marks if _is_mark(each)
    }
    op.bulk_insert(inbox, [{"mark": each, "taken_on": today} for each in sorted(short)])


def _is_mark(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


def _move_what_was_said() -> None:
    """Rows of the old outbox had no address. They stay with their conversation, where the web looks for them."""
    connection = op.get_bind()
    conversation = sa.table("conversation", sa.column("pseudonym"), sa.column("said", sa.JSON))
    outbox = sa.table(
        "outbox", sa.column("pseudonym"), sa.column("turn"), sa.column("place"), sa.column("message", sa.JSON)
    )
    said: dict[str, list[object]] = {}
    for who, message in connection.execute(
        sa.select(outbox.c.pseudonym, outbox.c.message).order_by(outbox.c.pseudonym, outbox.c.turn, outbox.c.place)
    ):
        said.setdefault(who, []).append(message)
    for who, messages in said.items():
        connection.execute(sa.update(conversation).where(conversation.c.pseudonym == who).values(said=messages))
    op.drop_table("outbox")


def downgrade() -> None:
    """What was taken and said since is forgotten; answers stay."""
    op.drop_index("ix_response_reach", "response")
    op.create_index("ix_response_wave_id", "response", ["wave_id"])
    op.create_index("ix_answer_response_id", "answer", ["response_id"])
    op.drop_table("due")
    op.drop_table("set_aside")
    op.drop_table("outbox")
    op.create_table(
        "outbox",
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "turn", "place"),
        sqlite_with_rowid=False,
    )
    op.drop_column("conversation", "said")
    op.drop_table("inbox")
    op.create_table(
        "inbox",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "update_id"),
        sqlite_with_rowid=False,
    )
