"""What a survey's languages lack, in words for whoever has it translated."""

from collections.abc import Iterator, Mapping

from consultation.domain.consultation import TOLD
from consultation.domain.languages import ENGLISH, IN_ENGLISH
from consultation.domain.survey import Survey
from consultation.locale.catalogue import lacking
from consultation.surveys.missing import gaps

OWN = "of Sayso's own sentences"
BEGINNING = 60  # characters of a wording that are shown


def missing_in_words(survey: Survey, body: str, *, listed: bool) -> Iterator[str]:
    """How many wordings each language of the survey lacks, and which, with their lines, where they are to be listed."""
    for language in _others(survey):
        found, unsaid = gaps(body, language), lacking(language)
        yield f"{IN_ENGLISH[language]}: {_many(len(found))} missing"
        if listed:
            yield from (f"  line {each.line}, {each.what}: {_beginning(each.english)}" for each in found)
        if unsaid:
            yield f"  {_many(len(unsaid), OWN)} missing, too: {', '.join(unsaid)}"


def untold_in_words(survey: Survey, facts: Mapping[str, Mapping[str, str]]) -> str:
    """In which languages people read the facts of the consultation in English; empty where in none."""
    untold = [IN_ENGLISH[each] for each in _others(survey) if set(TOLD) - facts.get(each, {}).keys()]
    if not untold:
        return ""
    return (
        f"Title, authority, purpose or who decides stand in English for those who choose {', '.join(untold)}. "
        "Next time, give them with --translations FILE."
    )


def _others(survey: Survey) -> list[str]:
    return [each for each in survey.languages if each != ENGLISH]


def _many(number: int, what: str = "of its wordings") -> str:
    return f"{number or 'none'} {what} {'is' if number == 1 else 'are'}"


def _beginning(text: str) -> str:
    return f"“{text[:BEGINNING].rsplit(' ', 1)[0]} …”" if len(text) > BEGINNING else f"“{text}”"
