"""Every means of telling somebody keeps the same promises, the fake among them: through a real mail server, a real Bot
API, and a receiver that checks signatures with the library of those who wrote the specification."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lo_bot_api_emulator import ApiRefusal
from pydantic import HttpUrl, ValidationError

from bot.delivery.mail import Mail
from bot.delivery.messenger import Messenger, Noting, NotSent
from bot.delivery.webhook import Webhook
from bot.delivery.words import body, subject
from bot.officer.alerts import BUTTON, StaffBot
from consultation.domain.concern import Level
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.escalation import Call, Means
from consultation.safeguarding.escalation import Path as Way
from consultation.safeguarding.notices import Alert, Heartbeat, Notice
from tests.builders import settings_in
from tests.integration.receivers import SECRET, mail_server, webhook_receiver
from tests.transcripts.bot_api import TOKEN, BotApi, serving

PAGES = "https://say.example/staff/safeguarding"
REFERENCE, CHAT = "C-7Q2K9F", 4242
ALERT = Alert(
    path=Way("deputy", Means.EMAIL), reference=REFERENCE, level=Level.IMMEDIATE, asks_contact=True, drill=False,
    call=Call(1, Means.EMAIL, sent=2), minutes=15, last=False,
)  # fmt: skip
BEAT = Heartbeat(Way("deputy", Means.EMAIL), date(2026, 11, 23), 2, date(2026, 11, 17))


@dataclass
class Wired:
    """A messenger, whom it tells, what arrived as (id or "", all that can be read), and how to make it fail."""

    messenger: Messenger
    to: Contact
    arrived: Callable[[], list[tuple[str, str]]]
    fail: Callable[[], None]


@asynccontextmanager
async def by_mail() -> AsyncIterator[Wired]:
    with mail_server() as (address, postbox):

        def fail() -> None:
            postbox.refuses = "deputy@example.org"

        settings = settings_in(Path("nowhere"), smtp=address)
        yield Wired(
            Mail(settings, PAGES),
            Contact(role="deputy", email="deputy@example.org"),
            lambda: [(str(each["Message-ID"]), f"{each['Subject']}\n{each.get_payload()}") for each in postbox.letters],
            fail,
        )


@asynccontextmanager
async def by_staff_bot() -> AsyncIterator[Wired]:
    api = BotApi()
    async with serving(api) as address:
        settings = settings_in(Path("nowhere"), officer_token=TOKEN, telegram_api=address)
        yield Wired(
            StaffBot(settings),
            Contact(role="deputy", telegram=CHAT),
            lambda: [("", each.text) for each in api.chats.get(CHAT, [])],
            lambda: api.refuse.append(("sendMessage", ApiRefusal("Forbidden: bot was blocked by the user", 403))),
        )


@asynccontextmanager
async def by_webhook() -> AsyncIterator[Wired]:
    with webhook_receiver() as hooks:

        def fail() -> None:
            hooks.answer = 500

        settings = settings_in(Path("nowhere"), webhook_secret=SECRET)
        yield Wired(
            Webhook(settings, lambda: datetime.now(UTC)),
            Contact(role="deputy", webhook=hooks.contact("deputy")),
            lambda: [(each["id"], each["raw"]) for each in hooks.received],
            fail,
        )


@asynccontextmanager
async def by_nothing() -> AsyncIterator[Wired]:
    fake = Noting()

    def fail() -> None:
        fake.refuses = True

    yield Wired(
        fake,
        Contact(role="deputy", email="deputy@example.org"),
        lambda: [(each.id, f"{subject(each)}\n{body(each, PAGES)}") for each, _ in fake.told],
        fail,
    )


WAYS = {"e-mail": by_mail, "staff bot": by_staff_bot, "webhook": by_webhook, "fake": by_nothing}


@pytest.mark.parametrize("way", WAYS)
class TestAMessenger:
    async def told(self, wired: Wired, *notices: Notice) -> list[tuple[str, str]]:
        for each in notices:
            await asyncio.to_thread(wired.messenger.send, each, wired.to)
        return wired.arrived()

    async def test_says_which_and_how_urgent_and_who_asks(self, way: str) -> None:
        async with WAYS[way]() as wired:
            [(_, text)] = await self.told(wired, ALERT)
        assert REFERENCE in text
        assert "asked to be contacted" in text or '"asks_contact": true' in text
        assert "URGENT" in text or '"level": "immediate"' in text
        assert "drill" not in text.lower() or '"drill": false' in text

    async def test_marks_a_drill(self, way: str) -> None:
        async with WAYS[way]() as wired:
            [(_, text)] = await self.told(wired, replace(ALERT, drill=True))
        assert "DRILL" in text or '"type": "drill"' in text
        assert "URGENT" not in text

    async def test_carries_a_heartbeat(self, way: str) -> None:
        async with WAYS[way]() as wired:
            [(_, text)] = await self.told(wired, BEAT)
        assert "2 referrals wait" in text or '"waiting": 2' in text
        assert "since Tuesday" in text or '"oldest": "2026-11-17"' in text

    async def test_what_is_sent_again_looks_the_same_and_another_telling_does_not(self, way: str) -> None:
        async with WAYS[way]() as wired:
            first, again, later = await self.told(
                wired, ALERT, ALERT, replace(ALERT, call=Call(1, Means.EMAIL, sent=3))
            )
        assert first[0] == again[0]
        assert first[0] != later[0] or way == "staff bot"  # which has no place for an id

    async def test_says_that_it_was_not_sent_and_names_nobody(self, way: str) -> None:
        async with WAYS[way]() as wired:
            wired.fail()
            with pytest.raises(NotSent) as refused:
                await self.told(wired, ALERT)
        for secret in (REFERENCE, "example.org", str(CHAT), TOKEN, "127.0.0.1"):
            assert secret not in str(refused.value)


def test_what_is_not_set_up_says_what_to_set() -> None:
    settings = settings_in(Path("nowhere"))
    to = Contact(role="r", email="r@example.org", telegram=1, webhook=HttpUrl("https://hooks.example.org/x"))
    for messenger, name in (
        (Mail(settings, PAGES), "SAYSO_SMTP"),
        (StaffBot(settings), "SAYSO_OFFICER_TOKEN"),
        (Webhook(settings, lambda: datetime.now(UTC)), "SAYSO_WEBHOOK_SECRET"),
    ):
        with pytest.raises(NotSent, match=name):
            messenger.send(ALERT, to)


async def test_the_staff_bots_alert_has_a_button_and_the_heartbeat_none() -> None:
    api = BotApi()
    async with serving(api) as address:
        settings = settings_in(Path("nowhere"), officer_token=TOKEN, telegram_api=address)
        for each in (ALERT, BEAT):
            await asyncio.to_thread(StaffBot(settings).send, each, Contact(role="r", telegram=CHAT))
    alert, beat = api.chats[CHAT]
    assert alert.buttons == [(BUTTON, f"have:{REFERENCE}")]
    assert beat.buttons == []


def test_a_webhook_goes_to_no_address_in_the_clear() -> None:
    settings = settings_in(Path("nowhere"), webhook_secret=SECRET)
    with pytest.raises(NotSent, match="https"):
        Webhook(settings, lambda: datetime.now(UTC)).send(
            ALERT, Contact(role="r", webhook=HttpUrl("http://hooks.example.org/x"))
        )


# -- mail servers as they are -------------------------------------------------------------------------------------


@dataclass
class Certificate:
    """A mail server's own, for 127.0.0.1."""

    server: ssl.SSLContext
    pem: str


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return Certificate(server, pem.decode())


def mails(trust: str | None, **settings: Any) -> None:
    context = ssl.create_default_context(cadata=trust) if trust else None
    to = Contact(role="deputy", email="deputy@example.org")
    Mail(settings_in(Path("nowhere"), **settings), PAGES, context).send(ALERT, to)


def let_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"sayso", b"secret words"))


def test_starttls_is_taken_where_it_is_offered_and_a_password_goes_through_it_alone(certificate: Certificate) -> None:
    strict = {
        "tls_context": certificate.server, "require_starttls": True, "auth_required": True, "authenticator": let_in,
    }  # fmt: skip
    user = {"smtp_user": "sayso", "smtp_password": "secret words"}
    with mail_server(tls_context=certificate.server, require_starttls=True) as (address, postbox):
        mails(None, smtp=address)  # whoever signed it: better than in the clear
        assert len(postbox.letters) == 1
        with pytest.raises(NotSent, match="SSLCertVerificationError"):
            mails(None, smtp=address, smtp_tls="required")
    with mail_server(**strict) as (address, postbox):
        mails(certificate.pem, smtp=address, smtp_tls="required", **user)
        assert len(postbox.letters) == 1
        with pytest.raises(NotSent, match=r"SMTPAuthenticationError|SMTPServerDisconnected"):
            mails(certificate.pem, smtp=address, smtp_tls="required", **(user | {"smtp_password": "wrong"}))
    with mail_server() as (address, _), pytest.raises(NotSent, match="SMTPNotSupportedError"):
        mails(certificate.pem, smtp=address, smtp_tls="required")


def test_tls_from_the_first_byte(certificate: Certificate) -> None:
    with mail_server(ssl_context=certificate.server) as (address, postbox):
        mails(certificate.pem, smtp=address, smtp_tls="implicit")
        assert len(postbox.letters) == 1
        with pytest.raises(NotSent, match="SSLCertVerificationError"):
            mails(None, smtp=address, smtp_tls="implicit")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"smtp": "mail.example.org", "smtp_password": "x"}, "SAYSO_SMTP_TLS=required"),
        ({"webhook_secret": "whsec_c2hvcnQ="}, "openssl rand -base64 32"),
        ({"webhook_secret": "no base64 at all!"}, "openssl rand -base64 32"),
    ],
)
def test_settings_that_would_be_a_hole_are_refused(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        settings_in(Path("nowhere"), **settings)
    assert len(refused.value.errors()) == 1
