"""How far the coding under a report can be trusted: how much people have read, how well the machine did on a fair
sample, how far two people agreed, and what coded. Exact, for analysts; what is published goes through `suppression`
when `in_words` is told how to say a number.

Knows no storage. What people and the machine made of the answers is given.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from analysis.codebook import Codebook
from analysis.coding.agreement import Agreement, Estimate, alpha, compare, f1
from analysis.records import Facet

Codes: TypeAlias = frozenset[tuple[Facet, str]]

RANDOM = "random"  # how an answer was drawn that belongs to a fair sample
DRAWN = {
    RANDOM: "drawn at random",
    "uncertain": "least certain",
    "rare": "of rare codes",
    "mixed": "least certain or of rare codes",
    "chosen": "looked up",
    "double": "coded by two people",
}
FACETS = {Facet.THEME: "themes", Facet.OUTCOME: "outcomes"}


@dataclass(frozen=True)
class Review:
    """An answer that a person has judged as a whole: how they came to it, what the machine had proposed then, and the
    codes that they let stand."""

    drawn: str
    proposed: Codes
    standing: Codes


@dataclass(frozen=True)
class Trust:
    """`drawn` counts the reviewed of `answers` by how they were drawn. `f1` is of the machine's proposals against what
    people let stand, on the `sample` that was drawn at random; `alpha` of the `doubled` answers that two people coded
    blind. Both by facet; None where there is nothing to compare."""

    codebook: str
    coders: tuple[str, ...]
    answers: int
    drawn: Mapping[str, int] = field(default_factory=dict, hash=False)
    f1: Mapping[Facet, Estimate | None] = field(default_factory=dict, hash=False)
    doubled: int = 0
    alpha: Mapping[Facet, Estimate | None] = field(default_factory=dict, hash=False)

    @property
    def reviewed(self) -> int:
        return sum(self.drawn.values())

    @property
    def sample(self) -> int:
        return self.drawn.get(RANDOM, 0)


def measure(
    codebook: Codebook,
    coders: Iterable[str],
    answers: int,
    reviews: Iterable[Review] = (),
    doubled: Iterable[tuple[Codes, Codes]] = (),
) -> Trust:
    """The figures of `answers` answers that could be read. `coders` are the versions of the machine that read them."""
    reviews, doubled = list(reviews), list(doubled)
    sample = [(each.proposed, each.standing) for each in reviews if each.drawn == RANDOM]
    facets = [each for each in FACETS if codes_of(codebook, each)]
    return Trust(
        codebook=f"“{codebook.title}”, version {codebook.version}",
        coders=tuple(sorted(set(coders))),
        answers=answers,
        drawn=dict(sorted(Counter(each.drawn for each in reviews).items())),
        f1={facet: f1([(ids(one, facet), ids(other, facet)) for one, other in sample]) for facet in facets},
        doubled=len(doubled),
        alpha={facet: alpha([(ids(one, facet), ids(other, facet)) for one, other in doubled]) for facet in facets},
    )


def of_facet(codebook: Codebook, pairs: Iterable[tuple[Codes, Codes]], facet: Facet) -> Agreement:
    """How far two codings agree on the outcomes, on the themes, or on the sentiment."""
    known = [(ids(one, facet), ids(other, facet)) for one, other in pairs]
    return compare(known, codes_of(codebook, facet) or sorted(set().union(*(one | other for one, other in known))))


def codes_of(codebook: Codebook, facet: Facet) -> tuple[str, ...]:
    return {Facet.THEME: codebook.theme_ids, Facet.OUTCOME: codebook.outcome_ids}.get(facet, ())


def ids(codes: Codes, facet: Facet) -> frozenset[str]:
    return frozenset(code for its, code in codes if its is facet)


def drawn_in_words(trust: Trust) -> str:
    """Of 120 reviewed: 60 drawn at random, 60 least certain. Exact; "" where none were."""
    parts = [f"{count:,} {DRAWN.get(drawn, drawn)}" for drawn, count in trust.drawn.items()]
    return f"Of {trust.reviewed:,} reviewed: {', '.join(parts)}." if parts else ""


def brief(trust: Trust) -> str:
    """One line, exact, for a place without room for sentences."""
    parts = [f"{trust.reviewed} of {trust.answers} answers reviewed by a person", drawn_in_words(trust).rstrip(".")]
    for name, found, n in (("F1", trust.f1, trust.sample), ("alpha", trust.alpha, trust.doubled)):
        of = "drawn at random" if name == "F1" else "coded by two people"
        known = not _too_few(found) and _figures(found)
        parts.append(f"{name} {known or 'not known'} (n = {n} {of})")
    parts += [f"codebook {trust.codebook}", f"coder {' and '.join(trust.coders) or 'none'}"]
    return "; ".join(filter(None, parts))


def figures(trust: Trust) -> dict[str, Any]:
    """The same as data."""
    return {
        "answers": trust.answers,
        "reviewed": trust.reviewed,
        "drawn": dict(trust.drawn),
        "f1": {facet.value: each and asdict(each) for facet, each in trust.f1.items()},
        "coded_by_two": trust.doubled,
        "alpha": {facet.value: each and asdict(each) for facet, each in trust.alpha.items()},
        "codebook": trust.codebook,
        "coders": list(trust.coders),
    }


def in_words(trust: Trust, say: Callable[[int], str]) -> tuple[str, ...]:
    """Sentences for the readers of a strategy. `say` words a number of answers, such as "about 60"."""
    return (_reviewed(trust, say), _sampled(trust, say), _doubled(trust, say), _versions(trust))


def _reviewed(trust: Trust, say: Callable[[int], str]) -> str:
    if not trust.answers:
        return "There is no written answer that a person could have read."
    of = f"{say(trust.answers)} answers"
    if not trust.reviewed:
        return f"No person has yet read an answer through and judged how it was coded (0 of {of})."
    if trust.reviewed >= trust.answers:
        return f"A person has read every answer through and judged how it was coded ({of})."
    return f"A person has read {say(trust.reviewed)} of {of} through and judged how each was coded."


def _sampled(trust: Trust, say: Callable[[int], str]) -> str:
    unknown = "so how often the computer program is right about these answers has not been measured"
    if not trust.sample:
        return f"No answers drawn at random have been checked by a person, {unknown}."
    sample = f"a random sample of {say(trust.sample)} answers"
    figures = _figures(trust.f1)
    if not figures:
        return f"In {sample}, no code was given by the program or by a person, {unknown}."
    if _too_few(trust.f1):
        return f"Only {sample} has been read: too few to say how often the computer program is right."
    return (
        f"In {sample}, the program’s codes were set against what the person made of them, who had seen them: the"
        f" F1 score is {figures}. 1 would mean the same codes throughout."
    )


def _doubled(trust: Trust, say: Callable[[int], str]) -> str:
    if not trust.doubled:
        return "No answers have been coded by two people, so how far people agree on the codes has not been measured."
    pair = f"Two people coded {say(trust.doubled)} answers, neither seeing the other’s codes nor the program’s"
    figures = _figures(trust.alpha)
    if not figures:
        return f"{pair}; they gave too few codes for their agreement to be measured."
    if _too_few(trust.alpha):
        return f"{pair}: too few to measure their agreement."
    return (
        f"{pair}. Their agreement beyond chance (Krippendorff’s alpha) is {figures}. 1 is full agreement, 0 what chance"
        " would give; 0.80 is usually held to be good, and 0.67 the least to build on."
    )


def _versions(trust: Trust) -> str:
    coders = " and ".join(trust.coders)
    by = f"version {coders} of the program" if coders else "no version of the program yet"
    return f"The answers were coded to the codebook {trust.codebook}, by {by}."


def _figures(found: Mapping[Facet, Estimate | None]) -> str:
    return " and ".join(f"{with_interval(each)} for {FACETS[facet]}" for facet, each in found.items() if each)


def _too_few(found: Mapping[Facet, Estimate | None]) -> bool:
    return any(each.too_few for each in found.values() if each)


def with_interval(estimate: Estimate) -> str:
    """0.81 (95% interval 0.74 to 0.87)"""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f} (no interval)"
    return f"{estimate.value:.2f} (95% interval {estimate.low:.2f} to {estimate.high:.2f})"
