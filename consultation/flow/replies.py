"""What a typed reply means where a choice or a number was asked: "2", "the second one", "tak", the label itself.

Pure text matching against the options of one prompt, in the talk's language and then in English; it never guesses
between two.
"""

import re
from collections.abc import Sequence

from consultation.flow.typed import PLAINEST, fold, spoken

Choices = Sequence[tuple[str, str]]  # (value, label) in shown order


def match_choice(text: str, choices: Choices, locale: str) -> str | None:
    """The value of the one choice that `text` names, or None."""
    typed = fold(text)
    if not typed:
        return None
    labels = [(value, fold(label)) for value, label in choices]
    exact = [value for value, label in labels if typed in (label, fold(value))]
    if len(exact) == 1:
        return exact[0]
    place = int(typed) if typed.isdecimal() and len(typed) < 4 else _place(typed, locale)
    if 1 <= place <= len(choices):
        return choices[place - 1][0]
    meant, heads = _yes_or_no(typed, locale)
    if meant in dict(choices):
        return meant
    starts = [value for value, label in labels if any(f"{label} ".startswith(f"{each} ") for each in (typed, *heads))]
    return starts[0] if len(starts) == 1 else None


def _place(typed: str, locale: str) -> int:
    return next((each.ordinals[typed] for each in spoken(locale) if typed in each.ordinals), 0)


def _yes_or_no(typed: str, locale: str) -> tuple[str, tuple[str, ...]]:
    """ "yes" or "no" where it means that, with the words that labels begin with which say so."""
    for words in spoken(locale):
        for meant, forms in (("yes", words.yes), ("no", words.no)):
            if typed in forms:
                return meant, tuple(getattr(each, meant)[0] for each in spoken(locale))
    return "", ()


def is_plain_yes(text: str, locale: str) -> bool:
    """A yes that can't mean anything else: no "ok", and no "sure"."""
    return any(fold(text) in each.yes[:PLAINEST] for each in spoken(locale))


def match_choices(text: str, choices: Choices, locale: str) -> tuple[str, ...] | None:
    """The values of all choices named in a list such as "1, 3" or "teacher and nurse", in shown order; None if any is
    unclear."""
    named = match_in_order(text, choices, locale)
    return named and tuple(value for value, _ in choices if value in named)


def match_in_order(text: str, choices: Choices, locale: str) -> tuple[str, ...] | None:
    """The same, in the order in which they are named: "3, 1" is the third before the first."""
    whole = match_choice(text, choices, locale)
    if whole is not None:
        return (whole,)
    for words in spoken(locale):
        parts = [part for part in words.joins.split(text) if part.strip()]
        if len(parts) == 1 and re.fullmatch(r"[\d\s]+", text):
            parts = text.split()
        found = dict.fromkeys(match_choice(part, choices, locale) for part in parts)
        if found and None not in found:
            return tuple(each for each in found if each is not None)
    return None


def match_number(text: str, locale: str) -> int | None:
    """A whole number written in figures or words ("about 3", "dwa razy"); None if there is none or more than one."""
    figures = re.findall(r"-?\d+", text)
    if len(figures) == 1 and len(figures[0]) < 10:
        return int(figures[0])
    if figures:
        return None
    for words in spoken(locale):
        worded = words.worded.findall(fold(text))
        if worded:
            return words.numbers[worded[0]] if len(worded) == 1 else None
    return None


def declines(text: str, locale: str) -> bool:
    """It is nothing but a "never mind", where words were asked for."""
    return any(fold(text) in each.never_mind for each in spoken(locale))


def says_nothing(text: str, locale: str) -> bool:
    """It is nothing but a "don't know", however often."""
    typed = fold(text)
    return any(typed in each.nothing or all(word in each.nothing for word in typed.split()) for each in spoken(locale))
