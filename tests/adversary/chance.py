"""How often an attack is right, and how often somebody would be who guesses. Knows no attack."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import comb

from tests.adversary.loot import Loot, Watched

ALPHA = 1e-6  # so seldom does mere chance look like an attack that works

Suspicion = Mapping[str, float]  # response: how strongly; what is not in it is not suspected
Attack = Callable[[Loot, Watched], Suspicion]


@dataclass(frozen=True)
class Tally:
    """`right` adds up, over all who were watched, the chance that the most suspected response is theirs."""

    watched: int
    right: float
    by_guessing: float
    allowed: int  # as often may guessing be right

    @property
    def sees(self) -> bool:
        return self.right > self.allowed

    def __str__(self) -> str:
        return f"{self.right:.1f} right of {self.watched}, {self.by_guessing:.1f} by guessing (at most {self.allowed})"


def tally(attack: Attack, loot: Loot, people: Iterable[Watched]) -> Tally:
    """Each of the people is the watched one in turn, among the responses of the same channel and day."""
    right, guessing = 0.0, []
    for each in people:
        theirs, among = loot.response_of(each), loot.candidates(each)
        suspicion = {name: value for name, value in attack(loot, each).items() if name in among}
        most = max(suspicion.values(), default=0.0)
        suspected = [name for name, value in suspicion.items() if value == most] or among
        right += (theirs in suspected) / len(suspected)
        guessing.append(1 / len(among))
    assert guessing, "nobody was watched"
    return Tally(len(guessing), right, sum(guessing), _most_by_chance(len(guessing), sum(guessing) / len(guessing)))


def _most_by_chance(tries: int, chance: float) -> int:
    """The number of hits that guessing passes with a probability below ALPHA."""
    beyond = 1.0
    for hits in range(tries + 1):
        beyond -= comb(tries, hits) * chance**hits * (1 - chance) ** (tries - hits)
        if beyond < ALPHA:
            return hits
    return tries
