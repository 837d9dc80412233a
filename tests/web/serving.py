"""Serves a Sayso over real HTTP on loopback, and opens real Chromium on it, for tests that a browser must pass."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from bot.sayso import Sayso
from bot.web.app import create_app

CHROMIUM = shutil.which("chromium")
NO_CHROMIUM = "no Chromium on this machine: apt-get install chromium"
# Debian's Chromium as root, with everything off that would look for a network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def served(sayso: Sayso) -> Iterator[str]:
    """The address of `sayso`, served by uvicorn until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(sayso), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium(*, as_people_have_it: bool = False) -> Iterator[Browser]:
    """`as_people_have_it`: it keeps pages in memory to go back to, which Playwright otherwise switches off."""
    kept = ["--disable-back-forward-cache"] if as_people_have_it else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=kept)
        try:
            yield browser
        finally:
            browser.close()
