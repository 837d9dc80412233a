"""What the door remembers of chats is bounded in number and in time."""

from dataclasses import dataclass

from bot.respondent.memory import Memory


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_oldest_go_first_and_what_is_kept_again_is_new() -> None:
    memory: Memory[str, int] = Memory(2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        memory.keep(key, value)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (3, None, 4)


def test_everything_is_forgotten_in_time() -> None:
    clock = Clock()
    memory: Memory[str, int] = Memory(10, seconds=100, clock=clock)
    memory.keep("a", 1)
    clock.now = 60
    memory.keep("b", 2)
    clock.now = 100
    assert (memory.get("a"), memory.get("b")) == (None, 2)
    clock.now = 1_000
    memory.forget_old()
    assert len(memory) == 0
