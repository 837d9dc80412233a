"""What the engine itself says to a transcript, worked out once in a process and kept for every door's test."""

from tests.builders import Opened, stored_answers
from tests.transcripts.direct import DirectPlayer
from tests.transcripts.play import play
from tests.transcripts.spoken import Player, Spoken
from tests.transcripts.transcript import Transcript


async def same_as_direct(opened: Opened, name: str, transcript: Transcript, player: Player) -> None:
    """The door gives the conversation and stores the answers that the engine does when nothing stands between."""
    talk = await play(transcript, player)
    reference = DirectPlayer(opened, f"reference-{name}")
    wanted: list[list[Spoken]] = await play(transcript, reference)
    for number, (turn, said, meant) in enumerate(zip(transcript.turns, talk, wanted, strict=True), 1):
        assert said == meant, f"turn {number} ({turn.act}) of {name} differs from the direct conversation"
    assert stored_answers(*player.where()) == stored_answers(*reference.where())
