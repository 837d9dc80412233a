"""Telegram by webhook, and a Bot API that only remembers: who was told what, and the secret that Telegram must bring.

Chats and numbers of updates are random and do not rise.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from random import Random
from typing import Any, TypeAlias

from aiohttp import web

from bot.respondent.keyboards import TICK, keyboard, texts
from bot.respondent.webhook import PATH, SECRET_HEADER
from consultation.domain.consultation import Channel, Wave
from consultation.flow.events import Began, Commanded, Tapped
from consultation.operations.converse import Typed
from consultation.operations.messages import Message, Renderer
from consultation.safeguarding.arrangements import shipped_arrangements
from tests.durability.people import Delivery
from tests.durability.talks import Move, Talk

TOKEN = "700700:synthetic-token-for-tests-only"
PATIENCE = 20.0  # seconds in which a chat must hear what a turn says, kills and all

Heard: TypeAlias = tuple[str, str]  # a text, and the data of the first button under it


class BotApi:
    """`heard` holds what each chat was told, in order."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Heard]] = {}
        self.secret = ""
        self.changed = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        fields = await request.post()
        result: Any = True
        match request.match_info["method"]:
            case "getMe":
                result = {"id": 700700, "is_bot": True, "first_name": "Sayso", "username": "sayso_test_bot"}
            case "setWebhook":
                async with self.changed:
                    self.secret = str(fields["secret_token"])
                    self.changed.notify_all()
            case "sendMessage":
                result = await self._remember(str(fields["chat_id"]), str(fields["text"]), fields.get("reply_markup"))
        return web.json_response({"ok": True, "result": result})

    async def _remember(self, chat: str, text: str, markup: Any) -> dict[str, Any]:
        rows = json.loads(str(markup))["inline_keyboard"] if markup else [[{"callback_data": ""}]]
        async with self.changed:
            said = self.heard.setdefault(chat, [])
            said.append((text, rows[0][0].get("callback_data", "")))  # a link has none
            self.changed.notify_all()
        return {"message_id": len(said), "date": 1, "chat": {"id": int(chat), "type": "private"}, "text": text}


def settings_for(address: str) -> dict[str, Any]:
    """Those of a Sayso that Telegram calls, and that may send as fast as it can."""
    return {"telegram_token": TOKEN, "telegram_webhook": True, "telegram_api": address, "telegram_rate": 1000}


@asynccontextmanager
async def served(api: BotApi) -> AsyncIterator[str]:
    """Serve `api` on a free port of the loopback; gives its address."""
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", api.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class TelegramLine:
    channel = Channel.TELEGRAM

    def __init__(self, api: BotApi, wave: Wave) -> None:
        self._api, self._wave, self._renderer = api, wave, Renderer()
        self._wanted: dict[str, Counter[Heard]] = {}

    async def opens(self) -> None:
        """Once Telegram has been told the secret that it must bring."""
        async with self._api.changed:
            await self._api.changed.wait_for(lambda: self._api.secret)

    def new_chat(self, chance: Random) -> str:
        return str(chance.randrange(10**8, 10**10))

    def delivery(self, move: Move, chat: str, chance: Random) -> Delivery:
        person = {"id": int(chat), "is_bot": False, "first_name": "Quenby"}
        message: dict[str, Any] = {"message_id": chance.randrange(10**6), "date": 1}
        message |= {"chat": {"id": int(chat), "type": "private"}}
        update: dict[str, Any] = {"update_id": chance.randrange(10**9)}
        match move.given:
            case Began(audience):
                text = f"/start {audience.link}" if audience else "/start"
                update["message"] = message | {"from": person, "text": text}
            case Typed(text, _):
                update["message"] = message | {"from": person, "text": text.reveal()}
            case given:
                data, ticked = _button(given)
                message |= {"reply_markup": {"inline_keyboard": ticked}, "text": "…"}
                query = {"id": "1", "from": person, "chat_instance": "1", "message": message, "data": data}
                update["callback_query"] = query
        return Delivery(PATH, {SECRET_HEADER: self._api.secret}, json.dumps(update).encode())

    def is_acknowledged(self, status: int, headers: Mapping[str, str]) -> bool:
        return status == 200

    def is_closed(self, status: int) -> bool:
        return False

    async def hear(self, talk: Talk, taken: int, chat: str) -> None:
        """People read what is said to them before they go on."""
        wanted = self._wanted.setdefault(chat, Counter())
        wanted.update(self._says(talk.moves[taken - 1]))
        try:
            async with asyncio.timeout(PATIENCE), self._api.changed:
                await self._api.changed.wait_for(lambda: wanted <= Counter(self._api.heard.get(chat)))
        except TimeoutError:
            raise AssertionError(f"a chat was never told: {self.unsaid(talk, taken, chat)}") from None

    def unsaid(self, talk: Talk, taken: int, chat: str) -> list[Heard]:
        """What was to be said to so many updates, and was not, or not as often."""
        wanted = Counter(said for move in talk.moves[:taken] for said in self._says(move))
        return list((wanted - Counter(self._api.heard.get(chat))).elements())

    def _says(self, move: Move) -> list[Heard]:
        said = self._renderer.messages(move.effects, move.then.state, self._wave, shipped_arrangements())
        return [heard for each in said for heard in _as_heard(Message.from_json(each))]


def _as_heard(message: Message) -> list[Heard]:
    *first, last = texts(message)
    markup = keyboard(message)
    under = markup.inline_keyboard[0][0].callback_data if markup and markup.inline_keyboard else None
    return [*((text, "") for text in first), (last, under or "")]


def _button(given: object) -> tuple[str, list[list[dict[str, str]]]]:
    """The data of the button that means this, and the ticks above it."""
    match given:
        case Commanded(command, step):
            return f"c:{step}:{command.value}", []
        case Tapped(step, (value,)):
            return f"t:{step}:{value}", []
        case Tapped(step, values):
            return f"d:{step}:", [[{"text": f"{TICK}{each}", "callback_data": f"x:{step}:{each}"}] for each in values]
    raise AssertionError(f"no button means {given}")
