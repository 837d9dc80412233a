"""PostgreSQL's roles: connected as each, what `consultation.storage.roles` says can be done, and nothing else.

The script of `sayso roles` is run as an administrator runs it; what there is to touch is asked of PostgreSQL itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import URL

from consultation.storage.faults import UnusableDatabase
from consultation.storage.roles import FUNCTIONS, OWNER, TABLES, Role, script, wanted
from consultation.storage.store import migrate, open_store
from tests.contracts.databases import Cluster

COLUMNWISE = ("SELECT", "INSERT", "UPDATE")
PRIVILEGES = (*COLUMNWISE, "DELETE", "TRUNCATE", "TRIGGER")
THERE = """
    SELECT relname, array_agg(attname ORDER BY attnum) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
    AND relkind NOT IN ('i', 'I', 't') AND attnum > 0 AND NOT attisdropped GROUP BY relname
"""
# Whatever was granted to anybody but the owner: who, on what, which column, and which privilege.
GRANTED = """
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, what, part, privilege_type FROM (
        SELECT relname, NULL, relacl, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT relname, attname, attacl, relowner FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
            WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT oid::regprocedure::text, NULL, coalesce(proacl, acldefault('f', proowner)), proowner
            FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT typname, NULL, typacl, typowner FROM pg_type
    ) AS these (what, part, acl, owner), aclexplode(acl) WHERE grantee <> owner
"""
CALLED = """
    SELECT oid::regprocedure::text, prosecdef, proconfig, proowner::regrole::text FROM pg_proc
    WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
"""


def login(role: str) -> str:
    """The login that an administrator made for a process of this role."""
    return f"{role}_login"


@pytest.fixture(scope="module")
def guarded(cluster: Cluster) -> Iterator[URL]:
    """A database in which an administrator has run the script, twice, with a login for each role."""
    with cluster.fresh() as url:
        for _ in range(2):
            cluster.run(script(), database=str(url.database))
        for role in (OWNER, *Role):
            cluster.run(f"CREATE ROLE {login(role)} LOGIN; GRANT {role} TO {login(role)}")
        yield url
    for role in (OWNER, *Role):
        cluster.run(f"DROP ROLE {login(role)}")


def as_role(url: URL, role: str) -> URL:
    return url.set(username=login(role), password=None)


@contextmanager
def connected(url: URL, role: str) -> Iterator["psycopg.Connection[Any]"]:
    plain = as_role(url, role).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        yield connection


def there(cluster: Cluster, url: URL) -> dict[str, list[str]]:
    return dict(cluster.run(THERE, database=str(url.database)))


def may(connection: "psycopg.Connection[Any]", statement: sql.Composed) -> bool:
    """Try it, and undo it."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except (errors.InsufficientPrivilege, errors.WrongObjectType):  # nobody truncates a view
        return False
    except (errors.NotNullViolation, errors.InvalidTextRepresentation, errors.UndefinedTable):
        return True  # it was let in, and what it asked for made no sense
    return True


def statement(privilege: str, table: str, column: str | None) -> sql.Composed:
    """What needs this privilege, on this column, and nothing else."""
    text = {
        "SELECT": "SELECT {column} FROM {table} LIMIT 0",
        "INSERT": "INSERT INTO {table} ({column}) SELECT NULL WHERE false",
        "UPDATE": "UPDATE {table} SET {column} = NULL",
        "DELETE": "DELETE FROM {table}",
        "TRUNCATE": "TRUNCATE {table} CASCADE",
        "TRIGGER": "CREATE TRIGGER mine AFTER INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    }[privilege]
    return sql.SQL(text).format(table=sql.Identifier(table), column=sql.Identifier(column or "none"))


def granted(role: Role, privilege: str, what: str, column: str | None = None) -> bool:
    return bool({(role, what, None, privilege), (role, what, column, privilege)} & set(wanted(list(Role))))


class TestWhatThereIs:
    def test_every_table_is_in_the_list(self, cluster: Cluster, guarded: URL) -> None:
        """A new table is nobody's until somebody has thought of who needs it: add it to `roles.TABLES`."""
        assert set(there(cluster, guarded)) == set(TABLES)
        assert len(TABLES) > 15

    def test_every_function_is_in_the_list_and_keeps_to_its_own_tables(self, cluster: Cluster, guarded: URL) -> None:
        found = cluster.run(CALLED, database=str(guarded.database))
        assert {name for name, *_ in found} == set(FUNCTIONS)
        assert {row[1:] for row in ((name, *rest[:1], tuple(rest[1]), rest[2]) for name, *rest in found)} == {
            (True, ("search_path=public, pg_temp",), OWNER)
        }

    def test_what_is_granted_is_the_list_to_the_letter(self, cluster: Cluster, guarded: URL) -> None:
        assert set(cluster.run(GRANTED, database=str(guarded.database))) == set(wanted(list(Role)))

    def test_everything_is_the_owners(self, cluster: Cluster, guarded: URL) -> None:
        owners = "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        assert cluster.run(owners, database=str(guarded.database)) == [(OWNER,)]

    def test_nobody_logs_in_as_a_role_or_may_do_more_than_its_group(self, cluster: Cluster, guarded: URL) -> None:
        attributes = """SELECT rolname FROM pg_roles WHERE rolname LIKE 'sayso\\_%' AND rolname NOT LIKE '%\\_login' AND
            (rolcanlogin OR rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)"""
        assert cluster.run(attributes) == []
        within = "SELECT member::regrole::text FROM pg_auth_members WHERE member::regrole::text = ANY (%s)"
        assert cluster.run(within, [OWNER, *Role]) == [], "a role is in another one"


READING, CHANGING = ("SELECT",), ("SELECT", "UPDATE", "DELETE", "TRUNCATE")
PEOPLE = ("answer", "response", "conversation", "concern")
MADE_OF_THEM = (
    "coded", "suggestion", "coding_decision", "clearance", "coding_act", "review", "analyst_note", "blind_reading",
    "blind_coding", "candidate_answer",
)  # fmt: skip
WHOSE = ("conversation", "inbox", "outbox")
REFERRED = ("alert", "reply_handle", "relay", "referral_audit")
PROMISED = [
    *((Role.RESPONDENT, CHANGING, table) for table in (*PEOPLE, *MADE_OF_THEM)),
    *((Role.OFFICER, CHANGING, table) for table in ("answer", *MADE_OF_THEM, *WHOSE)),
    *((Role.ANALYST, CHANGING, table) for table in (*WHOSE, "concern")),
    *((Role.LEAD, CHANGING, table) for table in ("answer", "response", *MADE_OF_THEM, *WHOSE)),
    *((role, READING, "concern.sealed") for role in Role if role is not Role.LEAD),
    *((role, CHANGING[1:], book) for role in Role for book in ("audit", "referral_audit")),
    # Who runs a consultation or reads its answers learns of no allegation, and of no chat that is written to.
    *((role, CHANGING, what) for role in (Role.OFFICER, Role.ANALYST) for what in ("concern", *REFERRED)),
    *((Role.RESPONDENT, CHANGING, what) for what in REFERRED),
    (Role.WORKER, READING, "referral_audit"),
    *((Role.LEAD, READING, f"reply_handle.{what}") for what in ("pseudonym", "address", "channel")),
    (Role.LEAD, CHANGING[2:], "concern"),
]


@pytest.mark.parametrize(("role", "privileges", "what"), PROMISED)
def test_the_list_keeps_what_is_promised(
    cluster: Cluster, guarded: URL, role: Role, privileges: tuple[str, ...], what: str
) -> None:
    """The list itself could say too much; this says what it never may."""
    table, _, column = what.partition(".")
    for privilege in privileges:
        ask = "any_column" if privilege in COLUMNWISE else "table"
        if column:
            ask, table = "column", f"{table}', '{column}"
        has = f"SELECT has_{ask}_privilege('{login(role)}', '{table}', '{privilege}')"
        assert cluster.run(has, database=str(guarded.database)) == [(False,)], privilege


@pytest.mark.parametrize("role", Role)
class TestARole:
    def test_does_to_tables_what_it_is_granted_and_no_more(self, cluster: Cluster, guarded: URL, role: Role) -> None:
        found = there(cluster, guarded)
        cells = [
            (privilege, table, column)
            for table, columns in found.items()
            for privilege in PRIVILEGES
            for column in (columns if privilege in COLUMNWISE else [None])
        ]
        with connected(guarded, role) as connection:
            wrong = [cell for cell in cells if may(connection, statement(*cell)) is not granted(role, *cell)]
        assert wrong == []
        assert any(granted(role, *each) for each in cells)

    def test_calls_what_it_is_granted_and_no_more(self, guarded: URL, role: Role) -> None:
        with connected(guarded, role) as connection:
            for function in FUNCTIONS:
                name, argument = function.rstrip(")").split("(")
                call = f"SELECT {name}('[]')" if argument else f"SELECT {name}()"
                assert may(connection, sql.SQL(call).format()) is granted(role, "EXECUTE", function), function

    @pytest.mark.parametrize(
        "attempt",
        [
            "CREATE TABLE mine (it text)",
            "CREATE TEMPORARY TABLE answer (it text)",
            "CREATE SCHEMA mine",
            "CREATE FUNCTION mine() RETURNS void LANGUAGE sql AS ''",
            "CREATE VIEW mine AS SELECT 1",
            "CREATE ROLE mine",
            "ALTER TABLE answer OWNER TO CURRENT_USER",
            "ALTER TABLE answer DISABLE TRIGGER ALL",
            "DROP TABLE answer",
            "COPY answer TO PROGRAM 'cat'",
            "SET ROLE sayso_owner",
            "SET session_replication_role = replica",
            "SELECT pg_read_file('PG_VERSION')",
        ],
    )
    def test_makes_and_becomes_nothing(self, guarded: URL, role: Role, attempt: str) -> None:
        with connected(guarded, role) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(attempt)

    def test_opens_the_records_for_its_own_work_alone(self, guarded: URL, role: Role) -> None:
        store = open_store(as_role(guarded, role), needs=[role])
        assert store.database.roles == {role}
        store.check() if role is not Role.LEAD else None
        store.close()
        for other in set(Role) - {role}:
            with pytest.raises(UnusableDatabase, match=f"needs {other} and has {role}"):
                open_store(as_role(guarded, role), needs=[other])


def test_nobody_else_may_do_anything(cluster: Cluster, guarded: URL) -> None:
    cluster.run("CREATE ROLE stranger_login LOGIN")
    with pytest.raises(UnusableDatabase, match="permission denied for database"):
        open_store(guarded.set(username="stranger_login"))
    cluster.run(f"GRANT CONNECT ON DATABASE {guarded.database} TO stranger_login")
    with pytest.raises(UnusableDatabase, match="needs one of sayso_respondent, "):
        open_store(guarded.set(username="stranger_login"))
    cluster.run("DROP OWNED BY stranger_login; DROP ROLE stranger_login", database=str(guarded.database))


def test_the_owner_migrates_and_may_do_all_as_before(guarded: URL) -> None:
    assert migrate(as_role(guarded, OWNER)) == migrate(guarded)
    store = open_store(as_role(guarded, OWNER), needs=list(Role))
    assert store.database.roles == set(Role)
    store.close()


def test_rights_of_an_older_version_are_told_at_the_start(cluster: Cluster, guarded: URL) -> None:
    cluster.run("REVOKE INSERT ON answer FROM sayso_respondent", database=str(guarded.database))
    with pytest.raises(UnusableDatabase, match=r"roles in the .* are of another version.*'sayso roles'"):
        open_store(as_role(guarded, Role.RESPONDENT), needs=[Role.RESPONDENT])
    cluster.run(script(), database=str(guarded.database))
    open_store(as_role(guarded, Role.RESPONDENT), needs=[Role.RESPONDENT]).close()
