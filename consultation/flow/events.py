"""What a person did, in the engine's words. A door makes these out of updates, posts and keystrokes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from consultation.domain.concern import Level
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
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
    LANGUAGE = "language"


@dataclass(frozen=True)
class Began:
    """The person opened the consultation, perhaps by a link that says who they are, or where (`place`, an option of
    the question that a link may answer); `locale` is their own, where the channel knows it."""

    audience: Audience | None = None
    place: str | None = None
    locale: str | None = None


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
class Edited:
    """The person edited the message in which they answered `question`: what they say now. None: it answered nothing
    that still stands."""

    question: QuestionId | None
    said: Said


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
    """A photo, a sticker, a voice note: `kind` is the system word for it (photo, sticker, voice, file, location,
    contact, other)."""

    kind: str


@dataclass(frozen=True)
class Written:
    """The safeguarding lead has written to this person, who asked for it. Not recorded as anybody's answer."""

    words: RawText


@dataclass(frozen=True)
class Reminded:
    """The day has come on which the person asked to be reminded, at `step`: later ones say that they came back."""

    step: int


@dataclass(frozen=True)
class ChoseLanguage:
    """The person picked a language, or one of its variants, from a menu that is always there."""

    locale: str


Event: TypeAlias = Began | Said | Edited | Tapped | Commanded | SentSomethingElse | Written | Reminded | ChoseLanguage
