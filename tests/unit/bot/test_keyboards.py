"""What a message looks like on Telegram, and what its buttons say of themselves."""

import pytest

from bot.respondent.keyboards import CHOSEN, LONGEST_TEXT, TICK, answered, keyboard, read_press, refusal, texts, toggle
from consultation.domain.wording import Words
from consultation.flow.effects import Mode
from consultation.flow.events import Command
from consultation.operations.messages import Button, Message, command_label


def asking(mode: Mode, *labels: str, locale: str = "en", most: int = 0, alone: str = "") -> Message:
    buttons = tuple(Button(f"v{number}", label, label == alone) for number, label in enumerate(labels))
    return Message("Which?", mode, 3, buttons, locale=locale, most=most)


def rows(message: Message) -> list[list[str]]:
    markup = keyboard(message)
    assert markup is not None
    return [[each.text for each in row] for row in markup.inline_keyboard]


@pytest.mark.parametrize(
    ("labels", "lengths"),
    [("12345", [5]), ("123456", [6]), ("1234567", [4, 3]), ("0123456789X", [6, 5]), ("ABCDEFGHIJKLM", [5, 4, 4])],
)
def test_short_labels_of_a_scale_stand_side_by_side(labels: str, lengths: list[int]) -> None:
    found = rows(asking(Mode.SCALE, *labels))
    assert [len(each) for each in found] == lengths
    assert [each for row in found for each in row] == list(labels)


def test_longer_labels_and_other_choices_stand_one_to_a_row() -> None:
    assert rows(asking(Mode.SCALE, "1", "2", "3 – sometimes")) == [["1"], ["2"], ["3 – sometimes"]]
    assert rows(asking(Mode.ONE, "1", "2")) == [["1"], ["2"]]
    assert rows(asking(Mode.RANKING, "1", "2")) == [["1"], ["2"]]


def test_an_emoji_stands_before_its_label_and_a_file_does_not() -> None:
    message = Message(
        "How?", Mode.ONE, 3, (Button("bus", "Bus", picture="🚌"), Button("car", "Car", picture="car.png"))
    )
    assert rows(message) == [["🚌 Bus"], ["Car"]]
    assert texts(Message("Travel", picture="🚌", place="Question 1 of 2")) == ["Question 1 of 2\n\n🚌 Travel"]
    assert texts(Message("Travel", picture="bus.png")) == ["Travel"]


def test_done_is_in_the_language_of_the_talk() -> None:
    assert rows(asking(Mode.SEVERAL, "A", "B", locale="pl"))[-1] != rows(asking(Mode.SEVERAL, "A", "B"))[-1]


def ticking(message: Message, *ticks: str) -> list[Words | None]:
    """What each tick is refused with, one after the other."""
    markup, refused = keyboard(message), []
    assert markup is not None
    for label in ticks:
        button = next(each for row in markup.inline_keyboard for each in row if each.text.removeprefix(TICK) == label)
        press = read_press(button.callback_data or "")
        assert press is not None
        refused.append(refusal(markup, press))
        if refused[-1] is None:
            markup = toggle(markup, button.callback_data or "")
    return refused


def test_no_more_can_be_ticked_than_may_be_chosen_until_one_is_taken_out() -> None:
    too_many = Words("answer.too_many", {"most": 2})
    assert ticking(asking(Mode.SEVERAL, *"ABC", most=2), *"ABCAC") == [None, None, too_many, None, None]
    assert ticking(asking(Mode.SEVERAL, *"ABC"), *"ABC") == [None, None, None]


def test_none_of_these_and_others_exclude_each_other() -> None:
    other = Words("answer.one_or_the_other")
    assert ticking(asking(Mode.SEVERAL, *"AB", "None", alone="None"), "A", "None") == [None, other]
    assert ticking(asking(Mode.SEVERAL, *"AB", "None", alone="None"), "None", "A", "None", "A") == [
        None, other, None, None,
    ]  # fmt: skip


def test_what_was_chosen_stands_under_the_prompt_unless_there_is_no_room() -> None:
    message = Message("Which?", Mode.ONE, 3, (Button("a", "Apples"),), (Button("skip", "Skip"),))
    markup = keyboard(message)
    assert markup is not None
    for data, label in (("t:3:a", "Apples"), ("c:3:skip", command_label(Command.SKIP, "en"))):
        press = read_press(data)
        assert press is not None
        assert answered("Which?", markup, press) == f"Which?\n\n{CHOSEN}{label}"
        assert answered("W" * (LONGEST_TEXT - 5), markup, press) is None
    forged = read_press("t:3:pears")
    assert forged is not None
    assert answered("Which?", markup, forged) is None


@pytest.mark.parametrize("data", ["", "t", "q:1:a", "c:1:fly", "c::"])
def test_data_that_no_button_ever_had_is_no_press(data: str) -> None:
    press = read_press(data)
    assert press is None or (press.kind, press.step) == ("tap", -1)


def test_every_button_fits_what_telegram_carries() -> None:
    """The longest id that a survey file may have, at a step that no talk reaches."""
    message = Message("Which?", Mode.SEVERAL, 999_999, (Button("x" * 40, "X"),))
    markup = keyboard(message)
    assert markup is not None
    assert max(len(each.callback_data or "") for row in markup.inline_keyboard for each in row) <= 64
