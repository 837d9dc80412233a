"""Single turns whose rules have two sides: what is followed up, what a concern records, what is too long or empty."""

from dataclasses import replace

import pytest

from consultation.domain.answer import Skipped, Told, Withheld
from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.survey import Stage
from consultation.domain.text import Kind, RawText, RedactedText
from consultation.domain.wording import EASY_READ, PLAIN, Words
from consultation.flow.effects import Ask, ExtendAnswer, OfferHelpLines, RecordAnswer, Say
from consultation.flow.engine import step
from consultation.flow.events import Began, Command, Commanded, Said, SentSomethingElse, Tapped
from consultation.flow.state import LONGEST_ANSWER, Awaiting, State
from consultation.flow.stepping import Step
from consultation.locale import render
from tests.builders import survey

GOOD_WORKER = QuestionId("good_worker")


def asked(question: str = "good_worker", **more: object) -> State:
    """A young person who agreed, at `question`."""
    state = State(
        survey().id, survey().version, awaiting=Awaiting.ANSWER, step=20, audience=Audience.YOUNG_PERSON,
        current=QuestionId(question), consented=True,
    )  # fmt: skip
    return state._replace(**more)  # type: ignore[arg-type]


def hear(state: State, text: str, concern: Level = Level.NONE, at: int | None = None) -> Step:
    return step(survey(), state, Said(RawText(text), RedactedText(text), concern, at))


def keys(taken: Step) -> list[str]:
    """The system's own sentences that are said, by key."""
    return [each.wording.key for each in taken.effects if isinstance(each, Say) and isinstance(each.wording, Words)]


def records(taken: Step) -> list[RecordAnswer | ExtendAnswer]:
    return [each for each in taken.effects if isinstance(each, RecordAnswer | ExtendAnswer)]


@pytest.mark.parametrize("text", ["kind", "she was kind", "don't know why tbh", "not my teacher"])
def test_a_very_short_answer_is_followed_up(text: str) -> None:
    if len(text.split()) < 4:
        assert hear(asked(), text).state.awaiting is Awaiting.MORE
    else:
        assert hear(asked(), text).state.awaiting is Awaiting.ANSWER


@pytest.mark.parametrize(
    "text", ["idk", "Dunno", "not sure", "don't know", "dont know", "nothing", "n/a", "No.", "nah"]
)
def test_a_plain_dont_know_is_left_in_peace(text: str) -> None:
    taken = hear(asked(), text)
    assert taken.state.awaiting is Awaiting.ANSWER
    assert records(taken) == [RecordAnswer(GOOD_WORKER, Told(RedactedText(text)))]


def test_no_follow_up_after_two_were_declined() -> None:
    assert hear(asked(declined_more=1), "kind").state.awaiting is Awaiting.MORE
    assert hear(asked(declined_more=2), "kind").state.awaiting is Awaiting.ANSWER


def test_a_question_is_followed_up_once_in_a_talk() -> None:
    assert hear(asked(asked_more=frozenset({GOOD_WORKER})), "kind").state.awaiting is Awaiting.ANSWER


def test_the_reply_to_a_follow_up_is_added_and_an_empty_one_is_not() -> None:
    more = asked(awaiting=Awaiting.MORE)
    assert records(hear(more, "she rang back")) == [ExtendAnswer(GOOD_WORKER, RedactedText("she rang back"))]
    empty = hear(more, "  \n ")
    assert records(empty) == []
    assert keys(empty) == ["answer.empty"]
    assert empty.state == more


def test_five_thousand_characters_are_taken_and_one_more_is_not() -> None:
    assert len(records(hear(asked(), "a" * LONGEST_ANSWER))) == 1
    long = hear(asked(), "a" * (LONGEST_ANSWER + 1))
    assert records(long) == []
    assert keys(long) == ["answer.too_long"]


def test_a_hidden_name_is_told_of_by_its_kind_alone() -> None:
    text = RedactedText("[name] was kind to us all and [name] too", (Kind.PERSON, Kind.PERSON))
    taken = step(survey(), asked(), Said(RawText("Tracey was kind to us all and Jo too"), text))
    kept = "[name] was kind to us all and [name] too"
    told = Words("hidden.told", {"kinds": (Words("hidden.several.person"),), "kept": kept})
    assert [each.wording for each in taken.effects if isinstance(each, Say)] == [told]
    assert taken.state.may_rephrase


def hides(state: State, text: str, concern: Level = Level.NONE) -> Step:
    return step(survey(), state, Said(RawText(text), RedactedText.stored(text), concern))


def test_each_kind_is_told_of_once_in_the_order_of_the_words() -> None:
    told = hides(asked(), "[school] and [name] and [phone] and [name] were no use to us")
    says = next(each.wording for each in told.effects if isinstance(each, Say))
    assert isinstance(says, Words)
    assert render(says, PLAIN).startswith("I took out a school, names and a phone number, so that nobody can tell")
    assert render(says, EASY_READ).startswith("I took out a school, names and a phone number. Now nobody can tell")


def test_the_third_time_is_one_line_without_their_words() -> None:
    state = asked()
    for key in ("hidden.told", "hidden.told", "hidden.briefly", "hidden.briefly"):
        taken = hides(state, "[name] was kind to us and rang us back")
        assert keys(taken) == [key]
        assert taken.state.may_rephrase
        state = step(survey(), taken.state, Commanded(Command.REPHRASE, taken.state.step)).state


def test_another_way_is_offered_with_the_next_prompt_and_with_no_other() -> None:
    begun = {each.id: frozenset[OptionId]() for each in survey().questions if each.stage is not Stage.MAIN}
    told = hides(asked(answered=begun), "[name] was kind to us and rang us back")
    asking = told.effects[-1]
    assert isinstance(asking, Ask)
    assert asking.commands[0] is Command.REPHRASE
    after_help = step(survey(), told.state, Commanded(Command.HELP)).effects[-1]
    assert isinstance(after_help, Ask)
    assert after_help.commands == asking.commands
    later = step(survey(), told.state, Commanded(Command.SKIP, told.state.step)).effects[-1]
    assert isinstance(later, Ask)
    assert Command.REPHRASE not in later.commands


def test_another_way_at_the_last_question() -> None:
    """In a survey that ends with a text."""
    at = survey().questions.index(survey().question(GOOD_WORKER))
    short = replace(survey(), questions=survey().questions[: at + 1])
    before = {each.id: frozenset[OptionId]() for each in short.questions[:at]}
    said = Said(RawText("Jo was kind to us"), RedactedText.stored("[name] was kind to us"))
    told = step(short, asked(answered=before), said)
    assert told.state.awaiting is Awaiting.NOTHING_MORE
    back = step(short, told.state, Commanded(Command.REPHRASE, told.state.step))
    assert (back.state.awaiting, back.state.current) == (Awaiting.ANSWER, GOOD_WORKER)
    again = step(short, back.state, Said(RawText("She was kind to us"), RedactedText("She was kind to us")))
    assert again.state.awaiting is Awaiting.NOTHING_MORE
    assert records(again) == [RecordAnswer(GOOD_WORKER, Told(RedactedText("She was kind to us")))]


@pytest.mark.parametrize("level", [Level.SUPPORT, Level.IMMEDIATE])
@pytest.mark.parametrize("awaiting", [Awaiting.ANSWER, Awaiting.MORE])
def test_nothing_is_said_of_what_was_hidden_in_a_concern(level: Level, awaiting: Awaiting) -> None:
    taken = hides(asked(awaiting=awaiting), "[name] hits me", level)
    assert not [each for each in keys(taken) if each.startswith("hidden.")]
    assert not taken.state.may_rephrase


def test_a_talk_from_before_this_was_noted_goes_on() -> None:
    kept = asked().to_json()
    del kept["hidden"]
    assert State.from_json(kept) == asked()


def test_a_support_concern_keeps_the_redacted_words_and_asks_no_more_of_them() -> None:
    taken = hear(asked(), "my dad hits me", Level.SUPPORT)
    assert records(taken) == [RecordAnswer(GOOD_WORKER, Told(RedactedText("my dad hits me")))]
    assert taken.state.awaiting is Awaiting.AFTER_SUPPORT
    assert GOOD_WORKER in taken.state.asked_more
    assert "safeguarding.support.young_person" in keys(taken)
    assert any(isinstance(each, OfferHelpLines) for each in taken.effects)


def test_an_immediate_concern_withholds_the_words_and_asks_one_closed_question() -> None:
    taken = hear(asked(), "im on the bridge", Level.IMMEDIATE)
    assert records(taken) == [RecordAnswer(GOOD_WORKER, Withheld())]
    assert taken.state.awaiting is Awaiting.AFTER_IMMEDIATE
    asking = taken.effects[-1]
    assert isinstance(asking, Ask)
    assert [each.value for each in asking.choices] == ["yes", "no", "not_sure"]


@pytest.mark.parametrize("level", [Level.SUPPORT, Level.IMMEDIATE])
@pytest.mark.parametrize("awaiting", list(Awaiting))
def test_help_comes_first_wherever_a_concern_is_typed(level: Level, awaiting: Awaiting) -> None:
    current = GOOD_WORKER if awaiting in (Awaiting.ANSWER, Awaiting.MORE) else None
    started = awaiting not in (Awaiting.START, Awaiting.AUDIENCE)
    state = asked(awaiting=awaiting, current=current, consented=started,
                  audience=Audience.YOUNG_PERSON if started else None)  # fmt: skip
    taken = hear(state, "skip", level)
    answers_the_question = awaiting is Awaiting.AFTER_IMMEDIATE
    first = "safe.after_no" if answers_the_question else f"safeguarding.{level.value}.young_person"
    assert keys(taken)[0] == first
    assert any(isinstance(each, OfferHelpLines) for each in taken.effects)


def test_a_concern_typed_on_an_old_page_brings_help_and_answers_nothing() -> None:
    taken = hear(asked(), "my dad hits me", Level.SUPPORT, at=3)
    assert "safeguarding.support.young_person" in keys(taken)
    assert records(taken) == []
    assert GOOD_WORKER not in taken.state.answered


def test_a_concern_before_consent_records_nothing() -> None:
    taken = hear(asked("age_band", consented=False), "my dad hits me", Level.SUPPORT)
    assert records(taken) == []


def test_text_typed_on_an_old_page_is_not_used() -> None:
    taken = hear(asked(), "something for another question", at=3)
    assert keys(taken) == ["page.old"]
    assert records(taken) == []
    assert taken.state == asked()


@pytest.mark.parametrize("command", [Command.SKIP, Command.BACK])
def test_a_doubled_press_of_skip_or_back_moves_once(command: Command) -> None:
    once = step(survey(), asked(), Commanded(command, 20))
    twice = step(survey(), once.state, Commanded(command, 20))
    assert keys(twice) == ["button.old"] or command is Command.BACK
    assert twice.state.current == once.state.current
    assert records(twice) == []


def test_a_skip_is_recorded_as_a_skip() -> None:
    assert records(step(survey(), asked(), Commanded(Command.SKIP, 20))) == [RecordAnswer(GOOD_WORKER, Skipped())]


def test_a_link_that_says_who_somebody_is_answers_who_they_are() -> None:
    unknown = step(survey(), State(survey().id, survey().version), Began(None)).state
    assert unknown.awaiting is Awaiting.AUDIENCE
    known = step(survey(), unknown, Began(Audience.STAFF)).state
    assert known.audience is Audience.STAFF


def test_choosing_what_to_change_can_be_left_again() -> None:
    choosing = step(survey(), asked(answered={QuestionId("area"): frozenset()}), Commanded(Command.CHANGE))
    prompt = choosing.effects[-1]
    assert isinstance(prompt, Ask)
    assert Command.RESUME in prompt.commands
    assert step(survey(), choosing.state, Commanded(Command.RESUME)).state.awaiting is Awaiting.ANSWER


@pytest.mark.parametrize("kind", ["photo", "sticker", "voice", "file"])
def test_what_is_not_text_leaves_the_prompt_as_it_stands(kind: str) -> None:
    taken = step(survey(), asked(), SentSomethingElse(kind))
    assert keys(taken) == [f"not_text.{kind}"]
    assert taken.state == asked()


def test_easy_read_changes_the_wording_and_nothing_else() -> None:
    taken = step(survey(), asked(), Commanded(Command.EASY))
    assert taken.state == asked(locale=EASY_READ)


@pytest.mark.parametrize(
    ("tapped", "key"),
    [((), "answer.pick_one"), (("teacher", "nobody"), "answer.one_or_the_other"), (("no_such",), "answer.pick_one")],
)
def test_ticks_that_make_no_answer_are_asked_again(tapped: tuple[str, ...], key: str) -> None:
    taken = step(survey(), asked("helped_by"), Tapped(20, tapped))
    assert keys(taken) == [key]
    assert records(taken) == []
