"""What people type in each language where they could have pressed a button, as typed/*.yaml has it.

Must not know any option of a survey. What is typed is compared without what people leave out or mix up: capitals,
punctuation, accents, letters that look alike, and the figures of their own script.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from consultation.content import load
from consultation.domain.languages import ENGLISH, LANGUAGES, language_of
from consultation.flow.events import Command

FOLDER = Path(__file__).parent / "typed"
EVERYWHERE = (Command.HELP, Command.LANGUAGE)  # for whoever can't read what the chat says, too
PLAINEST = 4  # of the words for yes: those that leave no doubt
ALIKE = str.maketrans({"ł": "l", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ں": "ن"})
LEFT_OUT = re.compile(r"['’‘ʼʹ`´ـ\u200b-\u200f\u2060]")  # apostrophes, and what is not to be seen
DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


def fold(text: str) -> str:
    """`text` as it is compared. Empty where it has neither letters nor figures."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(each for each in apart if not unicodedata.combining(each))
    plain = "".join(str(unicodedata.decimal(each, each)) for each in LEFT_OUT.sub("", plain).translate(ALIKE))
    return " ".join(re.sub(r"[^\w]+|_", " ", DRAWN_OUT.sub(r"\1", plain)).split())


Several = Annotated[list[str], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    yes: Several
    no: Several
    nothing: Several
    never_mind: Several
    ordinals: Annotated[list[Several], Field(min_length=10, max_length=10)]
    numbers: dict[str, int]
    joins: Several = Field(alias="and")
    commands: dict[Command, list[str]]


@dataclass(frozen=True)
class TypedWords:
    """Those of one language, folded. The first of `yes` and of `no` is what labels begin with; `worded` finds numbers,
    and `joins` what stands between the parts of a list."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    nothing: frozenset[str]
    never_mind: frozenset[str]
    ordinals: Mapping[str, int]
    numbers: Mapping[str, int]
    worded: re.Pattern[str]
    joins: re.Pattern[str]
    commands: Mapping[str, Command]
    help_word: str


@cache
def words_of(language: str) -> TypedWords:
    """Raises `BadFile`."""
    file = load(FOLDER / f"{language}.yaml", _File)
    return TypedWords(
        yes=_folded(file.yes),
        no=_folded(file.no),
        nothing=frozenset(_folded(file.nothing)),
        never_mind=frozenset(_folded(file.never_mind)),
        ordinals={each: place for place, forms in enumerate(file.ordinals, 1) for each in _folded(forms)},
        numbers={fold(each): number for each, number in file.numbers.items()},
        worded=re.compile(rf"\b(?:{_any_of(map(fold, file.numbers))})\b"),
        joins=_between(file.joins),
        commands={each: command for command, forms in file.commands.items() for each in _folded(forms)},
        help_word=_folded(file.commands[Command.HELP])[0],
    )


def _folded(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(each) for each in forms))


def _between(words: Iterable[str]) -> re.Pattern[str]:
    """Commas and the like, and these words where they stand alone or beside a figure ("1and3")."""
    return re.compile(rf"[,;&/+\n،؛]|(?<![^\W\d])(?:{_any_of(words)})(?![^\W\d])", re.IGNORECASE)


def _any_of(words: Iterable[str]) -> str:
    """A pattern that prefers the longer one ("dwa razy" to "dwa")."""
    return "|".join(re.escape(each) for each in sorted(words, key=len, reverse=True))


def spoken(locale: str) -> tuple[TypedWords, ...]:
    """The words of the talk's own language, and then those of English."""
    return tuple(words_of(each) for each in dict.fromkeys((language_of(locale), ENGLISH)))


def typed_command(text: str, locale: str) -> Command | None:
    """The command that a message is, if it is nothing but one ("HELP", "/pomiń")."""
    typed = fold(text)
    known = (each.commands[typed] for each in spoken(locale) if typed in each.commands)
    return next(known, None) or _understood_everywhere().get(typed)


def command_word(text: str) -> Command | None:
    """The command whose own word this is: it says no more than pressing the button would. Other cries for help, which
    may say more, are no such word; nor is what asks for something in another language than English, but for help."""
    typed = fold(text)
    if typed in {words_of(each).help_word for each in LANGUAGES}:
        return Command.HELP
    return Command(typed) if typed in set(Command) else None


@cache
def _understood_everywhere() -> Mapping[str, Command]:
    return {
        typed: command
        for each in LANGUAGES
        for typed, command in words_of(each).commands.items()
        if command in EVERYWHERE
    }
