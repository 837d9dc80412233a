"""Attacks that look for a thread from the chat to the response: ids, hashes, keys, addresses, leftover bytes.

A thread is followed from row to row by any token that two rows share, as one would who does not know the tables.
"""

import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from tests.adversary.loot import BEGINNING, PEOPLE, Loot, Watched, is_id, tokens

NEAR = 4_096  # bytes about a leftover in which a response's name is taken to belong to it
HASHES: tuple[Callable[[bytes], Any], ...] = (hashlib.md5, hashlib.sha1, hashlib.sha256)
WINDOW = 2_000  # of Telegram's ids that are tried


def by_name(loot: Loot, watched: Watched) -> dict[str, float]:
    """The chat stands there as it is: in digits, in hexadecimal, in Base64."""
    return _followed(loot, {watched.chat, f"{watched.channel.value}:{watched.chat}", *_written(watched.chat.encode())})


def with_key(loot: Loot, watched: Watched) -> dict[str, float]:
    """What the source says a pseudonym is. It has to succeed before the close."""
    return _followed(loot, _written(_pseudonym(loot.key, watched))) if loot.key else {}


def by_address(loot: Loot, watched: Watched) -> dict[str, float]:
    """Open the addresses of what waits to be sent."""
    for row in loot.tables["outbox"] if loot.key else ():
        cipher = AESSIV(hmac.digest(loot.key or b"", b"outbox address", "sha512"))
        try:
            chat = cipher.decrypt(base64.urlsafe_b64decode(row["address"]), [row["pseudonym"].encode()])
        except InvalidTag:
            continue
        if chat == watched.chat.encode():
            return _followed(loot, {row["pseudonym"]})
    return {}


def by_leftovers(loot: Loot, watched: Watched) -> dict[str, float]:
    """The pseudonym in any byte of any file, freed or not, and whichever response is named close by; rather behind it,
    as a row has them, than before it, where the end of another row may lie."""
    if not loot.key:
        return {}
    found: dict[str, float] = {}
    names = [row["id"].encode() for row in loot.tables["response"]]
    for data in loot.files.values():
        for place in _places_of(data, _remnants(_pseudonym(loot.key, watched))):
            about = data[max(0, place - NEAR) : place + NEAR]
            for name in names:
                if (at := about.find(name)) >= 0:
                    behind = at - min(place, NEAR)
                    near = 1 / (1 + behind) if behind >= 0 else 1 / (2 - 2 * behind)
                    found[name.decode()] = max(near, found.get(name.decode(), 0))
    return found


def by_brute_force(loot: Loot, watched: Watched) -> dict[str, float]:
    """Try a stretch of Telegram's ids through every hash that somebody careless may have used.

    The stretch is 2,000 ids of some 8,000,000,000 that are in use. At some 100 ways each, all of them are 8 · 10¹¹
    hashes: two days on the two cores that this was written on, a minute or two on one graphics card. That is why a
    plain hash, or one under a key that can be guessed, is no pseudonym.
    """
    start = int(watched.chat) // WINDOW * WINDOW if watched.chat.isdigit() else 0
    facts = tuple(sorted({*_facts(loot)}))
    prefixes = frozenset(_binary(token)[:8] for token in _tokens_of(loot))
    return _followed(loot, set(_hits(start, facts, prefixes).get(watched.chat, ())))


def chats_in_files(loot: Loot, people: Iterable[Watched]) -> set[str]:
    """Chat ids and cookies that stand in any byte of any file, in any common way to write them."""
    found = set()
    for each in people:
        ways = {
            each.chat.encode(),
            each.chat.encode().hex().encode(),
            base64.b64encode(each.chat.encode()).rstrip(b"="),
        }
        if each.chat.isdigit():
            number = int(each.chat)
            ways |= {number.to_bytes(8, "big"), number.to_bytes(8, "little"), f"{number:x}".encode()}
        found |= {each.chat for data in loot.files.values() if any(_places_of(data, ways))}
    return found


def shared_tokens(loot: Loot) -> set[str]:
    """Whatever stands both in a table about what was said and in one about who said it, whole or as a beginning."""
    said = {token for table in PEOPLE for row in loot.tables.get(table, ()) for token in tokens(row)}
    who = {token for table, rows in loot.tables.items() if table not in PEOPLE for row in rows for token in tokens(row)}
    ids = {each for each in said - loot.public if is_id(each)}
    beginnings = {each[:8] for each in ids}  # of chance: two alike among some hundreds are one in a hundred thousand
    return {each for each in who - loot.public if each[:8] in beginnings and any(map(str.isdigit, each))}


def _followed(loot: Loot, start: Collection[str]) -> dict[str, float]:
    """The responses to which tokens lead from row to row."""
    known = {each[:BEGINNING] for each in start}
    for _ in range(4):
        known |= {token[:BEGINNING] for each in known for row in loot.rows_by_token.get(each, ()) for token in row}
    return {row["id"]: 1.0 for row in loot.tables["response"] if row["id"][:BEGINNING] in known}


def _tokens_of(loot: Loot) -> Iterator[str]:
    return (token for rows in loot.tables.values() for row in rows for token in tokens(row))


def _facts(loot: Loot) -> Iterator[str]:
    """What somebody might have taken for a key: what everybody knows."""
    yield from ("", "sayso", "secret")
    for row in (*loot.tables["consultation"], *loot.tables["wave"]):
        yield from (str(row[name]) for name in ("id", "slug", "title", "authority") if name in row)


@cache
def _hits(start: int, facts: tuple[str, ...], prefixes: frozenset[bytes]) -> dict[str, set[str]]:
    """Chat: the tokens of the database that are a hash of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for number in range(start, start + WINDOW):
        for text in (f"{number}", f"telegram\0{number}", f"telegram:{number}"):
            for digest in _guesses(text.encode(), facts):
                if digest[:8] in prefixes:
                    found[str(number)] |= _written(digest)
    return found


def _guesses(text: bytes, facts: Iterable[str]) -> Iterator[bytes]:
    for fact in facts:
        salt = fact.encode()
        yield hmac.digest(salt, text, "sha256")
        yield from (each(salt + text).digest() for each in HASHES)


def _pseudonym(key: bytes | None, watched: Watched) -> bytes:
    return hmac.digest(key or b"", f"{watched.channel.value}\0{watched.chat}".encode(), "sha256")


def _written(secret: bytes) -> set[str]:
    """Bytes as somebody might write them down."""
    return {secret.hex(), base64.urlsafe_b64encode(secret).decode().rstrip("="), secret.hex()[:32]}


def _remnants(secret: bytes) -> tuple[bytes, ...]:
    """What may be left of it: half of it in letters, or its bytes."""
    return secret.hex()[:32].encode(), base64.urlsafe_b64encode(secret)[:20], secret


def _binary(token: str) -> bytes:
    try:
        return bytes.fromhex(token)
    except ValueError:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) % 4 != 1 else b""


def _places_of(data: bytes, these: Iterable[bytes]) -> Iterator[int]:
    for each in these:
        at = data.find(each)
        while at >= 0:
            yield at
            at = data.find(each, at + 1)
