"""Plays `sayso chat`: lines typed at a prompt, read back from what was written to the screen."""

import queue
import re
import threading

from bot.terminal.player import play
from consultation.domain.consultation import Audience, Channel
from consultation.flow.events import Command
from tests.builders import Opened
from tests.transcripts.lead import lead_writes
from tests.transcripts.spoken import PLACE, Spoken, command_of_label, tidy
from tests.transcripts.transcript import Turn

PATIENCE = 30  # seconds until a player that says nothing has hung
WAITS = None  # what the screen's queue carries when the player waits for a line, or has ended


class TerminalPlayer:
    """The player runs in a thread of its own and blocks in `read`, as it does at a real keyboard."""

    repeats_unread = True

    def __init__(self, opened: Opened, chat: str) -> None:
        self.opened, self._chat = opened, chat
        self._keyboard: queue.Queue[str] = queue.Queue()
        self._screen: queue.Queue[str | Exception | None] = queue.Queue()
        self._running: threading.Thread | None = None
        self._last: Spoken | None = None
        self._is_scale = False

    def where(self) -> tuple[Opened, Channel, str]:
        return self.opened, Channel.TERMINAL, self._chat

    async def does(self, turn: Turn) -> list[Spoken]:
        if turn.act == "start":
            return self._start(turn.audience)
        if turn.act == "lead_writes":  # and they look in again
            lead_writes(*self.where(), turn.lead_writes or "")
            return self._start(None)
        self._keyboard.put(self._line(turn))
        return self._read_screen()

    def can_link(self, href: str) -> bool:
        return href.startswith("https:")

    def close(self) -> None:
        """Close the terminal, as by the end of input."""
        if self._running and self._running.is_alive():
            self._keyboard.put("\x04")
            self._running.join(PATIENCE)
            assert not self._running.is_alive()

    def _start(self, audience: Audience | None) -> list[Spoken]:
        self.close()
        self._screen = queue.Queue()
        self._running = threading.Thread(target=self._run, args=(audience,), daemon=True)
        self._running.start()
        return self._read_screen()

    def _run(self, audience: Audience | None) -> None:
        try:
            play(self.opened.sayso, self.opened.wave, self._chat, audience, self._read, self._screen.put)
            self._screen.put(WAITS)
        except Exception as error:  # handed to the test, which raises it
            self._screen.put(error)

    def _read(self, prompt: str) -> str:
        self._screen.put(WAITS)
        line = self._keyboard.get(timeout=PATIENCE)
        if line == "\x04":
            raise EOFError
        return line

    def _read_screen(self) -> list[Spoken]:
        spoken: list[Spoken] = []
        while (written := self._screen.get(timeout=PATIENCE)) is not WAITS:
            if isinstance(written, Exception):
                raise written
            spoken.append(read_back(written or ""))
            self._is_scale = "\n  • " in (written or "")
        self._last = spoken[-1] if spoken else self._last
        return spoken

    def _line(self, turn: Turn) -> str:
        """What a person would type: a choice by its number, several with commas, a command by its word."""
        if turn.act == "types":
            return turn.words
        if turn.act == "command":
            return turn.command or ""
        labels = turn.ticks if turn.act == "ticks" else [turn.taps]
        assert self._last is not None
        for label in labels or []:
            if label not in self._last.choices and (command := command_of_label(label or "")):
                return command.value
        if self._is_scale:
            return turn.taps or ""
        return ", ".join(str(self._last.choices.index(label or "") + 1) for label in labels or [])


def read_back(written: str) -> Spoken:
    """One written message, taken apart again as a reader would."""
    lines = written.strip("\n").split("\n")
    commands: tuple[Command, ...] = ()
    if match := re.fullmatch(r"  \[or type: (.*)\]", lines[-1]):
        commands = tuple(Command(each) for each in match[1].split(", "))
        lines.pop()
    if len(lines) > 1 and re.fullmatch(r"  \(.*\)", lines[-1]):
        lines.pop()
    choices: list[str] = []
    while match := re.fullmatch(r"  (?:\d+\.|•) (?:[^\w\s]+ )?(.*)", lines[-1]):
        choices.insert(0, match[1])
        lines.pop()
    links: list[str] = []
    while match := re.fullmatch(r"  (https:\S+)", lines[-1]):
        links.insert(0, match[1])
        lines.pop()
    place = lines.pop(0) if PLACE.fullmatch(lines[0]) else ""
    return Spoken(tidy("\n".join(lines)), tuple(choices), commands, place, tuple(links))
