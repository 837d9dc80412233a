"""Codebooks that are changed, brought in again and compared."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from analysis.codebook import Codebook, codebook_from
from analysis.codebook.changes import changes
from analysis.codebook.edit import NotEdited, Wording, add, merge, parts_of, retire, revise, split
from analysis.operations.import_codebook import brought_in

BOOK = codebook_from(
    {
        "codebook": "small",
        "version": 2,
        "outcomes": [{"id": "safe", "definition": "Being safe."}],
        "themes": [
            {"id": "food", "name": "Meals", "definition": "What is eaten there.", "tell_us": {"staff": "they eat"}},
            {"id": "waits", "name": "Waiting", "definition": "How long.", "former_names": ["Queues"]},
            {"id": "cars", "name": "Parking", "definition": "Where cars go."},
        ],
    }
)
MEALS = Wording("Food", "What is eaten here.", ("Snacks",))


def told(before: Codebook, after: Codebook) -> list[str]:
    return [f"{each.code.id} {each.kind}" for each in changes(before, after)]


def test_a_code_in_other_words_is_the_same_code() -> None:
    after = revise(BOOK, "food", MEALS)
    food = after.theme("food")
    assert (food.guid, food.former_names, food.include) == (BOOK.theme("food").guid, ("Meals",), ("Snacks",))
    assert (food.topic, food.statements) == ("food", BOOK.theme("food").statements)
    assert revise(after, "food", replace(MEALS, name="Meals")).theme("food").former_names == ("Food",)
    assert after.has_codes_of(BOOK)


def test_a_change_is_told_word_for_word() -> None:
    [change] = changes(BOOK, revise(BOOK, "food", MEALS))
    fields = dict(change.fields)
    assert [(each.words, each.mark) for each in fields["Definition"]] == [
        ("What is eaten", ""), ("there.", "del"), ("here.", "ins"),
    ]  # fmt: skip
    assert fields.keys() == {"Name", "Definition", "Include"}


def test_codes_come_and_go_and_are_told() -> None:
    new = add(BOOK, Wording("Night staff", "x"), "theme", UUID(int=1))
    assert told(BOOK, new) == ["night_staff added"]
    assert told(BOOK, retire(BOOK, "cars")) == ["cars retired"]
    assert told(retire(BOOK, "cars"), BOOK) == ["cars in use again"]
    assert told(new, BOOK) == ["night_staff gone"]
    assert told(BOOK, BOOK) == []


def test_what_is_merged_is_still_found_by_its_name() -> None:
    after = merge(BOOK, "food", ["waits", "cars"])
    assert after.theme_ids == ("food",)
    assert after.theme("food").former_names == ("Queues", "Waiting", "Parking")
    assert {each.id for each in after.retired} == {"waits", "cars"}


def test_what_a_code_is_split_into_takes_its_place() -> None:
    parts = parts_of(BOOK, "waits", [(Wording("On the phone", "x"), UUID(int=1)), (Wording("There", "y"), UUID(int=2))])
    after = split(BOOK, "waits", parts)
    assert after.theme_ids == ("food", "cars", "on_the_phone", "there")
    assert not BOOK.uses("there")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: add(BOOK, Wording("meals", "x"), "theme", UUID(int=1)), "merge the two"),
        (lambda: add(BOOK, Wording("x" * 601, "x"), "theme", UUID(int=1)), "at most 600"),
        (lambda: revise(BOOK, "food", Wording("Parking", "x")), "Another code is called 'Parking'"),
        (lambda: retire(BOOK, "food", "waits", "cars"), "Leave at least one in use"),
        (lambda: merge(BOOK, "food", []), "at least one other"),
        (lambda: merge(BOOK, "food", ["food"]), "at least one other"),
        (lambda: merge(BOOK, "food", ["safe"]), "themes with themes"),
        (lambda: merge(retire(BOOK, "cars"), "food", ["cars"]), "Only codes in use"),
        (lambda: parts_of(BOOK, "waits", [(Wording("One", "x"), UUID(int=1))]), "at least two"),
        (lambda: brought_in(BOOK, replace(BOOK, version=1)), "The file was made from version 1"),
    ],
)
def test_what_cannot_be_done_is_refused_with_why(change: Callable[[], object], said: str) -> None:
    with pytest.raises(NotEdited, match=said):
        change()


def test_a_file_of_the_same_codebook_keeps_what_it_cannot_say() -> None:
    food = replace(BOOK.theme("food"), name="Food", id="other_id", statements=type(BOOK.theme("food").statements)())
    read = replace(BOOK, version=2, title="Small", themes=(food, BOOK.theme("waits")))
    after = brought_in(BOOK, read)
    assert after.theme_ids == ("food", "waits")
    assert after.theme("food").statements == BOOK.theme("food").statements
    assert after.theme("food").former_names == ("Meals",)
    assert after.code("cars").retired


def test_a_file_of_another_codebook_takes_its_place() -> None:
    other = replace(BOOK, id="other")
    assert brought_in(BOOK, other) is other
