"""What the load was and what was injected into it, counted. Judges nothing."""

from dataclasses import asdict, dataclass, field

from tests.durability.waiting import until


@dataclass
class Tally:
    acknowledged: int = 0  # updates
    cut_off: int = 0  # deliveries that a kill took
    refused: int = 0  # deliveries of which it was said that they are not taken, or not now
    at_once: int = 0  # updates delivered on two connections at the same moment
    again: int = 0  # acknowledged updates delivered once more, later
    stale: int = 0  # buttons of prompts that have passed, pressed
    under_way: int = 0  # deliveries at this moment
    caught: list[int] = field(default_factory=list)  # how many were under way at each kill
    strange: list[str] = field(default_factory=list)  # answers that nobody should get

    @property
    def kills(self) -> int:
        return len(self.caught)

    @property
    def injected(self) -> int:
        return self.at_once + self.again + self.stale

    async def gains(self, updates: int) -> None:
        """Wait until so many more are acknowledged."""
        goal = self.acknowledged + updates
        await until(lambda: self.acknowledged >= goal)

    def __str__(self) -> str:
        counts = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        busy = sum(1 for each in self.caught if each)
        return f"{self.kills} kills, {busy} of them with deliveries under way; {counts}; {self.strange[:5]}"
