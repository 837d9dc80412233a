"""For everyone: facts in other languages, term dates, pictures, drafts, one reminder, short codes, shared devices."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FUNCTIONS = {
    # The language of a response follows that of its talk.
    "turn_speak(these text)": (
        "void",
        "UPDATE response SET locale = one ->> 1 FROM jsonb_array_elements(these::jsonb) AS given(one) "
        "WHERE id = one ->> 0",
    ),
    # From the public doors, which may not list codes: whoever has one takes it, and it is gone. Where its time is over
    # it tells nothing.
    "talk_carried_over(which text)": (
        "TABLE (talk varchar, good_until timestamptz)",
        "RETURN QUERY DELETE FROM carry_over WHERE mark = which RETURNING carry_over.talk, carry_over.good_until",
    ),
}
TABLES = ("picture", "draft", "reminder", "carry_over", "shared_session")
UNSAMPLED = {"reminder": ("address",), "carry_over": ("mark", "talk")}  # PostgreSQL's samples outlive rows: see 0018


def upgrade() -> None:
    op.add_column("consultation", sa.Column("translations", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("consultation", sa.Column("terms", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "picture",
        sa.Column("survey_id", sa.String(), nullable=False),
        sa.Column("survey_version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "survey_version", "name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "carry_over",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("talk", sa.String(), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("mark"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shared_session",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("audience", sa.String()),
        sa.Column("place", sa.String()),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("mark"),
        sqlite_with_rowid=False,
    )
    if _is_postgresql():
        for table, columns in UNSAMPLED.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
        schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
        for name, (returns, does) in FUNCTIONS.items():
            op.execute(
                f"CREATE FUNCTION {name} RETURNS {returns} LANGUAGE plpgsql SECURITY DEFINER "
                f"SET search_path = {schema}, pg_temp AS $$ BEGIN {does}; END $$"
            )
            op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    """Reminders that were asked for, codes and sessions are forgotten, and own pictures with them."""
    if _is_postgresql():
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}")
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("consultation", "terms")
    op.drop_column("consultation", "translations")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
