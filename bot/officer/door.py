"""What staff can ask of the staff bot: how many have answered, and which referrals wait. No answer, ever."""

import asyncio
import logging

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, CommandHandler, ContextTypes, filters

from analysis.findings import suppression
from bot.sayso import Sayso
from consultation.operations.reach import reach
from consultation.operations.refer_concern import referrals
from consultation.storage import consultations

log = logging.getLogger("sayso.officer")

HELLO = (
    "Hello. /reach tells how many people have answered; /referrals which safeguarding references wait. "
    "No answers are shown here."
)


class OfficerDoor:
    """Answers only the chats named in SAYSO_OFFICER_CHATS; anybody else gets silence."""

    def __init__(self, sayso: Sayso) -> None:
        self._sayso = sayso

    def application(self) -> Application:  # type: ignore[type-arg]
        settings = self._sayso.settings
        assert settings.officer_token is not None
        builder = ApplicationBuilder().token(settings.officer_token.get_secret_value())
        if settings.telegram_api:
            builder = builder.base_url(f"{settings.telegram_api.rstrip('/')}/bot")
        application = builder.build()
        staff = filters.Chat(chat_id=settings.officer_chats, allow_empty=True)
        for name, answer in (("start", self._hello), ("reach", self._reach), ("referrals", self._referrals)):
            application.add_handler(CommandHandler(name, answer, filters=staff))
        return application

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set. These commands only read, so a repeated or lost one harms nobody."""
        application = self.application()
        try:
            await application.initialize()
        except (InvalidToken, TelegramError) as error:
            log.error(
                "the staff bot can't start: Telegram does not accept SAYSO_OFFICER_TOKEN (%s)", type(error).__name__
            )
            return
        async with application:
            await application.start()
            assert application.updater is not None
            await application.updater.start_polling()
            await stop.wait()
            await application.updater.stop()
            await application.stop()

    async def _hello(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._answer(update, HELLO)

    async def _reach(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._answer(update, await asyncio.to_thread(self.reach_text))

    async def _referrals(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._answer(update, await asyncio.to_thread(self.referrals_text))

    async def _answer(self, update: Update, text: str) -> None:
        if update.effective_message is not None:
            await update.effective_message.reply_text(text)

    def reach_text(self) -> str:
        """Reach of each wave, suppressed like every other view."""
        with self._sayso.store.read() as session:
            waves = consultations.waves(session)
        lines = []
        for wave in waves:
            counts = reach(self._sayso.store, wave.id).begun
            shown = [
                f"{audience.replace('_', ' ')}: {suppression.guard(count)}"
                for audience, count in sorted(counts.items())
            ]
            lines.append(f"{wave.consultation.title}\n" + ("\n".join(shown) or "nobody yet"))
        return "\n\n".join(lines) or "No consultation has been opened."

    def referrals_text(self) -> str:
        waiting = [each for each in referrals(self._sayso.store) if each.status == "new"]
        return "\n".join(f"{each.reference} ({each.level})" for each in waiting) or "No safeguarding referral waits."
