"""Sends by several paths at once, so that one that hangs holds up no other. Knows no record and no means."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeAlias

from bot.delivery.messenger import Messenger, NotSent
from consultation.safeguarding.arrangements import Contact
from consultation.safeguarding.escalation import Means, Path
from consultation.safeguarding.notices import Notice

log = logging.getLogger("sayso.delivery")

Outcome: TypeAlias = tuple[Notice, bool]  # and whether it went out


class Lanes:
    """One thread for each path that has something to carry. After a failure the rest of what it was given waits: it
    would very likely fail, too, and be told of late."""

    def __init__(self, messengers: Mapping[Means, Messenger]) -> None:
        self._messengers = messengers
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self._busy: set[Path] = set()
        self._started: set[Path] = set()  # by the last `start`
        self._failing: set[Path] = set()

    def start(self, notices: Sequence[Notice], to: Callable[[Path], Contact]) -> None:
        """Send what can be sent, each path's in the order given. A path that is still busy with what it was given
        earlier is left at it."""
        by_path: dict[Path, list[Notice]] = {}
        for each in notices:
            by_path.setdefault(each.path, []).append(each)
        self._started = {path for path, theirs in by_path.items() if self._start(path, theirs, to(path))}

    def outcomes(self, patience: float) -> Iterator[Outcome]:
        """As they come, until all that was started last is done. `patience`: seconds after which what hangs is left to
        itself; what becomes of it is among the outcomes of a later call."""
        end = monotonic() + patience
        while True:
            # Before looking: an outcome is there before its path is free.
            done = not any(path in self._busy for path in self._started)
            try:
                yield self._outcomes.get(timeout=0 if done else min(0.05, max(end - monotonic(), 0.001)))
            except Empty:
                if done or monotonic() >= end:
                    return

    def _start(self, path: Path, notices: Sequence[Notice], to: Contact) -> bool:
        if path in self._busy or path.means not in self._messengers:  # busy with an earlier call's, still
            return False
        self._busy.add(path)
        Thread(target=self._carry, args=(path, notices, to), name=f"alerts to {path}", daemon=True).start()
        return True

    def _carry(self, path: Path, notices: Sequence[Notice], to: Contact) -> None:
        try:
            for notice in notices:
                sent = self._sent(path, notice, to)
                self._outcomes.put((notice, sent))
                if not sent:
                    return
        finally:
            self._busy.discard(path)

    def _sent(self, path: Path, notice: Notice, to: Contact) -> bool:
        """Told in the log when it begins to fail, and when it works again."""
        try:
            self._messengers[path.means].send(notice, to)
        except Exception as error:  # of whatever kind, it must not pass for sent or stop the other paths
            why = str(error) if isinstance(error, NotSent) else type(error).__name__
            if path not in self._failing:
                log.error("the %s could not be told by %s (%s); it is tried on", path.position, path.means, why)
            self._failing.add(path)
            return False
        if path in self._failing:
            self._failing.discard(path)
            log.info("the %s can be told by %s again", path.position, path.means)
        return True
