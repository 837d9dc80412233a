"""Which options a typed reply names: by number, by words, by the picture that stands beside them. Pure."""

import re
from collections.abc import Sequence

from consultation.domain.survey import QuestionKind
from consultation.flow.effects import Choice
from consultation.flow.replies import Choices, match_choice, match_choices, match_in_order, match_number
from consultation.flow.typed import fold

BETWEEN_PICTURES = re.compile(r"[\s,;.!️\U0001f3fb-\U0001f3ff]+")  # and what only shades a picture


def options_typed(
    kind: QuestionKind, typed: str, offered: Sequence[Choice], named: Choices, locale: str
) -> tuple[str, ...]:
    """The values of what is named, in the order in which a ranking is meant; none where it is not clear. `named` are
    the values and labels of what is `offered`."""
    pictured = _pictures(typed, offered)
    if pictured:
        return pictured
    match kind:
        case QuestionKind.SEVERAL:
            return match_choices(typed, named, locale) or ()
        case QuestionKind.RANKING:
            return match_in_order(typed.replace(">", ","), named, locale) or ()
        case QuestionKind.SCALE:
            value = _point(typed, named, locale)
        case _:
            value = match_choice(typed, named, locale)
    return (value,) if value is not None else ()


def _pictures(typed: str, offered: Sequence[Choice]) -> tuple[str, ...]:
    """Where it is nothing but pictures that stand there."""
    values = {BETWEEN_PICTURES.sub("", each.picture): each.value for each in offered if not each.picture.isascii()}
    if not values:
        return ()
    bare = BETWEEN_PICTURES.sub("", typed)
    one = "|".join(re.escape(each) for each in sorted(values, key=len, reverse=True))
    if not re.fullmatch(f"(?:{one})+", bare):
        return ()
    return tuple(dict.fromkeys(values[each] for each in re.findall(one, bare)))


def _point(typed: str, named: Choices, locale: str) -> str | None:
    """A place on a scale: its figure ("4", "4 out of 5"), its words, or the number in words. Never which in order."""
    exact = [value for value, label in named if fold(label) == fold(typed)]
    if exact and not typed.strip().startswith("-"):
        return exact[0]
    points = {value for value, _ in named}
    figures = [str(int(each)) for each in re.findall(r"-?\d+", typed) if len(each) < 6]
    if figures:
        of_highest = len(figures) == 2 and figures[1] == named[-1][0]
        return figures[0] if figures[0] in points and (len(figures) == 1 or of_highest) else None
    value = match_choice(typed, named, locale)
    if value is not None:
        return value
    number = str(match_number(typed, locale) or "")  # what is none at all is not taken for 0
    return number if number in points else None
