"""What the engine itself says to a transcript, worked out once in a process and kept for every door's test."""

from consultation.domain.wording import EASY_READ, PLAIN, Words
from consultation.locale import render
from tests.builders import Opened, stored_answers
from tests.transcripts.direct import DirectPlayer
from tests.transcripts.play import play
from tests.transcripts.spoken import Player, Spoken
from tests.transcripts.transcript import Transcript

FROM_LEAD = [render(Words("contact.written"), locale) for locale in (PLAIN, EASY_READ)]


async def same_as_direct(opened: Opened, name: str, transcript: Transcript, player: Player) -> None:
    """The door gives the conversation and stores the answers that the engine does when nothing stands between."""
    talk = await play(transcript, player)
    reference = DirectPlayer(opened, f"reference-{name}")
    wanted: list[list[Spoken]] = await play(transcript, reference)
    from_lead: set[Spoken] = set()
    for number, (turn, said, meant) in enumerate(zip(transcript.turns, talk, wanted, strict=True), 1):
        if not player.repeats_unread:
            meant = [each for each in meant if each not in from_lead]
        from_lead |= {each for each in meant if any(each.text.startswith(words) for words in FROM_LEAD)}
        assert said == meant, f"turn {number} ({turn.act}) of {name} differs from the direct conversation"
    assert stored_answers(*player.where()) == stored_answers(*reference.where())
