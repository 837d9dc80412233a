"""The shape of a transcript: what a person does turn by turn, and what must be seen, asked and stored.

Knows no door. A word that the file format does not know is refused, so that an expectation cannot be misspelt away.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from consultation.content import load
from consultation.domain.concern import Kind, Level
from consultation.domain.consultation import Audience, ContactMode
from consultation.flow.events import Command

HERE = Path(__file__).parent
Door = Literal["direct", "terminal", "web", "telegram"]
DOORS: tuple[Door, ...] = get_args(Door)
ACTS = ("start", "taps", "ticks", "types", "command", "sends", "old_button", "lead_writes")
LONG = 20_000  # characters of an answer that `types: {long: …}` makes


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LongText(Strict):
    """Words said over and over until they fill 20,000 characters."""

    long: str


class Turn(Strict):
    """One thing that the person does, then what they see of it.

    asks: the id of the question that must be asked now, "more" for its follow-up, or the name of a prompt of the
    system's own (such as delete_or_not); "nothing" where no reply is expected.
    """

    start: Audience | Literal["anyone"] | None = None
    taps: str | None = None
    ticks: list[str] | None = None
    types: str | LongText | None = None
    command: Command | None = None
    sends: Literal["photo", "sticker", "voice", "file"] | None = None
    old_button: str | None = None
    lead_writes: str | None = None  # the safeguarding lead does, to the handle that they were given
    links: list[str] | None = None  # all that can be pressed to ring, text or open, where a door can show that
    sees: list[str] = []
    never_sees: list[str] = []
    asks: str | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> "Turn":
        if len(self.model_fields_set & set(ACTS)) != 1:
            raise ValueError(f"a turn does exactly one of: {', '.join(ACTS)}.")
        return self

    @property
    def act(self) -> str:
        return next(each for each in ACTS if each in self.model_fields_set)

    @property
    def words(self) -> str:
        """What is typed."""
        if isinstance(self.types, LongText):
            return (self.types.long * (LONG // len(self.types.long) + 1))[:LONG]
        return self.types or ""

    @property
    def audience(self) -> Audience | None:
        """Whom the link that was opened is for; None for a link that does not say."""
        return self.start if isinstance(self.start, Audience) else None


class Sealed(Strict):
    """One message to the safeguarding lead. `text` is all of it; where there is none, it says that this chat may be
    written to."""

    kind: Kind
    level: Level
    text: str = ""
    allegation: bool = False


class Transcript(Strict):
    """A conversation, in a consultation that asks this survey, with this contact mode. `sealed`: all that goes to the
    safeguarding lead, and nothing else does. `recorded` holds answers that must be stored, `all_recorded` every one,
    `not_recorded` questions without a stored answer; `erased` says that nothing at all is left."""

    about: str
    survey: str = "what-we-want"
    contact: ContactMode = ContactMode.OPT_IN
    doors: list[Door] = list(DOORS)
    turns: list[Turn]
    recorded: dict[str, Any] = {}
    all_recorded: dict[str, Any] = {}
    not_recorded: list[str] = []
    erased: bool = False
    sealed: list[Sealed] = []

    @model_validator(mode="after")
    def _ends_with_a_claim(self) -> "Transcript":
        if not (self.recorded or self.all_recorded or self.erased or self.sealed):
            raise ValueError("say at the end what is recorded, what is sealed, or that everything is erased.")
        return self


@cache
def transcripts() -> dict[str, Transcript]:
    """Every transcript of this folder by the name of its file; those of the safety dialogue lie in `safety`."""
    return {path.stem: load(path, Transcript) for path in sorted(HERE.rglob("*.yaml"))}


def names_for(door: str) -> list[str]:
    """The transcripts that can be played through `door`."""
    return [name for name, transcript in transcripts().items() if door in transcript.doors]
