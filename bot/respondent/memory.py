"""What the door remembers of chats: in memory alone, so much at most, and for some hours. After a restart nothing."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

HOURS = 6


class Memory(Generic[Key, Value]):
    """The `most` things that were kept last, each for `seconds`."""

    def __init__(self, most: int, seconds: float = HOURS * 3600, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._held: OrderedDict[Key, tuple[float, Value]] = OrderedDict()  # what was kept last comes last

    def keep(self, key: Key, value: Value) -> None:
        self._held[key] = self._clock(), value
        self._held.move_to_end(key)
        self.forget_old()

    def get(self, key: Key) -> Value | None:
        self.forget_old()
        held = self._held.get(key)
        return held[1] if held else None

    def drop(self, key: Key) -> None:
        self._held.pop(key, None)

    def forget_old(self) -> None:
        too_old = self._clock() - self._seconds
        while self._held and (len(self._held) > self._most or next(iter(self._held.values()))[0] <= too_old):
            self._held.popitem(last=False)

    def __len__(self) -> int:
        return len(self._held)
