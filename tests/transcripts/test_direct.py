"""Every transcript, straight at `converse`: the conversation that the doors must give."""

import pytest

from consultation.domain.survey import QuestionKind
from tests.builders import Opened
from tests.transcripts.conftest import Opener
from tests.transcripts.direct import DirectPlayer
from tests.transcripts.play import play
from tests.transcripts.transcript import ACTS, DOORS, names_for, transcripts


@pytest.mark.parametrize("name", names_for("direct"))
async def test_the_conversation_is_as_written(talking_in: Opener, name: str) -> None:
    transcript = transcripts()[name]
    await play(transcript, DirectPlayer(talking_in(transcript.contact), name))


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
