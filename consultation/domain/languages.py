"""The languages that Sayso speaks, and how a locale is made of a language and a variant: ``pl``, ``en@easy``.

Must not know any sentence. Easy Read is a variant of a language, and not a language.
"""

from types import MappingProxyType

ENGLISH = "en"
EASY = "easy"

# In their own words, as people look for them, and in the order in which they are offered.
LANGUAGES = MappingProxyType(
    {
        "en": "English",
        "cy": "Cymraeg",
        "pl": "Polski",
        "ro": "Română",
        "uk": "Українська",
        "ur": "اردو",
        "ar": "العربية",
    }
)
IN_ENGLISH = MappingProxyType(
    {
        "en": "English",
        "cy": "Welsh",
        "pl": "Polish",
        "ro": "Romanian",
        "uk": "Ukrainian",
        "ur": "Urdu",
        "ar": "Arabic",
    }
)
EASY_READ_IN = frozenset({"en"})  # the languages in which Sayso has an Easy Read of its own words
RIGHT_TO_LEFT = frozenset({"ur", "ar"})


def language_of(locale: str) -> str:
    return locale.partition("@")[0]


def is_easy(locale: str) -> bool:
    return locale.partition("@")[2] == EASY


def in_language(locale: str, language: str) -> str:
    """The same variant of another language, where that has it."""
    return with_easy(language, is_easy(locale) and has_easy(language))


def with_easy(locale: str, easy: bool) -> str:
    """The same language, in Easy Read or not."""
    return f"{language_of(locale)}@{EASY}" if easy else language_of(locale)


def has_easy(locale: str) -> bool:
    """Whether there is an Easy Read in this language."""
    return language_of(locale) in EASY_READ_IN


def direction(locale: str) -> str:
    """Which way it is written, as HTML has it."""
    return "rtl" if language_of(locale) in RIGHT_TO_LEFT else "ltr"


def is_locale(tag: str) -> bool:
    """Whether it is a language that Sayso speaks, in one of its variants."""
    return tag in LANGUAGES or (is_easy(tag) and has_easy(tag))
