"""What staff can ask of the staff bot: how many have answered, which referrals wait, what failed; and, for whoever was
told of a referral, say that they have it. No answer, ever, and no allegation but to those who were told of it.
"""

import asyncio
import logging
import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

from telegram import Message, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from analysis.findings import suppression
from bot.delivery.tell import named_now
from bot.officer.alerts import HAVE_IT
from bot.sayso import Sayso
from bot.troubles import WHAT_IT_MEANS, path_troubles, sign_off_troubles, troubles
from consultation.operations.advance_figures import advance_figures
from consultation.operations.reach import reach
from consultation.operations.refer_concern import Actor, acknowledge
from consultation.safeguarding.escalation import positions
from consultation.storage import alerts

log = logging.getLogger("sayso.officer")

HELLO = (
    "Hello. /reach tells how many people have answered; /referrals which safeguarding references wait; "
    "/troubles what does not work. No answers are shown here."
)
NOT_YOURS = "This chat is not named in the safeguarding arrangements any more, so nothing was changed."
YOURS = "Thank you. It is yours now, and the alerts stop."
TAKEN = "Thank you. Somebody has this one already, so nothing more is asked of you now."
FAILED = "Sorry, that did not work. Please try again in a few minutes."
KINDS = ["message", "callback_query"]
POLL_SECONDS = 25
LONGEST_BACK_OFF = 60.0  # seconds
LONGEST_TEXT = 4096
LONGEST_LIST = 30  # lines, so that it stays one message
A_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


class UnusableStaffToken(Exception):
    """The token of the staff bot does not work. `str()` says what to do, and never shows it."""

    def __init__(self, why: str = "Telegram does not accept SAYSO_OFFICER_TOKEN. Copy it again from @BotFather."):
        super().__init__(why)


class OfficerDoor:
    """Answers only the chats named in SAYSO_OFFICER_CHATS; anybody else gets silence."""

    def __init__(self, sayso: Sayso) -> None:
        self._sayso = sayso

    def application(self) -> Application:  # type: ignore[type-arg]
        settings = self._sayso.settings
        assert settings.officer_token is not None
        token = settings.officer_token.get_secret_value()
        if not A_TOKEN.fullmatch(token):
            raise UnusableStaffToken("SAYSO_OFFICER_TOKEN is not a bot token. Copy it again from @BotFather.")
        builder = ApplicationBuilder().token(token).updater(None)
        if settings.telegram_api:
            builder = builder.base_url(f"{settings.telegram_api.rstrip('/')}/bot")
        application = builder.build()
        staff = filters.Chat(chat_id=settings.officer_chats, allow_empty=True)
        answers = {
            "start": self._hello, "reach": self._reach, "referrals": self._referrals, "troubles": self._troubles,
        }  # fmt: skip
        for name, answer in answers.items():
            application.add_handler(CommandHandler(name, answer, filters=staff))
        application.add_handler(CallbackQueryHandler(self._have_it, pattern=f"^{HAVE_IT}"))  # asks who it is, itself
        application.add_error_handler(self._failed)  # the library's own way logs the whole error
        return application

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set. Commands only read, and nobody has a referral twice, so what comes again harms
        nobody; a press that is lost leaves its button where it is, and the alerts go on.

        The loop is ours, because the library's own ends without a word when a token is revoked.
        Raises `UnusableStaffToken`, and `TelegramError` where Telegram can't be reached at the start.
        """
        application = self.application()
        try:
            await application.initialize()
            await application.bot.delete_webhook()
            await self._work(application, stop)
        except InvalidToken:
            raise UnusableStaffToken from None
        finally:
            with suppress(TelegramError):
                await application.shutdown()

    async def _work(self, application: Application, stop: asyncio.Event) -> None:  # type: ignore[type-arg]
        offset, failures = None, 0
        while not stop.is_set():
            asking = asyncio.ensure_future(
                application.bot.get_updates(offset=offset, timeout=POLL_SECONDS, allowed_updates=KINDS)
            )
            if not await _first(asking, stop):
                break
            try:
                updates = asking.result()
            except InvalidToken:
                raise
            except TelegramError as error:
                failures += 1
                log.warning("the staff bot can't reach Telegram (%s); trying again", type(error).__name__)
                await _pause(stop, _seconds(error, failures))
                continue
            failures = 0
            for update in updates:
                offset = update.update_id + 1
                await application.process_update(update)
        if offset is not None:
            with suppress(TelegramError):  # they would only come again
                await application.bot.get_updates(offset=offset, timeout=0, limit=1, read_timeout=5)

    async def _failed(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        log.error("a command of the staff bot failed (%s)", type(context.error).__name__)
        if isinstance(update, Update) and not isinstance(context.error, TelegramError):
            with suppress(TelegramError):
                await self._answer(update, FAILED)

    async def _hello(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._answer(update, HELLO)

    async def _reach(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._answer(update, await asyncio.to_thread(self.reach_text))

    async def _referrals(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._answer(update, await asyncio.to_thread(self.referrals_text))

    async def _troubles(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._answer(update, await asyncio.to_thread(self.troubles_text))

    async def _have_it(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Whoever was told presses the button: who that is is asked of the arrangements, not of the button."""
        query = update.callback_query
        assert query is not None
        chat = query.message.chat.id if query.message else None
        said, ended = await asyncio.to_thread(self.have_it, (query.data or "").removeprefix(HAVE_IT), chat)
        await query.answer(said)
        if ended and isinstance(query.message, Message):
            with suppress(TelegramError):  # it is theirs, whatever the message shows
                await query.message.edit_text(f"{query.message.text}\n\n{ended}")

    def have_it(self, reference: str, chat: int | None) -> tuple[str, str | None]:
        """(what the person is told, what is added to the alert in place of its button)."""
        named = positions(named_now(self._sayso.store, self._sayso.settings))
        by = next((part for part, contact in named.items() if chat and contact.telegram == chat), None)
        if by is None:
            return NOT_YOURS, None
        if acknowledge(self._sayso.store, reference, Actor(by), self._sayso.desk.now()):
            return YOURS, f"The {by} has it."
        return TAKEN, "Somebody had it before this was pressed."

    async def _answer(self, update: Update, text: str) -> None:
        if update.effective_message is not None:
            await update.effective_message.reply_text(text)

    def reach_text(self) -> str:
        """Reach of each wave, suppressed like every other view."""
        waves = self._sayso.waves.all()
        lines = []
        for wave in waves:
            advance_figures(self._sayso.store, wave, self._sayso.desk.today())
            counts = reach(self._sayso.store, wave.id).begun
            shown = [
                f"{audience.replace('_', ' ')}: {suppression.guard(count)}"
                for audience, count in sorted(counts.items())
            ]
            lines.append(f"{wave.consultation.title}\n" + ("\n".join(shown) or "nobody yet"))
        return "\n\n".join(lines) or "No consultation has been opened."

    def referrals_text(self) -> str:
        """As officers may know them: allegations and drills are not among them."""
        with self._sayso.store.read() as session:
            waiting = alerts.overview(session)
        return "\n".join(f"{reference} ({level})" for reference, level in waiting) or "No safeguarding referral waits."

    def troubles_text(self) -> str:
        found = troubles(self._sayso.store)
        lines = [f"{each.on:%d.%m.%Y}, {each.where}: {each.messages} ({each.fault})" for each in found[:LONGEST_LIST]]
        if found[LONGEST_LIST:]:
            lines.append(f"and earlier: {sum(each.messages for each in found[LONGEST_LIST:])}")
        taken = ["Messages that could not be taken:", *lines, "", WHAT_IT_MEANS] if lines else []
        broken = path_troubles(self._sayso.store, self._sayso.settings, self._sayso.desk.now())
        signed = sign_off_troubles(self._sayso)
        parts = [
            ["Safeguarding alerts:", *broken] if broken else [],
            ["Safeguarding sign-off:", *signed] if signed else [],
            taken,
        ]
        return "\n\n".join("\n".join(each) for each in parts if each)[:LONGEST_TEXT] or "Every message was taken."


async def _first(asking: asyncio.Future[tuple[Update, ...]], stop: asyncio.Event) -> bool:
    """True once Telegram has answered; False where the end came first."""
    stopping = asyncio.ensure_future(stop.wait())
    waited: set[asyncio.Future[Any]] = {asking, stopping}
    try:
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        return asking.done()
    finally:
        asking.cancel()
        stopping.cancel()


def _seconds(error: TelegramError, failures: int) -> float:
    """How long to leave Telegram alone."""
    asked = error.retry_after if isinstance(error, RetryAfter) else 0
    seconds = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
    return max(seconds, min(2.0 ** min(failures, 10), LONGEST_BACK_OFF))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
