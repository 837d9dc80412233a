"""Messages to Telegram texts and inline keyboards, and button presses back to what was meant. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from consultation.domain.wording import Words
from consultation.flow.effects import Mode
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.messages import Message

LONGEST_TEXT = 4_096  # characters, Telegram's limit for one message
LONG_LABEL = 12  # characters; a longer one is cut off where four buttons share the width of a phone
SHORT_LABEL = 3  # characters; a scale of labels as short as that stands side by side
MOST_IN_ROW = 6  # buttons that a thumb can tell apart
TICK = "✅ "
CHOSEN = "✓ "
KINDS = {"t": "tap", "x": "tick", "a": "tick", "d": "done", "c": "command"}


@dataclass(frozen=True)
class Press:
    """What a button says of itself: `kind` is tap, tick, done or command. A tick that is `alone` excludes the others;
    the value of done is how many may be ticked at most."""

    kind: str
    step: int = -1
    value: str = ""
    alone: bool = False


def texts(message: Message) -> list[str]:
    """The message as one or more Telegram texts, split between lines where it is too long for one."""
    text = _pictured(message.picture, message.text)
    whole = "\n\n".join(part for part in (message.place, text, message.hint) if part)
    parts: list[str] = []
    while len(whole) > LONGEST_TEXT:
        cut = whole.rfind("\n", 0, LONGEST_TEXT)
        cut = cut if cut > 0 else LONGEST_TEXT
        parts.append(whole[:cut])
        whole = whole[cut:].lstrip("\n")
    return [*parts, whole]


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Choices one to a row, those of a short scale side by side, then the commands; of what asks nothing its sites,
    else None. (Numbers to ring stand in the text, where a phone makes links of them: Telegram takes none on a button.)
    """
    if message.mode is None:
        sites = [[InlineKeyboardButton(text=each.label, url=each.href)] for each in message.sites]
        return InlineKeyboardMarkup(inline_keyboard=sites) if sites else None
    several = message.mode is Mode.SEVERAL
    choices = []
    for each in message.buttons:
        kind = "t" if not several else "a" if each.alone else "x"
        choices.append(_button(_pictured(each.picture, each.label), f"{kind}:{message.step}:{each.value}"))
    side_by_side = message.mode is Mode.SCALE and all(len(each.text) <= SHORT_LABEL for each in choices)
    rows = list(_in_rows(choices)) if side_by_side else [[each] for each in choices]
    if several:
        rows.append([_button(render(Words("done"), message.locale), f"d:{message.step}:{message.most or ''}")])
    commands = [_button(each.label, f"c:{message.step}:{each.value}") for each in message.commands]
    for is_long, grouped in groupby(commands, lambda each: len(each.text) > LONG_LABEL):
        some = list(grouped)
        rows += [[each] for each in some] if is_long else [some]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _pictured(picture: str, text: str) -> str:
    """With the emoji before it; an image of the survey's own, which is named by its file, can't be shown here."""
    return f"{picture} {text}" if picture and "." not in picture and picture != text else text


def _in_rows(buttons: list[InlineKeyboardButton]) -> Iterator[list[InlineKeyboardButton]]:
    """As few rows as there can be, as even as they can be, the longer ones first."""
    left = -(-len(buttons) // MOST_IN_ROW)
    while buttons:
        longest = -(-len(buttons) // left)
        yield buttons[:longest]
        buttons, left = buttons[longest:], left - 1


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=data)


def read_press(data: str) -> Press | None:
    """The meaning of a button's data; None for a button that this version never made."""
    code, _, rest = data.partition(":")
    step, _, value = rest.partition(":")
    if code not in KINDS or (code == "c" and value not in set(Command)):
        return None
    return Press(KINDS[code], int(step) if step.isdecimal() else -1, value, code == "a")


# -- ticks ------------------------------------------------------------------------------------------------------------


def ticked(markup: InlineKeyboardMarkup) -> tuple[str, ...]:
    """The values that are ticked: the keyboard itself remembers them, no server does."""
    return tuple(press.value for press in _ticks(markup))


def refusal(markup: InlineKeyboardMarkup, tick: Press) -> Words | None:
    """Why this can't be ticked beside what is; None where it can, or is and may be taken out."""
    others = _ticks(markup)
    if tick in others:
        return None
    if others and (tick.alone or any(each.alone for each in others)):
        return Words("answer.one_or_the_other")
    done = next((press for each in _buttons(markup) if (press := _press(each)) and press.kind == "done"), None)
    most = int(done.value) if done and done.value.isdecimal() else 0
    return Words("answer.too_many", {"most": most}) if 0 < most <= len(others) else None


def toggle(markup: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup:
    """The same keyboard with the tick of one button turned."""

    def turned(button: InlineKeyboardButton) -> InlineKeyboardButton:
        if button.callback_data != data:
            return button
        text = button.text.removeprefix(TICK) if button.text.startswith(TICK) else TICK + button.text
        return InlineKeyboardButton(text=text, callback_data=data)

    return InlineKeyboardMarkup(inline_keyboard=[[turned(each) for each in row] for row in markup.inline_keyboard])


# -- what was chosen --------------------------------------------------------------------------------------------------


def answered(text: str, markup: InlineKeyboardMarkup, press: Press) -> str | None:
    """The text of a prompt with what was chosen under it, a line each; None where that is more than a text can hold."""
    if press.kind == "done":
        chosen = [each for each in _buttons(markup) if each.text.startswith(TICK)]
    else:
        chosen = [each for each in _buttons(markup) if _press(each) == press]
    lines = "\n".join(CHOSEN + each.text.removeprefix(TICK) for each in chosen)
    whole = f"{text}\n\n{lines}"
    return whole if lines and len(whole) <= LONGEST_TEXT else None


def _ticks(markup: InlineKeyboardMarkup) -> list[Press]:
    shown = [_press(each) for each in _buttons(markup) if each.text.startswith(TICK)]
    return [each for each in shown if each and each.kind == "tick"]


def _press(button: InlineKeyboardButton) -> Press | None:
    return read_press(button.callback_data or "")


def _buttons(markup: InlineKeyboardMarkup) -> Sequence[InlineKeyboardButton]:
    return [button for row in markup.inline_keyboard for button in row]
