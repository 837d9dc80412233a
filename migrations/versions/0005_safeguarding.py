"""Safeguarding: who is told of a concern and when, what the lead approved, and chats that asked to be written to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OVERVIEW = "SELECT reference, level, raised_on, status FROM concern WHERE queue = 'general' AND NOT drill"
FUNCTIONS = {
    # From the staff bot, whose role may not read concerns: whoever was told of a reference says that they have it.
    "referral_acknowledge(which text)": (
        "SETOF varchar",
        "RETURN QUERY UPDATE concern SET status = 'acknowledged' WHERE reference = which AND status = 'new' "
        "RETURNING reference",
    ),
    # For whoever adds to the log of referrals and may not read it.
    "referral_audit_last()": (
        "TABLE (last_number integer, last_digest varchar)",
        "RETURN QUERY SELECT number, digest FROM referral_audit ORDER BY number DESC LIMIT 1",
    ),
    # From the public doors, which may not list handles: a person who wants no more is left alone.
    "turn_release(these text)": (
        "void",
        "DELETE FROM reply_handle WHERE pseudonym IN "
        "(SELECT one #>> '{}' FROM jsonb_array_elements(these::jsonb) AS given(one))",
    ),
}
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("consultation", sa.Column("contact", sa.String(), nullable=False, server_default="opt_in"))
    for column in (
        sa.Column("queue", sa.String(), nullable=False, server_default="general"),
        sa.Column("asks_contact", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("drill", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("outcome", sa.String()),
    ):
        op.add_column("concern", column)
    op.create_table(
        "alert",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("reference", "rung", "means"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert_path",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("worked_at", MOMENT),
        sa.Column("failed_at", MOMENT),
        sa.PrimaryKeyConstraint("path"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reply_handle",
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("glass", sa.LargeBinary()),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("handle"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "relay",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sign_off",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "referral_audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )
    op.execute(f"CREATE VIEW referral_overview AS {OVERVIEW}")  # what consultation officers may know
    if _is_postgresql():
        schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
        for name, (returns, does) in FUNCTIONS.items():
            # The path is fixed, with temporary tables last, so that no caller can put a table of theirs before ours.
            op.execute(
                f"CREATE FUNCTION {name} RETURNS {returns} LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = {schema}, pg_temp AS $$ BEGIN {does}; END $$"
            )
            op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    """What was approved and who was to be told is forgotten; concerns stay."""
    if _is_postgresql():
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP VIEW referral_overview")
    for table in ("referral_audit", "sign_off", "relay", "reply_handle", "alert_path", "alert"):
        op.drop_table(table)
    for column in ("outcome", "drill", "asks_contact", "queue"):
        op.drop_column("concern", column)
    op.drop_column("consultation", "contact")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
