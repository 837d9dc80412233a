"""A sealed concern and the response that it was said in: what joins them for one who has neither key."""

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pyrage

from consultation.domain.consultation import Audience, Channel
from tests.adversary.loot import Loot, sqlite_loot
from tests.builders import Person, lead_identity, open_consultation

SAID = "my stepdad hits me when he is drunk"
MORE = " it was like that again this week" * 8  # more than the noise that the age format adds to a length
TELLERS = 12
CLEAR = 0.8  # chance agrees so well once in a hundred thousand times


def told(folder: Path) -> tuple[Loot, dict[str, str], list[str]]:
    """(what lies there, response by the reference of its concern, the threads that only the lead can see)."""
    opened = open_consultation(folder / "data")
    for number in range(TELLERS):
        person = Person(opened, f"{5_551_208_000 + number}", Channel.TELEGRAM)
        person.begins(Audience.YOUNG_PERSON)
        person.answers_until("good_worker")
        person.types(f"{SAID}{MORE * number}")
    opened.sayso.store.close()
    loot = sqlite_loot(opened.folder)
    whose, threads = {}, []
    for row in loot.tables["concern"]:
        message = json.loads(pyrage.decrypt(row["sealed"], [lead_identity()]))
        whose[row["reference"]] = next(
            each["response_id"] for each in free_texts(loot) if each["text"] == message["text"]
        )
        threads.append(message["thread"])
    return loot, whose, threads


def free_texts(loot: Loot) -> list[dict[str, str]]:
    return [dict(row) for row in loot.tables["answer"] if row["text"]]


def agreement(loot: Loot, whose: dict[str, str]) -> float:
    """1 where longer words always have the longer seal, about 0 where lengths tell nothing (Kendall's tau)."""
    texts = {row["response_id"]: len(row["text"]) for row in free_texts(loot)}
    pairs = [(len(row["sealed"]), texts[whose[row["reference"]]]) for row in loot.tables["concern"]]
    signs = [(a > b) - (a < b) == (c > d) - (c < d) for (a, c), (b, d) in combinations(pairs, 2)]
    return 2 * sum(signs) / len(signs) - 1


def test_the_length_of_a_seal_does_not_tell_whose_words_are_in_it(tmp_path: Path) -> None:
    loot, whose, _ = told(tmp_path)
    assert len(whose) == TELLERS
    assert agreement(unpadded(loot, lead_identity()), whose) > CLEAR, "the tool sees nothing"
    assert agreement(loot, whose) < CLEAR


def unpadded(loot: Loot, lead: Any) -> Loot:
    """As it would be if no more was sealed than was said."""
    bare = [
        {**row, "sealed": pyrage.encrypt(pyrage.decrypt(row["sealed"], [lead]).rstrip(), [lead.to_public()])}
        for row in loot.tables["concern"]
    ]
    return replace(loot, tables={**loot.tables, "concern": bare})


def test_nothing_in_a_concern_is_anywhere_else(tmp_path: Path) -> None:
    """Neither the thread by which the lead sees two of one chat, nor the reference."""
    loot, whose, threads = told(tmp_path)
    assert len(set(threads)) == TELLERS
    others = " ".join(str(row) for name, rows in loot.tables.items() if name != "concern" for row in rows)
    assert [each for each in (*whose, *threads) if each in others] == []
