"""Links for one audience and one place: what is made can be read again, and nothing else means anything."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import Link, links_into, read_start
from consultation.domain.consultation import Audience
from tests.builders import survey

IDS = st.from_regex(r"[a-z0-9][a-z0-9_]{0,39}", fullmatch=True)


@given(st.one_of(st.none(), st.sampled_from(Audience)), st.one_of(st.none(), IDS))
def test_what_stands_behind_start_is_read_as_it_was_made(audience: Audience | None, place: str | None) -> None:
    link = Link(audience, place)
    assert link.start is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{0,64}", link.start)
    assert read_start(link.start) == link


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ("", Link()),
        ("young-person", Link(Audience.YOUNG_PERSON)),
        ("young-person_", Link(Audience.YOUNG_PERSON)),
        ("staff_east_cambs", Link(Audience.STAFF, "east_cambs")),
        ("_fenland", Link(None, "fenland")),
        ("young_person", Link(None, "person")),
        ("young-person fenland", Link()),
        ("young-person_fenländ", Link()),
        ("x" * 65, Link()),
    ],
)
def test_what_means_nothing_is_as_if_it_were_not_there(said: str, link: Link) -> None:
    assert read_start(said) == link


def test_a_place_whose_id_is_too_long_has_no_link_into_telegram() -> None:
    assert Link(Audience.YOUNG_PERSON, "x" * 51).start is not None
    assert Link(Audience.YOUNG_PERSON, "x" * 52).start is None


def test_there_is_a_link_for_each_audience_and_place() -> None:
    links = links_into(survey())
    paths = [each.path for each in links]
    assert len(set(paths)) == len(paths) == len({each.start for each in links}) > 4
    assert {"", "/young-person", "/young-person/east_cambs", "/anyone/fenland"} <= set(paths)
    assert not any("prefer_not_to_say" in each or "elsewhere" in each for each in paths)
