"""What a typed reply means where a choice or a number was asked: "2", "the second one", "yes", the label itself.

Pure text matching against the options of one prompt; it never guesses between two.
"""

import re
from collections.abc import Sequence

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
WORDED_NUMBERS = {word: number for number, word in enumerate(NUMBERS)} | {
    "none": 0, "never": 0, "no": 0, "nil": 0, "once": 1, "twice": 2, "thrice": 3,
}  # fmt: skip
SAME_AS = {
    "y": "yes", "yeah": "yes", "yep": "yes", "ya": "yes", "yh": "yes", "ok": "yes", "okay": "yes", "sure": "yes",
    "agree": "yes", "i agree": "yes", "n": "no", "nah": "no", "nope": "no", "no thanks": "no",
}  # fmt: skip

NEVER_MIND = frozenset(
    {"never mind", "nevermind", "nvm", "no", "nope", "nah", "no thanks", "no thank you", "cancel", "nothing", "none",
     "forget it", "not now", "i dont want to", "i don't want to", "dont", "don't", "leave it"}
)  # fmt: skip


def _fold(text: str) -> str:
    return re.sub(r"[^\w ]+", "", text.casefold().replace("’", "'")).strip()


def match_choice(text: str, choices: Sequence[tuple[str, str]]) -> str | None:
    """The value of the one choice that `text` names, or None. `choices` are (value, label) in shown order."""
    typed = _fold(text)
    if not typed:
        return None
    labels = [(value, _fold(label)) for value, label in choices]
    exact = [value for value, label in labels if typed in (label, value.casefold().replace("_", " "))]
    if len(exact) == 1:
        return exact[0]
    ordinal = re.fullmatch(rf"(?:the )?({'|'.join(ORDINALS)})(?: one)?", typed)
    place = int(typed) if typed.isdecimal() and len(typed) < 4 else ORDINALS.index(ordinal[1]) + 1 if ordinal else 0
    if 1 <= place <= len(choices):
        return choices[place - 1][0]
    meant = SAME_AS.get(typed, typed)
    starts = [value for value, label in labels if label == meant or label.startswith(meant + " ")]
    return starts[0] if len(starts) == 1 else None


def declines(text: str) -> bool:
    """It is nothing but a "never mind", where words were asked for."""
    return _fold(text) in NEVER_MIND


def match_choices(text: str, choices: Sequence[tuple[str, str]]) -> tuple[str, ...] | None:
    """The values of all choices named in a list such as "1, 3" or "teacher and nurse"; None if any is unclear."""
    whole = match_choice(text, choices)
    if whole is not None:
        return (whole,)
    parts = [part for part in re.split(r"[,;&/+\n]|\band\b", text) if part.strip()]
    if len(parts) == 1 and re.fullmatch(r"[\d\s]+", text):
        parts = text.split()
    found = [match_choice(part, choices) for part in parts]
    if not found or None in found:
        return None
    named = {value for value in found if value is not None}
    return tuple(value for value, _ in choices if value in named)


def match_number(text: str) -> int | None:
    """A whole number written in figures or words ("about 3", "twice"); None if there is none or more than one."""
    figures = re.findall(r"-?\d+", text)
    if len(figures) == 1 and len(figures[0]) < 10:
        return int(figures[0])
    if figures:
        return None
    worded = [WORDED_NUMBERS[word] for word in _fold(text).split() if word in WORDED_NUMBERS]
    return worded[0] if len(worded) == 1 else None
