"""What Telegram delivers, read into updates: which are wanted, and whose chat each is of. Handles none of them."""

import logging
from dataclasses import dataclass

from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

log = logging.getLogger("sayso.respondent")

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


@dataclass(frozen=True)
class Unreadable:
    """Something with the number of an update that is none."""

    update_id: int


def read_update(raw: object, bot: Bot) -> Update | Unreadable:
    try:
        return Update.model_validate(raw, context={"bot": bot})
    except ValidationError:
        number = raw.get("update_id") if isinstance(raw, dict) else None
        return Unreadable(number if isinstance(number, int) else 0)


def is_wanted(update: Update) -> bool:
    """Whether it is of a kind that is asked for; of any other aiogram would print the whole as a warning."""
    return any(getattr(update, kind) is not None for kind in KINDS)


def chat_of(update: Update) -> int:
    """The chat that it comes from; 0 for what is of none."""
    of_chat = update.message or update.edited_message or update.my_chat_member
    if of_chat is not None:
        return of_chat.chat.id
    query = update.callback_query
    if query is None:
        return 0
    return query.message.chat.id if query.message is not None else query.from_user.id
