"""What alerts arrive at, and nobody here wrote: a real mail server, and a web server that checks what is signed."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Letter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from pydantic import HttpUrl
from standardwebhooks.webhooks import Webhook

from consultation.safeguarding.arrangements import Contact
from tests.durability.keeping import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"


class Postbox(Message):
    """`seconds`: how long it takes over a letter. `refuses`: an address that it knows nothing of."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Letter] = []
        self.seconds = 0.0
        self.refuses = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, to: str, options: Any) -> str:
        if to == self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    def handle_message(self, message: Letter) -> None:
        time.sleep(self.seconds)
        self.letters.append(message)

    def to(self, address: str) -> list[Letter]:
        return [each for each in self.letters if each["To"] == address]


@contextmanager
def mail_server(**how: Any) -> Iterator[tuple[str, Postbox]]:
    """On loopback: its address, and what it received."""
    postbox, port = Postbox(), free_port()
    controller: Any = Controller(postbox, hostname="127.0.0.1", port=port, **how)
    controller.start()
    try:
        yield f"127.0.0.1:{port}", postbox
    finally:
        controller.stop()


@dataclass
class Hooks:
    """What came by webhook. `answer`: the status that is answered; `hang`: seconds that it takes first."""

    port: int = 0
    received: list[dict[str, Any]] = field(default_factory=list)  # what was posted, and "id" and "path"
    answer: int = 200
    hang: float = 0

    def contact(self, name: str) -> HttpUrl:
        return HttpUrl(f"http://127.0.0.1:{self.port}/{name}")

    def to(self, name: str) -> list[dict[str, Any]]:
        return [each for each in self.received if each["path"] == f"/{name}"]


@contextmanager
def webhook_receiver() -> Iterator[Hooks]:
    hooks = Hooks()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            time.sleep(hooks.hang)
            try:
                Webhook(SECRET).verify(content, dict(self.headers.items()))
            except Exception as error:  # told where the test looks
                hooks.received.append({"path": self.path, "forged": repr(error)})
            else:
                how = {"id": self.headers["webhook-id"], "path": self.path, "raw": content.decode()}
                hooks.received.append({**json.loads(content), **how})
            self.send_response(hooks.answer)
            if 300 <= hooks.answer < 400:
                self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    hooks.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hooks
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def contacts(hooks: Hooks | None = None, **more: Callable[[str], Any]) -> dict[str, Contact]:
    """A lead, a deputy and a duty team, each by e-mail, and by webhook where there is a receiver."""
    return {
        name: Contact(
            role=name, email=f"{name}@example.org", webhook=hooks.contact(name) if hooks else None,
            **{means: address(name) for means, address in more.items()},
        )
        for name in ("lead", "deputy", "duty_team")
    }  # fmt: skip


def trusting(certificate: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=certificate)
