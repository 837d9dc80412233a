"""`sayso wording`: the table that ships is what the wording gives, and no text asks for more years than it may."""

import pytest

from bot.cli.wording import TABLE, everything
from consultation.domain.wording import EASY_READ, PLAIN
from consultation.locale.catalogue import catalogue, sentence
from consultation.operations.reading_ages import PARTS, Part, as_markdown, as_shown, texts_of
from consultation.surveys.reading import reading_age
from tests.integration.test_command_line import Shell, sayso

__all__ = ["sayso"]  # a fixture

OLDEST = {PLAIN: 12, EASY_READ: 9}  # years


@pytest.fixture(scope="module")
def found() -> list[Part]:
    return everything()


def test_the_table_that_ships_is_up_to_date(found: list[Part]) -> None:
    assert TABLE.read_text(encoding="utf-8") == as_markdown(found), "run: sayso wording --write"


def test_every_sentence_of_the_system_is_in_one_part() -> None:
    keys = [key for name in PARTS for key in texts_of(name, PLAIN)]
    assert sorted(keys) == sorted(catalogue(PLAIN))
    assert all(len(texts_of(name, PLAIN)) > 5 for name in PARTS)


def test_it_has_surveys_help_lines_and_pages(found: list[Part]) -> None:
    names = [each.name for each in found]
    assert {"Survey what-we-want", "Survey every-kind", "What help lines are", "Accessibility statement"} <= set(names)
    assert all(each.plain and each.plain.sentences > 5 for each in found)


@pytest.mark.parametrize("locale", OLDEST)
def test_no_text_that_children_read_asks_for_more_years_than_it_may(locale: str) -> None:
    texts = {key: as_shown(sentence(key, locale)) for key in catalogue(PLAIN)}
    ages = {key: round(age, 1) for key, text in texts.items() if (age := reading_age(text)) is not None}
    assert len(ages) > 50
    assert {key: age for key, age in ages.items() if age > OLDEST[locale] + 0.05} == {}


def test_easy_read_is_easier_than_plain_wording_everywhere(found: list[Part]) -> None:
    both = [each for each in found if each.plain and each.easy]
    assert len(both) > 6
    assert [each.name for each in both if each.easy and each.plain and each.easy.age >= each.plain.age] == []


def test_the_command_shows_it(sayso: Shell) -> None:
    done = sayso("wording")
    assert done.code == 0, done.stderr
    assert "Shared devices" in done.stdout
