"""Who is asked what, in which order, and what a changed choice closes."""

from collections.abc import Sequence

import pytest

from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.survey import Question, Stage
from consultation.flow.routing import applicable, changeable, next_question, place, previous_question, stranded
from consultation.flow.state import State
from tests.builders import survey

CORE = {
    Audience.YOUNG_PERSON: ["good_worker", "bad_experience", "safer", "healthy", "enjoy", "have_say", "future"],
    Audience.PARENT_CARER: ["help_good_bad", "know_better", "worries", "have_say_parent"],
    Audience.STAFF: ["need", "in_the_way", "training", "stay_leave", "involve"],
}


def state(audience: Audience, **answered: str) -> State:
    chosen = {QuestionId(q): frozenset({OptionId(o)} if o else ()) for q, o in answered.items()}
    return State(survey().id, survey().version, audience=audience, answered=chosen)


def ids(questions: Sequence[Question]) -> list[str]:
    return [each.id for each in questions]


@pytest.mark.parametrize("audience", Audience)
def test_each_audience_is_asked_its_own_questions_in_order_and_nobody_elses(audience: Audience) -> None:
    asked = ids(applicable(survey(), state(audience)))
    assert [each for each in asked if each in CORE[audience]] == CORE[audience]
    others = {each for other, core in CORE.items() if other is not audience for each in core}
    assert not others & set(asked)


@pytest.mark.parametrize(("age", "asked"), [("8_10", True), ("11_12", True), ("prefer_not_to_say", True),
                                            ("13_15", False), ("18_25", False)])  # fmt: skip
def test_only_the_youngest_are_asked_for_an_adult(age: str, asked: bool) -> None:
    assert ("adult_ok" in ids(applicable(survey(), state(Audience.YOUNG_PERSON, age_band=age)))) is asked


def test_consent_comes_before_anything_that_is_recorded() -> None:
    for audience in Audience:
        stages = [each.stage for each in applicable(survey(), state(audience))]
        consent = stages.index(Stage.CONSENT)
        assert all(each is Stage.OPENING for each in stages[:consent])
        assert all(each in (Stage.MAIN, Stage.ABOUT_YOU) for each in stages[consent + 1 :])


def test_the_next_question_is_the_first_one_not_dealt_with() -> None:
    at = state(Audience.PARENT_CARER, consent="yes", area="", child_ages="")
    found = next_question(survey(), at)
    assert found is not None
    assert found.id == "family_helped_by"


def test_nothing_is_next_when_all_is_dealt_with() -> None:
    everything = {each.id: "no" if each.id == "about_you" else "" for each in survey().questions}
    assert next_question(survey(), state(Audience.STAFF, **everything)) is None


def test_back_goes_to_the_last_answered_question_before_this_one() -> None:
    at = State(survey().id, 1, audience=Audience.STAFF, current=QuestionId("sector"),
               answered={QuestionId("consent"): frozenset(), QuestionId("area"): frozenset()})  # fmt: skip
    before = previous_question(survey(), at)
    assert before is not None
    assert before.id == "area"


def test_consent_and_age_are_not_in_the_list_of_answers_to_change() -> None:
    at = state(Audience.YOUNG_PERSON, age_band="13_15", consent="yes", area="fenland")
    assert ids(changeable(survey(), at)) == ["area"]


def test_a_no_strands_what_only_a_yes_had_opened() -> None:
    at = state(Audience.YOUNG_PERSON, about_you="no", gender="boy_man", ethnicity="mixed", area="fenland")
    assert sorted(stranded(survey(), at)) == ["ethnicity", "gender"]


def test_places_count_the_main_questions_that_this_person_is_asked() -> None:
    for audience in Audience:
        at = state(audience)
        places = [place(survey(), at, each) for each in applicable(survey(), at) if each.stage is Stage.MAIN]
        assert places == [(number, len(places)) for number in range(1, len(places) + 1)]
        assert len(places) > 5
    assert place(survey(), state(Audience.STAFF), survey().question(QuestionId("about_you"))) is None
