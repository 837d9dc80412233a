"""Which answer comes next."""

from datetime import date
from typing import Any

from analysis.operations.review_queue import Chosen, Queue
from analysis.storage.reviews import Made
from analysis.storage.tables import ReviewRow
from consultation.operations.redacted_answers import Place

DAY = date(2026, 11, 23)
SURE, UNSURE, RARE, FOREIGN = "sure", "unsure", "rare", "foreign"
MADE = {
    SURE: Made(frozenset({"listening"}), (("listening", 0.99),), 0.1),
    UNSURE: Made(frozenset({"listening"}), (("listening", 0.5),), 3.0),
    RARE: Made(frozenset({"transport"}), (("transport", 0.9),), 0.5),
    FOREIGN: Made(),
}


def queue(*reviewed: str) -> Queue:
    how: dict[str, Any] = {
        "reviewed_by": "analyst A",
        "reviewed_on": date(2026, 11, 23),
        "drawn": "random",
        "coder": "",
        "codebook": "",
        "codebook_version": 1,
    }
    places = {each: Place("staff", "need", "ur" if each == FOREIGN else "en") for each in (*MADE, "r1", "r2", "r3")}
    made = {**MADE, **dict.fromkeys(("r1", "r2", "r3"), MADE[SURE])}
    return Queue(
        "seed", places, made, {each: ReviewRow(answer_id=each, **how, proposed=[]) for each in reviewed}, {SURE}
    )


def walk(found: Queue, chosen: Chosen, *later: str) -> str | None:
    return found.next(chosen, found.matching(chosen, lambda code, confidence: confidence > 0.95), later)


def test_what_the_machine_cannot_read_and_then_what_it_doubts_comes_first() -> None:
    assert walk(queue("r1", "r2", "r3"), Chosen("uncertain")) == FOREIGN
    assert walk(queue("r1", "r2", "r3", FOREIGN), Chosen("uncertain")) == UNSURE


def test_each_fourth_of_the_mixed_order_is_of_the_code_that_was_reviewed_least() -> None:
    assert walk(queue("r1", "r2", "r3"), Chosen("mixed")) == RARE  # the fourth review
    assert walk(queue("r1", "r2", FOREIGN, "r3"), Chosen("mixed")) == UNSURE
    assert walk(queue("r1", "r2", FOREIGN, "r3"), Chosen("rare")) == RARE


def test_what_is_left_for_later_comes_when_nothing_else_waits() -> None:
    found = queue("r1", "r2", "r3", FOREIGN)
    assert walk(found, Chosen("uncertain"), UNSURE) == RARE
    assert walk(found, Chosen("uncertain"), UNSURE, RARE, SURE) == UNSURE
    assert walk(found, Chosen("uncertain", audience="parent_carer"), UNSURE) is None


def test_states_and_filters() -> None:
    found = queue("r1", "r2", "r3")

    def matching(**chosen: str) -> set[str]:
        return set(found.matching(Chosen(**chosen), lambda code, confidence: confidence > 0.95))

    assert matching() == set(MADE)
    assert matching(state="reviewed") == {"r1", "r2", "r3"}
    assert matching(state="uncoded") == {FOREIGN}
    assert matching(state="noted") == {SURE}
    assert matching(state="safe") == {SURE, "r1", "r2", "r3"}
    assert matching(state="", code="transport") == {RARE}
    assert matching(question="other") == set()


def test_only_a_draw_from_all_answers_is_random() -> None:
    assert Chosen("random").drawn == Chosen("random", state="").drawn == "random"
    assert Chosen("random", code="transport").drawn == Chosen("random", state="uncoded").drawn == "chosen"
    assert Chosen("uncertain").drawn == "uncertain"
