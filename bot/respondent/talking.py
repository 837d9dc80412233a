"""Turns of a chat's talk: saved first, said after. Knows no kind of update; nothing here waits until it is said."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from bot.sayso import Sayso
from bot.turns import Turns
from consultation.domain.consultation import Channel, Wave
from consultation.domain.wording import PLAIN, Words
from consultation.locale import render
from consultation.operations.converse import Incoming, Input, NotStored, Reply
from consultation.operations.messages import Message
from consultation.operations.show_conversation import show_conversation

log = logging.getLogger("sayso.respondent")

Say: TypeAlias = Callable[[int, Sequence[Message], int | None], None]  # chat, messages, their turn in the outbox


class Talking:
    def __init__(self, sayso: Sayso, wave: Wave, say: Say) -> None:
        self._sayso, self._wave, self._say = sayso, wave, say
        self._turns = Turns(sayso.metrics)

    async def take(self, chat: int, *given: tuple[str, Input], locale: str | None = None) -> Reply | None:
        """Take a turn for each (the update's own number, what it is); the reply to the last. None where a text could
        not be made safe to keep: the person is told so. `locale` is that of their app."""
        reply = None
        for update, each in given:
            incoming = Incoming(Channel.TELEGRAM, str(chat), update, each, locale)
            try:
                reply = await self._turns.take(self._sayso.desk, self._wave, incoming)
            except NotStored as refused:
                await self.refuse(chat, refused.__cause__)
                return None
            self._say(chat, reply.messages, reply.turn)
        return reply

    async def refuse(self, chat: int, cause: BaseException | None) -> None:
        log.error("a text could not be made safe to keep (%s)", type(cause).__name__)
        self.tell(chat, Words("turn.not_stored"), await self.locale_of(chat))

    def tell(self, chat: int, words: Words, locale: str = PLAIN) -> None:
        """Say what is stored nowhere."""
        self._say(chat, [Message(render(words, locale), locale=locale)], None)

    async def locale_of(self, chat: int) -> str:
        """That of the talk, as it is stored."""
        talk = await asyncio.to_thread(show_conversation, self._sayso.desk, self._wave, Channel.TELEGRAM, str(chat))
        return talk.locale
