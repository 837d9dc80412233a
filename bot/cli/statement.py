"""Everything that a safeguarding lead approves, as they read it in a terminal: in English first, and then what people
read in other languages, one language after the other. Decides nothing."""

from collections.abc import Iterator

from consultation.domain.consultation import ContactMode
from consultation.domain.languages import ENGLISH, IN_ENGLISH, LANGUAGES
from consultation.domain.wording import EASY_READ, PLAIN
from consultation.locale import in_words
from consultation.locale.approved import approved_sentences
from consultation.operations.sign_off import Statement
from consultation.safeguarding.arrangements import Arrangements, Contact
from consultation.safeguarding.screen import SHIPPED as THRESHOLDS

VARIANTS = {PLAIN: "Standard wording", EASY_READ: "Easy Read"}  # of English
MODES = {
    ContactMode.SIGNPOST: "People are shown help lines. Nobody can get in touch with them. You get what they wrote, "
    "sealed, and don't know whose it is.",
    ContactMode.OPT_IN: "People are shown help lines, and may write down how they can be reached. That is sealed to "
    "you, and you are expected to get in touch with them.",
    ContactMode.REPLY_HANDLE: "People are shown help lines, and may agree that you write to them in the same chat for "
    "a few days. You don't learn who they are. If a life is in danger, your key and a deputy's together open the "
    "chat's address: Telegram's number for it; on the web there is none to find.",
}


def statement_in_words(statement: Statement) -> str:
    """All of it, in the order of the file, and then what people read."""
    return "\n".join(
        [
            arrangements_in_words(statement.arrangements),
            *_sentences(),
            *_openings(statement),
            *_modes(statement),
            *(line for each in LANGUAGES if each != ENGLISH for line in _in_language(statement, each)),
        ]
    )


def arrangements_in_words(arrangements: Arrangements) -> str:
    return "\n".join(
        [*_contacts(arrangements), *_times(arrangements), *_thresholds(arrangements), *_help_lines(arrangements)]
    )


def _contacts(arrangements: Arrangements) -> Iterator[str]:
    yield "WHO IS TOLD, in this order"
    yield from (f"  {place}. {_reach(each)}" for place, each in enumerate(arrangements.ladder(), 1))
    if arrangements.allegations:
        yield f"  Of an allegation against somebody who works with children, first: {_reach(arrangements.allegations)}"


def _reach(contact: Contact) -> str:
    telegram = f"Telegram chat {contact.telegram}" if contact.telegram else None
    return f"{contact.role}: {', '.join(str(each) for each in (contact.email, telegram, contact.webhook) if each)}"


def _times(arrangements: Arrangements) -> Iterator[str]:
    patience = arrangements.patience
    yield "\nTIMES"
    yield f"  The next is told after {patience.immediate} minutes where somebody may be in danger right now,"
    yield f"  and after {patience.support} minutes where something is worrying."
    yield f"  Every day at {arrangements.heartbeat:%H:%M} all of them hear that the path to them works."
    days = "the day of agreeing alone" if arrangements.reply_days == 1 else f"{arrangements.reply_days} days at most"
    yield f"  Somebody who agrees to be written to can be written to for {days}."


def _thresholds(arrangements: Arrangements) -> Iterator[str]:
    thresholds = arrangements.thresholds
    yield "\nHOW READILY THE SCREEN SPEAKS"
    yield f"  From a chance of {thresholds.support} that it is a concern,"
    yield f"  and of {thresholds.immediate} that somebody is in immediate danger. What choices cost:"
    yield from (f"  {each[1:]}" for each in THRESHOLDS.read_text(encoding="utf-8").splitlines() if each.startswith("#"))


def _help_lines(arrangements: Arrangements) -> Iterator[str]:
    yield "\nHELP LINES, in this order"
    for each in arrangements.help_lines:
        audiences = ", ".join(sorted(one.value.replace("_", " ") for one in each.audiences))
        yield f"  {each.words(PLAIN)}"
        yield f"    Easy Read: {each.easy}"
        site = f" {each.website}." if each.website else ""
        yield f"    {each.hours}.{site} For: {audiences}. Checked on {in_words(each.verified_on)}."


def _sentences() -> Iterator[str]:
    yield "\nWHAT PEOPLE READ (words in {braces} are filled in)"
    for key, said in approved_sentences().items():
        yield f"  {key.replace('_', ' ').replace('.', ', ')}"
        yield from (f"    {name}: {said[tag]}" for tag, name in VARIANTS.items() if tag in said)


def _openings(statement: Statement) -> Iterator[str]:
    for opening in statement.openings:
        yield "\nHOW A SURVEY OPENS"
        for tag, name in VARIANTS.items():
            if tag in opening.texts:
                yield f"  {name}:"
                yield from (f"    {line}" for line in opening.texts[tag].splitlines())


def _in_language(statement: Statement, language: str) -> Iterator[str]:
    """The same words in a language that the lead may have to have read to them."""
    yield f"\n\n{'=' * 20} IN {IN_ENGLISH[language].upper()} ({LANGUAGES[language]}) {'=' * 20}"
    yield "\nHELP LINES"
    for line in statement.arrangements.help_lines:
        translated = line.translations.get(language)
        yield f"  {line.words(language)} {translated.hours}." if translated else f"  {line.words(PLAIN)} (in English)"
    yield "\nWHAT PEOPLE READ"
    yield from (f"  {said[language]}" for said in approved_sentences().values() if language in said)
    for opening in statement.openings:
        if language in opening.texts:
            yield "\nHOW A SURVEY OPENS"
            yield from (f"  {line}" for line in opening.texts[language].splitlines())


def _modes(statement: Statement) -> Iterator[str]:
    yield "\nHOW PEOPLE MAY BE REACHED"
    yield from (f"  {mode.value}: {MODES[mode]}" for mode in statement.contacts)
