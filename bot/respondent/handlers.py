"""What a person does in a chat, as turns of their talk. A handler returns once its turn is on the disk, or raises.

What the turn says is handed on to be sent: nothing here waits for that.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.enums import ChatMemberStatus, ContentType
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import ChatMemberUpdated, Update, User
from aiogram.types import Message as Received

from bot.links import read_start
from bot.respondent.buttons import NO_STEP, Buttons
from bot.respondent.memory import Memory
from bot.respondent.talking import Say, Talking
from bot.respondent.tidying import Tidying
from bot.sayso import Sayso
from consultation.domain.concern import Level
from consultation.domain.consultation import Wave
from consultation.domain.languages import is_locale
from consultation.domain.text import RawText
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Began, Command, SentSomethingElse
from consultation.flow.typed import command_word
from consultation.operations.converse import Input, Kept, Typed

ALBUMS = 1_000  # of which it is remembered that it was said that pictures can't be seen
ANSWERS = 20_000  # typed ones, whose messages are remembered in case they are edited

# What people send beside text. Anything else in a chat is Telegram's own word of something, such as a pinned message.
KINDS = {
    ContentType.PHOTO: "photo",
    ContentType.LIVE_PHOTO: "photo",
    ContentType.VIDEO: "photo",
    ContentType.ANIMATION: "photo",
    ContentType.STORY: "photo",
    ContentType.STICKER: "sticker",
    ContentType.VOICE: "voice",
    ContentType.VIDEO_NOTE: "voice",
    ContentType.AUDIO: "voice",
    ContentType.DOCUMENT: "file",
    ContentType.LOCATION: "location",
    ContentType.VENUE: "location",
    ContentType.CONTACT: "contact",
    ContentType.POLL: "other",
    ContentType.DICE: "other",
    ContentType.GAME: "other",
    ContentType.CHECKLIST: "other",
    ContentType.PAID_MEDIA: "other",
    ContentType.GIVEAWAY: "other",
    ContentType.RICH_MESSAGE: "other",
    ContentType.UNKNOWN: "other",  # newer than this program
}
IN_A_GROUP = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)


@dataclass(frozen=True)
class _Typed:
    """Which answer a message was, and a number by which its words are known again, and are not to be had."""

    kept: Kept
    words: int


class Handlers:
    """One chat's updates come one after the other, those of different chats at once."""

    def __init__(self, sayso: Sayso, wave: Wave, bot: Bot, say: Say, tidying: Tidying) -> None:
        self._sayso, self._wave, self._bot, self._tidying = sayso, wave, bot, tidying
        self._talking = Talking(sayso, wave, say)
        self._buttons = Buttons(bot, self._talking, tidying)
        self._albums: deque[str] = deque(maxlen=ALBUMS)
        self._typed: Memory[tuple[int, int], _Typed] = Memory(ANSWERS)  # by chat and message

    def router(self) -> Router:
        router = Router()
        router.my_chat_member.register(self._let_in, _not_private)
        router.message.register(self._in_group, _not_private)
        router.message.register(self._started, CommandStart())
        router.message.register(self._texted, _has_text)
        router.message.register(self._sent_something_else)
        router.edited_message.register(self._edited, _in_private)
        router.callback_query.register(self._buttons.pressed)
        return router

    async def close(self) -> None:
        await self._buttons.close()

    # -- groups ---------------------------------------------------------------------------------------------------

    async def _let_in(self, change: ChatMemberUpdated) -> None:
        """Somebody has put the bot into a group, or into a channel, where it says nothing."""
        if change.new_chat_member.status in IN_A_GROUP and change.old_chat_member.status not in IN_A_GROUP:
            self._leave(change.chat.id, change.from_user, silently=change.chat.type == "channel")

    async def _in_group(self, message: Received) -> None:
        """A group that it was in before."""
        if message.text and message.text.startswith("/start"):
            self._leave(message.chat.id, message.from_user)

    def _leave(self, chat: int, asked_by: User | None, *, silently: bool = False) -> None:
        if not silently:
            self._talking.tell(chat, Words("group.private_only"), _locale_of(asked_by) or PLAIN)
        self._tidying.later(chat, lambda **call: self._bot.leave_chat(chat, **call))

    # -- messages -------------------------------------------------------------------------------------------------

    async def _started(self, message: Received, command: CommandObject, event_update: Update) -> None:
        link = read_start(command.args or "")
        began = Began(link.audience, link.place, _locale_of(message.from_user))
        await self._talking.take(message.chat.id, (_number(event_update, message), began))

    async def _texted(self, message: Received, event_update: Update) -> None:
        typed = Typed(RawText(message.text or ""))
        await self._take(message, (_number(event_update, message), typed))

    async def _sent_something_else(self, message: Received, event_update: Update) -> None:
        """A caption is typed words: they are heard after it is said that the rest can't be."""
        kind = KINDS.get(ContentType(message.content_type))
        if kind is None:
            return
        update, album = _number(event_update, message), message.media_group_id
        turns: list[tuple[str, Input]] = []
        if album is None or album not in self._albums:  # once for a whole album
            turns.append((update, SentSomethingElse(kind)))
        if message.caption:
            turns.append((f"{update}:caption", Typed(RawText(message.caption))))
        await self._take(message, *turns)
        if album is not None:
            self._albums.append(album)

    async def _edited(self, message: Received, event_update: Update) -> None:
        """Edited words take the place of the answer that the message was, as long as that is remembered. Telegram tells
        of an edit, too, where something else of a message has changed."""
        known = self._typed.get((message.chat.id, message.message_id))
        text = _words_of(message)
        if not text or (known and known.words == hash(text)):
            return
        if known and command_word(text) is None:
            edit = Typed(RawText(text), NO_STEP, known.kept)
            await self._take(message, (_number(event_update, message), edit))
        else:
            await self._edited_something_else(message, text, event_update)

    async def _edited_something_else(self, message: Received, text: str, event_update: Update) -> None:
        """It changes no answer, but may be a call for help: it is screened like everything that is typed."""
        desk, chat = self._sayso.desk, message.chat.id
        try:
            worrying = (await asyncio.to_thread(desk.screen, text)).level is not Level.NONE
        except Exception as error:  # the model is other people's code: its failure ends closed
            await self._talking.refuse(chat, error)
            return
        if worrying or command_word(text) is Command.HELP or not self._wave.is_open(desk.today()):
            await self._talking.take(chat, (_number(event_update, message), Typed(RawText(text), NO_STEP)))
            return
        self._talking.tell(chat, Words("edited.not_changed"), await self._talking.locale_of(chat))

    async def _take(self, message: Received, *turns: tuple[str, Input]) -> None:
        """Take them, and remember which answer their words are, in case they are edited."""
        reply = await self._talking.take(message.chat.id, *turns, locale=_locale_of(message.from_user))
        if reply is not None and reply.kept is not None:
            self._typed.keep((message.chat.id, message.message_id), _Typed(reply.kept, hash(_words_of(message))))


# Coroutines, because aiogram sends each filter that is none, its own F among them, through a thread.
async def _in_private(message: Received) -> bool:
    return message.chat.type == "private"


async def _not_private(event: Received | ChatMemberUpdated) -> bool:
    return event.chat.type != "private"


async def _has_text(message: Received) -> bool:
    return bool(message.text)


def _words_of(message: Received) -> str:
    return message.text or message.caption or ""


def _locale_of(user: User | None) -> str | None:
    """The language of their app, where Sayso speaks it. It only picks the first language of a talk and is not kept."""
    language = (user.language_code or "").partition("-")[0] if user else ""
    return language if is_locale(language) else None


def _number(update: Update, message: Received) -> str:
    """What tells one update from another: Telegram restarts its own numbers now and then, so they are not enough."""
    return f"{update.update_id}.{message.message_id}.{message.date.timestamp():.0f}"
