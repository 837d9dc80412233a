"""Carries out what was decided, after the transaction: here, telling the safeguarding lead that a message waits."""

import logging
import smtplib
from email.message import EmailMessage

from bot.settings import Settings
from consultation.domain.concern import Level
from consultation.operations.alert_lead import NotSent

log = logging.getLogger("sayso.delivery")


class Alerts:
    """E-mails that carry a reference and nothing of the message."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, reference: str, level: Level) -> None:
        """Tell the lead. Raises `NotSent`, and logs why; where no mail server is set, the log line is all there is.

        No log holds the reference: beside the second of the log it would tell when the sealed words were said.
        """
        log.warning("a safeguarding referral (%s) waits; 'sayso referral' lists it", level.value)
        if not (self._settings.smtp and self._settings.alert_to):
            return
        host, _, port = self._settings.smtp.partition(":")
        try:
            with smtplib.SMTP(host, int(port or 25), timeout=10) as server:
                server.send_message(self._letter(reference, level))
        except (OSError, ValueError, smtplib.SMTPException) as error:
            log.error("the alert for a referral could not be e-mailed (%s); trying on", error)
            raise NotSent from error

    def _letter(self, reference: str, level: Level) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = self._settings.alert_from, self._settings.alert_to
        urgent = "URGENT: " if level is Level.IMMEDIATE else ""
        letter["Subject"] = f"{urgent}Sayso safeguarding referral {reference}"
        letter.set_content(
            f"A message in a consultation was referred to you (level: {level.value}).\n\n"
            f"Reference: {reference}\n\n"
            "Its words are sealed and are not in this e-mail. To read them, with your key file and passphrase:\n\n"
            f"    sayso referral {reference} --key YOUR-KEY-FILE\n"
        )
        return letter
