"""What must happen after a step, as data: what is recorded (in the transaction) and what is said (after it)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from consultation.domain.answer import Answer
from consultation.domain.concern import Kind
from consultation.domain.ids import QuestionId
from consultation.domain.text import RawText, RedactedText
from consultation.domain.wording import Wording
from consultation.flow.events import Command


class Mode(StrEnum):
    """How a reply may be given."""

    ONE = "one"
    SEVERAL = "several"
    SCALE = "scale"
    RANKING = "ranking"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


class Choice(NamedTuple):
    """A button: `value` travels back in `Tapped`, `label` is read by the person; `alone` excludes the others;
    `picture` is an emoji or the name of an image of the survey's own."""

    value: str
    label: Wording
    alone: bool = False
    picture: str = ""


@dataclass(frozen=True)
class Say:
    """Words that expect no reply."""

    wording: Wording


@dataclass(frozen=True)
class OfferHelpLines:
    """The help lines for this person, to be shown as text and links."""


@dataclass(frozen=True)
class Ask:
    """A prompt that expects a reply. `place` is (this one, of how many) among the survey's main questions and
    `minutes` about how long the rest takes, 0 where that is not said; `more` marks the follow-up to a question;
    `hints` say how to answer; `picture` stands beside it in Easy Read; of several at most `most` may be chosen (0:
    all); `so_far` is what was put in order already."""

    step: int
    prompt: Wording
    mode: Mode
    choices: tuple[Choice, ...] = ()
    commands: tuple[Command, ...] = ()
    question: QuestionId | None = None
    place: tuple[int, int] | None = None
    more: bool = False
    minutes: int = 0
    hints: tuple[Wording, ...] = ()
    picture: str = ""
    most: int = 0
    so_far: Wording | None = None


@dataclass(frozen=True)
class RecordConsent:
    """Consent was given to this dated wording: from here on answers may be recorded."""

    wording: str


@dataclass(frozen=True)
class RecordAnswer:
    """Write the answer to a question, replacing an earlier one."""

    question: QuestionId
    answer: Answer


@dataclass(frozen=True)
class ExtendAnswer:
    """Add the reply to the follow-up to the free text that is already recorded."""

    question: QuestionId
    text: RedactedText


@dataclass(frozen=True)
class EraseAnswer:
    """A changed choice closed the route to this question: what was answered there goes."""

    question: QuestionId


@dataclass(frozen=True)
class PassOn:
    """Show what the safeguarding lead has written to this person."""

    words: RawText


@dataclass(frozen=True)
class Refer:
    """Seal these words to the safeguarding lead: what someone replied when asked whether they are safe, how they want
    to be reached, or what they wrote back. Words of a turn that the screen minds are sealed without it, too."""

    words: RawText
    kind: Kind = Kind.SAFETY


@dataclass(frozen=True)
class OpenHandle:
    """The person agrees that the safeguarding lead writes to them in this chat: make the handle for that, and tell the
    lead of it, sealed."""


@dataclass(frozen=True)
class EndContact:
    """The person wants nothing more from the safeguarding lead in this chat: its handles go."""


@dataclass(frozen=True)
class PlanReminder:
    """The person asked to be reminded once, after so many days."""

    days: int


@dataclass(frozen=True)
class FinishResponse:
    """The last question is behind the person."""


@dataclass(frozen=True)
class WithdrawResponse:
    """The person takes everything back."""


Effect: TypeAlias = (
    Say
    | OfferHelpLines
    | Ask
    | RecordConsent
    | RecordAnswer
    | ExtendAnswer
    | EraseAnswer
    | PassOn
    | Refer
    | OpenHandle
    | EndContact
    | PlanReminder
    | FinishResponse
    | WithdrawResponse
)
