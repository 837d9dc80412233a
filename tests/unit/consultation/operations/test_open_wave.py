"""What keeps a consultation from opening: a name that no link can carry, and a version with another wording."""

import pytest

from consultation.operations.open_wave import NotReady, open_wave
from consultation.surveys import template
from tests.builders import SURVEY, Opened, commission


@pytest.mark.parametrize("slug", ["", "Our Say", "our_say", "-say", "a/b", "é", "say\n", "a" * 41])
def test_a_name_that_no_link_can_carry_is_refused(opened: Opened, slug: str) -> None:
    with pytest.raises(NotReady, match="can't stand in a link"):
        open_wave(opened.sayso.desk, opened.sayso.keys, commission(slug), template(SURVEY))


def test_a_stored_version_never_changes(opened: Opened) -> None:
    desk, keys = opened.sayso.desk, opened.sayso.keys
    edited = template(SURVEY).replace("First, how old are you?", "How old are you now?")
    with pytest.raises(NotReady, match="raise 'version:' to 4 or more"):
        open_wave(desk, keys, commission("edited"), edited)
    assert open_wave(desk, keys, commission("the-same"), template(SURVEY)).survey_version == 3
    raised = open_wave(desk, keys, commission("edited"), edited.replace("version: 3", "version: 4"))
    assert "How old are you now?" in str(desk.survey_of(raised).questions)
    assert "How old are you now?" not in str(desk.survey_of(opened.wave).questions)
