"""What a device carries while a worker's session is on it: one cookie that says so, and the talk's own, which is good
for as long as somebody uses it. Both are signed; neither names a person. Knows no page and no record.
"""

from collections.abc import Callable
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

IDLE = 180  # seconds without a press, after which a page asks whether somebody is there
TO_SAY_SO = 60  # seconds in which they can
SLACK = 15  # seconds for a slow line
SIGNED = "."  # stands in every signed value, and in no talk's id


class SharedDevices:
    """Signs and reads the cookies of devices in supervised mode."""

    def __init__(self, secret: bytes, now: Callable[[], datetime]) -> None:
        self._sessions = URLSafeSerializer(secret, salt="session on a shared device")
        self._talks = URLSafeSerializer(secret, salt="talk on a shared device")
        self._now = now

    def session_cookie(self, wave: str, mark: str) -> str:
        return self._sessions.dumps([wave, mark])

    def mark(self, wave: str, cookie: str) -> str | None:
        """Which session of the wave the device is in, over or not."""
        try:
            of, mark = self._sessions.loads(cookie)
        except BadSignature:
            return None
        return str(mark) if of == wave else None

    def talk_cookie(self, wave: str, talk: str) -> str:
        return self._talks.dumps([wave, talk, int(self._now().timestamp())])

    def talk(self, wave: str, cookie: str) -> str | None:
        """The talk, unless nobody has used it for so long that whoever does so now may be somebody else."""
        try:
            of, talk, used = self._talks.loads(cookie)
        except BadSignature:
            return None
        idle = self._now().timestamp() - used
        return str(talk) if of == wave and idle < IDLE + TO_SAY_SO + SLACK else None
