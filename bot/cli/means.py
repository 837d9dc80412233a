"""By which means this process can tell the safeguarding team."""

from collections.abc import Mapping

from bot.delivery.mail import Mail
from bot.delivery.messenger import Messenger
from bot.delivery.webhook import Webhook
from bot.officer.alerts import StaffBot
from bot.sayso import Sayso
from consultation.safeguarding.escalation import Means


def every_means(sayso: Sayso) -> Mapping[Means, Messenger]:
    """One that is not set up says so when it is used."""
    settings, pages = sayso.settings, f"{sayso.settings.address}/staff/safeguarding"
    return {
        Means.EMAIL: Mail(settings, pages),
        Means.STAFF_BOT: StaffBot(settings),
        Means.WEBHOOK: Webhook(settings, sayso.desk.now),
    }
