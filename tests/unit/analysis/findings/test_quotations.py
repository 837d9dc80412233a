"""Only what a person cleared is quoted: whole, short, hiding nothing, nobody twice."""

from dataclasses import replace

import pytest

from analysis.findings.counts import Tally
from analysis.findings.quotations import Choice, may_be_quoted
from analysis.records import AnswerRecord, Coding, Facet, Verdict

GOOD = "She came to every single meeting and explained all of it to me"


def answers(*texts: str, response: str | None = None) -> dict[str, AnswerRecord]:
    return {
        f"a{n}": AnswerRecord(f"a{n}", response or f"r{n}", "young_person", "good_worker", text)
        for n, text in enumerate(texts)
    }


def tally(answers: dict[str, AnswerRecord], confirmed: str = "") -> Tally:
    verdicts = {each: Verdict.CONFIRMED if each == confirmed else None for each in answers}
    codings = tuple(
        Coding(each, Facet.THEME, "listening", 0, 4, 0.5, "", "machine 1", verdict)
        for each, verdict in verdicts.items()
    )
    return Tally(frozenset(each.response_id for each in answers.values()), tuple(sorted(answers)), codings)


@pytest.mark.parametrize(
    ("text", "fit"),
    [(GOOD, True), ("too short", False), ("word " * 41, False), (f"{GOOD} and [name] did too", False)],
)
def test_what_reads_as_a_quotation(text: str, fit: bool) -> None:
    answer = answers(text)["a0"]
    assert may_be_quoted(answer) is fit
    assert not may_be_quoted(replace(answer, withheld=True))


def test_what_nobody_cleared_is_not_quoted() -> None:
    found = answers(GOOD, f"{GOOD} again")
    (quoted,) = Choice(found, {"a1": "officer"}).spread([("X", tally(found))], 3)
    assert [(each.text, each.cleared_by, each.evidence) for each in quoted] == [(f"{GOOD} again", "officer", "X")]


def test_nobody_and_no_words_are_quoted_twice_in_a_report() -> None:
    same_person = answers(GOOD, f"{GOOD} again", response="r")
    choice = Choice(same_person, dict.fromkeys(same_person, "officer"))
    assert len(choice.spread([("X", tally(same_person))], 3)[0]) == 1
    assert choice.spread([("Y", tally(same_person))], 3) == ((),)
    same_words = answers(GOOD, GOOD.upper())
    assert len(Choice(same_words, dict.fromkeys(same_words, "officer")).spread([("X", tally(same_words))], 3)[0]) == 1


def test_confirmed_words_come_first_and_statements_take_turns() -> None:
    found = answers(GOOD, f"{GOOD} then", f"{GOOD} and then", f"{GOOD} and so on")
    first, second = {"a0": found["a0"], "a1": found["a1"], "a2": found["a2"]}, {"a3": found["a3"]}
    choice = Choice(found, dict.fromkeys(found, "officer"))
    of_first, of_second = choice.spread([("X", tally(first, "a0")), ("Y", tally(second))], 3)
    assert of_first[0].text == GOOD
    assert (len(of_first), len(of_second)) == (2, 1)
