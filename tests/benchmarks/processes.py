"""Servers in processes of their own, on loopback ports that nobody has. They end when the `with` does."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
SAYSO = ("-c", "from bot.cli import main; main()")
PATIENCE = 60.0  # seconds for a server to come up, or to end


@dataclass(frozen=True)
class Server:
    pid: int
    port: int

    def resident(self) -> float:
        """Megabytes of memory that it holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def computed(self) -> float:
        """Seconds that it has computed, in user code and in the system, since it started."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(place: Settings, *only: str, **settings: str) -> Iterator[Server]:
    """`sayso serve` over a place."""
    port = free_port()
    crowd = {"SAYSO_PEOPLE_AT_ONE_ADDRESS": "1000000"}  # all come from one, as fast as they can: that is no flood here
    where = {"SAYSO_DATA": str(place.data), "SAYSO_KEYS": str(place.key_folder), **crowd, **settings}
    if place.database_url is not None:
        where["SAYSO_DATABASE_URL"] = place.database_url.get_secret_value()
    arguments = [*SAYSO, "serve", "--port", str(port), *(word for each in only for word in ("--only", each))]
    with process(arguments, port, where) as server:
        yield server


@contextmanager
def process(arguments: list[str], port: int | None, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """This Python with these arguments, once it listens at `port` where there is one."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SAYSO_")}
    running = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=inherited | dict(environment or {}), stdout=subprocess.DEVNULL
    )
    try:
        if port is not None:
            _await(running, port)
        yield Server(running.pid, port or 0)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(running: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if running.poll() is not None:
            raise AssertionError(f"{running.args!r} ended with {running.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"{running.args!r} does not listen at {port}")
