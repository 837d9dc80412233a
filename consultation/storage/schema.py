"""The schema and its versions: brings a database to this one, and tells one that is older, newer or not a database."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from consultation.storage.faults import UnusableDatabase

MIGRATING = 0x5A150  # the advisory lock that keeps two machines from migrating one PostgreSQL database at once


def check_schema(engine: Engine, name: str) -> None:
    """Raise `UnusableDatabase` where the database called `name` is not at this version's schema."""
    at, newest = _at(engine), _newest()
    if at == newest:
        return
    if at is not None and at not in _known():
        raise UnusableDatabase(
            f"{name} was made by a newer version of Sayso (schema {at}; this version knows {newest}). "
            "Nothing was changed. Install the newer version, or use another data folder or database."
        )
    raise UnusableDatabase(
        f"{name} has schema {at or 'none'}, and this version of Sayso needs {newest}. "
        "Make a copy of it, then run 'sayso migrate'."
    )


def is_up_to_date(engine: Engine) -> bool:
    """Whether migrating it would change nothing."""
    return _at(engine) == _newest()


def bring_up_to_date(engine: Engine, name: str) -> str:
    """Migrate to this version's schema; returns the revision. Raises `UnusableDatabase` for one of a newer Sayso."""
    config = _alembic()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # another may migrate for as long as it takes
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATING})
        at = MigrationContext.configure(connection).get_current_revision()
        if at is not None and at not in _known():
            raise UnusableDatabase(f"{name} was made by a newer version of Sayso (schema {at}). Nothing was changed.")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return _newest()


def _at(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _newest() -> str:
    newest = ScriptDirectory.from_config(_alembic()).get_current_head()
    assert newest is not None
    return newest


def _known() -> set[str]:
    return {each.revision for each in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("migrations")))
    return config
