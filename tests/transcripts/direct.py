"""Plays straight at `converse`, with no door between: the reference that every door is held to."""

from collections.abc import Callable

from consultation.domain.consultation import Channel
from consultation.flow.events import Command, Commanded, Tapped
from consultation.operations.converse import Input
from consultation.operations.messages import Message
from consultation.operations.show_conversation import show_conversation
from tests.builders import Opened, Person
from tests.transcripts.lead import lead_writes
from tests.transcripts.spoken import Spoken, as_spoken
from tests.transcripts.transcript import Turn


class DirectPlayer:
    repeats_unread = True

    def __init__(self, opened: Opened, chat: str) -> None:
        self.opened = opened
        self._person = Person(opened, chat)

    def where(self) -> tuple[Opened, Channel, str]:
        return self.opened, self._person.channel, self._person.chat

    async def does(self, turn: Turn) -> list[Spoken]:
        acts: dict[str, Callable[[], list[Message]]] = {
            "start": lambda: self._person.begins(turn.audience),
            "taps": lambda: self._person.taps(turn.taps or ""),
            "ticks": lambda: self._person.taps(*(turn.ticks or [])),
            "types": lambda: self._person.types(turn.words),
            "command": lambda: self._person.commands(turn.command),  # type: ignore[arg-type]
            "sends": lambda: self._person.sends(turn.sends or ""),
            "old_button": lambda: self._press_old(turn.old_button or ""),
            "lead_writes": lambda: self._is_written_to(turn.lead_writes or ""),
        }
        return [as_spoken(each) for each in acts[turn.act]()]

    def can_link(self, href: str) -> bool:
        return True

    def _is_written_to(self, words: str) -> list[Message]:
        """Somebody whose channel fetches what is said finds it when they look."""
        lead_writes(*self.where(), words)
        found = list(show_conversation(self.opened.sayso.desk, self.opened.wave, *self.where()[1:]).latest)
        self._person.heard += found
        return found

    def _press_old(self, label: str) -> list[Message]:
        """The newest button of that label which is not on the prompt that stands."""
        for message in reversed(self._person.heard):
            pressed: list[tuple[str, Input]] = [
                *((each.label, Tapped(message.step, (each.value,))) for each in message.buttons),
                *((each.label, Commanded(Command(each.value), message.step)) for each in message.commands),
            ]
            for shown, press in pressed:
                if shown == label and message.step != self._person.prompt.step:
                    return self._person.does(press)
        raise AssertionError(f"no earlier prompt had a button {label!r}")
