"""Messages to Telegram texts and inline keyboards, and button presses back to what was meant. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from consultation.domain.wording import PLAIN, Words
from consultation.flow.effects import Mode
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.messages import Message

LONGEST_TEXT = 4_096  # characters, Telegram's limit for one message
LONG_LABEL = 12  # characters; a longer one is cut off where four buttons share the width of a phone
TICK = "✅ "
BUTTON_MODES = (Mode.ONE, Mode.SEVERAL, Mode.SCALE)


@dataclass(frozen=True)
class Press:
    """What a button says of itself: `kind` is tap, tick, done or command."""

    kind: str
    step: int = -1
    value: str = ""


def texts(message: Message) -> list[str]:
    """The message as one or more Telegram texts, split between lines where it is too long for one."""
    whole = "\n\n".join(part for part in (message.place, message.text, message.hint) if part)
    parts: list[str] = []
    while len(whole) > LONGEST_TEXT:
        cut = whole.rfind("\n", 0, LONGEST_TEXT)
        cut = cut if cut > 0 else LONGEST_TEXT
        parts.append(whole[:cut])
        whole = whole[cut:].lstrip("\n")
    return [*parts, whole]


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Choices one to a row, then the commands; of what asks nothing its sites, else None. (Numbers to ring stand in
    the text, where a phone makes links of them: Telegram takes none on a button.)"""
    if message.mode is None:
        sites = [[InlineKeyboardButton(text=each.label, url=each.href)] for each in message.sites]
        return InlineKeyboardMarkup(inline_keyboard=sites) if sites else None
    kind = "x" if message.mode is Mode.SEVERAL else "t"
    rows = [[_button(each.label, f"{kind}:{message.step}:{each.value}")] for each in message.buttons]
    if message.mode is Mode.SEVERAL:
        rows.append([_button(render(Words("done"), PLAIN), f"d:{message.step}:")])
    commands = [_button(each.label, f"c:{message.step}:{each.value}") for each in message.commands]
    for is_long, grouped in groupby(commands, lambda each: len(each.text) > LONG_LABEL):
        some = list(grouped)
        rows += [[each] for each in some] if is_long else [some]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=data)


def read_press(data: str) -> Press | None:
    """The meaning of a button's data; None for a button that this version never made."""
    kinds = {"t": "tap", "x": "tick", "d": "done", "c": "command"}
    code, _, rest = data.partition(":")
    step, _, value = rest.partition(":")
    if code not in kinds or (code == "c" and value not in set(Command)):
        return None
    return Press(kinds[code], int(step) if step.isdecimal() else -1, value)


def ticked(markup: InlineKeyboardMarkup) -> tuple[str, ...]:
    """The values that are ticked: the keyboard itself remembers them, no server does."""
    return tuple(
        press.value
        for button in _buttons(markup)
        if button.text.startswith(TICK) and (press := read_press(button.callback_data or "")) and press.kind == "tick"
    )


def toggle(markup: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup:
    """The same keyboard with the tick of one button turned."""

    def turned(button: InlineKeyboardButton) -> InlineKeyboardButton:
        if button.callback_data != data:
            return button
        text = button.text.removeprefix(TICK) if button.text.startswith(TICK) else TICK + button.text
        return InlineKeyboardButton(text=text, callback_data=data)

    return InlineKeyboardMarkup(inline_keyboard=[[turned(each) for each in row] for row in markup.inline_keyboard])


def _buttons(markup: InlineKeyboardMarkup) -> Sequence[InlineKeyboardButton]:
    return [button for row in markup.inline_keyboard for button in row]
