"""The reference for the Telegram door: an aiogram bot that says back what it was sent, by aiogram's own polling.

Run as `python -m tests.benchmarks.bare_bot TOKEN API`. A press is answered, and the message under which it was pressed
is sent once more with its buttons: the same two calls that a turn of ours makes.
"""

import asyncio
import gc
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message


async def pressed(query: CallbackQuery) -> None:
    await query.answer()
    assert isinstance(query.message, Message)
    await query.message.answer(query.message.text or "", reply_markup=query.message.reply_markup)


async def texted(message: Message) -> None:
    await message.answer(message.text or "")


async def main(token: str, api: str) -> None:
    dispatcher = Dispatcher()
    dispatcher.callback_query.register(pressed)
    dispatcher.message.register(texted)
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    gc.collect()
    gc.freeze()
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
