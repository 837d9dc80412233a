"""An authority's own areas stand in the survey that ships, and nothing else of it changes."""

from pathlib import Path

import pytest

from consultation.surveys import UnusableAreas, parse_survey, template, with_areas

BODY = template("what-we-want")


def test_areas_take_the_place_of_those_that_ship() -> None:
    names = ["Town", " North  End ", "St. Mary's & Côte", "No", "2026", ""]
    before = parse_survey(BODY, Path("x.yaml"))
    after = parse_survey(with_areas(BODY, names, "what-we-want-ours"), Path("x.yaml"))
    area = after.question("area")  # type: ignore[arg-type]
    assert [(each.id, each.label.in_("en")) for each in area.options] == [
        ("town", "Town"),
        ("north_end", "North End"),
        ("st_mary_s_cote", "St. Mary's & Côte"),
        ("no", "No"),
        ("2026", "2026"),
        ("elsewhere", "Somewhere else"),
        ("prefer_not_to_say", "I'd rather not say"),
    ]
    assert (after.id, after.version) == ("what-we-want-ours", before.version)
    assert [each for each in after.questions if each.id != "area"] == [
        each for each in before.questions if each.id != "area"
    ]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([" ", ""], "No area is named"),
        (["Town", "town!"], "'town!' can't be told from Town"),
        (["Elsewhere"], "always offered"),
        (["!!"], "no letters or digits"),
    ],
)
def test_areas_that_cannot_be_told_apart_are_refused(names: list[str], said: str) -> None:
    with pytest.raises(UnusableAreas, match=said):
        with_areas(BODY, names, "what-we-want-ours")


def test_a_survey_without_areas_is_refused() -> None:
    with pytest.raises(UnusableAreas, match="no list of areas"):
        with_areas("survey: small\n", ["Town"], "ours")
