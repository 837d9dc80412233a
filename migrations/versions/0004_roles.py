# ruff: noqa: S608 - the words of these statements are all ours
"""Roles: on PostgreSQL, what some may do without a right to the tables, as functions with the owner's rights.

Those of the public doors do one thing to rows whose names they are given, and names are random or keyed hashes; none
can list anything. Who may call them is in `consultation/storage/roles.py`. They are plpgsql because that keeps plans.
"""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GIVEN = "jsonb_array_elements(these::jsonb) AS given(one)"
NAMES = f"SELECT one #>> '{{}}' FROM {GIVEN}"
PLACES = f"SELECT one ->> 0, one ->> 1 FROM {GIVEN}"

# name: (argument, what it returns, what it does)
FUNCTIONS = {
    "turn_find": (
        "these",
        "TABLE (who varchar, at integer, response varchar, talk text)",
        "RETURN QUERY SELECT pseudonym, version, response_id, state::text FROM conversation "
        f"WHERE pseudonym IN ({NAMES}) ORDER BY pseudonym FOR UPDATE",
    ),
    "turn_said": (
        "these",
        "SETOF text",
        f"RETURN QUERY SELECT said::text FROM conversation WHERE pseudonym IN ({NAMES})",
    ),
    "turn_text": (
        "these",
        "SETOF varchar",
        f"RETURN QUERY SELECT text FROM answer WHERE (response_id, question) IN ({PLACES})",
    ),
    "turn_move": (
        "these",
        "SETOF varchar",
        "RETURN QUERY UPDATE conversation SET response_id = one ->> 2, version = (one ->> 3)::integer, "
        f"state = (one ->> 4)::json, said = (one ->> 5)::json FROM {GIVEN} "
        "WHERE pseudonym = one ->> 0 AND version = (one ->> 1)::integer RETURNING pseudonym",
    ),
    "turn_begin": (
        "these",
        "SETOF varchar",
        "RETURN QUERY INSERT INTO conversation (pseudonym, wave_id, response_id, version, state, said) "
        "SELECT one ->> 0, one ->> 1, one ->> 2, (one ->> 3)::integer, (one ->> 4)::json, (one ->> 5)::json "
        f"FROM {GIVEN} ON CONFLICT DO NOTHING RETURNING pseudonym",
    ),
    "turn_withdraw": ("these", "void", f"DELETE FROM response WHERE id IN ({NAMES})"),
    "turn_erase": ("these", "void", f"DELETE FROM answer WHERE (response_id, question) IN ({PLACES})"),
    "turn_finish": ("these", "void", f"UPDATE response SET finished = true WHERE id IN ({NAMES})"),
    "talk_conversation": (
        "who",
        "SETOF conversation",
        "RETURN QUERY SELECT * FROM conversation WHERE pseudonym = who",
    ),
    "talk_answers": ("which", "SETOF answer", "RETURN QUERY SELECT * FROM answer WHERE response_id = which"),
    "said_find": (
        "these",
        "TABLE (response varchar, number integer, content json)",
        f"PERFORM FROM conversation WHERE response_id IN ({NAMES}) ORDER BY pseudonym FOR UPDATE; "
        f"RETURN QUERY SELECT response_id, NULL::integer, said FROM conversation WHERE response_id IN ({NAMES}) "
        "UNION ALL SELECT response_id, turn, messages FROM outbox JOIN conversation USING (pseudonym) "
        f"WHERE response_id IN ({NAMES})",
    ),
    "said_put": (
        "these",
        "void",
        f"UPDATE conversation SET said = (one -> 2)::json FROM {GIVEN} "
        "WHERE response_id = one ->> 0 AND one ->> 1 IS NULL; "
        f"UPDATE outbox SET messages = (one -> 2)::json FROM conversation, {GIVEN} WHERE response_id = one ->> 0 "
        "AND outbox.pseudonym = conversation.pseudonym AND turn = (one ->> 1)::integer",
    ),
    # Nothing of what was deleted stays in the file. A table's owner alone may do this; VACUUM stands in no function.
    "table_rewrite": (
        "which",
        "void",
        "EXECUTE (SELECT format('CLUSTER %s USING %I', indrelid::regclass, relname) FROM pg_index "
        "JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = which::regclass AND indisprimary)",
    ),
}


def upgrade() -> None:
    if not _is_postgresql():
        return
    schema = op.get_bind().execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    for name, (argument, returns, does) in FUNCTIONS.items():
        # The path is fixed, with temporary tables last, so that no caller can put a table of theirs in place of ours.
        op.execute(
            f"CREATE FUNCTION {name}({argument} text) RETURNS {returns} LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = {schema}, pg_temp AS $$ BEGIN {does}; END $$"
        )
        op.execute(f"REVOKE ALL ON FUNCTION {name}(text) FROM PUBLIC")


def downgrade() -> None:
    """The roles stay, as an administrator made them; an older version works as the owner."""
    for name in FUNCTIONS if _is_postgresql() else ():
        op.execute(f"DROP FUNCTION {name}(text)")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
