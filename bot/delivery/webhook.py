"""Tells another system by a signed POST, as the Standard Webhooks specification has it (standardwebhooks.com)."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from bot.delivery.messenger import SECONDS, NotSent
from bot.settings import Settings
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.notices import Heartbeat, Notice

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}


class Webhook:
    """One request a notice. Redirects are not followed: whoever could redirect it would be told."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._settings, self._now = settings, now

    def send(self, notice: Notice, to: Contact) -> None:
        secret = self._settings.webhook_secret
        if secret is None:
            raise NotSent("SAYSO_WEBHOOK_SECRET is not set")
        url = to.webhook
        assert url is not None
        if url.scheme != "https" and url.host not in LOOPBACK:
            raise NotSent("a webhook must be an https:// address")
        now = self._now()
        content = json.dumps(_content(notice, now)).encode()
        headers = signed(content, notice.id, now, secret.get_secret_value()) | {"content-type": "application/json"}
        how = httpx.Client(timeout=SECONDS, follow_redirects=False)
        try:
            with how as client, client.stream("POST", str(url), content=content, headers=headers) as answer:
                status = answer.status_code  # what it says besides is not read
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotSent(type(error).__name__) from error
        if not 200 <= status < 300:
            raise NotSent(f"it answered {status}")


def signed(content: bytes, id: str, now: datetime, secret: str) -> dict[str, str]:
    """The headers by which the receiver knows who sent it, when, and that nobody has changed it."""
    timestamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b".".join((id.encode(), timestamp.encode(), content)), "sha256")
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature}


def _content(notice: Notice, now: datetime) -> dict[str, Any]:
    """Of a heartbeat, too, whoever watches can raise the alarm when it stops."""
    told = {"sent_at": now.isoformat(timespec="seconds"), "to": notice.path.position}
    if isinstance(notice, Heartbeat):
        oldest = notice.oldest and notice.oldest.isoformat()
        return {"type": "heartbeat", **told, "waiting": notice.waiting, "oldest": oldest}
    return {
        "type": "drill" if notice.drill else "referral.waiting",
        **told,
        "reference": notice.reference,
        "level": notice.level.value,
        "asks_contact": notice.asks_contact,
        "drill": notice.drill,
        "rung": notice.call.rung,
        "told_before": notice.call.sent,
    }
