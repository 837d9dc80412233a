"""Anonymity that can be proved: how far a closing has come, its certificate, how long what is kept, who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# Samples of a column, which PostgreSQL plans its queries by, outlive the rows. It keeps none of these.
UNSAMPLED = {
    "conversation": ("pseudonym", "response_id"),
    "outbox": ("pseudonym", "address"),
    "inbox": ("mark",),
    "answer": ("text",),
}
# Two transactions are needed: rows that were changed in the same one are not left behind. Then all rows of a table
# come from one transaction and lie in the order of their random names, and nothing is left of those that are gone.
# No batch of turns is under way meanwhile (INTAKE of storage/statements.py). What is audited is in order anyway.
EACH_TABLE = """
    DECLARE it record; BEGIN PERFORM pg_advisory_xact_lock(368980);
    FOR it IN SELECT c.oid::regclass AS name, i.indexrelid::regclass AS key, a.attname AS part
        FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
        AND c.relname NOT IN ('audit', 'alembic_version') ORDER BY c.relname
"""
# Name: (what it returns, what it does). With the owner's rights, so that whoever closes a wave needs to own nothing.
FUNCTIONS = {
    "closing_renew()": (
        "void",
        EACH_TABLE + "LOOP EXECUTE format('UPDATE %s SET %I = %I', it.name, it.part, it.part); END LOOP; END",  # noqa: S608
    ),
    "closing_reorder()": (
        "void",
        EACH_TABLE + "LOOP EXECUTE format('CLUSTER %s USING %s', it.name, it.key); END LOOP; END",
    ),
    "closing_rows(text)": (
        "SETOF text",
        "BEGIN RETURN QUERY EXECUTE format('SELECT it::text FROM %I it', $1); END",
    ),
}


def upgrade() -> None:
    op.add_column("inbox", sa.Column("wave_id", sa.String()))
    op.add_column("concern", sa.Column("consultation_id", sa.String()))
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
    op.create_table(
        "closing",
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("destroyed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("wave_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "certificate",
        sa.Column("wave_id", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"]),
        sa.PrimaryKeyConstraint("wave_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "retention",
        sa.Column("consultation_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("begun_on", sa.Date()),
        sa.Column("done_on", sa.Date()),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"]),
        sa.PrimaryKeyConstraint("consultation_id", "what"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )


def _upgrade_postgresql() -> None:
    for table, columns in UNSAMPLED.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR")  # as it was; this forgets the samples
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    for name, does in FUNCTIONS.items():
        # The path is fixed, with temporary tables last, so that no caller can put a table of theirs in place of ours.
        how = f"LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp"
        op.execute(f"CREATE FUNCTION {name} RETURNS {does[0]} {how} AS $$ {does[1]} $$")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    """What was certified and audited is forgotten; answers stay."""
    for table in ("audit", "retention", "certificate", "closing"):
        op.drop_table(table)
    op.drop_column("inbox", "wave_id")
    op.drop_column("concern", "consultation_id")
    for name in FUNCTIONS if op.get_bind().dialect.name == "postgresql" else ():
        op.execute(f"DROP FUNCTION {name}")
