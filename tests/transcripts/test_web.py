"""The web chat, in a browser without JavaScript, gives the same conversation as the engine itself."""

import pytest

from tests.transcripts.conftest import Opener
from tests.transcripts.reference import same_as_direct
from tests.transcripts.transcript import names_for, transcripts
from tests.transcripts.web import WebPlayer


@pytest.mark.parametrize("name", names_for("web"))
async def test_the_web_chat_gives_the_same_conversation(talking_in: Opener, name: str) -> None:
    transcript = transcripts()[name]
    talking = talking_in(transcript)
    player = WebPlayer(talking, with_tabs=any(turn.old_button for turn in transcript.turns))
    await same_as_direct(talking, name, transcript, player)
    await player.browser.client.aclose()
