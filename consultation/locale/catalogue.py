"""Words to text. A key without a sentence is a bug, so it is loud; a locale without one falls back to English."""

from functools import cache
from pathlib import Path

from babel.lists import format_list
from babel.messages.pofile import read_po

from consultation.domain.wording import PLAIN, Value, Wording, Words

FOLDER = Path(__file__).parent


@cache
def catalogue(locale: str) -> dict[str, str]:
    """Key to sentence for one locale such as ``en`` or ``en@easy``; empty where there is no such catalogue."""
    path = FOLDER / f"{locale}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}


def sentence(key: str, locale: str) -> str:
    """The sentence for `key`, in `locale`, else its language, else English. `KeyError` if it is nowhere."""
    for tag in (locale, locale.partition("@")[0], PLAIN):
        if key in catalogue(tag):
            return catalogue(tag)[key]
    raise KeyError(f"no sentence for {key!r} in {PLAIN}.po")


def render(wording: Wording, locale: str) -> str:
    """The text that a person reads."""
    if isinstance(wording, Words):
        values = {name: _shown(value, locale) for name, value in wording.values.items()}
        return sentence(wording.key, locale).format(**values)
    return wording.in_(locale)


def _shown(value: Value, locale: str) -> str | int:
    """A value as it goes into a sentence; words become a list."""
    if not isinstance(value, tuple):
        return value
    language = locale.partition("@")[0]
    return format_list(
        [render(each, locale) for each in value],
        locale="en_GB" if language == PLAIN or not catalogue(language) else language,
    )
