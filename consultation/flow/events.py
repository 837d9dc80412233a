"""What a person did, in the engine's words. A door makes these out of updates, posts and keystrokes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.domain.text import RawText, RedactedText


class Command(StrEnum):
    """What a person can ask for at any moment."""

    HELP = "help"
    PRIVACY = "privacy"
    BACK = "back"
    SKIP = "skip"
    CHANGE = "change"
    STOP = "stop"
    RESUME = "resume"
    EASY = "easy"
    PLAIN = "plain"
    DELETE = "delete"
    REPHRASE = "another way"


@dataclass(frozen=True)
class Began:
    """The person opened the consultation, perhaps by a link that says who they are."""

    audience: Audience | None = None


@dataclass(frozen=True)
class Said:
    """The person typed. `raw` is for matching listed choices and is never recorded; `redacted` may be. `step` is
    that of the prompt it was typed under, where the channel knows (a page does, a chat does not). `about_staff`: the
    concern is about an adult who works with children."""

    raw: RawText
    redacted: RedactedText
    concern: Level = Level.NONE
    step: int | None = None
    about_staff: bool = False


@dataclass(frozen=True)
class Tapped:
    """The person pressed a button, or ticked boxes, that were offered at `step`."""

    step: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Commanded:
    """The person asked for something. `step` is that of the prompt whose button was pressed, where there was one."""

    command: Command
    step: int | None = None


@dataclass(frozen=True)
class SentSomethingElse:
    """A photo, a sticker, a voice note: `kind` is the system word for it (photo, sticker, voice, file)."""

    kind: str


@dataclass(frozen=True)
class Written:
    """The safeguarding lead has written to this person, who asked for it. Not recorded as anybody's answer."""

    words: RawText


Event: TypeAlias = Began | Said | Tapped | Commanded | SentSomethingElse | Written
