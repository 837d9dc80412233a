"""Words to text. A key without a sentence is a bug, so it is loud; a locale without one falls back to English."""

from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po

from consultation.domain.languages import language_of
from consultation.domain.wording import ANY, PLAIN, Filled, Localised, Value, Wording, Words, fallbacks

FOLDER = Path(__file__).parent


@cache
def catalogue(locale: str) -> dict[str, str]:
    """Key to sentence for one locale such as ``en`` or ``en@easy``; empty where there is no such catalogue."""
    path = FOLDER / f"{locale}.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}


def lacking(language: str) -> list[str]:
    """The keys that a language has no sentence for, in the order of the English ones."""
    return [key for key in catalogue(PLAIN) if key not in catalogue(language)]


def sentence(key: str, locale: str) -> str:
    """The sentence for `key`, in `locale`, else its language, else English. `KeyError` if it is nowhere."""
    return catalogue(locale_of(key, locale))[key]


def locale_of(key: str, locale: str) -> str:
    """Whose sentence it is that `locale` gets. `KeyError` if it is nowhere."""
    for tag in fallbacks(locale):
        if key in catalogue(tag):
            return tag
    raise KeyError(f"no sentence for {key!r} in {PLAIN}.po")


def render(wording: Wording, locale: str) -> str:
    """The text that a person reads."""
    if isinstance(wording, Words):
        values = {name: _shown(value, locale) for name, value in wording.values.items()}
        return sentence(wording.key, locale).format(**values)
    if isinstance(wording, Filled):
        return wording.in_(locale, lambda labels: format_list(labels, locale=_babel(locale)))
    return wording.in_(locale)


def written_in(wording: Wording, locale: str) -> str:
    """The language that a reader of `locale` gets this in: another one where it is not translated."""
    tag = locale_of(wording.key, locale) if isinstance(wording, Words) else wording.tag_for(locale)
    return language_of(locale if tag == ANY else tag)


def in_words(day: date, locale: str = PLAIN) -> str:
    """As people of that language read it: "3 March 2029", "3 marca 2029"."""
    return format_date(day, "d MMMM y", locale=_babel(locale))


def _shown(value: Value, locale: str) -> str | int:
    """A value as it goes into a sentence; several wordings become a list."""
    if isinstance(value, date):
        return in_words(value, locale)
    if isinstance(value, Localised | Filled):
        return render(value, locale)
    if isinstance(value, tuple):
        return format_list([render(each, locale) for each in value], locale=_babel(locale))
    return value


def _babel(locale: str) -> str:
    language = language_of(locale)
    return "en_GB" if language == PLAIN or not catalogue(language) else language
