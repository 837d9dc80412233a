"""Every transcript, straight at `converse`: the conversation that the doors must give."""

from typing import get_args

import pytest

from consultation.content import load
from consultation.domain.survey import QuestionKind
from consultation.surveys.loader import TEMPLATES
from consultation.surveys.questions import placed_in, questions_from
from consultation.surveys.schema import Kind, SurveyFile
from tests.builders import Opened, survey
from tests.transcripts.conftest import Opener
from tests.transcripts.direct import DirectPlayer
from tests.transcripts.play import play
from tests.transcripts.transcript import ACTS, DOORS, names_for, transcripts


@pytest.mark.parametrize("name", names_for("direct"))
async def test_the_conversation_is_as_written(talking_in: Opener, name: str) -> None:
    transcript = transcripts()[name]
    await play(transcript, DirectPlayer(talking_in(transcript), name))


def test_every_transcript_is_played_directly_and_by_some_door() -> None:
    assert len(transcripts()) >= 16
    for name, transcript in transcripts().items():
        assert "direct" in transcript.doors, name
        assert len(transcript.doors) > 1, name


@pytest.mark.parametrize("door", DOORS)
def test_every_door_plays_most_transcripts(door: str) -> None:
    assert len(names_for(door)) >= len(transcripts()) / 2


def test_the_transcripts_do_everything_that_a_person_can(talking: Opened) -> None:
    turns = [turn for each in transcripts().values() for turn in each.turns]
    assert {turn.act for turn in turns} == set(ACTS)
    stored = {question for each in transcripts().values() for question in {**each.recorded, **each.all_recorded}}
    assert stored >= {each.id for each in talking.survey.questions if each.kind is QuestionKind.TEXT}


AUTHORED = get_args(Kind)


def kinds_of(name: str) -> dict[str, str]:
    """The kind of each question of a shipped survey, as its author wrote it."""
    file = load(TEMPLATES / f"{name}.yaml", SurveyFile)
    placed = placed_in(file)
    return {question.id: each.block.kind for each in placed for question in questions_from(each, file)}


@pytest.mark.parametrize("kind", AUTHORED)
def test_every_kind_of_question_is_answered_as_expected_and_messily_at_every_door(kind: str) -> None:
    of_kind = {
        name: transcript
        for name, transcript in transcripts().items()
        for stored in ({**transcript.recorded, **transcript.all_recorded},)
        if transcript.survey == "every-kind"
        and any(kinds_of("every-kind")[each] == kind for each in stored)
        and any(kinds_of("every-kind").get(turn.asks or "") == kind for turn in transcript.turns)
    }
    assert len(of_kind) >= 2, f"{kind} needs a transcript as expected, and a messy one"
    assert any(turn.types for each in of_kind.values() for turn in each.turns)
    assert {door for each in of_kind.values() for door in each.doors} == set(DOORS)


def test_every_kind_that_the_engine_knows_can_be_authored_and_is_stored() -> None:
    asked = {each.kind for each in survey("every-kind").questions}
    assert asked == set(QuestionKind)
    assert set(kinds_of("every-kind").values()) == set(AUTHORED)
