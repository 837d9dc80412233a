"""Attacks by one who knows when somebody talked, after how many others, and in how many turns."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.adversary.chance import Attack
from tests.adversary.loot import Loot, Row, Watched

CLOCK = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
SINCE_1970 = range(1_600_000_000, 2_200_000_000)


def by_order(name: str) -> Attack:
    """As many responses lie before theirs, in this order, as had begun before them."""

    def attack(loot: Loot, watched: Watched) -> dict[str, float]:
        among = set(loot.candidates(watched))
        places = sorted((place, response) for response, place in loot.orders[name].items() if response in among)
        return {response: -abs(at - watched.after) for at, (_, response) in enumerate(places)}

    return attack


def by_time(loot: Loot, watched: Watched) -> dict[str, float]:
    """Whatever is noted about a response with a time that is finer than a day."""
    found: dict[str, float] = {}
    ids = {row["id"] for row in loot.tables["response"]}
    owner = {row["id"]: row["response_id"] for row in loot.tables["answer"]}
    for row in (row for table in loot.tables.values() for row in table):
        named = {owner.get(str(value), str(value)) for value in row.values()} & ids
        for moment in times_in(row) if named else ():
            far = -abs((moment - watched.began).total_seconds())
            found |= {each: max(far, found.get(each, far)) for each in named}
    return found


def times_in(row: Row) -> Iterator[datetime]:
    for value in row.values():
        for found in CLOCK.findall(str(value)):
            yield datetime.fromisoformat(found).replace(tzinfo=UTC)
        for number in _numbers(value):
            for seconds in (number, number / 1_000, number / 1_000_000):
                if int(seconds) in SINCE_1970:
                    yield datetime.fromtimestamp(seconds, UTC)


def _numbers(value: Any) -> list[float]:
    return (
        [float(value)]
        if isinstance(value, int | float)
        else [float(each) for each in re.findall(r"\b\d{10,16}\b", str(value))]
    )


def by_turns(loot: Loot, watched: Watched) -> dict[str, float]:
    """The conversation that took as many turns; where there is none, the response with as many answers."""
    talks = {row["response_id"]: int(row["version"]) for row in loot.tables["conversation"] if row["response_id"]}
    if not talks:
        for row in loot.tables["answer"]:
            talks[row["response_id"]] = talks.get(row["response_id"], 0) + 1
    return {response: -abs(turns - watched.turns) for response, turns in talks.items()}


def by_backups(backups: Sequence[tuple[datetime, Loot]]) -> Attack:
    """A response that is in the first backup after they talked, and not in the last one before."""

    def attack(_: Loot, watched: Watched) -> dict[str, float]:
        had: set[str] = set()
        for made, backup in backups:
            has = {row["id"] for row in backup.tables["response"]}
            if made > watched.began:
                return dict.fromkeys(has - had, 1.0)
            had = has
        return {}

    return attack
