"""What is still to be said to a chat, and the note that it was said. For channels where messages are sent."""

from dataclasses import dataclass

from consultation.domain.consultation import Channel, Wave
from consultation.operations.converse import Desk, whose
from consultation.operations.messages import Message
from consultation.storage import turns


@dataclass(frozen=True)
class Unsaid:
    """One message that waits, with its place in the talk."""

    turn: int
    place: int
    message: Message


def unsaid(desk: Desk, wave: Wave, channel: Channel, chat: str) -> list[Unsaid]:
    """What waits for this chat, in order."""
    with desk.store.read() as session:
        rows = turns.outbox(session, whose(desk, wave, channel, chat))
        return [Unsaid(row.turn, row.place, Message.from_json(row.message)) for row in rows]


def note_said(desk: Desk, wave: Wave, channel: Channel, chat: str, said: Unsaid) -> None:
    """Strike a message that was sent. A crash before this repeats the message and loses nothing."""
    with desk.store.write() as session:
        turns.strike_from_outbox(session, whose(desk, wave, channel, chat), said.turn, said.place)


def forget_unsaid(desk: Desk, wave: Wave, channel: Channel, chat: str) -> None:
    """The chat can't be reached any more (the person blocked the bot): nothing waits for it."""
    with desk.store.write() as session:
        turns.clear_outbox(session, whose(desk, wave, channel, chat))
