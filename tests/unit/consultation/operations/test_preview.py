"""A survey tried out: as it will be, straight to each question, and with nothing left of what was typed."""

import json
from collections.abc import Iterator
from functools import cache

import pytest

from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.survey import QuestionKind, Survey
from consultation.domain.text import RawText
from consultation.flow.effects import Ask
from consultation.flow.events import Command, Commanded, Tapped
from consultation.flow.prompts import for_state
from consultation.flow.state import State
from consultation.operations.converse import NotStored, Typed
from consultation.operations.preview import NOT_KEPT, NeverAsked, Shown, Trial, jump, seeming, so_far, start, take
from consultation.privacy.detect import load_detector
from consultation.surveys import parse_survey, shipped_templates, template
from consultation.surveys.loader import TEMPLATES
from tests.builders import TODAY, Broken, arranged, plain_screen

YOUNG = Audience.YOUNG_PERSON


@cache
def trial(name: str = "what-we-want") -> Trial:
    survey = parse_survey(template(name), TEMPLATES / f"{name}.yaml")
    return Trial(survey, seeming(survey, TODAY), arranged(), load_detector(), plain_screen())


@pytest.fixture(scope="module")
def tried() -> Trial:
    return trial()


def every_question() -> Iterator[tuple[str, Audience, QuestionId]]:
    for name in shipped_templates():
        survey = trial(name).survey
        yield from ((name, who, each.id) for who in survey.audiences for each in survey.for_audience(who))


def types(tried: Trial, shown: Shown, text: str) -> Shown:
    return take(tried, shown.state, Typed(RawText(text), shown.state.step))


def test_it_begins_as_people_meet_it_with_gaps_where_a_consultation_has_facts(tried: Trial) -> None:
    shown = start(tried, Audience.STAFF)
    assert "[your authority] is asking" in shown.said[0].text
    assert "Who decides: [who decides]" in shown.said[0].text
    assert shown.said[-1].mode is not None


@pytest.mark.parametrize("locale", ["en@easy", "cy", "pl", "ro", "uk", "ur", "ar"])
def test_it_speaks_each_language_and_variant(tried: Trial, locale: str) -> None:
    shown = jump(tried, YOUNG, locale, QuestionId("safer"))
    assert shown.said[-1].text == tried.survey.question(QuestionId("safer")).prompt.texts[locale]


@pytest.mark.parametrize(("name", "audience", "question"), list(every_question()))
def test_each_question_can_be_jumped_to(name: str, audience: Audience, question: QuestionId) -> None:
    """It is asked then: all conditions on the way to it hold, and what it fills in is there."""
    tried = trial(name)
    state = jump(tried, audience, "en", question).state
    asked = next(each for each in for_state(tried.survey, state) if isinstance(each, Ask))
    assert (state.current, asked.question) == (question, question)
    earlier = [each.id for each in tried.survey.asked_of(audience, state.answered)]
    assert set(earlier[: earlier.index(question)]) == set(state.answered)
    assert "{answer" not in jump(tried, audience, "en", question).said[-1].text


def test_the_talk_goes_on_from_there(tried: Trial) -> None:
    shown = jump(tried, YOUNG, "en", QuestionId("listened"))
    shown = take(tried, shown.state, Tapped(shown.state.step, ("4",)))
    assert shown.state.current == "good_worker"
    shown = take(tried, shown.state, Commanded(Command.BACK))
    assert shown.state.current == "listened"


def test_what_is_not_asked_of_an_audience_is_refused(tried: Trial) -> None:
    for audience, question in ((Audience.STAFF, "safer"), (YOUNG, "no_such_question")):
        with pytest.raises(NeverAsked):
            jump(tried, audience, "en", QuestionId(question))


def test_a_name_is_hidden_and_no_words_are_left(tried: Trial) -> None:
    shown = types(tried, jump(tried, YOUNG, "en", QuestionId("good_worker")), "Miss Ramsbottom always had time for me")
    assert "I took out a name" in shown.said[0].text
    left = json.dumps(shown.state.to_json())
    assert "Ramsbottom" not in left
    assert "always had time" not in left
    assert State.from_json(json.loads(left)) == shown.state


def test_worrying_words_bring_the_dialogue_of_the_talk_itself(tried: Trial) -> None:
    shown = types(tried, jump(tried, YOUNG, "en", QuestionId("safer")), "my dad hits me when hes drunk")
    assert any("999" in each.text for each in shown.said)
    assert any(each.links for each in shown.said)


def test_a_text_that_cannot_be_made_safe_is_refused_as_it_would_be(tried: Trial) -> None:
    class BrokenDetector:
        def detect(self, text: str) -> tuple[()]:
            raise Broken

    broken = Trial(tried.survey, tried.wave, tried.arrangements, BrokenDetector(), plain_screen())
    with pytest.raises(NotStored):
        types(broken, jump(broken, YOUNG, "en", QuestionId("safer")), "more lights")


def test_what_was_chosen_stands_above_and_what_was_typed_does_not(tried: Trial) -> None:
    shown = types(tried, jump(tried, YOUNG, "en", QuestionId("good_worker")), "she listened to all that I said")
    before = {each.asked: each for each in so_far(tried, shown.state)}
    assert before[_prompt(tried.survey, "age_band")].answered == "8 to 10"
    typed = before[_prompt(tried.survey, "good_worker")]
    assert (typed.answered, typed.own) == (NOT_KEPT, False)


def test_pictures_and_answers_that_are_filled_in_stand_above_too() -> None:
    tried = trial("every-kind")
    last = [each for each in tried.survey.for_audience(YOUNG) if each.kind is QuestionKind.TEXT][-1]
    before = so_far(tried, jump(tried, YOUNG, "en@easy", last.id).state)
    assert all(each.picture for each in before)
    assert any(each.asked.startswith("You went to: Youth club.") for each in before)


def _prompt(survey: Survey, question: str) -> str:
    return survey.question(QuestionId(question)).prompt.in_("en")
