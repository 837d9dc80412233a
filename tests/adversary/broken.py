"""Copies of the stolen database with a link left inside on purpose, to show that the attack which looks for it sees."""

import hashlib
import hmac
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from consultation.domain.consultation import Channel
from tests.adversary.loot import Loot, Watched, sqlite_loot

Break = Callable[[sqlite3.Connection, dict[str, Watched]], None]  # who gave which response is known to it


def broken(folder: Path, to: Path, loot: Loot, people: list[Watched], how: Break, key: bytes | None = None) -> Loot:
    """A copy of `folder` to which `how` was done."""
    shutil.copytree(folder, to)
    with closing(sqlite3.connect(to / "sayso.db")) as database:
        how(database, {loot.response_of(each): each for each in people})
        database.commit()
        if key is None:  # an attacker without the key has the conversations as they are
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return replace(sqlite_loot(to), key=key)


def chats_kept(database: sqlite3.Connection, whose: dict[str, Watched]) -> None:
    database.execute("ALTER TABLE response ADD COLUMN chat TEXT")
    _note(database, "chat", {response: each.chat for response, each in whose.items()})


def times_kept(database: sqlite3.Connection, whose: dict[str, Watched]) -> None:
    """To the minute."""
    database.execute("ALTER TABLE response ADD COLUMN noted TEXT")
    _note(database, "noted", {response: each.began.isoformat() for response, each in whose.items()})


def rowids_kept(database: sqlite3.Connection, whose: dict[str, Watched]) -> None:
    """A table as most people make them: rows lie in the order in which they came."""
    came = sorted(whose, key=lambda response: whose[response].began)
    columns = "wave_id, audience, channel, locale, consent_wording, consented_on, finished, counted"
    database.execute("CREATE TABLE kept AS SELECT * FROM response WHERE 0")
    for each in came:
        database.execute(f"INSERT INTO kept SELECT id, {columns} FROM response WHERE id = ?", (each,))  # noqa: S608
    database.execute("DROP TABLE response")
    database.execute("ALTER TABLE kept RENAME TO response")


def plainly_hashed(database: sqlite3.Connection, whose: dict[str, Watched]) -> None:
    _rename(database, whose, lambda text: hashlib.sha256(text).hexdigest())


def hashed_under_the_slug(database: sqlite3.Connection, whose: dict[str, Watched]) -> None:
    _rename(database, whose, lambda text: hmac.digest(b"have-your-say", text, "sha256").hex())


def carelessly_deleted(database: sqlite3.Connection, whose: dict[str, Watched]) -> None:
    """Gone from the table, and not from its pages."""
    database.execute("PRAGMA secure_delete = OFF")
    for table in ("conversation", "outbox", "inbox"):
        database.execute(f"DELETE FROM {table}")  # noqa: S608


def _rename(database: sqlite3.Connection, whose: dict[str, Watched], name: Callable[[bytes], str]) -> None:
    for response, each in whose.items():
        if each.channel is Channel.TELEGRAM:
            text = f"{each.channel.value}\0{each.chat}".encode()
            database.execute("UPDATE conversation SET pseudonym = ? WHERE response_id = ?", (name(text), response))


def _note(database: sqlite3.Connection, column: str, values: dict[str, str]) -> None:
    for response, value in values.items():
        database.execute(f"UPDATE response SET {column} = ? WHERE id = ?", (value, response))  # noqa: S608
