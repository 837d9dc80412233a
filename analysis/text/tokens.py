"""What stands in an answer where something identifying was, in words for readers. Knows no file format."""

from collections.abc import Iterable
from dataclasses import dataclass

from consultation.domain.text import KIND_OF_TOKEN, TOKEN, Kind

STOOD = {
    Kind.PERSON: "a person’s name",
    Kind.SCHOOL: "the name of a school or college",
    Kind.ADDRESS: "an address",
    Kind.POSTCODE: "a postcode",
    Kind.PHONE: "a phone number",
    Kind.EMAIL: "an email address",
    Kind.HANDLE: "a username",
    Kind.LINK: "a web link",
    Kind.NHS_NUMBER: "an NHS number",
    Kind.NI_NUMBER: "a National Insurance number",
    Kind.DATE_OF_BIRTH: "a date of birth",
    Kind.AGE: "an age",
    Kind.OTHER_ID: "a reference number",
}
NOBODY_SEES = "Words in square brackets stand where something was hidden before it was stored. Nobody here can see it."


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: words as they were typed, or a token and what stood there."""

    text: str
    stood: str = ""


def pieces(text: str) -> list[Piece]:
    """The text in order."""
    found, position = [], 0
    for match in TOKEN.finditer(text):
        found += [Piece(text[position : match.start()]), Piece(match.group(), STOOD[KIND_OF_TOKEN[match.group()]])]
        position = match.end()
    return [each for each in [*found, Piece(text[position:])] if each.text]


def legend(texts: Iterable[str]) -> list[Piece]:
    """Each token that stands in any of the texts, once, in the order of the kinds."""
    found = {each for text in texts for each in TOKEN.findall(text)}
    return [Piece(kind.token, stood) for kind, stood in STOOD.items() if kind.token in found]
