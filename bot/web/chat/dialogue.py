"""What stands on a page of a talk, and what its form says: messages to the parts of the page, and a post to an event.

Knows no talk of anybody's: the officers' preview has the same parts.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import FormData

from consultation.domain.text import RawText
from consultation.flow.effects import Mode
from consultation.flow.events import ChoseLanguage, Command, Commanded, Tapped
from consultation.operations.converse import Input, Typed
from consultation.operations.messages import Message

TYPING = (Mode.TEXT, Mode.NUMBER, Mode.DATE)
SHORT = 4  # characters of a label that fits beside nine others in a row


def parts_of(latest: Sequence[Message], form: FormData | None = None) -> dict[str, Any]:
    """What was said last, and the prompt that stands. `form`: what was posted and was not taken, so that it can be
    mended and sent again."""
    prompt = latest[-1] if latest and latest[-1].mode is not None else None
    said = latest[:-1] if prompt else latest
    trouble = next((each for each in said if each.is_trouble), None) if prompt else None
    text = form.get("text") if form else None
    return {
        "said": said[:-1] if trouble and said[-1] is trouble else said,  # that stands right above the field
        "trouble": trouble,
        "prompt": prompt,
        "typing": TYPING,
        "layout": _layout(prompt),
        "draft": text if isinstance(text, str) else "",
        "ticked": form.getlist("value") if form else (),
        "refused": form is not None,
        "step": prompt.step if prompt else "",
        "nonce": secrets.token_urlsafe(16),
        "finished": prompt is not None and any(each.value == Command.DELETE for each in prompt.buttons),
    }


def _layout(prompt: Message | None) -> str:
    """How the choices lie: one under the other, a grid of pictures, or a row of what is short."""
    buttons = prompt.buttons if prompt else ()
    pictured = all(each.picture for each in buttons)
    if prompt is None or not buttons:
        return ""
    if prompt.mode is Mode.SCALE:
        return "row" if pictured or all(len(each.label) <= SHORT for each in buttons) else ""
    return "grid" if pictured and prompt.mode is Mode.ONE else ""


def decode(form: FormData) -> Input:
    """A post to an event: a language, a command button, ticked choices, or typed text."""
    step = str(form.get("step", ""))
    number = int(step) if step.isdecimal() and len(step) < 10 else -1
    command, language, text = form.get("command"), form.get("language"), form.get("text")
    if isinstance(language, str):
        return ChoseLanguage(language)
    if command in set(Command):
        return Commanded(Command(str(command)), number)
    if isinstance(text, str):
        return Typed(RawText(text.replace("\r\n", "\n")), number)
    return Tapped(number, tuple(str(each) for each in form.getlist("value")))
