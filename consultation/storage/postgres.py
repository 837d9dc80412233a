"""A PostgreSQL database that several processes share. Who is alive, and whose turn it is, are advisory locks: they are
gone the moment a process is, whatever its clock says."""

import json
import os
import threading
import zlib
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from time import monotonic, sleep

from sqlalchemy import URL, Connection, Engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlmodel import create_engine

from consultation.storage.faults import StillRead, UnreachableDatabase, UnusableDatabase
from consultation.storage.roles import Role, wanted
from consultation.storage.schema import bring_up_to_date, check_schema, is_up_to_date

LIVING, ALONE = 0x5A151, 0x5A152  # classes of advisory locks: processes that serve; what only one of them does
WRITTEN_AS = "postgresql://USER:PASSWORD@HOST:5432/NAME"
# Each side notices within a minute that the other's machine is gone, not only its process. Else the locks of a machine
# that lost its power would be held for two hours, and what it was saying would be said by nobody.
CONNECTING = {
    "application_name": "sayso", "connect_timeout": 5, "tcp_user_timeout": 30_000,
    "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3,
}  # fmt: skip
SESSION = """
    SET synchronous_commit = on; SET lock_timeout = '10s';
    SET tcp_user_timeout = 30000; SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10;
    SET tcp_keepalives_count = 3
"""
TRY = text("SELECT pg_try_advisory_lock(:kind, :number)")
LET_GO = text("SELECT pg_advisory_unlock(:kind, :number)")
HOLDERS = text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = :kind AND objsubid = 2 "
    "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
# What the user who is connected may do: everything, as the owner or a superuser; or what some roles may.
OWNS = text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('alembic_version')")
HOLDS = text("SELECT rolname FROM pg_roles WHERE rolname = ANY (:roles) AND pg_has_role(oid, 'USAGE')")
LACKS = text("""
    SELECT count(*) FROM json_to_recordset(:wanted) AS wanted ("role" name, "what" text, "column" name, "right" text)
    WHERE NOT CASE
        WHEN "right" = 'EXECUTE' THEN has_function_privilege("role", "what", "right")
        WHEN "column" IS NULL THEN has_table_privilege("role", "what", "right")
        ELSE has_column_privilege("role", "what", "column", "right")
    END
""")
# What a server may be set to that breaks a promise of Sayso's, and why.
BREACHES = {
    ("fsync", "off"): "its commits are not on the disk when it says so, and a power cut would lose answers",
    ("track_commit_timestamp", "on"): "it keeps the exact time of each answer, which Sayso promises not to do",
}
# What was added too: rows lie, and are dumped, in the order in which they came. `due` holds nothing of anybody.
CHANGED = text(
    "SELECT relid::regclass::text, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables "
    "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> 'due' ORDER BY 1"
)
REWRITE = text("SELECT table_rewrite(:table)")
# Whoever reads an older state just now, the server's own cleaning included, or is about to commit: for them deleted
# rows are written too.
HELD_BACK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)"
)
# All rows anew, in a transaction with this number; and who may still see what was there before it.
RENEW = text("SELECT closing_renew(), pg_current_xact_id()::xid::text")
READERS = text(
    "SELECT concat_ws(' ', application_name, usename, 'process', pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND age(backend_xmin) >= age(CAST(:done AS xid)) "
    "UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts WHERE database = current_database() "
    "UNION ALL SELECT 'replication slot ' || slot_name FROM pg_replication_slots "
    "WHERE age(xmin) >= age(CAST(:done AS xid))"
)
TABLES = text("SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'")
PATIENCE = 30.0  # seconds that wiping waits for whoever reads an older state


class PostgresDatabase:
    """`reading` sees one state of everything for as long as a session lasts, as on SQLite, and can't write."""

    writers = 2

    def __init__(self, url: URL) -> None:
        self.writing = postgres_engine(url)
        self.reading: Engine = self.writing.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self.me = int.from_bytes(os.urandom(4)) >> 1
        self.roles: frozenset[Role] = frozenset()
        self._presence: Connection | None = None
        self._guard = threading.Lock()
        self.stale = True  # not asked here: other processes write, too
        self.patience = PATIENCE
        self._rewritten: dict[str, int] = {}  # how often rows of a table had been changed by then

    def turn_to_write(self) -> AbstractContextManager[None]:
        return nullcontext()

    def begin_serving(self) -> None:
        """Show that this process lives, for as long as it does."""
        self.living()

    @contextmanager
    def only_one(self, name: str) -> Iterator[bool]:
        """True for the one of several, in whatever process, that asked for `name`, until it leaves or dies."""
        lock = {"kind": ALONE, "number": zlib.crc32(name.encode()) >> 1}
        with self._outside_transactions() as connection:
            got = bool(connection.execute(TRY, lock).scalar())
            try:
                yield got
            finally:
                try:
                    if got:
                        connection.execute(LET_GO, lock)
                except SQLAlchemyError:
                    connection.invalidate()  # a connection that is closed has let go, too

    def living(self) -> set[int]:
        """The processes whose leases hold. This one is among them, or is again by now."""
        with self._guard:
            try:
                return self._present()
            except SQLAlchemyError:  # the connection was lost, and this process's lock with it
                self._leave()
                return self._present()

    def servers(self) -> int:
        """How many processes serve."""
        return max(1, len(self.living()))

    def wipe_journal(self) -> None:
        """PostgreSQL keeps its journal itself; what an operator does about it is in the README."""

    def rewrite(self) -> None:
        """Write anew each table of which something was changed or deleted: a plain VACUUM leaves the bytes of what is
        deleted in the pages. Where somebody holds a table for long, this gives way and raises `OperationalError`."""
        with self._outside_transactions() as connection:
            try:
                connection.execute(text("SET lock_timeout = '200ms'"))  # whoever comes after waits as long as this does
                for table, changes in connection.execute(CHANGED).all():
                    if self._rewritten.get(table) != changes:
                        held_back = connection.execute(HELD_BACK).scalar_one()
                        connection.execute(REWRITE, {"table": table})
                        if not held_back:  # else deleted rows may be there still, and it is done again at the next look
                            self._rewritten[table] = changes
            finally:
                connection.invalidate()  # never back to the pool with so little patience

    def scramble(self) -> None:
        """Write each table anew, so that neither the place nor the transaction of a row tells when it came, and
        nothing is left of rows that are gone. Raises `StillRead` where somebody reads an older state for long."""
        with self._outside_transactions() as connection:
            _, done = connection.execute(RENEW).one()
            end = monotonic() + self.patience
            while readers := connection.execute(READERS, {"done": done}).scalars().all():
                if monotonic() > end:
                    raise StillRead(
                        f"Somebody still reads the database as it was ({', '.join(readers)}), so that rows which were "
                        "deleted can't be wiped. End what reads it: a long query, a backup, a session left open."
                    )
                sleep(0.1)
            connection.execute(text("SELECT closing_reorder()"))

    def contents(self) -> Iterator[tuple[str, Iterator[str]]]:
        """Each table with its rows as text, and the samples that the server keeps of them."""
        with self.reading.connect().execution_options(stream_results=True) as connection:
            for name in connection.execute(TABLES).scalars().all():
                yield name, connection.execute(text("SELECT closing_rows(:name)"), {"name": name}).scalars()
            yield "pg_stats", connection.execute(text("SELECT it::text FROM pg_stats it")).scalars()

    def size(self) -> int:
        with self.reading.connect() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())

    def close(self) -> None:
        with self._guard:
            self._leave()
        self.writing.dispose()

    def _outside_transactions(self) -> Connection:
        return self.writing.connect().execution_options(isolation_level="AUTOCOMMIT")

    def _present(self) -> set[int]:
        """Hold this process's lock, once more if it is held already, and see who else does."""
        if self._presence is None:
            self._presence = self._outside_transactions()
        self._presence.execute(TRY, {"kind": LIVING, "number": self.me})
        return {int(row[0]) for row in self._presence.execute(HOLDERS, {"kind": LIVING})}

    def _leave(self) -> None:
        if self._presence is not None:
            with suppress(SQLAlchemyError):
                self._presence.invalidate()  # never back to the pool with the lock on it
                self._presence.close()
        self._presence = None


def open_postgres(url: URL, needs: Collection[Role] = ()) -> PostgresDatabase:
    """The database, at this version's schema, for a user who may do what the roles it `needs` may. Raises
    `UnusableDatabase`; `UnreachableDatabase` if later may do."""
    database = PostgresDatabase(url)
    try:
        with _usable(url):
            _check_promises(database.reading, name_of(url))
            database.roles = _roles(database.reading, url, frozenset(needs))
            check_schema(database.reading, name_of(url))
            _check_rights(database.reading, name_of(url), needs)
    except BaseException:
        database.close()
        raise
    return database


def migrate_postgres(url: URL) -> str:
    """Bring the database to this version's schema, unless processes of another serve it. Returns the revision."""
    engine = postgres_engine(url)
    try:
        with _usable(url):
            if not is_up_to_date(engine):
                _check_that_nobody_serves(engine, name_of(url))
            return bring_up_to_date(engine, name_of(url))
    finally:
        engine.dispose()


def postgres_url(written: str) -> URL:
    """What SAYSO_DATABASE_URL says. Raises `UnusableDatabase`, in words that show no password."""
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):  # the port may be no number
        url = None
    if url is None or "@" in f"{url.host}{url.database}":  # a piece of a password that has one
        raise UnusableDatabase(
            f"SAYSO_DATABASE_URL is not an address of a database. Write it as {WRITTEN_AS}; in a password, "
            "write @ : / and % as %40 %3A %2F and %25."
        )
    if url.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise UnusableDatabase(
            f"SAYSO_DATABASE_URL names a database of the kind '{url.drivername}', and Sayso works with PostgreSQL: "
            f"{WRITTEN_AS}. For SQLite leave it out and set SAYSO_DATA."
        )
    if not url.database:
        raise UnusableDatabase(f"SAYSO_DATABASE_URL does not say which database. Write it as {WRITTEN_AS}.")
    return url.set(drivername="postgresql+psycopg")


def postgres_engine(url: URL) -> Engine:
    """Every commit on the disk before it returns, whatever the server's default is."""
    # Parameters are hidden because an error that names them would put answers into a log.
    how = {"hide_parameters": True, "pool_pre_ping": True, "pool_size": 10, "isolation_level": "READ COMMITTED"}
    try:
        engine = create_engine(url, connect_args=CONNECTING, **how)
    except (ImportError, NoSuchModuleError):
        raise UnusableDatabase("PostgreSQL needs one more package. Run: pip install 'sayso[postgres]'") from None

    @event.listens_for(engine, "connect")
    def _set_up(connection, _) -> None:  # type: ignore[no-untyped-def]  # SQLAlchemy's own types say Any
        with connection.cursor() as cursor:
            cursor.execute(SESSION)
        connection.commit()

    return engine


def name_of(url: URL) -> str:
    """The database in words that hold no password."""
    where = url.host or url.query.get("host") or "this machine"
    return f"PostgreSQL database '{url.database}' at {where}:{url.port or 5432}"


def _check_that_nobody_serves(engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        serving = len(connection.execute(HOLDERS, {"kind": LIVING}).all())
    if serving:
        raise UnusableDatabase(
            f"The {name} is served by Sayso of another version just now (processes: {serving}). Nothing was changed. "
            "Stop 'sayso serve' everywhere, then run 'sayso migrate' again."
        )


def _check_promises(engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        for (setting, value), why in BREACHES.items():
            if connection.execute(text("SELECT current_setting(:name)"), {"name": setting}).scalar() == value:
                raise UnusableDatabase(
                    f"The server of the {name} has '{setting}' switched {value}: {why}. Change it in postgresql.conf "
                    "and restart the server."
                )


def _roles(engine: Engine, url: URL, needs: frozenset[Role]) -> frozenset[Role]:
    """Which roles the user has. Raises where one that is needed is not among them, or where there is none."""
    with engine.connect() as connection:
        if connection.execute(OWNS).scalar() is not False:  # None: nobody has migrated it yet, which is told later
            return frozenset(Role)
        held = frozenset(map(Role, connection.scalars(HOLDS, {"roles": list(Role)})))
    if held and needs <= held:
        return held
    lacking = " and ".join(sorted(needs - held)) or f"one of {', '.join(Role)}"
    has = f" and has {', '.join(sorted(held))}" if held else ""
    raise UnusableDatabase(
        f"The user '{url.username}' of the {name_of(url)} may not do this: it needs {lacking}{has}. "
        "In SAYSO_DATABASE_URL name a user who has that role, or let an administrator grant it. The README tells "
        "which process needs which ('Operations')."
    )


def _check_rights(engine: Engine, name: str, needs: Collection[Role]) -> None:
    """Raise where the roles may not do yet what this version's may."""
    with engine.connect() as connection:
        if connection.execute(OWNS).scalar():
            return
        rows = [dict(zip(("role", "what", "column", "right"), each, strict=True)) for each in wanted(needs)]
        if connection.execute(LACKS, {"wanted": json.dumps(rows)}).scalar():
            raise UnusableDatabase(
                f"The roles in the {name} are of another version of Sayso. Let an administrator run "
                "'sayso roles', and what it prints in the database, as after every 'sayso migrate'."
            )


@contextmanager
def _usable(url: URL) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise UnreachableDatabase(
            f"The {name_of(url)} can't be used ({_why(error, url)}). Check that the server is running and has this "
            "database, and the user and password in SAYSO_DATABASE_URL."
        ) from None
    except ProgrammingError as error:
        raise UnusableDatabase(
            f"The {name_of(url)} refuses Sayso's user '{url.username}' ({_why(error, url)}). Nothing was changed. "
            "Give Sayso a database of its own, which this user owns, or the roles that 'sayso roles' makes."
        ) from None


def _why(error: OperationalError | ProgrammingError, url: URL) -> str:
    """What the server said first, without the statement, and without the password wherever it may stand."""
    said = str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
    return said.replace(str(url.password), "…") if url.password else said
