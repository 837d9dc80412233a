"""Tells by e-mail, through the authority's own mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate

from bot.delivery.messenger import SECONDS, NotSent
from bot.delivery.words import body, subject
from bot.settings import Settings
from consultation.domain.concern import Level
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.notices import Alert, Notice

TLS_PORT, PLAIN_PORT = 465, 25


class Mail:
    """One connection a letter: there are few."""

    def __init__(self, settings: Settings, pages: str, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: whose certificates are good; else those that the system trusts."""
        self._settings, self._pages = settings, pages
        self._trust = trust or ssl.create_default_context()

    def send(self, notice: Notice, to: Contact) -> None:
        if self._settings.smtp is None:
            raise NotSent("SAYSO_SMTP is not set")
        try:
            with self._server(self._settings.smtp) as server:
                server.send_message(self._letter(notice, str(to.email)))
        except (OSError, ValueError, smtplib.SMTPException) as error:  # ValueError: a server that says strange things
            raise NotSent(type(error).__name__) from error

    @contextmanager
    def _server(self, address: str) -> Iterator[smtplib.SMTP]:
        host, _, port = address.partition(":")
        tls, user, password = self._settings.smtp_tls, self._settings.smtp_user, self._settings.smtp_password
        if tls == "implicit":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, int(port or TLS_PORT), timeout=SECONDS, context=self._trust
            )
        else:
            connection = smtplib.SMTP(host, int(port or PLAIN_PORT), timeout=SECONDS)
        with connection as server:
            server.ehlo_or_helo_if_needed()
            if tls == "required":
                server.starttls(context=self._trust)  # raises where it is not offered
            elif tls == "offered" and server.has_extn("starttls"):
                server.starttls(context=_whoever_it_is())
            if user and password:
                server.login(user, password.get_secret_value())
            yield server

    def _letter(self, notice: Notice, to: str) -> EmailMessage:
        letter = EmailMessage()
        sender = self._settings.alert_from
        letter["From"], letter["To"], letter["Subject"] = sender, to, subject(notice)
        letter["Message-ID"] = f"<{notice.id}@{sender.rpartition('@')[2]}>"  # so that what comes twice shows once
        letter["Date"] = formatdate()
        letter["Auto-Submitted"] = "auto-generated"
        if isinstance(notice, Alert) and notice.level is Level.IMMEDIATE and not notice.drill:
            letter["Importance"] = "high"
        letter.set_content(body(notice, self._pages))
        return letter


def _whoever_it_is() -> ssl.SSLContext:
    """A server that offers TLS and need not: encrypted is better than not, whoever has signed its certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
