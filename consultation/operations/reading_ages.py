"""How hard the system's own words are to read, part by part, in plain English and in Easy Read. Judges nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from consultation.domain.survey import Survey
from consultation.domain.wording import EASY_READ, PLAIN, Localised
from consultation.locale.catalogue import catalogue, sentence
from consultation.safeguarding.help_lines import load_help_lines
from consultation.surveys import parse_survey, template
from consultation.surveys.reading import measure, reading_age, sentences, words

CHAT = "The chat: asking, answering, moving about"
PARTS = {  # whose keys begin so; the longest beginning counts
    "Safety: help lines offered, contact with the safety team": (
        "safeguarding.", "safe.", "contact.", "may_write.", "help", "ask.after_", "ask.how_to_reach",
        "ask.may_they_write", "ask.written_to", "ask.writing_back", "hint.sealed",
    ),
    "Privacy: what is kept, hidden and deleted": (
        "privacy", "hidden.", "delete", "wave.", "turn.not_stored", "ask.delete_or_not", "command.privacy",
    ),
    "Receipts, codes and reminders": ("receipt.", "code.", "reminder."),
    "Web pages around the chat": ("web.", "flood."),
    "Shared devices": ("shared.",),
    CHAT: ("",),
}  # fmt: skip
TEMPLATES = ("what-we-want", "every-kind")
# What goes into the braces is not ours to make easier; it is measured as people usually get it.
TYPICAL = {
    "authority": "the council", "purpose": "to make things better.", "decided_by": "the council",
    "opens_on": "3 March", "closes_on": "3 March", "answers_until": "3 March", "day": "3 March",
    "earliest": "3 March", "latest": "3 March",
    "address": "this page", "kinds": "a name", "kept": "what you wrote", "place": "Town", "ranked": "buses",
    "example": "3 March", "low": "not at all", "high": "very much",
}  # fmt: skip
BRACES = re.compile(r"\{([a-z_]+)[^{}]*\}")


@dataclass(frozen=True)
class Reading:
    """Of some texts that belong together: `age` over all of them, and the text that needs the highest."""

    sentences: int
    longest: int  # words
    age: float
    hardest: str
    hardest_age: float


@dataclass(frozen=True)
class Part:
    """Some of what the system says, in both of its English wordings; None: it is not said in that one."""

    name: str
    plain: Reading | None
    easy: Reading | None


def parts(more: Mapping[str, Iterable[str]]) -> list[Part]:
    """Everything, and `more` that comes in plain English alone."""
    found = [Part(name, read(_system(name, PLAIN)), read(_system(name, EASY_READ))) for name in reversed(PARTS)]
    for each in TEMPLATES:
        survey = parse_survey(template(each), Path(f"{each}.yaml"))
        texts = [(one.in_(PLAIN), one.in_(EASY_READ)) for one in _wordings(survey)]
        found.append(Part(f"Survey {each}", *(read(side) for side in zip(*texts, strict=True))))
    lines = load_help_lines()
    found.append(Part("What help lines are", read(each.plain for each in lines), read(each.easy for each in lines)))
    return [*found, *(Part(name, read(texts), None) for name, texts in more.items())]


def texts_of(name: str, locale: str) -> dict[str, str]:
    """Key to text of one of PARTS, as a reader of `locale` gets it."""
    return {key: sentence(key, locale) for key in catalogue(PLAIN) if _part_of(key) == name}


def _system(name: str, locale: str) -> Iterable[str]:
    return texts_of(name, locale).values()


def _part_of(key: str) -> str:
    beginnings = [(begins, name) for name, each in PARTS.items() for begins in each if key.startswith(begins)]
    return max(beginnings, key=lambda each: len(each[0]))[1]


def _wordings(survey: Survey) -> Iterator[Localised]:
    yield from (*survey.every_opening, survey.thanks)
    for question in survey.questions:
        yield question.prompt
        yield from (each for each in (question.follow_up, question.low, question.high) if each)
        yield from (wording for each in question.options for wording in (each.label, each.ends) if wording)


def read(texts: Iterable[str]) -> Reading:
    shown = [as_shown(each) for each in dict.fromkeys(texts)]
    said = [each for text in shown for each in sentences(text)]
    hardest = max(shown, key=lambda text: reading_age(text) or 0.0)
    return Reading(
        len(said),
        max(len(words(each)) for each in said),
        measure(shown).age or 0.0,
        max(sentences(hardest), key=lambda each: (reading_age(each) or 0.0, len(each))),
        reading_age(hardest) or 0.0,
    )


def as_shown(text: str) -> str:
    """A text with what usually stands in its braces."""
    return BRACES.sub(lambda found: TYPICAL.get(found[1], "5"), text)


HEAD = """\
# Reading ages

How old one must be to read what Sayso says, by the Flesch-Kincaid formula (American school grade + 5), over sentences
of five words or more. Made by `sayso wording --write`; a test keeps it up to date. The formula knows the length of
words and sentences and nothing else, and of a short text it says little: it is a guide, and no proof.

| | Plain: sentences | longest (words) | age | hardest text | Easy Read: sentences | longest | age | hardest text |
|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


def as_markdown(found: Iterable[Part]) -> str:
    """A table, and the hardest sentence of each part beneath it."""
    listed = list(found)
    rows = [f"| {each.name} | {_cells(each.plain)} | {_cells(each.easy)} |" for each in listed]
    return "\n".join([HEAD, *rows, "", "## The hardest", "", *_hardest(listed), ""])


def _cells(reading: Reading | None) -> str:
    if reading is None:
        return " | ".join("–" * 4)
    hardest = f"{reading.hardest_age:.1f}" if reading.hardest_age else "–"
    return f"{reading.sentences} | {reading.longest} | {reading.age:.1f} | {hardest}"


def _hardest(found: Iterable[Part]) -> Iterator[str]:
    for each in found:
        for name, reading in (("plain", each.plain), ("Easy Read", each.easy)):
            if reading and reading.hardest_age:
                yield f"- {each.name}, {name} ({reading.hardest_age:.1f}): {reading.hardest}"
