"""Answers that came from elsewhere, in a CSV file: screened and redacted on the way in, like any other answer.

Nothing is half read: a file with any bad row is refused as a whole, with the rows named.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from consultation.domain.concern import Concern, Level
from consultation.domain.consultation import Audience
from consultation.domain.text import RawText
from consultation.operations.redacted_answers import RedactedAnswer, RedactedResponse
from consultation.privacy.detect import Detector
from consultation.privacy.redact import redact

COLUMNS = ("audience", "question", "text")
USED = (*COLUMNS, "respondent")
QUESTION_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
ALSO_KNOWN_AS = {
    "yp": Audience.YOUNG_PERSON,
    "child": Audience.YOUNG_PERSON,
    "children": Audience.YOUNG_PERSON,
    "young people": Audience.YOUNG_PERSON,
    "parent": Audience.PARENT_CARER,
    "parents": Audience.PARENT_CARER,
    "carer": Audience.PARENT_CARER,
    "parents and carers": Audience.PARENT_CARER,
    "practitioner": Audience.STAFF,
    "worker": Audience.STAFF,
}


class BadAnswersFile(ValueError):
    """The file cannot be read as answers. `str()` names the row and how to mend it."""


@dataclass(frozen=True)
class Received:
    """What a file held. `concerns` are (row, level) for the safeguarding lead to look up in the original file;
    `hidden` counts the answers in which something identifying was hidden."""

    responses: list[RedactedResponse]
    concerns: list[tuple[int, Level]]
    hidden: int


def receive_file(
    content: bytes,
    detector: Detector,
    screen: Callable[[str], Concern],
    on: date,
    progress: Callable[[int], None] = lambda row: None,
) -> Received:
    """Read the answers in `content` (CSV with a header row). Raises `BadAnswersFile`.

    A column `respondent`, if there is one, says which rows are one person's; otherwise each row is a person.
    Answers of the immediate level are withheld; words that only worry are kept, redacted, as in the chat. Questions
    are redacted too, because their wording may name somebody; ids such as good_worker stay as they are.
    """
    questions: dict[str, tuple[str, bool]] = {}
    people: dict[str, list[RedactedAnswer]] = {}
    audiences: dict[str, Audience] = {}
    concerns: list[tuple[int, Level]] = []
    hidden = 0
    for number, row in _rows(content):
        concern = screen(row["text"])
        redacted = redact(RawText(row["text"]), detector)
        if concern.level is not Level.NONE:
            concerns.append((number, concern.level))
        withheld = concern.level is Level.IMMEDIATE
        asked = row["question"].strip()
        if asked not in questions:
            questions[asked] = _question(asked, detector)
        question, names_somebody = questions[asked]
        hidden += bool(redacted.hidden) or names_somebody
        person = (row.get("respondent") or "").strip() or f"row {number}"
        audience = _audience(row["audience"])
        assert audience is not None
        if audiences.setdefault(person, audience) is not audience:
            raise BadAnswersFile(
                f"Row {number}: respondent '{person}' has another audience further up. Make them agree."
            )
        kind, text = ("Withheld", None) if withheld else ("Told", redacted.text)
        people.setdefault(person, []).append(RedactedAnswer(f"r{number:06}", question, kind, None, text, on))
        progress(number)
    ids = {person: f"p{place:06}" for place, person in enumerate(people, 1)}
    responses = [
        RedactedResponse(ids[person], audiences[person].value, "file", True, tuple(answers))
        for person, answers in people.items()
    ]
    return Received(responses, concerns, hidden)


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number as a spreadsheet shows it, cells), all checked before the first is given out."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadAnswersFile(
            "The file is not UTF-8 text. In Excel, save it as 'CSV UTF-8 (comma delimited)'."
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))  # csv itself knows the ends of lines, old Macs' too
    names = _names(reader)
    missing = [each for each in COLUMNS if each not in names]
    if missing:
        raise BadAnswersFile(
            f"The first row must name the columns audience, question and text; {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. It says: {', '.join(names) or 'nothing'}."
        )
    reader.fieldnames = names
    rows = [(number, row) for number, row in _numbered(reader) if any(row.get(name) for name in names)]
    faults = [fault for number, row in rows if (fault := _fault(number, row))]
    if faults:
        more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""
        raise BadAnswersFile("\n".join(faults[:5]) + more + "\nNothing was read. Mend these rows and try again.")
    if not rows:
        raise BadAnswersFile("The file has no answers under its header row.")
    yield from rows


def _names(reader: "csv.DictReader[str]") -> list[str]:
    """The names in the first row, each of those that are used once at most."""
    try:
        names = [name.strip().casefold() for name in reader.fieldnames or []]
    except csv.Error as error:
        raise _unreadable(1, error) from None
    twice = [each for each in USED if names.count(each) > 1]
    if twice:
        raise BadAnswersFile(f"Two columns are called '{twice[0]}'. Give one of them another name, or take it out.")
    return names


def _numbered(reader: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, str]]]:
    number = 2
    try:
        for row in reader:
            yield number, row
            number += 1
    except csv.Error as error:
        raise _unreadable(number, error) from None


def _unreadable(number: int, error: csv.Error) -> BadAnswersFile:
    if "field limit" in str(error):
        return BadAnswersFile(
            f"Row {number}: a cell is longer than {csv.field_size_limit():,} characters. A quotation mark may be "
            "missing at its end; if not, shorten it. Nothing was read."
        )
    return BadAnswersFile(f"Row {number} can't be read as CSV ({error}). Save the file as CSV again. Nothing was read.")


def _question(asked: str, detector: Detector) -> tuple[str, bool]:
    """(a question's id or wording as it may be kept, whether something was hidden in it).

    An id is read as the words that it is made of: whole, good_worker looks like somebody's username.
    """
    words = asked.replace("_", " ") if QUESTION_ID.fullmatch(asked) else asked
    redacted = redact(RawText(words), detector)
    return (redacted.text, True) if redacted.hidden else (asked, False)


def _fault(number: int, row: dict[str, str]) -> str | None:
    if None in row:
        return f"Row {number}: more cells than the header has. Put quotation marks around text that holds commas."
    if _audience(row["audience"] or "") is None:
        known = ", ".join(Audience)
        return f"Row {number}: audience '{row['audience']}' is not known. Use one of: {known}."
    if not (row["question"] or "").strip():
        return f"Row {number}: the question is missing. Give its id, or its wording."
    if not (row["text"] or "").strip():
        return f"Row {number}: the text is empty. Fill it in, or take the row out."
    return None


def _audience(cell: str) -> Audience | None:
    name = cell.strip().casefold().replace("-", " ").replace("_", " ")
    exact = {each.value.replace("_", " "): each for each in Audience}
    return exact.get(name) or ALSO_KNOWN_AS.get(name)
