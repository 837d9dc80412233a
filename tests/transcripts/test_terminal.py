"""`sayso chat` gives the same conversation as the engine itself."""

import pytest

from tests.transcripts.conftest import Opener
from tests.transcripts.reference import same_as_direct
from tests.transcripts.terminal import TerminalPlayer
from tests.transcripts.transcript import names_for, transcripts


@pytest.mark.parametrize("name", names_for("terminal"))
async def test_the_terminal_gives_the_same_conversation(talking_in: Opener, name: str) -> None:
    talking = talking_in(transcripts()[name])
    player = TerminalPlayer(talking, name)
    try:
        await same_as_direct(talking, name, transcripts()[name], player)
    finally:
        player.close()
