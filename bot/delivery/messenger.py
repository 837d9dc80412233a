"""What every means of telling somebody has in common, and one that only notes what it is given."""

from dataclasses import dataclass, field
from typing import Protocol

from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.notices import Notice

SECONDS = 10.0  # that a server has for each step of taking a message


class NotSent(Exception):
    """It did not go out, or nobody knows whether it did; it is tried again. `str()` says why, for the log: it holds no
    address, no reference and no secret."""


class Messenger(Protocol):
    """One means. It may be used by several threads."""

    def send(self, notice: Notice, to: Contact) -> None:
        """Tell this contact, who has an address of this means. What was sent before under the same id looks the same.
        Raises `NotSent`."""


@dataclass
class Noting:
    """Sends nothing, and keeps what it was given; `refuses`: as if nobody could be reached."""

    told: list[tuple[Notice, Contact]] = field(default_factory=list)
    refuses: bool = False

    def send(self, notice: Notice, to: Contact) -> None:
        if self.refuses:
            raise NotSent("it refuses")
        self.told.append((notice, to))
