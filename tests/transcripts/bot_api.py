"""A Bot API that nobody here wrote, served over real HTTP on loopback: `lo-bot-api-emulator`.

The subclass adds what the emulator lacks for a conversation: a username, and a memory of what each chat shows.
"""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from lo_bot_api_emulator import ApiRefusal, LoBotApiEmulator
from lo_bot_api_emulator.updates import KINDS

KINDS.update({"edited_message", "channel_post", "my_chat_member"})  # which Telegram sends too

TOKEN = "700700:synthetic-token-for-tests-only"


@dataclass
class Shown:
    """One message as the chat shows it: `keyboard` is rows of (label, data), as last edited; `sent` as it was first."""

    number: int
    text: str
    keyboard: list[list[tuple[str, str]]]
    sent: list[list[tuple[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sent = self.keyboard

    @property
    def buttons(self) -> list[tuple[str, str]]:
        return [button for row in self.keyboard for button in row]


class BotApi(LoBotApiEmulator):  # type: ignore[misc]
    """The emulator with a username, chats that remember, and refusals by script."""

    def __init__(self) -> None:
        super().__init__(max_history=10_000, max_updates=10_000, allow_insecure_loopback_webhooks=True)
        self.address = ""  # once it is served
        self.still_to_say: Callable[[], int] = lambda: 0  # of the door that is at it
        self.chats: dict[int, list[Shown]] = {}
        self.refuse: list[tuple[str, ApiRefusal]] = []  # (method, what it is refused with), each once
        self.refuse_text: Callable[[str], ApiRefusal | None] = lambda text: None  # what is sent, by its words
        self.sent: list[tuple[float, int]] = []  # when on the loop's clock, to which chat: of all that was tried
        self.toasts: list[str] = []  # what was shown where a button was pressed
        self.menus: dict[str, list[str]] = {}  # language ('' for any other) to commands
        self.left: list[int] = []  # chats
        self.garbled = False  # what is said of a message that was sent can't be read
        self.revoked: set[str] = set()  # tokens that are no good, or no more
        self.unwell = False  # every call ends as behind a proxy whose server is down: with a page, and 502
        self.stalled: asyncio.Event | None = None  # where there is one, sending sets it and then hangs
        self._next_update = random.SystemRandom().randrange(10**6, 10**9)  # Telegram too begins anywhere
        self._moved = asyncio.Event()
        self._numbers = itertools.count(1)

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        for each in self.refuse:
            if each[0] == method:
                self.refuse.remove(each)
                raise each[1]
        if method == "sendMessage":
            self.sent.append((asyncio.get_running_loop().time(), int(fields["chat_id"])))
            if refusal := self.refuse_text(str(fields["text"])):
                raise refusal
        if method == "leaveChat":
            self.left.append(int(fields["chat_id"]))
            return True
        result = super().validate(method, fields, uploads)
        if method == "answerCallbackQuery" and fields.get("text"):
            self.toasts.append(str(fields["text"]))
        if method == "setMyCommands":
            assert json.loads(fields["scope"]) == {"type": "all_private_chats"}
            names = [f"/{each['command']} {each['description']}" for each in json.loads(fields["commands"])]
            self.menus[fields.get("language_code", "")] = names
        if method == "getMe":
            result["username"] = "sayso_test_bot"
        if method == "sendMessage":
            shown = Shown(result["message_id"], result["text"], _rows(result))
            self.chats.setdefault(int(fields["chat_id"]), []).append(shown)
            self._moved.set()
            if self.garbled:
                del result["chat"]
        if method == "editMessageText":
            shown = self._message(int(fields["chat_id"]), int(fields["message_id"]))
            shown.text, shown.keyboard = result["text"], _rows(result)
        if method == "editMessageReplyMarkup":
            self._message(int(fields["chat_id"]), int(fields["message_id"])).keyboard = _rows(result)
        return result

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.unwell:
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if self.stalled is not None and request.match_info["method"] == "sendMessage":
            self.stalled.set()
            await asyncio.Event().wait()  # until the other side has gone
        answered: web.StreamResponse = await super().handle(request)
        if request.match_info["token"] in self.revoked:  # also what began before it was revoked
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        return answered

    def _message(self, chat: int, number: int) -> Shown:
        return next(each for each in self.chats[chat] if each.number == number)

    async def give(self, update: dict[str, Any]) -> int:
        """Queue an update for the bot; its id."""
        self._next_update += 1
        return int(await self.enqueue_update({"update_id": self._next_update, **update}, token=TOKEN))

    async def acknowledged(self, update_id: int, patience: float = 60) -> None:
        """Wait until the bot has asked for what comes after this update, or answered its webhook with 200."""
        async with asyncio.timeout(patience):
            while update_id in self.pending():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.002)

    def pending(self) -> list[int]:
        """Updates that would be delivered again."""
        return [each["update_id"] for each in self._update_queues._state(TOKEN).updates]

    async def quiet(self, patience: float = 60) -> None:
        """Wait until the door has nothing left to say."""
        async with asyncio.timeout(patience):
            while self.still_to_say():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.002)

    async def shown(self, chat: int, messages: int, patience: float = 60) -> None:
        """Wait until the chat shows so many messages."""
        async with asyncio.timeout(patience):
            while len(self.chats.get(chat, [])) < messages:
                self._moved.clear()
                await self._moved.wait()

    # -- what a person's own app would send ---------------------------------------------------------------------

    def message(self, chat: int, **content: Any) -> dict[str, Any]:
        return {"message": {"message_id": 500_000 + next(self._numbers), "date": 1, **_who(chat), **content}}

    def edit(self, chat: int, of: dict[str, Any] | None = None, **content: Any) -> dict[str, Any]:
        """An earlier message of theirs, edited: `of` is the update that brought it."""
        message = of["message"] if of else self.message(chat)["message"]
        return {"edited_message": {**message, **content, "edit_date": 2}}

    def put_into(self, chat: int, by: int, kind: str = "group", language: str = "en") -> dict[str, Any]:
        """Somebody puts the bot into a group or a channel."""
        me = {"id": 7, "is_bot": True, "first_name": "Sayso"}
        change = {
            "chat": {"id": chat, "type": kind, "title": "Year 9"},
            "from": {**_who(by)["from"], "language_code": language},
            "date": 1,
            "old_chat_member": {"status": "left", "user": me},
            "new_chat_member": {"status": "member", "user": me},
        }
        return {"my_chat_member": change}

    def press(
        self, chat: int, shown: Shown, data: str, keyboard: list[list[tuple[str, str]]] | None = None
    ) -> dict[str, Any]:
        """A button pressed, with the keyboard as the chat shows it at that moment."""
        message = {
            "message_id": shown.number,
            "date": 1,
            "chat": _who(chat)["chat"],
            "text": shown.text,
            "reply_markup": {
                "inline_keyboard": [
                    [{"text": t, "callback_data": d} for t, d in row] for row in keyboard or shown.keyboard
                ]
            },
        }
        query = {"id": str(next(self._numbers)), "from": _who(chat)["from"], "chat_instance": "1", "data": data}
        return {"callback_query": {**query, "message": message}}


def _who(chat: int) -> dict[str, Any]:
    """A person with everything that must not be kept: first name, surname, username."""
    name = {"first_name": "Quenby", "last_name": "Zzyzxperson", "username": f"quenby_handle_{chat}"}
    return {"chat": {"id": chat, "type": "private", **name}, "from": {"id": chat, "is_bot": False, **name}}


def _rows(result: dict[str, Any]) -> list[list[tuple[str, str]]]:
    rows = result.get("reply_markup", {}).get("inline_keyboard", [])
    return [[(button["text"], button.get("callback_data") or button["url"]) for button in row] for row in rows]


@asynccontextmanager
async def serving(api: BotApi) -> AsyncIterator[str]:
    """Serve `api` on a free port of the loopback; gives its address."""
    runner = web.AppRunner(api.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    api.address = f"http://127.0.0.1:{port}"
    try:
        yield api.address
    finally:
        await runner.cleanup()
